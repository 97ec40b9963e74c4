"""The feed: the first page with its first cards, and the cards that follow."""

from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from kept.edge import Asker, shell_of
from kept.look import pages, paths
from kept.look.views import FeedView, Nav
from kept.runtime import Runtime
from kept.web.answers import page
from kept.web.cards import card_view

AnyRequest = Request[Any, Any, State]
Cursor = Annotated[str | None, QueryParameter(name="after", description="Where the page before ended.", max_length=200)]
Position = Annotated[int, QueryParameter(name="first", description="Position of the first card.", ge=1, le=1_000_000)]

REMEMBERED = 200
"""Pages that were rendered in this minute, of some 40 KiB each."""


@get(paths.HOME, include_in_schema=False)
async def home(
    request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker], after: Cursor = None
) -> Response[str]:
    """What is new, one clip at a time; for children, their own place. Raises Refused, BadCursor."""
    return page(_feed_page(await _view(request, runtime, asker, after, 1)))


@get(paths.CARDS, include_in_schema=False)
async def cards(
    request: AnyRequest,
    runtime: NamedDependency[Runtime],
    asker: NamedDependency[Asker],
    after: Cursor = None,
    first: Position = 1,
) -> Response[str]:
    """The next cards, as a piece of a page. Raises Refused, BadCursor."""
    return page(_cards_part(await _view(request, runtime, asker, after, first)))


@lru_cache(REMEMBERED)
def _feed_page(view: FeedView) -> str:
    """A page is made of its view and nothing else, so equal views have one page; most visitors see the same."""
    return pages.render_feed(view)


@lru_cache(REMEMBERED)
def _cards_part(view: FeedView) -> str:
    return pages.render_cards(view)


async def _view(request: AnyRequest, runtime: Runtime, asker: Asker, after: str | None, first: int) -> FeedView:
    now = runtime.clock.now()
    shell = replace(shell_of(request, runtime, asker, active=Nav.HOME), now=now.replace(second=0, microsecond=0))
    found = await runtime.feed.page(asker.viewer, after, now=now)
    shown = tuple(card_view(card, save_data=shell.save_data) for card in found.cards)
    return FeedView(shell=shell, cards=shown, next_cursor=found.next_cursor, first=first)
