"""Counters that evidence is made of. Counted in memory, added to the cell in one statement now and then."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert

from kept.cells.cell import Cell, Tx
from kept.cells.models import CrossingCount
from kept.cells.registry import Cells

_ADD = """
INSERT INTO tally (day, name, count) SELECT $1, * FROM unnest($2::text[], $3::bigint[])
ON CONFLICT (day, name) DO UPDATE SET count = tally.count + excluded.count
"""
_ADD_ROUTING = """
INSERT INTO routing_count (hour, home, outcome, count) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[])
ON CONFLICT (hour, home, outcome) DO UPDATE SET count = routing_count.count + excluded.count
"""


async def add_tallies(cell: Cell, counts: Mapping[str, int], *, day: date) -> None:
    """Add to the day's counters."""
    if counts:
        names = sorted(counts)
        await cell.database.fetch(_ADD, day, names, [counts[name] for name in names])


async def add_routing(cell: Cell, counts: Mapping[tuple[str, str], int], *, now: datetime) -> None:
    """Add to the hour's requests, keyed by (home cell, outcome)."""
    if counts:
        hour = now.replace(minute=0, second=0, microsecond=0)
        keys = sorted(counts)
        homes, outcomes = [key[0] for key in keys], [key[1] for key in keys]
        await cell.database.fetch(_ADD_ROUTING, hour, homes, outcomes, [counts[key] for key in keys])


async def tallied(cells: Cells, prefix: str, *, since: date) -> Counter[str]:
    """The counters whose names begin with `prefix`, summed over cells and days."""
    total: Counter[str] = Counter()
    for cell in cells:
        rows = await cell.database.fetch(
            "SELECT name, sum(count)::bigint AS count FROM tally WHERE starts_with(name, $1) AND day >= $2 GROUP BY 1",
            prefix,
            since,
        )
        total.update({row["name"]: row["count"] for row in rows})
    return total


async def routed(cells: Cells, *, since: datetime) -> Counter[tuple[str, str, str]]:
    """Member requests since a moment, keyed by (cell that answered, home, outcome)."""
    total: Counter[tuple[str, str, str]] = Counter()
    for cell in cells:
        rows = await cell.database.fetch(
            "SELECT home, outcome, sum(count)::bigint AS count FROM routing_count WHERE hour >= $1 GROUP BY 1, 2", since
        )
        total.update({(cell.name, row["home"], row["outcome"]): row["count"] for row in rows})
    return total


@dataclass(frozen=True, slots=True)
class Crossed:
    """How many fields crossed."""

    from_cell: str
    to_cell: str
    kind: str
    category: str
    count: int


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
