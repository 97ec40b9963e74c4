"""Taking the id of somebody who was erased out of what others keep: here at once, in other processes' cells on request.

A region that runs apart finds the request in the directory, does it, and says so there; until then nothing is complete.
"""

from datetime import datetime
from uuid import UUID

from kept.catalog import CellRow
from kept.cells import Cell
from kept.residency import Works
from kept.subjects.places import Place
from kept.subjects.rows import Outcome, What, forget_name

_ASK = """
INSERT INTO farewell (member_id, cell, asked_at) SELECT $1, c, $3 FROM unnest($2::text[]) AS c
ON CONFLICT DO NOTHING
"""
_DONE = "UPDATE farewell SET done_at = $3 WHERE member_id = $1 AND cell = $2"
_WAITING = "SELECT member_id, cell FROM farewell WHERE cell = ANY($1) AND done_at IS NULL ORDER BY asked_at LIMIT 100"
_SAID = "SELECT cell, done_at FROM farewell WHERE member_id = $1"


async def forget_everywhere(works: Works, member_id: UUID, *, now: datetime) -> list[Outcome]:
    """Take the id out of the rows of others in every cell. Safe to repeat.

    Cells of other processes are asked; they are `unreachable` until they have said that it is done.
    """
    outcomes = [one for cell in works.cells for one in await _forget_in(cell, member_id)]
    far = sorted(works.cells.remote)
    if far:
        directory = works.cells.directory.database
        await directory.fetch(_ASK, member_id, far, now)
        for row in await directory.fetch(_SAID, member_id):
            said = What.UNREACHABLE if row["done_at"] is None else What.ANONYMISED
            outcomes.append(Outcome(str(Place("", row["cell"])), said))
    return outcomes


async def say_farewell(works: Works, *, now: datetime) -> int:
    """Do what other processes asked of our cells; how many members were forgotten. For the worker, now and then."""
    directory = works.cells.directory.database
    rows = await directory.fetch(_WAITING, [cell.name for cell in works.cells])
    for row in rows:
        await _forget_in(works.cells.named(row["cell"]), row["member_id"])
        await directory.fetch(_DONE, row["member_id"], row["cell"], now)
    return len(rows)


async def end_farewell(works: Works, member_id: UUID) -> None:
    """Everybody has said that it is done."""
    await works.cells.directory.database.fetch("DELETE FROM farewell WHERE member_id = $1", member_id)


async def _forget_in(cell: Cell, member_id: UUID) -> list[Outcome]:
    async with cell.begin() as tx:
        found = await forget_name(tx.connection, CellRow.metadata, member_id)
    return [Outcome(str(Place(one.where, cell.name)), one.what, one.rows, one.left) for one in found]
