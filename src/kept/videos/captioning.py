"""Captions of a clip: its author writes them or sends a file, or a recogniser of speech that the operator added begins them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Protocol
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Cell, Tx
from kept.policy import Action, Relation, require
from kept.videos.cards import as_resource, show_card
from kept.videos.cues import Cue, read_cues, written
from kept.videos.errors import NoSuchVideo
from kept.videos.models import CaptionTrack, VideoState
from kept.videos.states import locked

Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}\Z", examples=["en"])]
"""A language as BCP 47 has it, as far as captions need it."""

_TRACK = "SELECT language, body FROM caption_track WHERE owner_id = $1 AND video_id = $2"
_UNKNOWN = 600.0
"""Seconds that captions may have while nobody knows how long the clip is."""
_CLOSED = (VideoState.WITHDRAWN, VideoState.FAILED)


class SpeechRecogniser(Protocol):
    """What an operator may add: hears what is said in a clip. None comes with Kept."""

    @property
    def name(self) -> str:
        """A word for the operator."""
        ...

    async def listen(self, film: Path, *, language: str) -> Sequence[Cue]:
        """What is said in a stripped clip, in order; nothing where nobody speaks. `language` is the author's."""
        ...


async def track_of(cell: Cell, owner_id: UUID, video_id: UUID) -> tuple[str, str]:
    """Language and WebVTT text of the captions of a clip at home in `cell`; both empty where there are none."""
    rows = await cell.database.fetch(_TRACK, owner_id, video_id)
    return (rows[0]["language"], rows[0]["body"]) if rows else ("", "")


async def set_captions(tx: Tx, by: Session, video_id: UUID, track: str, *, language: str, now: datetime) -> int:
    """Give one's own clip these captions instead of those it has; returns how many cues there are. None takes them away.

    Raises:
        NoSuchVideo, Refused.
        BadCaptions: `track` is no WebVTT that we take.
    """
    video = await _own(tx, by, video_id)
    cues = read_cues(track, seconds=_UNKNOWN if video.seconds is None else video.seconds)
    if not cues:
        await _remove(tx, video, now=now)
    else:
        await _store(tx, video, cues, language=language, now=now)
    return len(cues)


async def remove_captions(tx: Tx, by: Session, video_id: UUID, *, now: datetime) -> None:
    """Take the captions of one's own clip away, if there are any. Raises NoSuchVideo, Refused."""
    await _remove(tx, await _own(tx, by, video_id), now=now)


async def begin_captions(
    tx: Tx, owner_id: UUID, video_id: UUID, cues: Sequence[Cue], *, language: str, now: datetime
) -> bool:
    """Store what a recogniser heard, where the author has written nothing; whether that was so. Raises BadCaptions."""
    video = await locked(tx, owner_id, video_id)
    if video is None or video.state != VideoState.PUBLISHED or (await track_of(tx.cell, owner_id, video_id))[0]:
        return False
    checked = read_cues(written(cues), seconds=video.seconds)
    if checked:
        await _store(tx, video, checked, language=language, now=now)
    return bool(checked)


async def _own(tx: Tx, by: Session, video_id: UUID) -> "sa.Row[Any]":
    video = await locked(tx, by.member_id, video_id)
    if video is None or video.state in _CLOSED:
        raise NoSuchVideo
    require(by.actor, Action.EDIT_CLIP, as_resource(relation=Relation.OWN))
    return video


async def _store(tx: Tx, video: "sa.Row[Any]", cues: Sequence[Cue], *, language: str, now: datetime) -> None:
    fresh = {"language": language, "body": written(cues), "changed_at": now}
    said = insert(CaptionTrack).values(owner_id=video.owner_id, video_id=video.video_id, **fresh)
    await tx.run(said.on_conflict_do_update(index_elements=["owner_id", "video_id"], set_=fresh))
    await _draw(tx, video, now=now)


async def _remove(tx: Tx, video: "sa.Row[Any]", *, now: datetime) -> None:
    mine = sa.and_(CaptionTrack.owner_id == video.owner_id, CaptionTrack.video_id == video.video_id)
    if (await tx.run(sa.delete(CaptionTrack).where(mine).returning(CaptionTrack.language))).all():
        await _draw(tx, video, now=now)


async def _draw(tx: Tx, video: "sa.Row[Any]", *, now: datetime) -> None:
    if video.state == VideoState.PUBLISHED:
        await show_card(tx, video, now=now)
