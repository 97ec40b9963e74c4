"""From an uploaded file to a published clip: a durable job of three steps, each safe to run again.

1. checking: the gates that need no more than the bytes, before anything parses them;
2. preparing: in a sandbox, the clip without its metadata, and its poster; stored, and then the original is deleted;
3. publishing: all other gates, then publication.

Whatever goes wrong, the clip ends in a state that its author can read: a file that is no clip we take has failed; what
could not be checked or prepared for reasons of our own is held, never published.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from kept.cells import Cell
from kept.jobs import Job, Step, job
from kept.kit import Clock, KeptError, Kind
from kept.media import prepare
from kept.videos import files
from kept.videos.cards import POSTER
from kept.videos.gates import UNCHECKED, Facts
from kept.videos.models import Video, VideoState
from kept.videos.publishing import hold, publish
from kept.videos.states import locked
from kept.videos.studio import Studio, Works
from kept.videos.takedown import give_up, remove_files, remove_original
from kept.videos.uploading import PROCESS

_log = structlog.get_logger()

PATIENT = Step(attempts=11, wait=0.5)
"""Eight minutes in all: a database that restarts, a disk that somebody makes room on."""

_THE_FILE_IS_TO_BLAME = frozenset({Kind.INVALID, Kind.UNSUPPORTED, Kind.TOO_LARGE, Kind.MALFORMED})
_FILES = {files.SOURCE: files.MP4, POSTER: files.WEBP}


@dataclass(frozen=True, slots=True)
class Clip:
    """What a step works on."""

    cell: Cell
    studio: Studio
    owner_id: UUID
    video_id: UUID
    clock: Clock

    @property
    def now(self) -> datetime:
        """The present moment: a step that is tried again for minutes must not write an old one."""
        return self.clock.now()

    def facts(self, video: sa.Row[Any], film: Path | None = None) -> Facts:
        """What a gate may look at."""
        return Facts(
            cell=self.cell, owner_id=self.owner_id, video_id=self.video_id, sha256=bytes(video.sha256), film=film
        )

    async def in_work(self) -> sa.Row[Any] | None:
        """The row of the clip while it is processed; None once that is over."""
        mine = sa.and_(Video.owner_id == self.owner_id, Video.video_id == self.video_id)
        async with self.cell.begin() as tx:
            row = (await tx.run(sa.select(Video.__table__).where(mine))).one_or_none()
        return row if row is not None and row.state == VideoState.PROCESSING else None

    async def hold(self, reason: str) -> None:
        """Hold it."""
        async with self.cell.begin() as tx:
            await hold(tx, self.owner_id, self.video_id, reason=reason, now=self.now)


@job(PROCESS)
async def process_video(job: Job, works: Works) -> None:
    """Process one clip."""
    clip = Clip(works.cells.named(job.cell), works.studio, job.owner_id, job.subject_id, works.clock)
    try:
        for name, step, percent in (("checking", check, 5), ("preparing", make_ready, 20), ("publishing", release, 80)):
            if not await job.step(name, step, clip, percent=percent, retry=PATIENT):
                return
    except Exception:
        await clip.hold(UNCHECKED)
        raise


async def check(clip: Clip) -> bool:
    """Ask the gates that need no decoding; whether to go on."""
    video = await clip.in_work()
    if video is None:
        return False
    verdict = await clip.studio.gates.ask(clip.facts(video))
    if verdict.reason is not None:
        await clip.hold(verdict.reason)
    return verdict.reason is None


async def make_ready(clip: Clip) -> bool:
    """Prepare the clip, store it, delete the original; whether to go on. Of a clip that has ended, delete everything."""
    video = await clip.in_work()
    if video is None:
        await remove_files(clip.cell, clip.studio, clip.owner_id, clip.video_id, clip.now)
        return False
    if video.seconds is None and not await _prepare_and_store(clip):
        return False
    await remove_original(clip.cell, clip.studio, clip.owner_id, clip.video_id, clip.now)
    return True


async def release(clip: Clip) -> bool:
    """Ask the other gates, and publish; whether the clip is published."""
    video = await clip.in_work()
    if video is not None:
        async with files.film_of(clip.cell, clip.owner_id, clip.video_id) as film:
            verdict = await clip.studio.gates.ask(clip.facts(video, film))
        if verdict.reason is not None:
            await clip.hold(verdict.reason)
            return False
    async with clip.cell.begin() as tx:
        return await publish(tx, clip.owner_id, clip.video_id, now=clip.now)


async def _prepare_and_store(clip: Clip) -> bool:
    """False when the file is no clip that we take, or the clip was withdrawn meanwhile."""
    original = clip.studio.spool.path(clip.cell.name, clip.video_id)
    async with clip.cell.begin() as tx:
        if await locked(tx, clip.owner_id, clip.video_id) is None:
            return False
        keys = await files.plan(tx, clip.owner_id, clip.video_id, _FILES)
    with files.workplace(clip.studio, clip.cell, clip.video_id) as folder:
        try:
            made = await prepare(original, folder, clip.studio.limits)
        except KeptError as error:
            if error.kind not in _THE_FILE_IS_TO_BLAME:
                raise
            _log.info("video.refused", code=error.code, video=str(clip.video_id))
            await give_up(clip.cell, clip.studio, clip.owner_id, clip.video_id, reason=error.code, now=clip.now)
            return False
        stored = {
            files.SOURCE: await files.take_in(clip.cell.objects, keys[files.SOURCE], made.video),
            POSTER: await files.take_in(clip.cell.objects, keys[POSTER], made.poster),
        }
    columns = {
        "seconds": made.probe.seconds,
        "width": made.size.width,
        "height": made.size.height,
        "placeholder": made.placeholder,
    }
    return await _record(clip, stored, columns)


async def _record(clip: Clip, stored: dict[str, dict[str, object]], columns: dict[str, object]) -> bool:
    """Note what was stored; delete it again if the clip was withdrawn meanwhile."""
    async with clip.cell.begin() as tx:
        video = await locked(tx, clip.owner_id, clip.video_id)
        wanted = video is not None and video.state == VideoState.PROCESSING
        if wanted:
            mine = sa.and_(Video.owner_id == clip.owner_id, Video.video_id == clip.video_id)
            await tx.run(sa.update(Video).where(mine).values(**columns))
            await files.mark_ready(tx, clip.owner_id, clip.video_id, stored, now=clip.now)
    if not wanted:
        await remove_files(clip.cell, clip.studio, clip.owner_id, clip.video_id, clip.now)
    return wanted
