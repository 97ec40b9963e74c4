"""Reading comments: pages of them as one member, or a visitor, may see them.

Pinned ones come first, then the rest by when they were written, each like counting as an hour. Answers stand
under their comment, the oldest first. Who blocks the viewer, or is blocked by them, is not shown, nor an account at rest.
A viewer reads three things: the shelf; what is for followers, in the cell of the clip's owner; and what they wrote themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from kept.accounts import Session
from kept.comments.errors import NoSuchComment
from kept.comments.models import BODY, UNDER
from kept.comments.opening import Comments
from kept.policy import Action, Relation, require
from kept.social import apart_from, facing
from kept.vault import Reason, Sealed
from kept.videos import Cursor, NoSuchVideo, SeenVideo, VideoState, Viewer, as_resource, visible_video

PAGE = 20
MOST = 50

_ALL = """
WITH shown AS (
    SELECT item_id AS comment_id, owner_id AS author_id, parent_id, text, NULL::bytea AS body, NULL::uuid AS kept_by,
        written_at FROM shelf_comment WHERE clip_id = $1
    UNION ALL
    SELECT comment_id, author_id, parent_id, NULL, body, owner_id, written_at
    FROM comment_under_clip WHERE clip_id = $1 AND state = 'followers' AND $5
    UNION ALL
    SELECT comment_id, owner_id, parent_id, NULL, body, NULL, written_at FROM comment m WHERE owner_id = $2 AND clip_id = $1
        AND NOT EXISTS (SELECT FROM shelf_comment s WHERE s.owner_id = $2 AND s.item_id = m.comment_id)
        AND NOT EXISTS (SELECT FROM comment_under_clip u WHERE u.comment_id = m.comment_id AND u.state = 'followers')
), liked AS (
    SELECT comment_id, sum(n)::int AS likes FROM (
        SELECT comment_id, likes AS n FROM shelf_comment_likes WHERE clip_id = $1 AND cell <> $4
        UNION ALL SELECT comment_id, count(*) FROM comment_liked WHERE clip_id = $1 GROUP BY 1
    ) f GROUP BY 1
), pinned AS (
    SELECT p.id::uuid AS comment_id, p.place FROM shelf_pins s, string_to_table(s.pins, ' ') WITH ORDINALITY AS p(id, place)
    WHERE s.item_id = $1 AND s.pins <> ''
), listed AS (
    SELECT c.*, q.handle, coalesce(l.likes, 0) AS likes, p.place AS pinned,
        c.written_at + coalesce(l.likes, 0) * interval '1 hour' AS rank,
        EXISTS (SELECT FROM comment_liked m WHERE m.owner_id = $2 AND m.comment_id = c.comment_id) AS mine
    FROM shown c JOIN shelf_profile q ON q.owner_id = c.author_id AND NOT q.away
    LEFT JOIN liked l USING (comment_id) LEFT JOIN pinned p USING (comment_id)
    WHERE c.author_id <> ALL($3::uuid[])
)
"""
_PAGE = (
    _ALL
    + """
SELECT * FROM listed WHERE parent_id IS NULL AND ($6::timestamptz IS NULL OR pinned IS NULL AND (rank, comment_id) < ($6, $7))
ORDER BY pinned NULLS LAST, rank DESC, comment_id DESC LIMIT $8
"""
)
_ANSWERS = (
    _ALL
    + """
SELECT * FROM listed WHERE parent_id = $9 AND EXISTS (SELECT FROM listed p WHERE p.comment_id = $9)
    AND ($6::timestamptz IS NULL OR (written_at, comment_id) > ($6, $7))
ORDER BY written_at, comment_id LIMIT $8
"""
)
_ONE = f"{_ALL} SELECT * FROM listed WHERE comment_id = $6"  # noqa: S608  our own text
_HOW_MANY = f"{_ALL} SELECT parent_id, count(*) AS n FROM listed WHERE parent_id = ANY($6::uuid[]) GROUP BY 1"  # noqa: S608
_COUNTS = """
SELECT i.clip_id, (SELECT count(*) FROM (SELECT FROM shelf_comment c WHERE c.clip_id = i.clip_id LIMIT $2) AS first_ones)
    + (SELECT count(*) FROM comment_under_clip u WHERE u.clip_id = i.clip_id AND u.state = 'followers') AS n
FROM unnest($1::uuid[]) AS i(clip_id)
"""
COUNTED = 10_000
"""No comments are counted beyond that: a page that shows ten clips has no time for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenComment:
    """A comment as one viewer sees it. `likes` are all of them, `liked` is whether the viewer's is among them."""

    comment_id: UUID
    author_id: UUID
    handle: str
    parent_id: UUID | None
    text: str
    written_at: datetime
    likes: int
    liked: bool
    pinned: bool
    own: bool
    by_author: bool
    """Whoever made the clip wrote it."""
    replies: int = 0


@dataclass(frozen=True, slots=True)
class CommentPage:
    """Some comments, and where the next ones begin; None at the end."""

    comments: list[SeenComment]
    next_cursor: str | None


async def published_clip(by: Session | Viewer, clip_id: UUID) -> SeenVideo:
    """A clip that has comments. Raises NoSuchVideo."""
    viewer = by if isinstance(by, Viewer) else Viewer(cell=by.cell, actor=by.actor, member_id=by.member_id)
    clip = await visible_video(viewer, clip_id)
    if clip.state is not VideoState.PUBLISHED:
        raise NoSuchVideo
    return clip


