"""Notices of what is gone: nobody sees them from that moment on, because they are read through it; here they are deleted."""

import sqlalchemy as sa

from kept.cells import Cell

_GONE = sa.text("""
DELETE FROM notice WHERE (owner_id, notice_id) IN (
    SELECT n.owner_id, n.notice_id FROM notice n WHERE EXISTS (
        SELECT FROM shelf_gone g WHERE g.shelf = 'shelf_card' AND g.item_id = n.clip_id AND n.kind <> 'withdrawn'
        OR g.shelf = 'shelf_comment' AND g.item_id = n.comment_id
    ) LIMIT 5000 FOR UPDATE SKIP LOCKED
) RETURNING notice_id
""")


async def mend_notices(cell: Cell) -> int:
    """Delete what tells of something that is gone; how much that was. For the worker, now and then."""
    async with cell.begin() as tx:
        return len((await tx.run(_GONE)).all())
