"""Counts of people by one or two dimensions, over all cells that are here, with what is too small left out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kept.anonymous.dimensions import BadDimension, Dimension
from kept.anonymous.suppressing import MOST_DIMENSIONS, SMALLEST, Key, rounded, suppressed
from kept.catalog import Law
from kept.cells import Cells
from kept.kit import KeptError, Kind


class TooFine(KeptError):
    code = "too_fine"
    kind = Kind.INVALID
    message = "k is {k}; it must be at least {smallest}, so that no count tells of single people."


@dataclass(frozen=True, slots=True)
class Counts:
    """People by their group, in steps of five. `total` is None when it is too small itself; `left_out` groups are not shown."""

    dimensions: tuple[str, ...]
    groups: dict[Key, int]
    left_out: int
    total: int | None


async def count(cells: Cells, table: sa.Table, dimensions: Sequence[Dimension], *, k: int = SMALLEST) -> Counts:
    """How many people have rows in a table, by group. People live in one cell each, so cells add up.

    Raises:
        TooFine: k is less than the smallest that is allowed.
        BadDimension: more than two dimensions, or a table whose rows are nobody's.
    """
    if k < SMALLEST:
        raise TooFine(k=k, smallest=SMALLEST)
    if len(dimensions) > MOST_DIMENSIONS:
        raise BadDimension(column=dimensions[-1].name, why=f"at most {MOST_DIMENSIONS} at once")
    statement = _statement(table, dimensions)
    counted: Counter[Key] = Counter()
    for cell in cells:
        for row in await cell.database.fetch(statement):
            *group, people = row.values()
            counted[tuple("" if value is None else value for value in group)] += people
    hidden = suppressed(counted, k)
    total = counted.total()
    shown = {key: rounded(number) for key, number in sorted(counted.items()) if key not in hidden}
    names = tuple(one.name for one in dimensions)
    return Counts(names, shown, len(hidden), rounded(total) if total >= k else None)


def _statement(table: sa.Table, dimensions: Sequence[Dimension]) -> str:
    law: Law = table.info["law"]
    if law.owner is None:
        raise BadDimension(column=table.name, why="its rows are nobody's; the promises and `/metrics` tell of those")
    owner = law.owner.split(".")[0]
    groups = ", ".join(f"{one.sql} AS d{number}" for number, one in enumerate(dimensions))
    by = ", ".join(f"d{number}" for number in range(len(dimensions)))
    people = f'count(DISTINCT r."{owner}") AS people'
    if not dimensions:
        return f'SELECT {people} FROM "{table.name}" r'  # noqa: S608  the catalogue's names
    return f'SELECT {groups}, {people} FROM "{table.name}" r GROUP BY {by}'  # noqa: S608
