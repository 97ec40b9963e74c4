"""The feed that is ranked for its member, in the browser: choosing it, what was watched, what is not wanted, beginning anew."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from kept.catalog import Intake, feeds, not_stored
from kept.edge import Asker, form_of, require_own_page, shell_of, status_of
from kept.edge.answers import PRIVATE, lead_on, page
from kept.feed import (
    LONGEST_TAG,
    Entry,
    TooManyInterests,
    choose_feed,
    choose_interests,
    chosen_by,
    forget_clip,
    history,
    interested_after_all,
    may_be_profiled,
    not_interested,
    refresh,
)
from kept.look import pages, paths
from kept.look.views import ConfirmView, FeedKey, Nav, WatchedRow, YourFeedView
from kept.policy import Action, Service, can
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]
GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]
After = Annotated[str | None, QueryParameter(description="Where the page before ended.", max_length=200)]


class ChoiceForm(Intake):
    """The tabs above a clip, and the same in the settings (`back`)."""

    feed: Annotated[FeedKey, feeds("feed_choice.ranked")]
    back: Annotated[str, not_stored("where the form stands")] = ""


class InterestsForm(Intake):
    """What one wants to see."""

    tags: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=2 * LONGEST_TAG)]],
        feeds("feed_choice.interests"),
        msgspec.Meta(max_length=200),
    ]


class ForgetForm(Intake):
    """A clip in one's history."""

    clip: Annotated[UUID, not_stored("finds the entry")]


class UnwantedForm(Intake):
    """'Not interested'; `wants` is empty to take it back."""

    wants: Annotated[str, feeds("watched.unwanted")] = ""


class YourFeedPages(Controller):
    """One's own feed."""

    path = paths.FEED_SETTINGS
    include_in_schema = False

    @get()
    async def show(
        self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker, after: After = None
    ) -> Response[Any]:
        """The choice, and what was watched. Raises Refused, BadCursor."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.FEED_SETTINGS}")
        return page(await _page(request, runtime, asker, after=after))

    @post("/choice")
    async def choose(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[bytes]:
        """For you, or Latest: from now on. Raises Refused."""
        require_own_page(request)
        by = asker.member
        form = await form_of(request, ChoiceForm)
        async with by.cell.begin() as tx:
            await choose_feed(tx, by, ranked=form.feed is FeedKey.FOR_YOU, now=runtime.clock.now())
        return lead_on(paths.FEED_SETTINGS if form.back else paths.HOME)

    @post("/interests")
    async def interests(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """Tags to see more of; too many come back with what is wrong. Raises Refused."""
        require_own_page(request)
        by = asker.member
        form = await form_of(request, InterestsForm)
        try:
            async with by.cell.begin() as tx:
                await choose_interests(tx, by, form.tags, now=runtime.clock.now())
        except TooManyInterests as error:
            return page(await _page(request, runtime, asker, error=error.public), status=status_of(error))
        return lead_on(paths.FEED_SETTINGS)

    @post("/forget")
    async def forget(self, request: AnyRequest, asker: GivenAsker) -> Response[bytes]:
        """Delete one entry, if there is one."""
        require_own_page(request)
        by = asker.member
        form = await form_of(request, ForgetForm)
        async with by.cell.begin() as tx:
            await forget_clip(tx, by, form.clip)
        return lead_on(paths.FEED_SETTINGS)

    @get("/refresh")
    async def ask(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[str]:
        """Ask once more. Raises SignInFirst."""
        _ = asker.member
        view = ConfirmView(
            shell=shell_of(request, runtime, asker),
            kind="refresh-feed",
            thing="",
            action=paths.FEED_REFRESH,
            back=paths.FEED_SETTINGS,
        )
        return page(pages.render_confirm(view))

    @post("/refresh")
    async def refresh(self, request: AnyRequest, asker: GivenAsker) -> Response[bytes]:
        """Delete all that was watched."""
        require_own_page(request)
        by = asker.member
        async with by.cell.begin() as tx:
            await refresh(tx, by)
        return lead_on(paths.FEED_SETTINGS)


@post("/clips/{clip_id:uuid}/unwanted", include_in_schema=False)
async def unwanted(
    clip_id: FromPath[UUID], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker
) -> Response[Any]:
    """Say that a clip doesn't interest one, or take that back. Raises NoSuchVideo, NotRanked, Refused."""
    require_own_page(request)
    by = asker.member
    form = await form_of(request, UnwantedForm)
    async with by.cell.begin() as tx:
        if form.wants:
            await not_interested(tx, by, clip_id, now=runtime.clock.now())
        else:
            await interested_after_all(tx, by, clip_id)
    if "application/json" in request.headers.get("accept", ""):
        return Response({}, headers=PRIVATE, status_code=200)
    return lead_on(paths.HOME)


async def _page(
    request: AnyRequest, runtime: Runtime, asker: Asker, *, after: str | None = None, error: str = ""
) -> str:
    chosen = await chosen_by(asker.viewer)
    found, following = await history(asker.member, after=after)
    tags: tuple[str, ...] = ()
    if chosen.ranked and can(asker.actor, Action.SEARCH_CLIPS, Service()):
        tags = tuple(tag.name for tag, _ in await runtime.feed.tags(asker.viewer, now=runtime.clock.now()))
    view = YourFeedView(
        shell=shell_of(request, runtime, asker, active=Nav.ME),
        may_choose=may_be_profiled(asker.actor),
        ranked=chosen.ranked,
        tags=tuple(dict.fromkeys((*chosen.interests, *tags))),
        interests=chosen.interests,
        watched=tuple(_row(one) for one in found),
        next_cursor=following,
        error=error,
    )
    return pages.render_your_feed(view)


def _row(one: Entry) -> WatchedRow:
    return WatchedRow(
        clip_id=str(one.clip_id),
        handle=one.handle,
        caption=one.caption,
        watched_at=one.watched_at,
        percent=round(100 * one.share),
        times=one.times,
        unwanted=one.unwanted,
    )
