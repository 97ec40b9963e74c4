"""A complete file becomes a clip: its row, its entry in the ledger and the wish to process it, in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Tx
from kept.jobs import enqueue
from kept.ledger import Entry
from kept.media import Cut
from kept.policy import Audience, Choice
from kept.videos.models import Video, VideoState

PROCESS = "process_video"
"""The kind of job that a complete upload asks for."""


@dataclass(frozen=True, slots=True)
class Words:
    """What its author says of a clip."""

    caption: str
    comments: Choice
    audience: Audience
    cut: Cut


@dataclass(frozen=True, slots=True)
class WholeFile:
    """What was uploaded, in the spool, and when that was complete."""

    size: int
    sha256: bytes
    since: datetime


async def arrive(
    tx: Tx, owner_id: UUID, video_id: UUID, words: Words, file: WholeFile, *, pseudonym: str, now: datetime
) -> None:
    """Make a clip of the file that the spool has under the clip's id."""
    video = sa.insert(Video).values(
        owner_id=owner_id,
        video_id=video_id,
        state=VideoState.PROCESSING,
        reason="",
        changed_at=now,
        changed_by=owner_id,
        caption=words.caption,
        comments=words.comments,
        audience=words.audience,
        **columns_of(words.cut),
        size=file.size,
        sha256=file.sha256,
        placeholder="",
        created_at=file.since,
    )
    received = Entry("video.received", actor=pseudonym, subject=pseudonym, object=f"video:{video_id}")
    await tx.act(video.returning(Video.video_id), received, now=now)
    await enqueue(tx, PROCESS, owner_id=owner_id, subject_id=video_id, now=now)


def columns_of(cut: Cut) -> dict[str, float | None]:
    """A cut as the rows of uploads and clips have it."""
    return {"cut_start": cut.start, "cut_end": cut.end, "cover_at": cut.cover}
