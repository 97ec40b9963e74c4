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
from kept.look.views import AuthorView, CardView, Following, MyClipsView, Nav, ProfileView, TiesView
from kept.policy import Action, Mailbox, Relation, Service, can
from kept.runtime import Runtime
from kept.social import Facing, FollowState, Profile, Which, facing, how_many, may_see, profile_of
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
    known = await profile_of(asker.cell, asker.session.member_id)
    view = MyClipsView(
        shell=shell_of(request, runtime, asker, active=Nav.ME),
        author=AuthorView(handle=asker.session.handle),
        clips=tuple(my_clip(video, state, asker, runtime) for video, state in zip(shown, states, strict=True)),
        region=runtime.settings.regions[asker.cell.region].label or asker.cell.region,
        next_cursor=str(shown[-1].video_id) if len(found) > PAGE else None,
        may_upload=True,
        followers=known.followers if known else 0,
        following=known.following if known else 0,
        requests=await how_many(asker.session, Which.REQUESTS),
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
    """Somebody's page, at `/@handle`. Missing, and none of the viewer's business, look the same.

    How old they are is not on the shelf: the policy is asked as for the youngest who may have a profile.
    """
    if not name.startswith("@"):
        raise NotFoundException
    home = await runtime.cells.directory.by_handle(name[1:])
    known = None if home is None else await profile_of(asker.cell, home.member_id)
    if known is None:
        raise NotFoundException
    faced = await facing(asker.cell, asker.member_id, known.member_id)
    if not may_see(asker.actor, faced.relation, private=known.private):
        raise NotFoundException
    closed = known.private and faced.relation is Relation.STRANGER
    shell, now = shell_of(request, runtime, asker), runtime.clock.now()
    clips: tuple[CardView, ...] = ()
    following = None
    if not closed:
        found = await runtime.feed.page_of(asker.viewer, known.member_id, after, relation=faced.relation, limit=PAGE, now=now)
        clips = tuple(card_view(card, save_data=shell.save_data) for card in found.cards)
        following = found.next_cursor
    view = ProfileView(
        shell=shell,
        author=AuthorView(handle=known.handle),
        clips=clips,
        next_cursor=following,
        followers=known.followers,
        following=known.following,
        ties=_ties(asker, known, faced),
        closed=closed,
    )
    return page(pages.render_profile(view))


def _ties(asker: Asker, known: Profile, faced: Facing) -> TiesView | None:
    """What a member may do about another; None for visitors, and on one's own page."""
    if asker.session is None or faced.relation is Relation.OWN:
        return None
    following = {FollowState.FOLLOWING: Following.FOLLOWING, FollowState.ASKED: Following.ASKED}.get(faced.follows)
    writes = can(asker.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))
    return TiesView(
        following=following or (Following.ASK if known.private else Following.FOLLOW),
        follows_you=faced.followed is FollowState.FOLLOWING,
        asks_you=faced.followed is FollowState.ASKED,
        muted=faced.muted,
        restricted=faced.restricted,
        message=paths.conversation(known.handle) if writes else "",
    )
