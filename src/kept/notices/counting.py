"""Likes as notices: one for each clip or comment, with the number that stands on the shelf, without one's own, without a name.

It is told again when there are more; that there are fewer is no news, and nobody's like is no notice.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Tx
from kept.comments import hearts
from kept.likes import likes_changed
from kept.notices.kinds import Kind
from kept.notices.models import Notice
from kept.notices.storing import alone_with, id_of, lower, put, take

_CLIP = sa.text("""
SELECT (SELECT coalesce(sum(s.likes), 0) FROM shelf_likes s WHERE s.clip_id = v.video_id)::int
    - (SELECT count(*) FROM liked l WHERE l.owner_id = v.owner_id AND l.clip_id = v.video_id)::int AS likes
FROM video v WHERE v.owner_id = :me AND v.video_id = :clip AND v.state = 'published'
""")
_COMMENT = sa.text("""
SELECT (SELECT coalesce(sum(s.likes), 0) FROM shelf_comment_likes s WHERE s.comment_id = c.comment_id)::int
    - (SELECT count(*) FROM comment_liked l WHERE l.owner_id = c.owner_id AND l.comment_id = c.comment_id)::int AS likes
FROM comment c WHERE c.owner_id = :me AND c.comment_id = :comment
""")


async def count(tx: Tx, member_id: UUID, clip_id: UUID, comment_id: UUID | None, *, now: datetime) -> None:
    """Tell a member how many like their clip, or their comment."""
    notice_id = id_of(comment_id or clip_id, "liked")
    if not await alone_with(tx, notice_id):
        await _count_again(tx, clip_id, comment_id, now=now)
        return
    asked = {"me": member_id, "clip": clip_id} if comment_id is None else {"me": member_id, "comment": comment_id}
    found = await tx.run(_CLIP if comment_id is None else _COMMENT, asked)
    likes = found.scalar_one_or_none() or 0
    if likes <= 0:
        await take(tx, member_id, Notice.notice_id == notice_id)
        return
    await lower(tx, member_id, notice_id, likes)
    kind = Kind.LIKED if comment_id is None else Kind.COMMENT_LIKED
    await put(tx, member_id, notice_id, kind, clip_id=clip_id, comment_id=comment_id, amount=likes, now=now)


async def _count_again(tx: Tx, clip_id: UUID, comment_id: UUID | None, *, now: datetime) -> None:
    """Somebody counts the same this moment, and may have looked before we did what we did."""
    if comment_id is None:
        await likes_changed(tx, clip_id, now=now)
    else:
        await hearts.changed(tx, comment_id, now=now)
