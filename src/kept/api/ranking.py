"""The feed that is ranked for its member, for programs: choosing it, what was watched, what is not wanted, beginning anew."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post, put
from litestar.params import JSONBody, PathParameter, QueryParameter

from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.catalog import Intake, feeds, not_stored
from kept.feed import (
    MOST_AT_ONCE,
    MOST_INTERESTS,
    Note,
    choose_feed,
    choose_interests,
    chosen_by,
    forget_clip,
    history,
    interested_after_all,
    may_be_profiled,
    not_interested,
    note_watched,
    refresh,
)

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
_READS = problems(401, 403, 451)
_ACTS = problems(401, 403, 404, 409, 451)
_WRITES = problems(401, 403, 409, 413, 422, 451)

ClipId = Annotated[UUID, PathParameter(description="The clip.")]
Cursor = Annotated[str | None, QueryParameter(description="`next_cursor` of the page before.", max_length=200)]


class FeedChoiceBody(Intake):
    """Which feed one opens."""

    ranked: Annotated[
        bool,
        feeds("feed_choice.ranked"),
        msgspec.Meta(description="Have a feed ranked; false: the newest clips, nothing learned from what is watched."),
    ]
    interests: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=100)]] | None,
        feeds("feed_choice.interests"),
        msgspec.Meta(description=f"Up to {MOST_INTERESTS} tags to see more of; left as they are without."),
    ] = None


class FeedChoiceAnswer(msgspec.Struct):
    """What one chose."""

    ranked: bool
    interests: list[str]
    may_be_ranked: Annotated[bool, msgspec.Meta(description="Whether one may choose to have it ranked: from 16.")]


class WatchedClip(Intake):
    """That a clip was watched."""

    clip: Annotated[UUID, feeds("watched.clip_id")]
    seconds: Annotated[
        float, feeds("watched.share"), msgspec.Meta(ge=0, le=86_400, description="For how long, in all.")
    ]


class WatchedClips(Intake):
    """What was watched since the last time."""

    clips: Annotated[
        list[WatchedClip], not_stored("each is stored by itself"), msgspec.Meta(max_length=MOST_AT_ONCE)
    ]


class EntryAnswer(msgspec.Struct):
    """A clip in one's history; without a handle it is gone."""

    clip: UUID
    handle: str
    caption: str
    watched_at: datetime
    share: Annotated[float, msgspec.Meta(description="How much of it, counted in clips: 0.5 is half of it.")]
    times: int
    unwanted: bool


class HistoryAnswer(msgspec.Struct):
    """A page of one's history, the latest first."""

    clips: list[EntryAnswer]
    next_cursor: Annotated[str | None, msgspec.Meta(description="Ask for more with it; null at the end.")]


class FeedChoiceController(Controller):
    """Which feed one opens."""

    path = "/api/v1/feed/choice"
    tags = ("feed",)
    security = _BEARER

    @get(summary="Your feed", operation_id="get_feed_choice", responses=_READS)
    async def get_choice(self, asker: GivenAsker) -> FeedChoiceAnswer:
        """What one chose; until then, nothing is ranked."""
        by = asker.member
        chosen = await chosen_by(asker.viewer)
        return FeedChoiceAnswer(chosen.ranked, list(chosen.interests), may_be_profiled(by.actor))

    @put(
        summary="Choose your feed",
        operation_id="choose_feed",
        dto=Body[FeedChoiceBody],
        return_dto=None,
        status_code=204,
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 413, 422, 451),
    )
    async def choose(self, data: JSONBody[FeedChoiceBody], asker: GivenAsker, runtime: GivenRuntime) -> None:
        """From then on. What was watched before is kept for its time, or deleted with `DELETE /api/v1/watched`."""
        by, now = asker.member, runtime.clock.now()
        async with by.cell.begin() as tx:
            await choose_feed(tx, by, ranked=data.ranked, now=now)
            if data.interests is not None:
                await choose_interests(tx, by, data.interests, now=now)


class WatchedController(Controller):
    """What one watched in the feed that is ranked for one; seen by oneself alone."""

    path = "/api/v1/watched"
    tags = ("feed",)
    security = _BEARER

    @get(summary="What you watched", operation_id="get_watched", responses=_READS)
    async def get_watched(self, asker: GivenAsker, cursor: Cursor = None) -> HistoryAnswer:
        """The last 90 days."""
        found, following = await history(asker.member, after=cursor)
        rows = [
            EntryAnswer(one.clip_id, one.handle, one.caption, one.watched_at, one.share, one.times, one.unwanted)
            for one in found
        ]
        return HistoryAnswer(rows, following)

    @post(
        summary="Tell what was watched",
        operation_id="tell_watched",
        dto=Body[WatchedClips],
        return_dto=None,
        status_code=204,
        request_max_body_size=LARGEST_BODY,
        responses=_WRITES,
    )
    async def tell(self, data: JSONBody[WatchedClips], asker: GivenAsker, runtime: GivenRuntime) -> None:
        """409 `feed_not_chosen`: nothing is noted of whoever did not choose to have a feed ranked."""
        by = asker.member
        async with by.cell.begin() as tx:
            await note_watched(tx, by, [Note(one.clip, one.seconds) for one in data.clips], now=runtime.clock.now())

    @delete(summary="Refresh your feed", operation_id="refresh_feed", responses=_READS)
    async def clear(self, asker: GivenAsker) -> None:
        """Delete all of it."""
        by = asker.member
        async with by.cell.begin() as tx:
            await refresh(tx, by)

    @delete("/{clip_id:uuid}", summary="Forget a clip", operation_id="forget_watched", responses=_ACTS)
    async def forget(self, clip_id: ClipId, asker: GivenAsker) -> None:
        """Delete one entry, if there is one."""
        by = asker.member
        async with by.cell.begin() as tx:
            await forget_clip(tx, by, clip_id)


class UnwantedController(Controller):
    """Clips that don't interest one."""

    path = "/api/v1/clips/{clip_id:uuid}/unwanted"
    tags = ("feed",)
    security = _BEARER

    @put(status_code=204, summary="Not interested", operation_id="not_interested", responses=_ACTS)
    async def say(self, clip_id: ClipId, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """It doesn't come back, and others by the same person or with its tags come less, from now on."""
        by = asker.member
        async with by.cell.begin() as tx:
            await not_interested(tx, by, clip_id, now=runtime.clock.now())

    @delete(summary="Interested after all", operation_id="interested_after_all", responses=_ACTS)
    async def take_back(self, clip_id: ClipId, asker: GivenAsker) -> None:
        """Take it back."""
        by = asker.member
        async with by.cell.begin() as tx:
            await interested_after_all(tx, by, clip_id)
