"""Who follows and blocks whom, for programs: each member's own side of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, put
from litestar.params import JSONBody, PathParameter, QueryParameter

from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.catalog import Intake, feeds
from kept.edge import Asker
from kept.runtime import Runtime
from kept.social import (
    LONGEST_NAME,
    MOST,
    PAGE,
    FollowState,
    Which,
    accept_follower,
    block,
    decline_follower,
    follow,
    listed,
    mute,
    privacy_of,
    remove_follower,
    restrict,
    set_privacy,
    unblock,
    unfollow,
    unmute,
    unrestrict,
)
from kept.social import Privacy as Chosen

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
Act = Callable[..., Awaitable[object]]
_LISTS = problems(401, 403, 451)
_ACTS = problems(401, 403, 404, 422, 451)

Handle = Annotated[str, PathParameter(description="Somebody's handle.", min_length=1, max_length=LONGEST_NAME)]
Cursor = Annotated[UUID | None, QueryParameter(description="`next_cursor` of the page before; the latest without.")]
Limit = Annotated[int, QueryParameter(description="People on a page.", ge=1, le=MOST)]


class FollowAnswer(msgspec.Struct):
    """What came of it so far. A private account, and one in another region, answers later."""

    state: Annotated[FollowState, msgspec.Meta(description="`following`, or `asked` while there is no answer.")]


class PersonAnswer(msgspec.Struct):
    """Somebody in a list."""

    handle: str
    since: datetime


class PeopleAnswer(msgspec.Struct):
    """A page of people, the latest first."""

    people: list[PersonAnswer]
    next_cursor: Annotated[UUID | None, msgspec.Meta(description="Ask for more with it; null at the end.")]


class Privacy(Intake):
    """Who may come close."""

    private: Annotated[
        bool,
        feeds("circle.private"),
        msgspec.Meta(description="Whether followers have to be let in, and only they see the clips."),
    ]
    unlisted: Annotated[
        bool | None,
        feeds("circle.unlisted"),
        msgspec.Meta(description="Whether one is left out of the search for people; as it is, where nothing is said."),
    ] = None
    hides_likes: Annotated[
        bool | None,
        feeds("circle.hides_likes"),
        msgspec.Meta(description="Whether nobody else sees how many like one's clips."),
    ] = None
    sees_no_likes: Annotated[
        bool | None, feeds("circle.sees_no_likes"), msgspec.Meta(description="Whether one is shown no numbers of likes.")
    ] = None


class PrivacyAnswer(msgspec.Struct):
    """How it is."""

    private: bool
    unlisted: bool
    hides_likes: bool
    sees_no_likes: bool


class FollowController(Controller):
    """Whom one follows."""

    path = "/api/v1/follows"
    tags = ("people",)
    security = _BEARER

    @get(summary="Whom one follows", operation_id="get_follows", responses=_LISTS)
    async def get_follows(
        self, asker: GivenAsker, runtime: GivenRuntime, cursor: Cursor = None, limit: Limit = PAGE
    ) -> PeopleAnswer:
        """One's own list; nobody else sees it."""
        return await _people(runtime, asker, Which.FOLLOWING, cursor, limit)

    @put("/{handle:str}", summary="Follow somebody", operation_id="follow", responses=_ACTS)
    async def follow(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> FollowAnswer:
        """Follows an open account, asks a private one. Who isn't there, and who doesn't want you, is answered alike (404)."""
        by = asker.member
        async with by.cell.begin() as tx:
            return FollowAnswer(await follow(runtime.social, tx, by, handle, now=runtime.clock.now()))

    @delete("/{handle:str}", summary="Follow somebody no longer", operation_id="unfollow", responses=_ACTS)
    async def unfollow(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Also takes back having asked. Nobody is told."""
        await _act(unfollow, runtime, asker, handle)


class FollowerController(Controller):
    """Who follows one."""

    path = "/api/v1/followers"
    tags = ("people",)
    security = _BEARER

    @get(summary="Who follows one", operation_id="get_followers", responses=_LISTS)
    async def get_followers(
        self, asker: GivenAsker, runtime: GivenRuntime, cursor: Cursor = None, limit: Limit = PAGE
    ) -> PeopleAnswer:
        """One's own list; nobody else sees it."""
        return await _people(runtime, asker, Which.FOLLOWERS, cursor, limit)

    @delete("/{handle:str}", summary="Let a follower go", operation_id="remove_follower", responses=_ACTS)
    async def remove_follower(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """They follow no longer, and aren't told."""
        await _act(remove_follower, runtime, asker, handle)


class FollowRequestController(Controller):
    """Who asks to follow one."""

    path = "/api/v1/follow-requests"
    tags = ("people",)
    security = _BEARER

    @get(summary="Who asks to follow one", operation_id="get_follow_requests", responses=_LISTS)
    async def get_follow_requests(
        self, asker: GivenAsker, runtime: GivenRuntime, cursor: Cursor = None, limit: Limit = PAGE
    ) -> PeopleAnswer:
        """Those that wait for an answer."""
        return await _people(runtime, asker, Which.REQUESTS, cursor, limit)

    @put(
        "/{handle:str}", status_code=204, summary="Let somebody follow", operation_id="accept_follower", responses=_ACTS
    )
    async def accept_follower(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Answers with yes."""
        await _act(accept_follower, runtime, asker, handle)

    @delete("/{handle:str}", summary="Decline a request", operation_id="decline_follower", responses=_ACTS)
    async def decline_follower(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Answers with no; they aren't told."""
        await _act(decline_follower, runtime, asker, handle)


class BlockController(Controller):
    """Whom one blocks."""

    path = "/api/v1/blocks"
    tags = ("people",)
    security = _BEARER

    @get(summary="Whom one blocks", operation_id="get_blocks", responses=_LISTS)
    async def get_blocks(
        self, asker: GivenAsker, runtime: GivenRuntime, cursor: Cursor = None, limit: Limit = PAGE
    ) -> PeopleAnswer:
        """One's own list; nobody else sees it."""
        return await _people(runtime, asker, Which.BLOCKED, cursor, limit)

    @put("/{handle:str}", status_code=204, summary="Block somebody", operation_id="block", responses=_ACTS)
    async def block(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Ends following both ways; neither sees the other's clips and profile, or can write. They aren't told."""
        await _act(block, runtime, asker, handle)

    @delete("/{handle:str}", summary="Take a block back", operation_id="unblock", responses=_ACTS)
    async def unblock(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Who followed whom before doesn't come back."""
        await _act(unblock, runtime, asker, handle)


class MuteController(Controller):
    """Whom one mutes."""

    path = "/api/v1/mutes"
    tags = ("people",)
    security = _BEARER

    @get(summary="Whom one mutes", operation_id="get_mutes", responses=_LISTS)
    async def get_mutes(
        self, asker: GivenAsker, runtime: GivenRuntime, cursor: Cursor = None, limit: Limit = PAGE
    ) -> PeopleAnswer:
        """One's own list; nobody else sees it."""
        return await _people(runtime, asker, Which.MUTED, cursor, limit)

    @put("/{handle:str}", status_code=204, summary="Mute somebody", operation_id="mute", responses=_ACTS)
    async def mute(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Leaves their clips out of one's feeds. They aren't told, and all else stays as it is."""
        await _act(mute, runtime, asker, handle)

    @delete("/{handle:str}", summary="Mute somebody no longer", operation_id="unmute", responses=_ACTS)
    async def unmute(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Their clips come back."""
        await _act(unmute, runtime, asker, handle)


class RestrictionController(Controller):
    """Whom one restricts."""

    path = "/api/v1/restrictions"
    tags = ("people",)
    security = _BEARER

    @get(summary="Whom one restricts", operation_id="get_restrictions", responses=_LISTS)
    async def get_restrictions(
        self, asker: GivenAsker, runtime: GivenRuntime, cursor: Cursor = None, limit: Limit = PAGE
    ) -> PeopleAnswer:
        """One's own list; nobody else sees it."""
        return await _people(runtime, asker, Which.RESTRICTED, cursor, limit)

    @put("/{handle:str}", status_code=204, summary="Restrict somebody", operation_id="restrict", responses=_ACTS)
    async def restrict(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Their comments under one's clips wait until one lets them through. They aren't told."""
        await _act(restrict, runtime, asker, handle)

    @delete("/{handle:str}", summary="Restrict somebody no longer", operation_id="unrestrict", responses=_ACTS)
    async def unrestrict(self, handle: Handle, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """What waits goes on waiting."""
        await _act(unrestrict, runtime, asker, handle)


class PrivacyController(Controller):
    """Whether one's account is private."""

    path = "/api/v1/me/privacy"
    tags = ("people",)
    security = _BEARER

    @get(summary="Whether one's account is private", operation_id="get_privacy", responses=_LISTS)
    async def get_privacy(self, asker: GivenAsker) -> PrivacyAnswer:
        """As one chose."""
        by = asker.member
        return _told(await privacy_of(by.cell, by.member_id))

    @put(
        summary="Close or open one's account",
        operation_id="set_privacy",
        dto=Body[Privacy],
        return_dto=None,
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 413, 422, 451),
    )
    async def set_privacy(self, data: JSONBody[Privacy], asker: GivenAsker, runtime: GivenRuntime) -> PrivacyAnswer:
        """Who follows goes on following; who has asked still waits for an answer."""
        by = asker.member
        async with by.cell.begin() as tx:
            chosen = await set_privacy(
                tx,
                by,
                private=data.private,
                unlisted=data.unlisted,
                hides_likes=data.hides_likes,
                sees_no_likes=data.sees_no_likes,
                now=runtime.clock.now(),
            )
        return _told(chosen)


def _told(chosen: Chosen) -> PrivacyAnswer:
    return PrivacyAnswer(chosen.private, chosen.unlisted, chosen.hides_likes, chosen.sees_no_likes)


async def _act(verb: Act, runtime: Runtime, asker: Asker, handle: str) -> None:
    """What a member says about another, in one transaction. Raises what the verb does."""
    by = asker.member
    async with by.cell.begin() as tx:
        await verb(runtime.social, tx, by, handle, now=runtime.clock.now())


async def _people(runtime: Runtime, asker: Asker, which: Which, cursor: UUID | None, limit: int) -> PeopleAnswer:
    found, following = await listed(runtime.social, asker.member, which, after=cursor, limit=limit)
    return PeopleAnswer([PersonAnswer(one.handle, one.since) for one in found], following)
