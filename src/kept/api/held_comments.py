"""A member's own tools against hurtful comments, for programs: what waits for them, their filter, whom they restrict."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, put
from litestar.params import JSONBody, PathParameter, QueryParameter

from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.catalog import Intake, feeds
from kept.comments import LONGEST_WORD, MOST_WORDS, Why, filter_of, held, let_through, set_filter
from kept.policy import Choice
from kept.videos import choose_default_comments, default_comments

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
_OWN = problems(401, 403, 404, 451)

CommentId = Annotated[UUID, PathParameter(description="The comment.")]
Cursor = Annotated[UUID | None, QueryParameter(description="`next_cursor` of the page before; the latest without.")]


class HeldAnswer(msgspec.Struct):
    """A comment that waits."""

    id: UUID
    clip_id: UUID
    handle: str
    text: str
    why: Why
    written_at: datetime


class HeldPageAnswer(msgspec.Struct):
    """What waits, the latest first."""

    comments: list[HeldAnswer]
    next_cursor: Annotated[UUID | None, msgspec.Meta(description="Ask for more with it; null at the end.")]


class CommentSettings(Intake):
    """Who may comment on new clips, and which comments are held."""

    comments: Annotated[
        Choice, feeds("clip_defaults.comments"), msgspec.Meta(description="For clips made from now on.")
    ]
    general: Annotated[
        bool, feeds("comment_filter.general"), msgspec.Meta(description="Hold comments that are hurtful by our list.")
    ]
    words: Annotated[
        list[str],
        feeds("comment_filter.words"),
        msgspec.Meta(description=f"Up to {MOST_WORDS} words or phrases, each of up to {LONGEST_WORD} characters."),
    ] = msgspec.field(default_factory=list)


class SettingsAnswer(msgspec.Struct):
    """As one chose; for whoever has not, by age."""

    comments: Choice
    general: bool
    words: list[str]


class HeldController(Controller):
    """Comments under one's clips that a filter, or a restriction, holds back."""

    path = "/api/v1/me/held-comments"
    tags = ("comments",)
    security = _BEARER

    @get(summary="What waits for one", operation_id="get_held_comments", responses=_OWN)
    async def get_held(self, asker: GivenAsker, runtime: GivenRuntime, cursor: Cursor = None) -> HeldPageAnswer:
        """Nobody else sees these but each its writer. To delete one, use `DELETE` on the comment."""
        found, following = await held(runtime.comments, asker.member, after=cursor)
        shown = [
            HeldAnswer(one.comment_id, one.clip_id, one.handle, one.text, one.why, one.written_at) for one in found
        ]
        return HeldPageAnswer(shown, following)

    @put(
        "/{comment_id:uuid}",
        status_code=204,
        summary="Let a comment through",
        operation_id="let_comment_through",
        responses=_OWN,
    )
    async def let_through(self, comment_id: CommentId, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Others see it from now on. Its writer is told nothing: to them, nothing changes."""
        by = asker.member
        async with by.cell.begin() as tx:
            await let_through(runtime.comments, tx, by, comment_id, now=runtime.clock.now())


class CommentSettingsController(Controller):
    """One's own choices about comments."""

    path = "/api/v1/me/comments"
    tags = ("comments",)
    security = _BEARER

    @get(summary="One's choices about comments", operation_id="get_comment_settings", responses=_OWN)
    async def get_settings(self, asker: GivenAsker, runtime: GivenRuntime) -> SettingsAnswer:
        """Nobody else sees the words."""
        by = asker.member
        own = await filter_of(runtime.comments, by)
        return SettingsAnswer(await default_comments(by.cell, by.member_id), own.general, list(own.words))

    @put(
        status_code=204,
        summary="Choose about comments",
        operation_id="set_comment_settings",
        dto=Body[CommentSettings],
        return_dto=None,
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 413, 422, 451),
    )
    async def set_settings(self, data: JSONBody[CommentSettings], asker: GivenAsker, runtime: GivenRuntime) -> None:
        """What stands already stays as it is."""
        by, now = asker.member, runtime.clock.now()
        async with by.cell.begin() as tx:
            await choose_default_comments(tx, by, data.comments, now=now)
            await set_filter(runtime.comments, tx, by, general=data.general, words=data.words, now=now)
