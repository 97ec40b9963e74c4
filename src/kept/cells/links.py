"""How the links between cells stand, for operators: what waits, what was refused and why, what is wrong with a link."""

from dataclasses import dataclass
from datetime import datetime

from kept.cells.cell import Cell
from kept.cells.registry import Cells

_LINK = """
SELECT count(p.*) AS waiting, count(p.refused_as) AS refused, min(p.made_at) AS oldest,
    array_remove(array_agg(DISTINCT p.refused_as), NULL) AS reasons,
    coalesce(max(o.number), 0) AS requests, coalesce(max(o.failures), 0) AS failures,
    max(o.trouble) AS trouble, max(o.again_at) AS again_at
FROM (SELECT $1::text AS to_cell) t LEFT JOIN parcel p USING (to_cell) LEFT JOIN link_out o USING (to_cell)
"""


@dataclass(frozen=True, slots=True)
class Link:
    """The way from a cell of this process to another cell."""

    from_cell: str
    to_cell: str
    apart: bool
    """Whether other processes serve the other end."""
    waiting: int
    refused: int
    """Of those that wait: refused there, and tried again later."""
    reasons: tuple[str, ...]
    oldest: datetime | None
    requests: int
    failures: int
    """In a row, up to now."""
    trouble: str | None
    again_at: datetime | None


async def links(cells: Cells) -> list[Link]:
    """Every link that begins in this process."""
    return [await _link(cells, cell, to_cell) for cell in cells for to_cell in cell.neighbours]


async def _link(cells: Cells, cell: Cell, to_cell: str) -> Link:
    row = dict((await cell.database.fetch(_LINK, to_cell))[0])
    return Link(cell.name, to_cell, to_cell in cells.remote, **row | {"reasons": tuple(row["reasons"] or ())})
