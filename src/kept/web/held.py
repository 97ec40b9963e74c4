"""What waits for the owner of a clip, and a member's choices about comments, in the browser."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from kept.catalog import Intake, feeds, not_stored
from kept.comments import MOST_WORDS, delete_comment, filter_of, held, let_through, set_filter
from kept.edge import Asker, form_of, require_own_page, shell_of, status_of
from kept.edge.answers import lead_on, page
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import AuthorView, CommentSettingsView, HeldRow, HeldView, Nav
from kept.policy import Choice
from kept.runtime import Runtime
from kept.videos import choose_default_comments, default_comments
from kept.web.commenting import CHOICES

AnyRequest = Request[Any, Any, State]
GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]
After = Annotated[UUID | None, QueryParameter(description="The last one of the page before.")]


class HeldForm(Intake):
    """The buttons beside what waits."""

    clip: Annotated[UUID, not_stored("finds the comment")]


class SettingsForm(Intake):
    """Who may comment on new clips, and which comments wait."""

    comments: Annotated[Choice, feeds("clip_defaults.comments")]
    general: Annotated[str, feeds("comment_filter.general")] = ""
    words: Annotated[str, feeds("comment_filter.words"), msgspec.Meta(max_length=20_000)] = ""


class HeldPages(Controller):
    """Comments that wait."""

    path = paths.HELD
    include_in_schema = False

    @get()
    async def show(
        self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker, after: After = None
    ) -> Response[Any]:
        """All of them. Raises Refused."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.HELD}")
        found, following = await held(runtime.comments, asker.session, after=after)
        rows = tuple(
            HeldRow(
                comment_id=str(one.comment_id),
                clip_id=str(one.clip_id),
                author=AuthorView(handle=one.handle),
                text=one.text,
                why=str(one.why),
                written_at=one.written_at,
            )
            for one in found
        )
        shell = shell_of(request, runtime, asker, active=Nav.ME)
        view = HeldView(shell=shell, comments=rows, next_cursor=None if following is None else str(following))
        return page(pages.render_held(view))

    @post("/{comment_id:uuid}/{what:str}")
    async def decide(
        self,
        comment_id: FromPath[UUID],
        what: FromPath[str],
        request: AnyRequest,
        runtime: GivenRuntime,
        asker: GivenAsker,
    ) -> Response[bytes]:
        """Let one through, or delete it. Raises NoSuchComment, NoSuchVideo, Refused, NotFoundException."""
        require_own_page(request)
        by, now = asker.member, runtime.clock.now()
        if what not in ("let", "delete"):
            raise NotFoundException
        form = await form_of(request, HeldForm)
        async with by.cell.begin() as tx:
            if what == "let":
                await let_through(runtime.comments, tx, by, comment_id, now=now)
            else:
                await delete_comment(runtime.comments, tx, by, form.clip, comment_id, now=now)
        return lead_on(paths.HELD)


class CommentSettingsPages(Controller):
    """Choices about comments."""

    path = paths.COMMENT_SETTINGS
    include_in_schema = False

    @get()
    async def show(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """How it is. Raises Refused: who makes no clips has nothing to choose."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.COMMENT_SETTINGS}")
        by = asker.session
        own = await filter_of(runtime.comments, by)
        choice = await default_comments(by.cell, by.member_id)
        return page(_page(request, runtime, asker, str(choice), own.general, "\n".join(own.words)))

    @post()
    async def choose(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """Store it; a list that can't be kept comes back with what is wrong. Raises Refused."""
        require_own_page(request)
        by, now = asker.member, runtime.clock.now()
        form = await form_of(request, SettingsForm)
        try:
            async with by.cell.begin() as tx:
                await choose_default_comments(tx, by, form.comments, now=now)
                words = form.words.replace(",", "\n").splitlines()
                await set_filter(runtime.comments, tx, by, general=bool(form.general), words=words, now=now)
        except KeptError as error:
            html = _page(
                request, runtime, asker, str(form.comments), bool(form.general), form.words, error=error.public
            )
            return page(html, status=status_of(error))
        return lead_on(paths.COMMENT_SETTINGS)


def _page(
    request: AnyRequest, runtime: Runtime, asker: Asker, choice: str, general: bool, words: str, *, error: str = ""
) -> str:
    view = CommentSettingsView(
        shell=shell_of(request, runtime, asker, active=Nav.ME),
        choice=choice,
        choices=CHOICES,
        general=general,
        words=words,
        most_words=MOST_WORDS,
        error=error,
    )
    return pages.render_comment_settings(view)
