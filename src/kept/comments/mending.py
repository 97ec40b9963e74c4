"""What went with something: comments under a clip that is gone, answers to a comment that is gone, likes of either.

Nobody sees them from that moment on, because they are read through what is gone; here they are deleted, a few minutes later.
"""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell, Tx
from kept.comments.liking import hearts
from kept.comments.opening import Comments
from kept.comments.telling import Gone, take_away, tell

LATE = timedelta(hours=1)
"""A comment that an answer stands under may be on its way for so long."""

_STRAY = sa.text("""
SELECT c.owner_id, c.comment_id FROM comment c WHERE EXISTS (
    SELECT FROM shelf_gone g WHERE g.shelf = 'shelf_card' AND g.item_id = c.clip_id
    OR g.shelf = 'shelf_comment' AND g.item_id IN (c.comment_id, c.parent_id)
) LIMIT 500
""")
_LEFT_OVER = sa.text("""
DELETE FROM comment_under_clip u WHERE EXISTS (
    SELECT FROM shelf_gone g WHERE g.shelf = 'shelf_card' AND g.item_id = u.clip_id
    OR g.shelf = 'shelf_comment' AND g.item_id IN (u.comment_id, u.parent_id)
) OR u.parent_id IS NOT NULL AND u.written_at < :late
    AND NOT EXISTS (SELECT FROM shelf_comment s WHERE s.item_id = u.parent_id)
    AND NOT EXISTS (SELECT FROM comment_under_clip p WHERE p.owner_id = u.owner_id AND p.comment_id = u.parent_id)
RETURNING owner_id, comment_id, author_id
""")
_DELETE = sa.text("DELETE FROM comment WHERE owner_id = :owner AND comment_id = :comment")


async def mend_comments(comments: Comments, cell: Cell, *, now: datetime) -> int:
    """Delete what went with something, and set figures right; how much that was. For the worker, now and then."""
    async with cell.begin() as tx:
        stray = (await tx.run(_STRAY)).all()
        for row in stray:
            await _drop(tx, row.owner_id, row.comment_id, now=now)
        left = (await tx.run(_LEFT_OVER, {"late": now - LATE})).all()
        for row in left:
            await tell(comments, tx, row.author_id, Gone(row.comment_id, row.owner_id), now=now)
    return len(stray) + len(left) + await hearts.mend(cell, now=now)


async def _drop(tx: Tx, owner_id: UUID, comment_id: UUID, *, now: datetime) -> None:
    await tx.run(_DELETE, {"owner": owner_id, "comment": comment_id})
    await take_away(tx, owner_id, comment_id, now=now)
