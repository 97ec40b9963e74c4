"""Promise `residency.home`: who is admitted to a cell, and the scan that finds any private row whose owner lives elsewhere."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import CellRow, Nature
from kept.cells.cell import Cell, OwnerElsewhere, Tx
from kept.cells.directory import Directory
from kept.cells.models import Resident

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Stranger:
    """Private rows in a cell that is not their owner's home."""

    cell: str
    table: str
    owner: UUID
    rows: int


async def admit(tx: Tx, member_id: UUID, directory: Directory, *, now: datetime) -> None:
    """Make a cell somebody's home; from then on their rows may be written there.

    Raises:
        OwnerElsewhere: the directory says that their home is another cell, or doesn't know them.
    """
    if await directory.home(member_id) != tx.cell.name:
        raise OwnerElsewhere(table=Resident.__tablename__)
    await tx.run(sa.insert(Resident).values(member_id=member_id, since=now))


async def strangers(cell: Cell, directory: Directory) -> AsyncIterator[Stranger]:
    """Scan every record table of a cell, as the catalogue names them, and hold each owner against the directory.

    Trusts neither the foreign keys nor `resident`: both are what is being checked. Reads owners in batches, in key order.
    """
    for table in CellRow.metadata.sorted_tables:
        law = table.info["law"]
        if law.nature is Nature.RECORD:
            async for stranger in _in_table(cell, directory, table, law.owner.split(".")[0]):
                yield stranger


async def _in_table(cell: Cell, directory: Directory, table: sa.Table, column: str) -> AsyncIterator[Stranger]:
    owner = table.c[column]
    after = UUID(int=0)
    while True:
        page = sa.select(owner, sa.func.count()).where(owner > after).group_by(owner).order_by(owner).limit(BATCH)
        async with cell.database.begin() as connection:
            rows = (await connection.execute(page)).all()
        if not rows:
            return
        homes = await directory.homes([row[0] for row in rows])
        for member_id, count in rows:
            if homes.get(member_id) != cell.name:
                yield Stranger(cell.name, table.name, member_id, count)
        after = rows[-1][0]