async def page(
    comments: Comments, viewer: Viewer, clip_id: UUID, *, after: str | None = None, limit: int = PAGE
) -> CommentPage:
    """The comments of a clip. Raises NoSuchVideo, Refused, BadCursor."""
    clip = await _readable(viewer, clip_id)
    at, last_id = _place(after)
    most = max(1, min(limit, MOST))
    rows = await _fetch(viewer, _PAGE, clip, at, last_id, most + 1)
    shown = [_seen(row, clip, viewer, text) for row, text in await _texts(comments, viewer, clip, rows[:most])]
    answers = await _fetch(viewer, _HOW_MANY, clip, [one.comment_id for one in shown]) if shown else []
    numbers = {row["parent_id"]: row["n"] for row in answers}
    found = [replace(one, replies=numbers.get(one.comment_id, 0)) for one in shown]
    last = rows[most - 1] if len(rows) > most else None
    return CommentPage(found, None if last is None else str(Cursor(last["rank"], last["comment_id"])))


async def replies(
    comments: Comments, viewer: Viewer, clip_id: UUID, parent_id: UUID, *, after: str | None = None, limit: int = PAGE
) -> CommentPage:
    """The answers to a comment. Raises NoSuchVideo, Refused, BadCursor."""
    clip = await _readable(viewer, clip_id)
    at, last_id = _place(after)
    most = max(1, min(limit, MOST))
    rows = await _fetch(viewer, _ANSWERS, clip, at, last_id, most + 1, parent_id)
    shown = [_seen(row, clip, viewer, text) for row, text in await _texts(comments, viewer, clip, rows[:most])]
    last = rows[most - 1] if len(rows) > most else None
    return CommentPage(shown, None if last is None else str(Cursor(last["written_at"], last["comment_id"])))


async def comment_seen(comments: Comments, by: Session | Viewer, clip: SeenVideo, comment_id: UUID) -> SeenComment:
    """One comment under a clip that was seen already. Raises NoSuchComment."""
    viewer = by if isinstance(by, Viewer) else Viewer(cell=by.cell, actor=by.actor, member_id=by.member_id)
    rows = await _fetch(viewer, _ONE, clip, comment_id)
    if not rows:
        raise NoSuchComment
    [(row, text)] = await _texts(comments, viewer, clip, rows[:1])
    return _seen(row, clip, viewer, text)


async def comment_counts(viewer: Viewer, clips: Sequence[UUID]) -> dict[UUID, int]:
    """How many comments clips have, as far as they are counted; one round trip."""
    rows = await viewer.cell.database.fetch(_COUNTS, list(clips), COUNTED) if clips else []
    return {row["clip_id"]: row["n"] for row in rows}


async def _readable(viewer: Viewer, clip_id: UUID) -> SeenVideo:
    clip = await published_clip(viewer, clip_id)
    relation = (await facing(viewer.cell, viewer.member_id, clip.owner_id)).relation
    require(viewer.actor, Action.SEE_COMMENTS, as_resource(relation=relation, private=clip.private))
    return clip


async def _fetch(viewer: Viewer, sql: str, clip: SeenVideo, *values: Any) -> list[Mapping[str, Any]]:
    """Rows of the comments that this viewer may see; what was said among followers is for them, also once all see the clip."""
    cell, member_id = viewer.cell, viewer.member_id
    apart = [] if member_id is None else list(await apart_from(cell, member_id))
    follows = (await facing(cell, member_id, clip.owner_id)).relation not in (Relation.STRANGER, Relation.BLOCKED)
    return list(await cell.database.fetch(sql, clip.video_id, member_id, apart, cell.name, follows, *values))


def _place(after: str | None) -> tuple[datetime | None, UUID | None]:
    cursor = None if after is None else Cursor.read(after)
    return (None, None) if cursor is None else (cursor.at, cursor.item_id)


async def _texts(
    comments: Comments, viewer: Viewer, clip: SeenVideo, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], str]]:
    """What the comments say: in clear from the shelf, else opened for those whom they are for."""
    vault = comments.vaults[viewer.cell.name]
    opened: dict[UUID, str] = {}
    inside = [(row["comment_id"], Sealed(row["body"])) for row in rows if row["kept_by"] is not None]
    own = [(row["comment_id"], Sealed(row["body"])) for row in rows if row["text"] is None and row["kept_by"] is None]
    for owner_id, place, values, reason in (
        (clip.owner_id, UNDER, inside, Reason.DELIVERY),
        (viewer.member_id, BODY, own, Reason.OWNER),
    ):
        if values and owner_id is not None:
            said = await vault.open_many(owner_id, place, values, reason=reason)
            opened |= {key: text.decode() for (key, _), text in zip(values, said, strict=True)}
    return [(row, row["text"] if row["text"] is not None else opened[row["comment_id"]]) for row in rows]


def _seen(row: Mapping[str, Any], clip: SeenVideo, viewer: Viewer, text: str) -> SeenComment:
    return SeenComment(
        comment_id=row["comment_id"],
        author_id=row["author_id"],
        handle=row["handle"],
        parent_id=row["parent_id"],
        text=text,
        written_at=row["written_at"],
        likes=row["likes"],
        liked=row["mine"],
        pinned=row["pinned"] is not None,
        own=row["author_id"] == viewer.member_id,
        by_author=row["author_id"] == clip.owner_id,
    )
