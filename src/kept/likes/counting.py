"""How many like a clip: each cell draws the number of its own members' likes, and what is shown is the sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kept.cells import Cell
from kept.likes.hearts import Hearts
from kept.likes.models import Liked, LikesDue, ShelfLikes
from kept.videos import ShelfCard

_HIDDEN = """
EXISTS (SELECT FROM circle k WHERE k.owner_id = $2 AND k.sees_no_likes)
    OR EXISTS (SELECT FROM shelf_card c JOIN shelf_profile p ON p.owner_id = c.owner_id
        WHERE c.item_id = {clip} AND p.hides_likes AND c.owner_id IS DISTINCT FROM $2)
"""
_SHOWN = """
SELECT i.clip_id, coalesce((SELECT sum(s.likes) FROM shelf_likes s WHERE s.clip_id = i.clip_id), 0)::int AS likes,
    EXISTS (SELECT FROM liked m WHERE m.owner_id = $2 AND m.clip_id = i.clip_id) AS mine,
    {hidden} AS hidden
FROM unnest($1::uuid[]) AS i(clip_id)
"""
_COUNTED_NOW = """
SELECT coalesce((SELECT sum(likes) FROM shelf_likes WHERE clip_id = $1 AND cell <> $3), 0)::int
        + (SELECT count(*) FROM liked WHERE clip_id = $1)::int AS likes,
    EXISTS (SELECT FROM liked WHERE owner_id = $2 AND clip_id = $1) AS mine, {hidden} AS hidden
"""
_SHOWN = _SHOWN.format(hidden=_HIDDEN.format(clip="i.clip_id"))
_COUNTED_NOW = _COUNTED_NOW.format(hidden=_HIDDEN.format(clip="$1"))
_HEARTS = Hearts(ShelfCard, liked=Liked, due=LikesDue, shelf=ShelfLikes, key="clip_id")
likes_changed, count_due, mend_likes = _HEARTS.changed, _HEARTS.count_due, _HEARTS.mend


@dataclass(frozen=True, slots=True)
class Likes:
    """How many like a clip, None where its author or the one who looks wants no numbers; whether the latter is among them."""

    count: int | None = 0
    mine: bool = False


async def likes_of(cell: Cell, clips: Sequence[UUID], member_id: UUID | None) -> dict[UUID, Likes]:
    """The likes of clips as a member at home in `cell`, or a visitor, sees them; one round trip, a second old at most."""
    rows = await cell.database.fetch(_SHOWN, list(clips), member_id) if clips else []
    return {row["clip_id"]: _likes(row) for row in rows}


async def likes_now(cell: Cell, clip_id: UUID, member_id: UUID) -> Likes:
    """The likes of a clip with what its own cell's members did just now, for the one who did it."""
    row = (await cell.database.fetch(_COUNTED_NOW, clip_id, member_id, cell.name))[0]
    return _likes(row)


def _likes(row: Mapping[str, Any]) -> Likes:
    return Likes(None if row["hidden"] else row["likes"], row["mine"])
