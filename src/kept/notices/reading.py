"""Reading one's notices, as far as one still may see what they tell of: what is gone, or was taken away, is not drawn.

A notice refers to a clip, a comment, a person; each is looked at through what its door asks. How many are new is counted from
the same rows by the same rules, so that the number and the page agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Tx
from kept.notices.kinds import Kind, Topic
from kept.notices.models import Notice
from kept.policy import Account, Action, Audience, Relation, can, require
from kept.social import FollowState, relation_of
from kept.videos import Cursor, VideoState, as_resource

PAGE = 30
MOST = 50
MOST_UNREAD = 99
"""No more are counted."""
KEPT = timedelta(days=90)
EXCERPT = 140
"""Characters of a comment that are shown with a notice."""

_SHOWN = """
SELECT n.notice_id, n.kind, n.clip_id, n.comment_id, n.amount, n.told_at, n.seen_at, p.handle,
    v.state AS own_state, v.reason, coalesce(v.placeholder, c.placeholder, '') AS placeholder,
    EXISTS (SELECT FROM rendition r WHERE r.owner_id = n.owner_id AND r.video_id = n.clip_id AND r.name = 'poster'
        AND r.ready_at IS NOT NULL) AS own_poster,
    c.home, c.curated, c.audience, q.private, f.state AS follows, b.state AS followed, left(s.text, $6) AS said,
    EXISTS (SELECT FROM follower w WHERE w.owner_id = n.owner_id AND w.other_id = n.actor_id AND w.state = 'asked'
        AND w.ended_at IS NULL) AS waits
FROM notice n
LEFT JOIN shelf_profile p ON p.owner_id = n.actor_id AND NOT p.away
LEFT JOIN video v ON v.owner_id = n.owner_id AND v.video_id = n.clip_id
LEFT JOIN shelf_card c ON c.item_id = n.clip_id AND NOT c.away
LEFT JOIN shelf_profile q ON q.owner_id = c.owner_id
LEFT JOIN follow f ON f.owner_id = n.owner_id AND f.other_id = c.owner_id AND f.ended_at IS NULL
LEFT JOIN follower b ON b.owner_id = n.owner_id AND b.other_id = c.owner_id AND b.ended_at IS NULL
LEFT JOIN shelf_comment s ON s.item_id = n.comment_id
WHERE n.owner_id = $1 AND n.told_at > $2 AND ($3::timestamptz IS NULL OR (n.told_at, n.notice_id) < ($3, $4))
    AND (n.seen_at IS NULL OR NOT $7) AND (n.actor_id IS NULL OR p.owner_id IS NOT NULL)
    AND (n.clip_id IS NULL OR v.video_id IS NOT NULL OR c.item_id IS NOT NULL)
    AND NOT EXISTS (SELECT FROM (
        SELECT other_id FROM block WHERE owner_id = $1 AND ended_at IS NULL
        UNION ALL SELECT other_id FROM blocked_by WHERE owner_id = $1 AND ended_at IS NULL
        UNION ALL SELECT other_id FROM mute WHERE owner_id = $1
        UNION ALL SELECT other_id FROM restriction WHERE owner_id = $1) AS away WHERE away.other_id = n.actor_id)
    AND NOT EXISTS (SELECT FROM block x WHERE x.owner_id = $1 AND x.other_id = c.owner_id AND x.ended_at IS NULL)
    AND NOT EXISTS (SELECT FROM blocked_by x WHERE x.owner_id = $1 AND x.other_id = c.owner_id AND x.ended_at IS NULL)
    AND (n.kind = 'withdrawn' OR NOT EXISTS (
        SELECT FROM shelf_gone g WHERE g.shelf = 'shelf_card' AND g.item_id = n.clip_id))
    AND NOT EXISTS (SELECT FROM shelf_gone g WHERE g.shelf = 'shelf_comment' AND g.item_id = n.comment_id)
