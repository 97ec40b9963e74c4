"""The feed, for programs."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from kept.accounts import watched
from kept.api.bodies import problems
from kept.edge import ask, runtime_of
from kept.feed import MOST, PAGE, Card


class Which(StrEnum):
    """Which feed."""

    EVERYBODY = "everybody"
    FOLLOWING = "following"


class FeedAnswer(msgspec.Struct):
    """A page of the feed."""

    cards: list[Card]
    next_cursor: Annotated[str | None, msgspec.Meta(description="Ask for what follows with it; null at the end.")]


_PAGE = ResponseSpec(FeedAnswer, description="A page of the feed", generate_examples=False)


@get(
    "/api/v1/feed",
    summary="The feed",
    operation_id="get_feed",
    tags=["feed"],
    security=[{"bearer": []}, {}],
    responses={200: _PAGE, **problems(401, 403, 451)},
)
async def get_feed(
    request: Request[Any, Any, State],
    cursor: Annotated[
        str | None, QueryParameter(description="`next_cursor` of the page before; the top without.")
    ] = None,
    limit: Annotated[int, QueryParameter(description="Cards on a page.", ge=1, le=MOST)] = PAGE,
    feed: Annotated[
        Which, QueryParameter(description="Everybody's clips, or those of people one follows.")
    ] = Which.EVERYBODY,
) -> Response[bytes]:
    """Published clips, the newest first, from the shelf of one's own region; nobody is profiled.

    Viewers under 13 get the clips that staff picked for them, and no others.
    """
    runtime, asker = runtime_of(request), await ask(request)  # injected, they would cost as much as all the rest
    if asker.session is not None:
        await watched(asker.session, now=runtime.clock.now())
    if feed is Which.FOLLOWING:
        followed = await runtime.feed.page_followed(asker.viewer, cursor, limit=limit, now=runtime.clock.now())
        body = msgspec.json.encode(FeedAnswer(list(followed.cards), followed.next_cursor))
        return Response(body, media_type="application/json", headers={"cache-control": "no-store"})
    body = await runtime.feed.page_json(asker.viewer, cursor, limit=limit, now=runtime.clock.now())
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})
