"""How a clip goes from one state to the next: one statement each, with its entry in the ledger.

processing -> published | held | failed        held -> published (when somebody decides so)
processing, held, published, failed -> withdrawn
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Tx
from kept.ledger import Entry
from kept.videos.models import Video, VideoState

PLATFORM = "system:worker"
"""The platform itself, in the ledger."""


async def locked(tx: Tx, owner_id: UUID, video_id: UUID) -> sa.Row[Any] | None:
    """The row of a clip, ours until the transaction ends; None when there is none."""
    mine = sa.and_(Video.owner_id == owner_id, Video.video_id == video_id)
    return (await tx.run(sa.select(Video.__table__).where(mine).with_for_update())).one_or_none()


async def move(
    tx: Tx,
    video: sa.Row[Any],
    to: VideoState,
    entry: Entry,
    *,
    by: UUID | None,
    now: datetime,
    reason: str = "",
    **columns: Any,
) -> sa.Row[Any]:
    """Bring a clip (its row, locked by the caller) into another state, on record. Returns the new row."""
    here = sa.and_(Video.owner_id == video.owner_id, Video.video_id == video.video_id)
    values = {"state": to, "reason": reason, "changed_at": now, "changed_by": by, **columns}
    rows = await tx.act(sa.update(Video).where(here).values(**values).returning(*Video.__table__.c), entry, now=now)
    return rows[0]


def entry_on(video_id: UUID, event: str, *, actor: str = PLATFORM, subject: str | None = None) -> Entry:
    """What the ledger says of a clip: who did what to it; the clip by its opaque id."""
    return Entry(event, actor=actor, subject=subject, object=f"video:{video_id}")
