"""How many like a clip: each cell draws the number of its own members' likes, and what is shown is the sum.

Verbs note which clips have changed; the worker counts a moment later, many at once, so a clip that thousands like in the same
second is counted once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.cells import Cell, Tx, put_on_shelf, take_off_shelf
from kept.likes.models import LikesDue, ShelfLikes, item_of

MOST = 200
"""Clips that are counted in one transaction."""

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
_DUE = """
DELETE FROM likes_due WHERE clip_id IN (
    SELECT clip_id FROM likes_due ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED
) RETURNING clip_id
"""
_COUNT = """
SELECT c.owner_id, c.item_id, (SELECT count(*) FROM liked l WHERE l.clip_id = c.item_id) AS likes
FROM shelf_card c WHERE c.item_id = ANY(:clips)
"""
_GONE = (
    "DELETE FROM liked USING shelf_gone g WHERE g.shelf = 'shelf_card' AND g.item_id = liked.clip_id RETURNING clip_id"
)
_STRAY = """
SELECT owner_id, item_id FROM shelf_likes s WHERE cell = :cell
    AND EXISTS (SELECT FROM shelf_gone g WHERE g.shelf = 'shelf_card' AND g.item_id = s.clip_id)
"""
_DRIFTED = """
INSERT INTO likes_due (clip_id, due_at)
SELECT clip_id, :now FROM (SELECT clip_id, likes FROM shelf_likes WHERE cell = :cell) s
FULL JOIN (SELECT clip_id, count(*) AS n FROM liked GROUP BY 1) l USING (clip_id)
WHERE coalesce(s.likes, 0) <> coalesce(l.n, 0)
ON CONFLICT DO NOTHING RETURNING clip_id
"""


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


async def likes_changed(tx: Tx, clip_id: UUID, *, now: datetime) -> None:
    """Note that a clip's likes are to be counted again."""
    await tx.run(insert(LikesDue).values(clip_id=clip_id, due_at=now).on_conflict_do_nothing())


async def count_due(cell: Cell, *, now: datetime) -> int:
    """Count what is due; how many clips that was. For the worker, every second."""
    async with cell.begin() as tx:
        due = [row.clip_id for row in (await tx.run(sa.text(_DUE), {"most": MOST})).all()]
        for row in (await tx.run(sa.text(_COUNT), {"clips": due})).all() if due else ():
            place = {"owner_id": row.owner_id, "item_id": item_of(row.item_id, cell.name)}
            figures = {"clip_id": row.item_id, "cell": cell.name, "likes": row.likes}
            await put_on_shelf(tx, ShelfLikes, place | figures, now=now)
    return len(due)


async def mend_likes(cell: Cell, *, now: datetime) -> int:
    """Drop likes of clips that are gone, have counted again what differs (somebody was erased, or moved); how many."""
    async with cell.begin() as tx:
        mended = len((await tx.run(sa.text(_GONE))).all())
        stray = (await tx.run(sa.text(_STRAY), {"cell": cell.name})).all()
        for row in stray:
            await take_off_shelf(tx, ShelfLikes, owner_id=row.owner_id, item_id=row.item_id, now=now)
        drifted = (await tx.run(sa.text(_DRIFTED), {"cell": cell.name, "now": now})).all()
        return mended + len(stray) + len(drifted)
