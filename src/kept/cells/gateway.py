"""The gateway: the one way across a border. Every field that crosses is counted by kind, category and destination.

A parcel is applied where it goes, then counted and dropped where it came from: a crash in between applies it twice, which
does no harm. What is refused there stays here, is tried again after a pause that doubles, and is shown to operators.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import Category, Crossing
from kept.cells.applying import Handlers, apply_all
from kept.cells.cell import Cell, Tx
from kept.cells.crossing import ParcelRow
from kept.cells.parcels import AnyParcel, UnknownParcel, unpack
from kept.cells.registry import Cells
from kept.cells.tallies import add_crossings

BATCH = 256
LONGEST_PAUSE = timedelta(hours=1)


class Gateway:
    """Carries parcels between cells, and counts what it carries. `handlers` apply what is addressed, by its kind."""

    def __init__(self, cells: Cells, handlers: Handlers | None = None) -> None:
        self._cells = cells
        self._handlers = handlers or {}
        self._media: Counter[tuple[str, str]] = Counter()

    async def drain(self, cell: Cell, *, now: datetime) -> int:
        """Carry what waits in `cell`, oldest first, up to one batch a destination; returns how many parcels were tried."""
        return sum([await self.carry(cell, to_cell, now=now) for to_cell in cell.neighbours])

    async def carry(self, cell: Cell, to_cell: str, *, now: datetime) -> int:
        """Carry a batch from one cell to another; returns how many parcels were tried."""
        async with cell.begin() as tx:
            rows = (await tx.run(_oldest(to_cell, now).with_for_update(skip_locked=True))).all()
            if not rows:
                return 0
            parcels, refused = unpacked(rows)
            async with self._cells.named(to_cell).begin() as there:
                refused |= await apply_all(there, parcels, self._handlers, now=now)
            await settle(tx, to_cell, parcels, refused, now=now)
        return len(rows)

    def saw_media(self, home: str, viewer_cell: str) -> None:
        """A published file of `home` was sent to somebody in `viewer_cell`; counted when `flush` comes round."""
        if home != viewer_cell:
            self._media[home, viewer_cell] += 1

    async def flush(self, *, now: datetime) -> None:
        """Store the counts of media that crossed; what could not be stored is kept for the next time."""
        for home, to_cell in list(self._media):
            count = self._media.pop((home, to_cell))
            counts: Counter[tuple[str, str, str]] = Counter()
            counts[Crossing.PUBLIC, Category.PUBLIC_CONTENT, to_cell] = count
            try:
                async with self._cells.named(home).begin() as tx:
                    await add_crossings(tx, counts, day=now.date())
            except BaseException:
                self._media[home, to_cell] += count
                raise


def _oldest(to_cell: str, now: datetime) -> "sa.Select[Any]":
    due = sa.or_(ParcelRow.again_at.is_(None), ParcelRow.again_at <= now)
    return sa.select(ParcelRow.__table__).where(ParcelRow.to_cell == to_cell, due).order_by(ParcelRow.parcel_id).limit(BATCH)


def unpacked(rows: Sequence[sa.Row[Any]]) -> tuple[list[AnyParcel], dict[UUID, str]]:
    """The parcels in stored rows, and those that can't be read. Raises NotPublic."""
    parcels, refused = [], {}
    for row in rows:
        try:
            parcels.append(unpack(row))
        except UnknownParcel as error:
            refused[row.parcel_id] = error.code
    return parcels, refused


async def settle(
    tx: Tx, to_cell: str, parcels: Collection[AnyParcel], refused: Mapping[UUID, str], *, now: datetime
) -> None:
    """Drop and count what was applied there; put aside what was refused."""
    counts: Counter[tuple[str, str, str]] = Counter()
    done = [parcel for parcel in parcels if parcel.parcel_id not in refused]
    for parcel in done:
        counts.update((str(parcel.crossing), category, to_cell) for category in parcel.categories())
    there = ParcelRow.to_cell == to_cell
    if done:
        gone = ParcelRow.parcel_id.in_([parcel.parcel_id for parcel in done])
        await tx.run(sa.delete(ParcelRow).where(there, gone))
        await add_crossings(tx, counts, day=now.date())
    for parcel_id, code in refused.items():
        pause = sa.func.least(sa.func.power(2, sa.func.least(ParcelRow.refusals, 20)), LONGEST_PAUSE.total_seconds())
        again = sa.literal(now, sa.DateTime(timezone=True)) + pause * sa.literal(timedelta(seconds=1), sa.Interval())
        aside = {"refusals": ParcelRow.refusals + 1, "refused_as": code, "again_at": again}
        await tx.run(sa.update(ParcelRow).where(there, ParcelRow.parcel_id == parcel_id).values(aside))
