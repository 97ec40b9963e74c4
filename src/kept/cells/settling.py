"""What waits to cross, and what becomes of it here once it is known there: dropped and counted, or put aside."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.cells.cell import Tx
from kept.cells.crossing import ParcelRow, Timestamp
from kept.cells.parcels import AnyParcel, UnknownParcel, unpack
from kept.cells.tallies import add_crossings

LONGEST_PAUSE = timedelta(hours=1)


def oldest(to_cell: str, now: datetime, limit: int) -> "sa.Select[Any]":
    """What is due, oldest first."""
    due = sa.or_(ParcelRow.again_at.is_(None), ParcelRow.again_at <= now)
    return sa.select(ParcelRow.__table__).where(ParcelRow.to_cell == to_cell, due).order_by(ParcelRow.parcel_id).limit(limit)


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
    """Drop and count what was applied there; put aside what was refused, for a pause that doubles."""
    counts: Counter[tuple[str, str, str]] = Counter()
    done = [parcel for parcel in parcels if parcel.parcel_id not in refused]
    for parcel in done:
        counts.update((str(parcel.crossing), category, to_cell) for category in parcel.categories())
    there = ParcelRow.to_cell == to_cell
    if done:
        gone = ParcelRow.parcel_id.in_([parcel.parcel_id for parcel in done])
        await tx.run(sa.delete(ParcelRow).where(there, gone))
        await add_crossings(tx, counts, day=now.date())
    seconds = sa.func.least(sa.func.power(2, sa.func.least(ParcelRow.refusals, 20)), LONGEST_PAUSE.total_seconds())
    again = sa.literal(now, Timestamp) + seconds * sa.literal(timedelta(seconds=1), sa.Interval())
    for parcel_id, code in refused.items():
        aside = {"refusals": ParcelRow.refusals + 1, "refused_as": code, "again_at": again}
        await tx.run(sa.update(ParcelRow).where(there, ParcelRow.parcel_id == parcel_id).values(aside))
