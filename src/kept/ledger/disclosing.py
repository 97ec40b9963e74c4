"""What opens an entry's commitment, out of the cell that keeps it. Whoever takes it leaves an entry of their own."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.kit import KeptError, Kind
from kept.ledger.entry import Entry
from kept.ledger.models import EntryDetail
from kept.ledger.outbox import outbox_insert
from kept.ledger.reading.receipt import Opening

EVENT = "ledger.details_disclosed"


class NoDetails(KeptError):
    code = "no_details"
    kind = Kind.NOT_FOUND
    message = "The cell {cell} keeps no details of the entry {entry}: it never had any, or they were erased."


async def disclose(
    connection: AsyncConnection, entry_id: UUID, *, cell: str, now: datetime, apart: Opening | None = None
) -> Opening:
    """Salt and details of an entry made in `cell`, whose database `connection` is; recorded in the same transaction.

    `apart`: what the caller found in another of the cell's stores; it goes on record here as well.

    Raises:
        NoDetails: there are none.
    """
    wanted = sa.select(EntryDetail.salt, EntryDetail.details).where(EntryDetail.entry_id == entry_id)
    row = (await connection.execute(wanted)).one_or_none()
    opening = apart if row is None else Opening(bytes(row.salt), bytes(row.details))
    if opening is None:
        raise NoDetails(cell=cell, entry=entry_id)
    entry = Entry(EVENT, actor="system:operator", object=f"entry:{entry_id}")
    for statement in outbox_insert([entry], cell=cell, now=now):
        await connection.execute(statement)
    return opening
