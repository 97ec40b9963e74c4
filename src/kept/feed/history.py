"""What a member watched in the feed that is ranked for them: noted, shown to them alone, and deleted when they say so.

Only of members who chose that feed, and whom the policy lets be profiled; what is deleted is gone, not hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.feed.choosing import is_ranked
from kept.feed.errors import NotRanked, TooManyWatched
from kept.feed.models import Watched
from kept.policy import Account, Action, Service, require
from kept.videos import Cursor, NoSuchVideo, Viewer, visible_video

MOST_AT_ONCE = 50
LONGEST = 20.0
"""Times a clip's length that one note may tell of."""
PAGE = 30
MOST = 100

_KNOWN = """
SELECT item_id, owner_id, seconds FROM shelf_card c WHERE item_id = ANY(:items) AND NOT away AND owner_id <> :member
    AND (recommended AND NOT EXISTS (SELECT FROM shelf_profile p WHERE p.owner_id = c.owner_id AND p.private)
        OR EXISTS (SELECT FROM follow f WHERE f.owner_id = :member AND f.other_id = c.owner_id
            AND f.state = 'following' AND f.ended_at IS NULL))
"""
_PAGE = """
SELECT w.clip_id, w.watched_at, w.share, w.times, w.unwanted, c.handle, c.caption, c.home FROM (
    SELECT * FROM watched WHERE owner_id = $1 AND ($2::timestamptz IS NULL OR (watched_at, clip_id) < ($2, $3))
    ORDER BY watched_at DESC, clip_id DESC LIMIT $4
) w LEFT JOIN LATERAL (SELECT handle, caption, home FROM shelf_card s WHERE s.item_id = w.clip_id AND NOT s.away LIMIT 1) c
    ON true
ORDER BY w.watched_at DESC, w.clip_id DESC
"""
_OWN = Account(undoes_guardian=False)


@dataclass(frozen=True, slots=True)
class Note:
    """That a clip was watched: for how many seconds."""

    clip_id: UUID
    seconds: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A clip in the history. Without `handle` it is gone."""

    clip_id: UUID
    watched_at: datetime
    share: float
    times: int
    unwanted: bool
    handle: str
    caption: str
    home: str


async def note_watched(tx: Tx, by: Session, notes: Sequence[Note], *, now: datetime) -> int:
    """Note what was watched; clips that the feed can't have shown are left out. How many were noted.

    Raises Refused, TooManyWatched; NotRanked, having written nothing, where the member did not choose to have a feed ranked.
    """
    await _require(tx, by)
    if len(notes) > MOST_AT_ONCE:
        raise TooManyWatched(most=MOST_AT_ONCE)
    told: dict[UUID, float] = {}
    for note in notes:
        told[note.clip_id] = told.get(note.clip_id, 0.0) + max(0.0, note.seconds)
    rows = []
    for clip in (await tx.run(sa.text(_KNOWN), {"items": sorted(told), "member": by.member_id})).all():
        share = min(LONGEST, told[clip.item_id] / max(clip.seconds, 0.1))
        rows.append({"owner_id": by.member_id, "clip_id": clip.item_id, "author_id": clip.owner_id, "share": share})
    if rows:
        made = insert(Watched).values([row | {"times": 1, "unwanted": False, "watched_at": now} for row in rows])
        more = {
            "share": Watched.share + made.excluded.share,
            "times": Watched.times + 1,
            "watched_at": sa.func.greatest(Watched.watched_at, made.excluded.watched_at),
        }
        await tx.run(made.on_conflict_do_update(index_elements=["owner_id", "clip_id"], set_=more))
    return len(rows)


async def not_interested(tx: Tx, by: Session, clip_id: UUID, *, now: datetime) -> None:
    """Say that a clip doesn't interest one: it doesn't come back, and others like it come less. Raises as `note_watched`,
    NoSuchVideo."""
    await _require(tx, by)
    clip = await visible_video(Viewer(cell=by.cell, actor=by.actor, member_id=by.member_id), clip_id)
    if clip.own:
        raise NoSuchVideo
    key = {"owner_id": by.member_id, "clip_id": clip_id, "author_id": clip.owner_id}
    made = insert(Watched).values(**key, share=0.0, times=0, unwanted=True, watched_at=now)
    said = {"unwanted": True, "watched_at": now}
    await tx.run(made.on_conflict_do_update(index_elements=["owner_id", "clip_id"], set_=said))


async def interested_after_all(tx: Tx, by: Session, clip_id: UUID) -> None:
    """Take that back. Raises Refused."""
    require(by.actor, Action.KEEP_HISTORY, _OWN)
    mine = sa.and_(Watched.owner_id == by.member_id, Watched.clip_id == clip_id)
    await tx.run(sa.delete(Watched).where(mine, Watched.unwanted, Watched.times == 0))
    await tx.run(sa.update(Watched).where(mine, Watched.unwanted).values(unwanted=False))


async def forget_clip(tx: Tx, by: Session, clip_id: UUID) -> None:
    """Delete one entry, if there is one; open to everybody, whatever they chose since."""
    require(by.actor, Action.CHANGE_SETTINGS, _OWN)
    await tx.run(sa.delete(Watched).where(Watched.owner_id == by.member_id, Watched.clip_id == clip_id))


async def refresh(tx: Tx, by: Session) -> int:
    """Delete all of it: the feed begins anew. How many entries that were."""
    require(by.actor, Action.CHANGE_SETTINGS, _OWN)
    return len(
        (await tx.run(sa.delete(Watched).where(Watched.owner_id == by.member_id).returning(Watched.clip_id))).all()
    )


async def history(by: Session, *, after: str | None = None, limit: int = PAGE) -> tuple[list[Entry], str | None]:
    """A page of one's own history, the latest first, and where the next one begins. Raises Refused, BadCursor."""
    require(by.actor, Action.CHANGE_SETTINGS, _OWN)
    at = None if after is None else Cursor.read(after)
    most = max(1, min(limit, MOST))
    place = (None, None) if at is None else (at.at, at.item_id)
    rows = await by.cell.database.fetch(_PAGE, by.member_id, *place, most + 1)
    shown = [_entry(row) for row in rows[:most]]
    return shown, str(Cursor(shown[-1].watched_at, shown[-1].clip_id)) if len(rows) > most else None


async def _require(tx: Tx, by: Session) -> None:
    require(by.actor, Action.OPEN_FOR_YOU, Service())
    require(by.actor, Action.KEEP_HISTORY, _OWN)
    if not await is_ranked(tx, by):
        raise NotRanked


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        clip_id=row["clip_id"],
        watched_at=row["watched_at"],
        share=row["share"],
        times=row["times"],
        unwanted=row["unwanted"],
        handle=row["handle"] or "",
        caption=row["caption"] or "",
        home=row["home"] or "",
    )
