"""How many like a clip: each cell draws the number of its own members' likes, and what is shown is the sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kept.cells import Cell
from kept.likes.hearts import Hearts
from kept.likes.models import Liked, LikesDue, ShelfLikes
from kept.videos import ShelfCard

_SHOWN = """
SELECT i.clip_id, coalesce((SELECT sum(s.likes) FROM shelf_likes s WHERE s.clip_id = i.clip_id), 0)::int AS likes,
    EXISTS (SELECT FROM liked m WHERE m.owner_id = $2 AND m.clip_id = i.clip_id) AS mine
FROM unnest($1::uuid[]) AS i(clip_id)
"""
_COUNTED_NOW = """
SELECT coalesce((SELECT sum(likes) FROM shelf_likes WHERE clip_id = $1 AND cell <> $3), 0)::int
        + (SELECT count(*) FROM liked WHERE clip_id = $1)::int AS likes,
    EXISTS (SELECT FROM liked WHERE owner_id = $2 AND clip_id = $1) AS mine
"""
_HEARTS = Hearts(ShelfCard, liked=Liked, due=LikesDue, shelf=ShelfLikes, key="clip_id")
likes_changed, count_due, mend_likes = _HEARTS.changed, _HEARTS.count_due, _HEARTS.mend


@dataclass(frozen=True, slots=True)
class Likes:
    """How many like a clip, and whether the one who looks is among them."""

    count: int = 0
    mine: bool = False


async def likes_of(cell: Cell, clips: Sequence[UUID], member_id: UUID | None) -> dict[UUID, Likes]:
    """The likes of clips as a member at home in `cell`, or a visitor, sees them; one round trip, a second old at most."""
    rows = await cell.database.fetch(_SHOWN, list(clips), member_id) if clips else []
    return {row["clip_id"]: Likes(row["likes"], row["mine"]) for row in rows}


async def likes_now(cell: Cell, clip_id: UUID, member_id: UUID) -> Likes:
    """The likes of a clip with what its own cell's members did just now, for the one who did it."""
    row = (await cell.database.fetch(_COUNTED_NOW, clip_id, member_id, cell.name))[0]
    return Likes(row["likes"], row["mine"])
