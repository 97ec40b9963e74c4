"""Making of an uploaded file what may be shown: the clip without its metadata, and its poster; stored, and noted."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
import structlog

from kept.cells import Cell, Tx
from kept.kit import Clock, KeptError, Kind, both
from kept.media import Cut, prepare
from kept.videos import files
from kept.videos.cards import POSTER
from kept.videos.gates import Facts
from kept.videos.models import Video, VideoState
from kept.videos.publishing import hold
from kept.videos.studio import Studio
from kept.videos.takedown import give_up

_log = structlog.get_logger()

_THE_FILE_IS_TO_BLAME = frozenset({Kind.INVALID, Kind.UNSUPPORTED, Kind.TOO_LARGE, Kind.MALFORMED})
_FILES = {files.SOURCE: files.MP4, POSTER: files.WEBP}

_IN_WORK = """
SELECT sha256, seconds IS NOT NULL AS prepared, cut_start, cut_end, cover_at FROM video
WHERE owner_id = $1 AND video_id = $2 AND state = 'processing'
"""


@dataclass(frozen=True, slots=True)
class Work:
    """A clip that is being processed, as far as steps need to know it."""

    sha256: bytes
    prepared: bool
    cut: Cut


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
        if not rows:
            return None
        row = rows[0]
        return Work(row["sha256"], row["prepared"], Cut(start=row["cut_start"], end=row["cut_end"], cover=row["cover_at"]))

    async def hold(self, reason: str) -> None:
        """Hold it."""
        async with self.cell.begin() as tx:
            await hold(tx, self.owner_id, self.video_id, reason=reason, now=self.now)
            await self.studio.moved(tx, self.owner_id, self.video_id, now=self.now)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a file: its files, stored, and what the clip's row says of them."""

    stored: files.Stored
    columns: dict[str, object]


async def make(clip: Clip, cut: Cut) -> Made | None:
    """Prepare a clip and store its files; None when the file is no clip that we take, which its author is told then."""
    original = clip.studio.spool.path(clip.cell.name, clip.video_id)
    with files.workplace(clip.studio, clip.cell, clip.video_id) as folder:
        try:
            keys, made = await both(_plan(clip), prepare(original, folder, clip.studio.limits, cut=cut))
        except KeptError as error:
            if error.kind not in _THE_FILE_IS_TO_BLAME:
                raise
            _log.info("video.refused", code=error.code, video=str(clip.video_id))
            await give_up(clip.cell, clip.studio, clip.owner_id, clip.video_id, reason=error.code, now=clip.now)
            return None
        stored = await files.take_in(clip.cell.objects, keys, {files.SOURCE: made.video, POSTER: made.poster})
    size = {"seconds": made.seconds, "width": made.size.width, "height": made.size.height}
    return Made(stored, size | {"placeholder": made.placeholder})


async def _plan(clip: Clip) -> dict[str, str]:
    """Name the clip's files; the object keys."""
    async with clip.cell.begin() as tx:
        return await files.plan(tx, clip.owner_id, clip.video_id, _FILES)


async def note(tx: Tx, clip: Clip, made: Made) -> bool:
    """Write down what was made, and that the original goes now; False when the clip is not processed any more."""
    mine = sa.and_(Video.owner_id == clip.owner_id, Video.video_id == clip.video_id)
    in_work = sa.update(Video).where(mine, Video.state == VideoState.PROCESSING)
    noted = in_work.values(**made.columns, original_gone_at=clip.now).returning(Video.video_id)
    if not (await tx.run(noted)).all():
        return False
    await files.mark_ready(tx, clip.owner_id, clip.video_id, made.stored, now=clip.now)
    return True
