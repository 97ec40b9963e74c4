"""Comments on clips, for programs: reading, writing, liking, pinning, deleting."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post, put
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter

from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.catalog import Intake, feeds, not_stored
from kept.comments import (
    LONGEST,
    MOST,
    PAGE,
    CommentPage,
    NewComment,
    SeenComment,
    delete_comment,
    like_comment,
    page,
    pin,
    replies,
    unlike_comment,
    unpin,
    write,
)
from kept.edge import Asker
from kept.policy import Choice
from kept.runtime import Runtime
from kept.videos import choose_comments

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
_READS = problems(401, 403, 404, 451)
_ACTS = problems(401, 403, 404, 409, 451)
Act = Callable[..., Awaitable[object]]

ClipId = Annotated[UUID, PathParameter(description="The clip.")]
CommentId = Annotated[UUID, PathParameter(description="The comment.")]
Cursor = Annotated[str | None, QueryParameter(description="`next_cursor` of the page before.", max_length=200)]
Limit = Annotated[int, QueryParameter(description="Comments on a page.", ge=1, le=MOST)]
Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Chosen by the client, one for each comment. For 24 hours, a request that is repeated with it writes"
        " nothing and gets the same answer.",
    ),
]


class WrittenComment(Intake):
    """What is said."""

    text: Annotated[
        str,
        feeds("comment.body"),
        msgspec.Meta(description=f"1 to {LONGEST} characters of plain text.", examples=["What a blue!"]),
    ]
    parent: Annotated[
        UUID | None, feeds("comment.parent_id"), msgspec.Meta(description="The comment that it answers; one level.")
    ] = None
    sure: Annotated[
        bool,
        not_stored("whether the writer was asked"),
        msgspec.Meta(description="The writer was asked whether they are sure (409 `are_you_sure`), and is."),
    ] = False


class CommentChoice(Intake):
    """Who may comment."""

    comments: Annotated[Choice, feeds("video.comments"), msgspec.Meta(description="Whom the author lets comment.")]


class PostedAnswer(msgspec.Struct):
    """A comment that is kept."""

    id: UUID
    written_at: datetime


class CommentAnswer(msgspec.Struct):
    """A comment, as the one who asks sees it."""

    id: UUID
    handle: str
    text: str
    written_at: datetime
    likes: int
    liked: Annotated[bool, msgspec.Meta(description="The one who asks likes it.")]
    replies: Annotated[int, msgspec.Meta(description="How many answers it has; fetched by themselves.")]
    pinned: bool
    by_author: Annotated[bool, msgspec.Meta(description="Whoever made the clip wrote it.")]
    mine: bool


class CommentsAnswer(msgspec.Struct):
    """A page: pinned comments first, then by when they were written, each like counting as an hour; answers by time."""

    comments: list[CommentAnswer]
    next_cursor: Annotated[str | None, msgspec.Meta(description="Ask for more with it; null at the end.")]


class CommentController(Controller):
    """The comments of a clip."""

    path = "/api/v1/clips/{clip_id:uuid}/comments"
    tags = ("comments",)

    @get(summary="The comments of a clip", operation_id="get_comments", responses=_READS)
    async def get_comments(
        self, clip_id: ClipId, asker: GivenAsker, runtime: GivenRuntime, cursor: Cursor = None, limit: Limit = PAGE
    ) -> CommentsAnswer:
        """As the one who asks may see them; one's own are there from the moment they were written."""
        return _answer(await page(runtime.comments, asker.viewer, clip_id, after=cursor, limit=limit))

    @get("/{comment_id:uuid}/replies", summary="Answers", operation_id="get_replies", responses=_READS)
    async def get_replies(
        self,
        clip_id: ClipId,
        comment_id: CommentId,
        asker: GivenAsker,
        runtime: GivenRuntime,
        cursor: Cursor = None,
        limit: Limit = PAGE,
    ) -> CommentsAnswer:
        """The answers to a comment, the oldest first."""
        return _answer(await replies(runtime.comments, asker.viewer, clip_id, comment_id, after=cursor, limit=limit))

    @post(
        summary="Comment on a clip",
        operation_id="write_comment",
        dto=Body[WrittenComment],
        return_dto=None,
        security=_BEARER,
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 404, 409, 413, 422, 429, 451),
    )
    async def write_comment(
        self,
        clip_id: ClipId,
        data: JSONBody[WrittenComment],
        asker: GivenAsker,
        runtime: GivenRuntime,
        idempotency_key: Key = None,
    ) -> PostedAnswer:
        """409 `are_you_sure`: it may hurt somebody; ask the writer, then send it again with `sure`, or changed."""
        by = asker.member
        new = NewComment(text=data.text, parent_id=data.parent, sure=data.sure)
        async with by.cell.begin() as tx:
            done = await write(runtime.comments, tx, by, clip_id, new, key=idempotency_key, now=runtime.clock.now())
        return PostedAnswer(done.comment_id, done.written_at)

    @put(
        "/choice",
        summary="Choose who comments",
        operation_id="choose_comments",
        dto=Body[CommentChoice],
        return_dto=None,
        status_code=204,
        security=_BEARER,
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 404, 413, 422, 451),
    )
    async def choose(
        self, clip_id: ClipId, data: JSONBody[CommentChoice], asker: GivenAsker, runtime: GivenRuntime
    ) -> None:
        """For one of one's own clips; what was written stays."""
        by = asker.member
        async with by.cell.begin() as tx:
            await choose_comments(tx, by, clip_id, data.comments, now=runtime.clock.now())

    @delete(
        "/{comment_id:uuid}",
        summary="Delete a comment",
        operation_id="delete_comment",
        security=_BEARER,
        responses=_ACTS,
    )
    async def delete_comment(
        self, clip_id: ClipId, comment_id: CommentId, asker: GivenAsker, runtime: GivenRuntime
    ) -> None:
        """One's own, or one under one's own clip, with what answers it."""
        await _act(delete_comment, runtime, asker, clip_id, comment_id)

    @put(
        "/{comment_id:uuid}/like",
        status_code=204,
        summary="Like a comment",
        operation_id="like_comment",
        security=_BEARER,
        responses=_ACTS,
    )
    async def like(self, clip_id: ClipId, comment_id: CommentId, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Nobody is told who likes what."""
        await _act(like_comment, runtime, asker, clip_id, comment_id)

    @delete(
        "/{comment_id:uuid}/like",
        summary="Take a like back",
        operation_id="unlike_comment",
        security=_BEARER,
        responses=_ACTS,
    )
    async def unlike(self, clip_id: ClipId, comment_id: CommentId, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """If there is one."""
        await _act(unlike_comment, runtime, asker, clip_id, comment_id)

    @put(
        "/{comment_id:uuid}/pin",
        status_code=204,
        summary="Pin a comment",
        operation_id="pin_comment",
        security=_BEARER,
        responses=_ACTS,
    )
    async def pin(self, clip_id: ClipId, comment_id: CommentId, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Under one's own clip, three at most."""
        await _act(pin, runtime, asker, clip_id, comment_id)

    @delete(
        "/{comment_id:uuid}/pin",
        summary="Take a pin down",
        operation_id="unpin_comment",
        security=_BEARER,
        responses=_ACTS,
    )
    async def unpin(self, clip_id: ClipId, comment_id: CommentId, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """If it is pinned."""
        await _act(unpin, runtime, asker, clip_id, comment_id)


async def _act(verb: Act, runtime: Runtime, asker: Asker, clip_id: UUID, comment_id: UUID) -> None:
    """What a member does to a comment, in one transaction. Raises what the verb does."""
    by = asker.member
    async with by.cell.begin() as tx:
        await verb(runtime.comments, tx, by, clip_id, comment_id, now=runtime.clock.now())


def _answer(found: CommentPage) -> CommentsAnswer:
    return CommentsAnswer([_comment(one) for one in found.comments], found.next_cursor)


def _comment(one: SeenComment) -> CommentAnswer:
    return CommentAnswer(
        id=one.comment_id,
        handle=one.handle,
        text=one.text,
        written_at=one.written_at,
        likes=one.likes,
        liked=one.liked,
        replies=one.replies,
        pinned=one.pinned,
        by_author=one.by_author,
        mine=one.own,
    )
