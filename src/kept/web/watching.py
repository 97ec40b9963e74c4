"""The feed: the first page with its first cards, and the cards that follow."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.params import QueryParameter

from kept.edge import ask, runtime_of, shell_of
from kept.edge.answers import PRIVATE, lead_on
from kept.look import pages, paths
from kept.look.views import FeedKey, FeedView, Nav
from kept.policy import Action, Service, Standing, can
from kept.web.cards import card_view, likes_for

AnyRequest = Request[Any, Any, State]
Cursor = Annotated[str | None, QueryParameter(name="after", description="Where the page before ended.", max_length=200)]
Position = Annotated[int, QueryParameter(name="first", description="Position of the first card.", ge=1, le=1_000_000)]

Which = Annotated[FeedKey, QueryParameter(description="Which feed.")]

REMEMBERED = 200
"""Pages that were rendered in this minute, of some 40 KiB each."""

_rendered: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()


@get(paths.HOME, include_in_schema=False)
async def home(request: AnyRequest, after: Cursor = None, feed: Which = FeedKey.FOR_YOU) -> Response[bytes]:
    """What is new, one clip at a time; for children, their own place. Raises Refused, BadCursor."""
    return await _answer(request, pages.render_feed, feed, after, 1)


@get(paths.CARDS, include_in_schema=False)
async def cards(
    request: AnyRequest, after: Cursor = None, first: Position = 1, feed: Which = FeedKey.FOR_YOU
) -> Response[bytes]:
    """The next cards, as a piece of a page. Raises Refused, BadCursor."""
    return await _answer(request, pages.render_cards, feed, after, first)


async def _answer(
    request: AnyRequest, render: Callable[[FeedView], str], feed: FeedKey, after: str | None, first: int
) -> Response[bytes]:
    """A page of the feed. It is made of its view and nothing else, so whoever has the same view gets the same page."""
    runtime, asker = runtime_of(request), await ask(request)  # injected, they would cost as much as all the rest
    if asker.actor.standing is Standing.CLOSING and asker.session is not None:
        return lead_on(paths.RIGHTS)
    now = runtime.clock.now()
    shell = replace(shell_of(request, runtime, asker, active=Nav.HOME), now=now.replace(second=0, microsecond=0))
    if feed is FeedKey.FOLLOWING and asker.session is None:
        return lead_on(f"{paths.SIGN_IN}?next={quote(paths.feed(feed))}")
    ask_for = runtime.feed.page_followed if feed is FeedKey.FOLLOWING else runtime.feed.page
    found = await ask_for(asker.viewer, after, now=now)
    likes = await likes_for(asker, [card.id for card in found.cards])
    key = (render, shell, feed, found.key, tuple(likes.items()), found.next_cursor, first)
    html = _rendered.get(key)
    tabs = tuple(FeedKey) if asker.session is not None and can(asker.actor, Action.OPEN_FOLLOWING, Service()) else ()
    if html is None:
        shown = tuple(card_view(card, likes.get(card.id), save_data=shell.save_data) for card in found.cards)
        view = FeedView(
            shell=shell,
            cards=shown,
            next_cursor=found.next_cursor,
            feed=feed,
            tabs=tabs,
            first=first,
            search=Nav.DISCOVER in shell.nav,
        )
        html = render(view).encode()
        _rendered[key] = html
        while len(_rendered) > REMEMBERED:
            _rendered.popitem(last=False)
    return Response(html, media_type=MediaType.HTML, headers=PRIVATE)
