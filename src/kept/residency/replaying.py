"""Erasures, done again: whoever was erased since the backup is erased in what was restored, keys first.

Entries name pseudonyms, which are keyed: those of everybody who came back with the backup are worked out and compared.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from kept.cells import Cell
from kept.ledger import Entry, Leaf
from kept.residency.copying import clear, count
from kept.residency.objects import keys_of
from kept.vault import Beacon, Vault

ERASED = "member.erased"


def erased(beacon: Beacon, member_id: UUID, *, actor: str | None = None) -> Entry:
    """The entry that everybody writes who destroys a member's key; what a restore goes by."""
    return Entry(ERASED, actor=actor, subject=beacon.pseudonym(member_id))


class Erasures:
    """See `luggage.Replay`."""

    events = frozenset({ERASED})

    def __init__(self, beacon: Beacon, vaults: Mapping[str, Vault]) -> None:
        self._beacon = beacon
        self._vaults = vaults

    async def replay(self, cell: Cell, leaves: Sequence[Leaf], *, now: datetime) -> int:
        """Destroy the keys of who was erased, and delete what came back of them."""
        members = await self._erased(cell, leaves)
        for member_id in members:
            await self._vaults[cell.name].shred(member_id)
        await remove(cell, members)
        return len(members)

    async def residue(self, cell: Cell, leaves: Sequence[Leaf]) -> Sequence[str]:
        """Keys and rows of members who were erased."""
        members = await self._erased(cell, leaves)
        keys = await cell.keys_database.fetch("SELECT FROM member_key WHERE owner_id = ANY($1)", members)
        pool = await cell.database.pool()
        async with pool.acquire() as connection:
            rows = await count(connection, members)
        found = [f"{number} rows in {table} of members who were erased" for table, number in rows.items()]
        return found + ([f"{len(keys)} keys of members who were erased"] if keys else [])

    async def _erased(self, cell: Cell, leaves: Sequence[Leaf]) -> list[UUID]:
        """Whom of those who are here the entries speak of."""
        named = {leaf.subject for leaf in leaves if leaf.event == ERASED}
        here = {row["id"] for row in await cell.database.fetch("SELECT member_id AS id FROM resident")}
        here |= {row["id"] for row in await cell.keys_database.fetch("SELECT owner_id AS id FROM member_key")}
        return sorted(member_id for member_id in here if self._beacon.pseudonym(member_id) in named)


async def remove(cell: Cell, members: Sequence[UUID]) -> None:
    """Delete rows and objects of members from a cell."""
    pool = await cell.database.pool()
    async with pool.acquire() as connection, connection.transaction():
        keys = await keys_of(connection, members)
        await clear(connection, members)
    for key in keys:
        await cell.objects.delete(key)
