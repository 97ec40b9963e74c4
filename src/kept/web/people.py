"""Pages of people: one's own clips in every state, and somebody's published ones."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from kept.edge import Asker, shell_of
from kept.edge.answers import lead_on, page
from kept.look import pages, paths
from kept.look.views import AuthorView, MyClipsView, Nav, ProfileView
from kept.policy import Action, AgeBand, Person, Relation, Service, can
from kept.runtime import Runtime
from kept.videos import own_videos
from kept.web.cards import card_view, my_clip, state_of

AnyRequest = Request[Any, Any, State]
PAGE = 24

Before = Annotated[UUID | None, QueryParameter(name="after", description="The last clip of the page before.")]
Cursor = Annotated[str | None, QueryParameter(name="after", description="Where the page before ended.", max_length=200)]


@get(paths.ME, include_in_schema=False)
async def me(
    request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker], after: Before = None
) -> Response[Any]:
    """One's own clips and the ways to the account; visitors are led to signing in, children to their settings."""
    if asker.session is None:
        return lead_on(paths.SIGN_IN)
    may_upload = can(asker.actor, Action.UPLOAD, Service())
    if not may_upload.allowed:
        return lead_on(paths.SETTINGS)
    found = await own_videos(asker.viewer, before=after, limit=PAGE + 1)
    shown = found[:PAGE]
    states = await asyncio.gather(*(state_of(video, asker) for video in shown))
    view = MyClipsView(
        shell=shell_of(request, runtime, asker, active=Nav.ME),
        author=AuthorView(handle=asker.session.handle),
        clips=tuple(my_clip(video, state, asker, runtime) for video, state in zip(shown, states, strict=True)),
        region=runtime.settings.regions[asker.cell.region].label or asker.cell.region,
        next_cursor=str(shown[-1].video_id) if len(found) > PAGE else None,
        may_upload=True,
    )
    return page(pages.render_my_clips(view))


@get("/{name:str}", include_in_schema=False)
async def profile(
    name: FromPath[str],
    request: AnyRequest,
    runtime: NamedDependency[Runtime],
    asker: NamedDependency[Asker],
    after: Cursor = None,
) -> Response[str]:
    """Somebody's published clips, at `/@handle`. Missing, and none of the viewer's business, look the same.

    How old they are is not on the shelf: the policy is asked as for the youngest who may have a profile.
    """
    if not name.startswith("@"):
        raise NotFoundException
    handle = name[1:]
    home = await runtime.cells.directory.by_handle(handle)
    person = Person(relation=Relation.STRANGER, owner_band=AgeBand.TEEN_13_15, private=False)
    if home is None or not can(asker.actor, Action.SEE_PROFILE, person):
        raise NotFoundException
    now = runtime.clock.now()
    shell = shell_of(request, runtime, asker)
    found = await runtime.feed.page_of(asker.viewer, home.member_id, after, limit=PAGE, now=now)
    if not found.cards:
        raise NotFoundException
    view = ProfileView(
        shell=shell,
        author=AuthorView(handle=handle.lower()),
        clips=tuple(card_view(card, save_data=shell.save_data) for card in found.cards),
        next_cursor=found.next_cursor,
    )
    return page(pages.render_profile(view))
