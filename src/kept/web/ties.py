"""Acts towards others, and one's own lists of people, in the browser. Plain forms that go back to where they stood."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from kept.catalog import Intake, feeds, not_stored
from kept.edge import Asker, form_of, require_own_page, shell_of
from kept.edge.answers import lead_on, own_path, page
from kept.look import pages, paths
from kept.look.views import AuthorView, Nav, PeopleTab, PeopleView, PersonRow
from kept.runtime import Runtime
from kept.social import (
    Which,
    accept_follower,
    block,
    decline_follower,
    follow,
    how_many,
    listed,
    mute,
    remove_follower,
    restrict,
    set_privacy,
    unblock,
    unfollow,
    unmute,
    unrestrict,
)

AnyRequest = Request[Any, Any, State]
GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]

PAGE = 50

Verb = Callable[..., Awaitable[object]]
ACTS: dict[str, Verb] = {
    "follow": follow,
    "unfollow": unfollow,
    "accept": accept_follower,
    "decline": decline_follower,
    "remove": remove_follower,
    "mute": mute,
    "unmute": unmute,
    "restrict": restrict,
    "unrestrict": unrestrict,
    "block": block,
    "unblock": unblock,
}
"""What the forms of pages do, by their address."""

After = Annotated[UUID | None, QueryParameter(description="The last one of the page before.")]


class ActForm(Intake):
    """The form of every button about somebody."""

    handle: Annotated[str, feeds("follow.other_id")] = ""
    back: Annotated[str, not_stored("where to go on")] = paths.ME


class PrivacyForm(Intake):
    """The switches of the settings."""

    private: Annotated[str, feeds("circle.private")] = ""
    unlisted: Annotated[str, feeds("circle.unlisted")] = ""
    hides_likes: Annotated[str, feeds("circle.hides_likes")] = ""
    sees_no_likes: Annotated[str, feeds("circle.sees_no_likes")] = ""


class PeopleController(Controller):
    """One's own lists, and what is done to those in them."""

    path = paths.PEOPLE
    include_in_schema = False

    @get("/{what:str}")
    async def show(
        self, what: FromPath[str], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker, after: After = None
    ) -> Response[Any]:
        """One of the lists. Raises Refused, NotFoundException."""
        if what not in tuple(PeopleTab):
            raise NotFoundException
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.people(what)}")
        found, following = await listed(runtime.social, asker.session, Which(what), after=after, limit=PAGE)
        view = PeopleView(
            shell=shell_of(request, runtime, asker, active=Nav.ME),
            tab=PeopleTab(what),
            people=tuple(PersonRow(author=AuthorView(handle=one.handle), since=one.since) for one in found),
            requests=await how_many(asker.session, Which.REQUESTS),
            next_cursor=None if following is None else str(following),
        )
        return page(pages.render_people(view))

    @post("/{what:str}")
    async def act(
        self, what: FromPath[str], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker
    ) -> Response[bytes]:
        """Do something about somebody. Raises NoSuchMember, NotYourself, NoSuchRequest, Refused, NotFoundException."""
        require_own_page(request)
        if what not in ACTS:
            raise NotFoundException
        by = asker.member
        form = await form_of(request, ActForm)
        async with by.cell.begin() as tx:
            await ACTS[what](runtime.social, tx, by, form.handle, now=runtime.clock.now())
        return lead_on(own_path(form.back))


@post(paths.WHO_SEES, include_in_schema=False)
async def choose_who_sees(request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[bytes]:
    """Close or open one's account, be found or not. Raises Refused."""
    require_own_page(request)
    by = asker.member
    form = await form_of(request, PrivacyForm)
    async with by.cell.begin() as tx:
        names = ("private", "unlisted", "hides_likes", "sees_no_likes")
        chosen = {name: bool(getattr(form, name)) for name in names}
        await set_privacy(tx, by, **chosen, now=runtime.clock.now())
    return lead_on(paths.SETTINGS)
