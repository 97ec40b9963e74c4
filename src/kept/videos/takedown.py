"""Taking a clip away: from that moment no address of it works, every shelf drops it, and its files are deleted."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Cell, Tx, take_off_all_shelves
from kept.jobs import Job, enqueue, job
from kept.policy import Action, Relation, require
from kept.videos.cards import as_resource
from kept.videos.errors import NoSuchVideo
from kept.videos.models import CaptionTrack, Rendition, Video, VideoState
from kept.videos.publishing import fail
from kept.videos.reasons import AUTHOR
from kept.videos.states import entry_on, locked, move
from kept.videos.studio import Studio, Works

REMOVE = "remove_video"
"""The kind of job that deletes what there is of a clip."""

_ENDED = """
SELECT r.object_key FROM video v LEFT JOIN rendition r ON r.owner_id = v.owner_id AND r.video_id = v.video_id
WHERE v.owner_id = $1 AND v.video_id = $2 AND v.ended_at IS NOT NULL
"""


async def withdraw(tx: Tx, video_id: UUID, *, by: Session, pseudonym: str, now: datetime) -> None:
    """The author takes a clip away, in whatever state it is. Doing it twice does it once.

    Raises:
        NoSuchVideo: there is none, or it is somebody else's.
        Refused: the policy says no.
    """
    video = await locked(tx, by.member_id, video_id)
    if video is None:
        raise NoSuchVideo
    require(by.actor, Action.DELETE_CLIP, as_resource(relation=Relation.OWN))
    if video.state == VideoState.WITHDRAWN:
        return
    entry = entry_on(video_id, "video.withdrawn", actor=pseudonym, subject=pseudonym)
    await move(tx, video, VideoState.WITHDRAWN, entry, by=by.member_id, now=now, reason=AUTHOR, ended_at=now)
    mine = sa.and_(CaptionTrack.owner_id == by.member_id, CaptionTrack.video_id == video_id)
    await tx.run(sa.delete(CaptionTrack).where(mine))
    await take_off_all_shelves(tx, "video", owner_id=by.member_id, source_id=video_id, now=now)
    await enqueue(tx, REMOVE, owner_id=by.member_id, subject_id=video_id, now=now)


@job(REMOVE)
async def remove_video(job: Job, works: Works) -> None:
    """Delete the files of a clip that was withdrawn."""
    cell = works.cells.named(job.cell)
    await job.step("deleting", remove_files, cell, works.studio, job.owner_id, job.subject_id, works.clock.now())


async def remove_files(cell: Cell, studio: Studio, owner_id: UUID, video_id: UUID, now: datetime) -> None:
    """Delete every file of a clip that has ended, and then the rows that name them; nothing, of any other. Safe to repeat."""
    rows = await cell.database.fetch(_ENDED, owner_id, video_id)
    if not rows:
        return
    keys = [row["object_key"] for row in rows if row["object_key"] is not None]
    for key in keys:
        await cell.objects.delete(key)
    if keys:
        mine = sa.and_(Rendition.owner_id == owner_id, Rendition.video_id == video_id)
        async with cell.begin() as tx:
            await tx.run(sa.delete(Rendition).where(mine, Rendition.object_key.in_(keys)))
    await remove_original(cell, studio, owner_id, video_id, now)


async def remove_original(cell: Cell, studio: Studio, owner_id: UUID, video_id: UUID, now: datetime) -> None:
    """Delete the uploaded file, with all that a camera wrote into it, and note when that was. Safe to repeat."""
    await studio.spool.remove(cell.name, video_id)
    mine = sa.and_(Video.owner_id == owner_id, Video.video_id == video_id, Video.original_gone_at.is_(None))
    async with cell.begin() as tx:
        await tx.run(sa.update(Video).where(mine).values(original_gone_at=now))


async def give_up(cell: Cell, studio: Studio, owner_id: UUID, video_id: UUID, *, reason: str, now: datetime) -> None:
    """Say that a file is no clip we take, then delete what there is of it. Safe to repeat."""
    async with cell.begin() as tx:
        await fail(tx, owner_id, video_id, reason=reason, now=now)
        await studio.moved(tx, owner_id, video_id, now=now)
    await remove_files(cell, studio, owner_id, video_id, now)
