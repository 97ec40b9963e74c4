"""The feed, for programs."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from kept.accounts import watched
from kept.api.bodies import problems
from kept.edge import Asker, ask, runtime_of
from kept.feed import MOST, PAGE, Card, Signal
from kept.runtime import Runtime


class Which(StrEnum):
    """Which feed."""

    EVERYBODY = "everybody"
    FOLLOWING = "following"
    FOR_YOU = "for_you"


class ReasonAnswer(msgspec.Struct):
    """Why a clip is shown: a signal, what it adds to the clip's score, and the tag that it is about, if any."""

    signal: Annotated[Signal, msgspec.Meta(description="What each counts is told at `/trust/ranking`.")]
    points: float
    tag: str


class FeedAnswer(msgspec.Struct, omit_defaults=True):
    """A page of the feed."""

    cards: list[Card]
    next_cursor: Annotated[str | None, msgspec.Meta(description="Ask for what follows with it; null at the end.")]
    why: Annotated[
        dict[UUID, list[ReasonAnswer]],
        msgspec.Meta(description="Of For you: why each clip is there, the largest reason first."),
    ] = {}


_PAGE = ResponseSpec(FeedAnswer, description="A page of the feed", generate_examples=False)


@get(
    "/api/v1/feed",
    summary="The feed",
    operation_id="get_feed",
    tags=["feed"],
    security=[{"bearer": []}, {}],
    responses={200: _PAGE, **problems(401, 403, 409, 451)},
)
async def get_feed(
    request: Request[Any, Any, State],
    cursor: Annotated[
        str | None, QueryParameter(description="`next_cursor` of the page before; the top without.")
    ] = None,
    limit: Annotated[int, QueryParameter(description="Cards on a page.", ge=1, le=MOST)] = PAGE,
    feed: Annotated[
        Which, QueryParameter(
            description="Everybody's clips; those of people one follows; or what is ranked for one, who chose that."
        ),
    ] = Which.EVERYBODY,
) -> Response[bytes]:
    """Published clips, the newest first, from the shelf of one's own region; nobody is profiled, but in the feed `for_you`,
    which is for members of 16 and over who chose it.

    Viewers under 13 get the clips that staff picked for them, and no others.
    """
    runtime, asker = runtime_of(request), await ask(request)  # injected, they would cost as much as all the rest
    if asker.session is not None:
        await watched(asker.session, now=runtime.clock.now())
    if feed is Which.FOLLOWING:
        followed = await runtime.feed.page_followed(asker.viewer, cursor, limit=limit, now=runtime.clock.now())
        body = msgspec.json.encode(FeedAnswer(list(followed.cards), followed.next_cursor))
        return Response(body, media_type="application/json", headers={"cache-control": "no-store"})
    if feed is Which.FOR_YOU:
        return Response(
            await _ranked(runtime, asker, cursor, limit),
            media_type="application/json",
            headers={"cache-control": "no-store"},
        )
    body = await runtime.feed.page_json(asker.viewer, cursor, limit=limit, now=runtime.clock.now())
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


async def _ranked(runtime: Runtime, asker: Asker, cursor: str | None, limit: int) -> bytes:
    """A page of what is ranked for a member, as JSON. Raises Refused, NotRanked, BadCursor."""
    language, now = asker.session.language if asker.session else "", runtime.clock.now()
    ranked = await runtime.feed.page_for_you(asker.viewer, cursor, language=language, limit=limit, now=now)
    why = {
        card.id: [ReasonAnswer(one.signal, round(one.points, 4), one.tag) for one in ranked.why[card.id].reasons]
        for card in ranked.page.cards
    }
    return msgspec.json.encode(FeedAnswer(list(ranked.page.cards), ranked.page.next_cursor, why))
