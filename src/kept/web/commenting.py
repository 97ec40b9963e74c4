"""What a page of comments shows, and what whoever looks may do about each."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import State

from kept.accounts import Session
from kept.comments import (
    LONGEST,
    AreYouSure,
    SeenComment,
    comment_counts,
    comment_seen,
    page,
    published_clip,
    replies,
    require_under,
)
from kept.edge import Asker, shell_of
from kept.kit import KeptError, new_id
from kept.look import pages
from kept.look.views import AuthorView, CommentsView, CommentView
from kept.policy import Action, Choice, Comment, Refused, Relation, can
from kept.runtime import Runtime
from kept.videos import POSTER, SeenVideo
from kept.web.cards import address_of

AnyRequest = Request[Any, Any, State]
CHOICES = tuple(str(one) for one in (Choice.EVERYONE, Choice.FRIENDS, Choice.NOBODY))


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wrote, what was wrong with it, and the key that it goes on with."""

    text: str
    error: KeptError
    key: str


async def shown(
    request: AnyRequest,
    runtime: Runtime,
    asker: Asker,
    clip_id: UUID,
    *,
    parent_id: UUID | None = None,
    after: str | None = None,
    typed: Typed | None = None,
) -> str:
    """The page, or for a sheet the piece. Raises NoSuchVideo, NoSuchComment, Refused, BadCursor."""
    clip = await published_clip(asker.viewer, clip_id)
    tools, viewer = runtime.comments, asker.viewer
    if parent_id is None:
        parent, found = None, await page(tools, viewer, clip_id, after=after)
    else:
        parent = await comment_seen(tools, viewer, clip, parent_id)
        found = await replies(tools, viewer, clip_id, parent_id, after=after)
    closed = await _closed(asker, clip)
    unsure = typed is not None and isinstance(typed.error, AreYouSure)
    view = CommentsView(
        shell=shell_of(request, runtime, asker),
        clip_id=str(clip_id),
        author=AuthorView(handle=clip.handle),
        comments=tuple(_view(one, asker, clip, answers=closed == "") for one in found.comments),
        poster=address_of(clip, POSTER, asker, runtime),
        caption=clip.caption,
        count=(await comment_counts(viewer, [clip_id])).get(clip_id, 0),
        parent=None if parent is None else _view(parent, asker, clip, answers=False),
        next_cursor=found.next_cursor,
        may_write=closed == "" and asker.session is not None,
        closed=closed or "",
        key=(typed and typed.key) or new_id().hex,
        longest=LONGEST,
        draft="" if typed is None else typed.text,
        error="" if typed is None or unsure else typed.error.public,
        unsure=unsure,
        choice=str(clip.comments) if clip.own else "",
        choices=CHOICES if clip.own else (),
        piece=is_piece(request),
    )
    return pages.render_comments(view)


def is_piece(request: AnyRequest) -> bool:
    """Whether a sheet asks."""
    return request.headers.get("kept-piece") == "comments"


async def one_seen(runtime: Runtime, by: Session, clip_id: UUID, comment_id: UUID) -> SeenComment:
    """A comment that a member may see. Raises NoSuchVideo, NoSuchComment."""
    return await comment_seen(runtime.comments, by, await published_clip(by, clip_id), comment_id)


async def _closed(asker: Asker, clip: SeenVideo) -> str | None:
    """Why there is no form; empty if there is one, None for a visitor, who is led to signing in."""
    if asker.session is None:
        return None
    try:
        await require_under(asker.session, clip)
    except Refused as refused:
        return refused.public
    return ""


def _view(one: SeenComment, asker: Asker, clip: SeenVideo, *, answers: bool) -> CommentView:
    relation = Relation.OWN if one.own else Relation.STRANGER
    asked = Comment(relation=relation, on_own_clip=clip.own)
    member = asker.session is not None
    top = one.parent_id is None
    return CommentView(
        comment_id=str(one.comment_id),
        author=AuthorView(handle=one.handle),
        text=one.text,
        written_at=one.written_at,
        likes=one.likes if not member or can(asker.actor, Action.LIKE_COMMENT, asked) else None,
        liked=one.liked,
        pinned=one.pinned,
        by_author=one.by_author,
        replies=one.replies,
        may_delete=member and can(asker.actor, Action.DELETE_COMMENT, asked).allowed,
        may_pin=member and top and can(asker.actor, Action.PIN_COMMENT, asked).allowed,
        may_reply=member and top and answers,
        may_report=not one.own,
    )
