"""The gateway: the one way across a border. Every field that crosses is counted by kind, category and destination.

Here it works within one process that serves several cells. A parcel is applied where it goes, then counted and dropped
where it came from: a crash in between applies it twice, which does no harm.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.catalog import Category, Crossing
from kept.cells.cell import Cell, Tx
from kept.cells.models import CrossingCount, Parcel
from kept.cells.parcels import unpack
from kept.cells.registry import Cells
from kept.cells.shelves import apply

BATCH = 256


@dataclass(frozen=True, slots=True)
class Crossed:
    """How many fields crossed."""

    from_cell: str
    to_cell: str
    kind: str
    category: str
    count: int


class Gateway:
    """Carries parcels between the cells of this process, and counts what it carries."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._media: Counter[tuple[str, str]] = Counter()

    async def drain(self, cell: Cell, *, now: datetime) -> int:
        """Carry what waits in `cell`, oldest first, up to one batch; returns how many parcels went."""
        oldest = sa.select(Parcel).order_by(Parcel.parcel_id).limit(BATCH).with_for_update(skip_locked=True)
        async with cell.begin() as tx:
            rows = (await tx.run(oldest)).all()
            counts: Counter[tuple[str, str, str]] = Counter()
            for to_cell in sorted({row.to_cell for row in rows}):
                mine = [row for row in rows if row.to_cell == to_cell]
                await self._deliver(self._cells.named(to_cell), mine, counts, now=now)
            if rows:
                keys = sa.tuple_(Parcel.parcel_id, Parcel.to_cell)
                await tx.run(sa.delete(Parcel).where(keys.in_([(row.parcel_id, row.to_cell) for row in rows])))
                await add_crossings(tx, counts, day=now.date())
        return len(rows)

    async def _deliver(
        self, to: Cell, rows: Iterable[sa.Row[Any]], counts: Counter[tuple[str, str, str]], *, now: datetime
    ) -> None:
        async with to.begin() as tx:
            for row in rows:
                parcel = unpack(row)
                await apply(tx, parcel, now=now)
                counts.update((Crossing.PUBLIC, category, to.name) for category in parcel.categories())

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


async def add_crossings(tx: Tx, counts: Counter[tuple[str, str, str]], *, day: date) -> None:
    """Add to the day's counts, keyed by (kind, category, destination)."""
    rows = [
        {"day": day, "kind": str(kind), "category": str(category), "to_cell": to_cell, "count": count}
        for (kind, category, to_cell), count in sorted(counts.items())
    ]
    if not rows:
        return
    statement = insert(CrossingCount).values(rows)
    same = ["day", "kind", "category", "to_cell"]
    more = CrossingCount.count + statement.excluded.count
    await tx.run(statement.on_conflict_do_update(index_elements=same, set_={"count": more}))


async def crossings(cells: Cells, *, since: datetime) -> Sequence[Crossed]:
    """What crossed since a day, for the evidence of `residency.crossing`."""
    found = []
    for cell in cells:
        rows = await cell.database.fetch(
            "SELECT kind, category, to_cell, sum(count)::bigint AS count FROM crossing_count"
            " WHERE day >= $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            since.date(),
        )
        found += [Crossed(cell.name, row["to_cell"], row["kind"], row["category"], row["count"]) for row in rows]
    return found