ORDER BY n.told_at DESC, n.notice_id DESC LIMIT $5
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenNotice:
    """A notice as its owner may see it now. `handle` is whose act it was, `said` what their comment says, if all may read it.

    `home` is the cell that serves the clip's poster, None without one; `reason` is why a clip was held or failed.
    """

    notice_id: UUID
    kind: Kind
    handle: str | None
    clip_id: UUID | None
    comment_id: UUID | None
    amount: int
    said: str
    told_at: datetime
    new: bool
    waits: bool
    """A request to follow that has not been answered."""
    own_clip: bool
    home: str | None
    placeholder: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Some notices, the newest first, and after which the next ones begin; None at the end."""

    notices: list[SeenNotice]
    next_cursor: str | None


async def page(reader: Session, *, after: str | None = None, limit: int = PAGE, now: datetime) -> NoticePage:
    """A member's notices. Raises Refused, BadCursor."""
    _require(reader)
    cursor = None if after is None else Cursor.read(after)
    most = max(1, min(limit, MOST))
    rows = await _rows(reader, cursor, most + 1, new=False, now=now)
    last = rows[most - 1] if len(rows) > most else None
    found = [_notice(reader, row) for row in rows[:most] if _visible(reader, row)]
    return NoticePage(found, None if last is None else str(Cursor(last["told_at"], last["notice_id"])))


async def unread(reader: Session, *, now: datetime) -> int:
    """How many are new, as far as they are counted. Raises Refused."""
    _require(reader)
    rows = await _rows(reader, None, MOST_UNREAD, new=True, now=now)
    return sum(_visible(reader, row) for row in rows)


async def mark_seen(tx: Tx, reader: Session, *, now: datetime) -> None:
    """Everything that was told until now is seen. Raises Refused."""
    _require(reader)
    new = sa.and_(Notice.owner_id == reader.member_id, Notice.seen_at.is_(None), Notice.told_at <= now)
    free = (
        sa.select(Notice.notice_id).where(new).with_for_update(skip_locked=True)
    )  # what is told this moment stays new
    mine = sa.and_(Notice.owner_id == reader.member_id, Notice.notice_id.in_(free))
    await tx.run(sa.update(Notice).where(mine).values(seen_at=now))


def _require(reader: Session) -> None:
    require(reader.actor, Action.BE_NOTIFIED, Account(undoes_guardian=False))


async def _rows(
    reader: Session, cursor: Cursor | None, limit: int, *, new: bool, now: datetime
) -> list[Mapping[str, Any]]:
    at, last_id = (None, None) if cursor is None else (cursor.at, cursor.item_id)
    told = (reader.member_id, now - KEPT, at, last_id, limit, EXCERPT, new)
    return list(await reader.cell.database.fetch(_SHOWN, *told))


def _visible(reader: Session, row: Mapping[str, Any]) -> bool:
    """Whether its clip may be watched: one's own in every state, of others what the policy says."""
    if row["clip_id"] is None or row["own_state"] is not None:
        return row["own_state"] in (None, VideoState.PUBLISHED) or Kind(row["kind"]).topic is Topic.CLIPS
    follows, followed = (FollowState(row[way] or FollowState.ENDED) for way in ("follows", "followed"))
    relation = relation_of(blocked=False, follows=follows, followed=followed)
    audience, private = Audience(row["audience"]), bool(row["private"])
    clip = as_resource(relation=relation, curated=row["curated"], private=private, audience=audience)
    return relation is not Relation.BLOCKED and can(reader.actor, Action.WATCH, clip).allowed


def _notice(reader: Session, row: Mapping[str, Any]) -> SeenNotice:
    own = row["own_state"] is not None
    return SeenNotice(
        notice_id=row["notice_id"],
        kind=Kind(row["kind"]),
        handle=row["handle"],
        clip_id=row["clip_id"],
        comment_id=row["comment_id"],
        amount=row["amount"],
        said=row["said"] or "",
        told_at=row["told_at"],
        new=row["seen_at"] is None,
        waits=row["waits"] and row["kind"] == Kind.ASKED,
        own_clip=own,
        home=(reader.cell.name if row["own_poster"] else None) if own else row["home"],
        placeholder=row["placeholder"],
        reason=row["reason"] or "",
    )
