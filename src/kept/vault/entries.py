"""What a vault has to say to the ledger, kept in its own key store until it is in a cell's outbox.

A vault that runs apart has no access to the data database; and what it opened must be on record before it says what it
read. So the entry is committed here, and whoever writes the cell's outbox carries it there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.cells import Cell
from kept.kit import Database
from kept.ledger import Detail, Entry, LedgerOutbox, Waiting, write
from kept.vault.models import KeyEntry

if TYPE_CHECKING:
    from kept.vault.vault import Vault

_AT_ONCE = 500


async def note(
    connection: AsyncConnection, entry: Entry, *, cell: str, now: datetime
) -> tuple[Waiting, Detail | None]:
    """Put an entry into the caller's transaction in the key store; what it commits to, the caller keeps."""
    waiting, detail = write(entry, cell=cell, now=now)
    row = sa.insert(KeyEntry).values(entry_id=waiting.entry_id, payload=waiting.payload, created_at=now)
    await connection.execute(row)
    return waiting, detail


async def waiting_in(store: Database) -> list[Waiting]:
    """The oldest entries that are not in an outbox yet."""
    sql = f"SELECT entry_id, payload FROM key_entry ORDER BY entry_id LIMIT {_AT_ONCE}"  # noqa: S608
    return [Waiting(row["entry_id"], row["payload"]) for row in await store.fetch(sql)]


async def delete_from(store: Database, entry_ids: Sequence[UUID]) -> None:
    """Delete entries that an outbox has."""
    await store.fetch("DELETE FROM key_entry WHERE entry_id = ANY($1)", list(entry_ids))


async def carry_entries(vault: "Vault", cell: Cell, *, now: datetime) -> int:
    """Carry a vault's entries into its cell's outbox; how many. Done twice after a crash, the log knows the second."""
    carried = 0
    while found := await vault.entries():
        rows = [{"entry_id": one.entry_id, "payload": one.payload, "created_at": now} for one in found]
        async with cell.database.begin() as connection:
            await connection.execute(insert(LedgerOutbox).on_conflict_do_nothing(), rows)
        await vault.entries_carried([one.entry_id for one in found])
        carried += len(found)
    return carried
