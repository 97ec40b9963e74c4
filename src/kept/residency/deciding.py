"""The one place that decides where a member on the move lives: a row of the directory, changed by compare-and-set.

    moving -> switched      the home is the new cell; whatever broke off is finished
    moving -> undone        the home is the old cell; whatever was begun is taken back

The home and the row are changed in one transaction, so there is never a home without a decision, nor two decisions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kept.cells.directory import MOVED
from kept.kit import Database, KeptError, Kind
from kept.residency.copying import Taken
from kept.residency.objects import Brought, digest_of

MOVING, SWITCHED, UNDONE = "moving", "switched", "undone"

_BEGIN = """
INSERT INTO member_move (member_id, move_id, from_cell, to_cell, state, began_at)
SELECT member_id, $2, cell, $4, 'moving', $5 FROM member
WHERE member_id = ANY($1) AND cell = $3 AND confirmed_at IS NOT NULL
ON CONFLICT DO NOTHING RETURNING member_id
"""
_RELEASE = "DELETE FROM member_move WHERE move_id = $1 AND member_id = ANY($2) AND state = 'moving'"
_SWITCH = """
WITH decided AS (
    UPDATE member_move SET state = 'switched' WHERE move_id = $1 AND state = 'moving'
    RETURNING member_id, from_cell, to_cell),
switched AS (
    UPDATE member m SET cell = d.to_cell, moved_at = $2 FROM decided d
    WHERE m.member_id = d.member_id AND m.cell = d.from_cell RETURNING m.member_id)
SELECT count(*) AS members, count(pg_notify($3, member_id::text)) FROM switched
"""
_COUNT = "INSERT INTO move_count (move_id, \"table\", rows, digest, moved_at) VALUES ($1, $2, $3, $4, $5)"
_BATCH = """
INSERT INTO move_batch (move_id, pivot_id, members, window_ms, objects, object_bytes, objects_digest, moved_at)
VALUES ($1, $2, $3, 0, $4, $5, $6, $7)
"""
_UNDO = "UPDATE member_move SET state = 'undone' WHERE move_id = $1 AND state = 'moving'"


class NotSwitched(KeptError):
    """Somebody else decided first, or the home is not what it was: the move is taken back."""

    code = "not_switched"
    kind = Kind.CONFLICT
    message = "The move was taken back, because its members' homes had changed meanwhile."


@dataclass(frozen=True, slots=True)
class Move:
    """Members who move together."""

    move_id: UUID
    old: str
    new: str
    members: tuple[UUID, ...]
    pivot_id: UUID | None = None

    @property
    def held_as(self) -> str:
        """The name of the prepared transaction that holds them at the old home."""
        return f"kept-move:{self.move_id}"


async def begin(directory: Database, move: Move, *, now: datetime) -> list[UUID]:
    """Note who is about to move; those who are moving already, or whose home is another cell, are left out."""
    rows = await directory.fetch(_BEGIN, list(move.members), move.move_id, move.old, move.new, now)
    return [row["member_id"] for row in rows]


async def release(directory: Database, move_id: UUID, members: Sequence[UUID]) -> None:
    """They don't move now after all; nothing has been done yet."""
    await directory.fetch(_RELEASE, move_id, list(members))


async def switch(
    directory: Database, move: Move, taken: Sequence[Taken], brought: dict[str, Brought], *, now: datetime
) -> None:
    """Make the new cell the home of all, with what was verified on record; every process hears of it. Raises NotSwitched."""
    pool = await directory.pool()
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(_SWITCH, move.move_id, now, MOVED)
        if row is None or row["members"] != len(move.members):
            raise NotSwitched
        length = sum(one.size for one in brought.values())
        await connection.execute(
            _BATCH, move.move_id, move.pivot_id, len(move.members), len(brought), length, digest_of(brought), now
        )
        counts = [(move.move_id, one.table.name, one.rows, one.digest, now) for one in taken if one.rows]
        await connection.executemany(_COUNT, counts)


async def decided(directory: Database, move_id: UUID) -> tuple[Move, str] | None:
    """What was decided of a move, deciding for `undone` if nothing was; None when it has been dealt with."""
    await directory.fetch(_UNDO, move_id)
    rows = await directory.fetch("SELECT member_id, from_cell, to_cell, state FROM member_move WHERE move_id = $1", move_id)
    if not rows:
        return None
    members = tuple(row["member_id"] for row in rows)
    pivots = await directory.fetch("SELECT pivot_id FROM move_batch WHERE move_id = $1", move_id)
    pivot_id = pivots[0]["pivot_id"] if pivots else None
    return Move(move_id, rows[0]["from_cell"], rows[0]["to_cell"], members, pivot_id), rows[0]["state"]


async def dealt_with(directory: Database, move_id: UUID) -> None:
    """Forget who was on the way."""
    await directory.fetch("DELETE FROM member_move WHERE move_id = $1 AND state <> 'moving'", move_id)


async def unsettled(directory: Database, cells: Sequence[str]) -> list[Move]:
    """Moves between cells that were not brought to an end, or are under way."""
    rows = await directory.fetch(
        "SELECT move_id, from_cell, to_cell, array_agg(member_id) AS members FROM member_move"
        " WHERE from_cell = ANY($1) AND to_cell = ANY($1) GROUP BY 1, 2, 3",
        list(cells),
    )
    return [Move(row["move_id"], row["from_cell"], row["to_cell"], tuple(row["members"])) for row in rows]
