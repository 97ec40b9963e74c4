"""Takedowns, done again: a clip that was withdrawn since a backup does not come back with it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell, take_off_all_shelves
from kept.jobs import enqueue
from kept.ledger import Leaf
from kept.videos.models import Video, VideoState
from kept.videos.takedown import REMOVE

_HERE = "SELECT owner_id, video_id FROM video WHERE video_id = ANY($1) AND ended_at IS NULL"
_SHOWN = "SELECT item_id FROM shelf_card WHERE item_id = ANY($1)"
REASON = "restored"


class Takedowns:
    """See `residency.Replay`."""

    events = frozenset({"video.withdrawn", "video.failed"})

    async def replay(self, cell: Cell, leaves: Sequence[Leaf], *, now: datetime) -> int:
        """End every clip that the entries speak of, and ask for its files to be deleted; it is on record already."""
        rows = await cell.database.fetch(_HERE, _clips(leaves))
        for row in rows:
            mine = sa.and_(Video.owner_id == row["owner_id"], Video.video_id == row["video_id"])
            ended = {"state": VideoState.WITHDRAWN, "reason": REASON, "changed_at": now, "ended_at": now}
            async with cell.begin() as tx:
                await tx.run(sa.update(Video).where(mine).values(**ended, changed_by=None))
                await take_off_all_shelves(tx, "video", owner_id=row["owner_id"], source_id=row["video_id"], now=now)
                # A job that was done before the backup is not in the way: it would be one of an ended clip.
                await enqueue(tx, REMOVE, owner_id=row["owner_id"], subject_id=row["video_id"], now=now)
        return len(rows)

    async def residue(self, cell: Cell, leaves: Sequence[Leaf]) -> Sequence[str]:
        """Clips that are still to be seen, and cards."""
        clips = _clips(leaves)
        alive = len(await cell.database.fetch(_HERE, clips))
        shown = len(await cell.database.fetch(_SHOWN, clips))
        found = [f"{alive} clips that were taken down"] if alive else []
        return found + ([f"{shown} cards of clips that were taken down"] if shown else [])


def _clips(leaves: Sequence[Leaf]) -> list[UUID]:
    objects = (leaf.object or "" for leaf in leaves)
    return [UUID(one.removeprefix("video:")) for one in objects if one.startswith("video:")]
