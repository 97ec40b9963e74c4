"""Comments in the browser: a page that works by itself, and the same without its frame for the sheet over a clip."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from kept.catalog import Intake, feeds, not_stored
from kept.comments import (
    NewComment,
    delete_comment,
    like_comment,
    pin,
    unlike_comment,
    unpin,
    write,
)
from kept.edge import Asker, form_of, require_own_page, shell_of, status_of
from kept.edge.answers import lead_on
from kept.edge.answers import page as answer
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import ConfirmView
from kept.policy import Choice
from kept.runtime import Runtime
from kept.videos import choose_comments
from kept.web.commenting import Typed, one_seen, shown

AnyRequest = Request[Any, Any, State]
GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]
After = Annotated[str | None, QueryParameter(description="Where the page before ended.", max_length=200)]

ACTS: dict[str, Callable[..., Awaitable[object]]] = {
    "like": like_comment,
    "unlike": unlike_comment,
    "pin": pin,
    "unpin": unpin,
    "delete": delete_comment,
}
"""What the forms under a comment do, by their address."""


class CommentForm(Intake):
    """The form under the comments. `sure` is there once the writer was asked."""

    text: Annotated[str, feeds("comment.body")] = ""
    parent: Annotated[UUID | None, feeds("comment.parent_id")] = None
    key: Annotated[str | None, feeds("comment_key.key_index")] = None
    sure: Annotated[str, not_stored("whether the writer was asked")] = ""


class ChoiceForm(Intake):
    """Who may comment on one's own clip."""

    comments: Annotated[Choice, feeds("video.comments")]


class CommentPages(Controller):
    """The comments of a clip."""

    path = "/clips/{clip_id:uuid}"
    include_in_schema = False

    @get("/comments")
    async def show(
        self,
        clip_id: FromPath[UUID],
        request: AnyRequest,
        runtime: GivenRuntime,
        asker: GivenAsker,
        after: After = None,
    ) -> Response[str]:
        """All of them, and the form. Raises NoSuchVideo, Refused, BadCursor."""
        return answer(await shown(request, runtime, asker, clip_id, after=after))

    @get("/comments/{comment_id:uuid}")
    async def thread(
        self,
        clip_id: FromPath[UUID],
        comment_id: FromPath[UUID],
        request: AnyRequest,
        runtime: GivenRuntime,
        asker: GivenAsker,
        after: After = None,
    ) -> Response[str]:
        """One of them with its answers. Raises NoSuchVideo, NoSuchComment, Refused, BadCursor."""
        return answer(await shown(request, runtime, asker, clip_id, parent_id=comment_id, after=after))

    @post("/comments")
    async def write(
        self, clip_id: FromPath[UUID], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker
    ) -> Response[Any]:
        """Write one; what can't be, or what the writer is asked about, comes back with what was typed."""
        require_own_page(request)
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.comments(str(clip_id))}")
        by = asker.session
        form = await form_of(request, CommentForm)
        new = NewComment(text=form.text, parent_id=form.parent, sure=bool(form.sure))
        try:
            async with by.cell.begin() as tx:
                await write(runtime.comments, tx, by, clip_id, new, key=form.key, now=runtime.clock.now())
        except KeptError as error:
            typed = Typed(form.text, error, form.key or "")
            try:
                html = await shown(request, runtime, asker, clip_id, parent_id=form.parent, typed=typed)
            except KeptError:
                raise error from None  # there is no page on which to say it
            return answer(html, status=status_of(error))
        return lead_on(_back(clip_id, form.parent))

    @get("/comments/{comment_id:uuid}/delete")
    async def ask(
        self,
        clip_id: FromPath[UUID],
        comment_id: FromPath[UUID],
        request: AnyRequest,
        runtime: GivenRuntime,
        asker: GivenAsker,
    ) -> Response[str]:
        """Ask once more. Raises NoSuchVideo, NoSuchComment, SignInFirst."""
        found = await one_seen(runtime, asker.member, clip_id, comment_id)
        view = ConfirmView(
            shell=shell_of(request, runtime, asker),
            kind="delete-comment",
            thing=found.text,
            action=paths.comment_act(str(clip_id), str(comment_id), "delete"),
            back=paths.comments(str(clip_id)),
        )
        return answer(pages.render_confirm(view))

    @post("/comments/{comment_id:uuid}/{what:str}")
    async def act(
        self,
        clip_id: FromPath[UUID],
        comment_id: FromPath[UUID],
        what: FromPath[str],
        request: AnyRequest,
        runtime: GivenRuntime,
        asker: GivenAsker,
    ) -> Response[bytes]:
        """Do something to a comment. Raises NoSuchVideo, NoSuchComment, TooManyPins, Refused, NotFoundException."""
        require_own_page(request)
        if what not in ACTS:
            raise NotFoundException
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.comments(str(clip_id))}")
        by = asker.session
        async with by.cell.begin() as tx:
            await ACTS[what](runtime.comments, tx, by, clip_id, comment_id, now=runtime.clock.now())
        return lead_on(paths.comments(str(clip_id)))

    @post("/comments-choice")
    async def choose(
        self, clip_id: FromPath[UUID], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker
    ) -> Response[bytes]:
        """Choose who may comment on one's own clip. Raises NoSuchVideo, Refused."""
        require_own_page(request)
        by = asker.member
        form = await form_of(request, ChoiceForm)
        async with by.cell.begin() as tx:
            await choose_comments(tx, by, clip_id, form.comments, now=runtime.clock.now())
        return lead_on(paths.comments(str(clip_id)))


def _back(clip_id: UUID, parent_id: UUID | None) -> str:
    return paths.comments(str(clip_id)) if parent_id is None else paths.comment(str(clip_id), str(parent_id))
