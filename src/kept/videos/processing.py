"""From an uploaded file to a published clip: a durable job of two steps, each safe to run again.

1. preparing: the gates that need no more than the bytes, before anything parses them; then, in a sandbox, the clip without
   its metadata, and its poster; they are stored, and the original is deleted;
2. publishing: all other gates, then publication.

Whatever goes wrong, the clip ends in a state that its author can read: a file that is no clip we take has failed; what
could not be checked or prepared for reasons of our own is held, never published.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
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
from kept.videos.studio import Studio, Works
from kept.videos.takedown import give_up, remove_files
from kept.videos.uploading import PROCESS

_log = structlog.get_logger()

PATIENT = Step(attempts=11, wait=0.5)
"""Eight minutes in all: a database that restarts, a disk that somebody makes room on."""

_THE_FILE_IS_TO_BLAME = frozenset({Kind.INVALID, Kind.UNSUPPORTED, Kind.TOO_LARGE, Kind.MALFORMED})
_FILES = {files.SOURCE: files.MP4, POSTER: files.WEBP}

_IN_WORK = """
SELECT sha256, seconds IS NOT NULL AS prepared FROM video
WHERE owner_id = $1 AND video_id = $2 AND state = 'processing'
"""


@dataclass(frozen=True, slots=True)
class Work:
    """A clip that is being processed, as far as steps need to know it."""

    sha256: bytes
    prepared: bool


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

    def facts(self, work: Work, film: Path | None = None) -> Facts:
        """What a gate may look at."""
        return Facts(cell=self.cell, owner_id=self.owner_id, video_id=self.video_id, sha256=work.sha256, film=film)

    async def in_work(self) -> Work | None:
        """What there is to do; None when the clip is not, or no longer, processed."""
        rows = await self.cell.database.fetch(_IN_WORK, self.owner_id, self.video_id)
        return Work(rows[0]["sha256"], rows[0]["prepared"]) if rows else None

    async def hold(self, reason: str) -> None:
        """Hold it."""
        async with self.cell.begin() as tx:
            await hold(tx, self.owner_id, self.video_id, reason=reason, now=self.now)


@job(PROCESS)
async def process_video(job: Job, works: Works) -> None:
    """Process one clip."""
    clip = Clip(works.cells.named(job.cell), works.studio, job.owner_id, job.subject_id, works.clock)
    try:
        if await job.step("preparing", make_ready, clip, percent=10, retry=PATIENT):
            await job.step("publishing", release, clip, percent=80, retry=PATIENT)
    except Exception:
        await clip.hold(UNCHECKED)
        raise


async def make_ready(clip: Clip) -> bool:
    """Check the bytes, prepare the clip, store it, delete the original; whether to go on.

    Of a clip that has ended meanwhile, delete everything.
    """
    work = await clip.in_work()
    if work is None:
        await remove_files(clip.cell, clip.studio, clip.owner_id, clip.video_id, clip.now)
        return False
    if not work.prepared:
        verdict = await clip.studio.gates.ask(clip.facts(work))
        if verdict.reason is not None:
            await clip.hold(verdict.reason)
            return False
        if not await _prepare_and_store(clip):
            return False
    await clip.studio.spool.remove(clip.cell.name, clip.video_id)
    return True


async def release(clip: Clip) -> bool:
    """Ask the other gates, and publish; whether the clip is published."""
    work = await clip.in_work()
    if work is not None and clip.studio.gates.any_after_decoding:
        async with files.film_of(clip.cell, clip.owner_id, clip.video_id) as film:
            verdict = await clip.studio.gates.ask(clip.facts(work, film))
        if verdict.reason is not None:
            await clip.hold(verdict.reason)
            return False
    async with clip.cell.begin() as tx:
        return await publish(tx, clip.owner_id, clip.video_id, now=clip.now)


async def _prepare_and_store(clip: Clip) -> bool:
    """False when the file is no clip that we take, or the clip was withdrawn meanwhile."""
    original = clip.studio.spool.path(clip.cell.name, clip.video_id)
    async with clip.cell.begin() as tx:
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
        stored = await files.take_in(clip.cell.objects, keys, {files.SOURCE: made.video, POSTER: made.poster})
    columns = {
        "seconds": made.probe.seconds,
        "width": made.size.width,
        "height": made.size.height,
        "placeholder": made.placeholder,
    }
    return await _record(clip, stored, columns)


async def _record(clip: Clip, stored: files.Stored, columns: dict[str, object]) -> bool:
    """Note what was stored, and that the original goes now; delete it all if the clip was withdrawn meanwhile."""
    mine = sa.and_(Video.owner_id == clip.owner_id, Video.video_id == clip.video_id)
    wanted = sa.and_(mine, Video.state == VideoState.PROCESSING)
    note = sa.update(Video).where(wanted).values(**columns, original_gone_at=clip.now).returning(Video.video_id)
    async with clip.cell.begin() as tx:
        noted = (await tx.run(note)).all()
        if noted:
            await files.mark_ready(tx, clip.owner_id, clip.video_id, stored, now=clip.now)
    if not noted:
        await remove_files(clip.cell, clip.studio, clip.owner_id, clip.video_id, clip.now)
    return bool(noted)
