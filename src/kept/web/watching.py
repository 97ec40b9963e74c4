"""The feed: the first page with its first cards, and the cards that follow."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.params import QueryParameter

from kept.accounts import watched
from kept.edge import Asker, ask, runtime_of, shell_of
from kept.edge.answers import PRIVATE, lead_on
from kept.feed import LONGEST_CURSOR, FeedPage, Reason, Signal, chosen_by, may_be_profiled
from kept.look import pages, paths
from kept.look.views import FeedKey, FeedView, Nav, Why
from kept.policy import Action, Service, Standing, can
from kept.runtime import Runtime
from kept.web.cards import card_view, comments_for, likes_for
from kept.web.family import pause_page

AnyRequest = Request[Any, Any, State]
Cursor = Annotated[
    str | None, QueryParameter(name="after", description="Where the page before ended.", max_length=LONGEST_CURSOR)
]
Position = Annotated[int, QueryParameter(name="first", description="Position of the first card.", ge=1, le=1_000_000)]

Which = Annotated[
    FeedKey | None,
    QueryParameter(description="Which feed; without, the one that the member chose, and what goes on is the latest."),
]

REASONS = 3
"""Shown of a clip: the largest; programs get all."""
LEAST_POINTS = 0.05
"""What adds less to a score is no reason that anybody would understand."""
REMEMBERED = 200
"""Pages that were rendered in this minute, of some 40 KiB each."""

_rendered: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()


@get(paths.HOME, include_in_schema=False)
async def home(request: AnyRequest, after: Cursor = None, feed: Which = None) -> Response[bytes]:
    """One clip at a time, of the feed that the member chose; for children, their own place. Raises Refused, BadCursor."""
    return await _answer(request, pages.render_feed, feed, after, 1)


@get(paths.CARDS, include_in_schema=False)
async def cards(
    request: AnyRequest, after: Cursor = None, first: Position = 1, feed: Which = None
) -> Response[bytes]:
    """The next cards, as a piece of a page. Raises Refused, BadCursor."""
    return await _answer(request, pages.render_cards, feed, after, first)


async def _answer(
    request: AnyRequest, render: Callable[[FeedView], str], wanted: FeedKey | None, after: str | None, first: int
) -> Response[bytes]:
    """A page of the feed. It is made of its view and nothing else, so whoever has the same view gets the same page."""
    runtime, asker = runtime_of(request), await ask(request)  # injected, they would cost as much as all the rest
    if asker.actor.standing is Standing.CLOSING and asker.session is not None:
        return lead_on(paths.RIGHTS)
    now = runtime.clock.now()
    shell = replace(shell_of(request, runtime, asker, active=Nav.HOME), now=now.replace(second=0, microsecond=0))
    if wanted is FeedKey.FOLLOWING and asker.session is None:
        return lead_on(f"{paths.SIGN_IN}?next={quote(paths.feed(wanted))}")
    if asker.session is not None:
        if asker.session.today.is_over and render is pages.render_feed:
            return Response(pause_page(request, runtime, asker).encode(), media_type=MediaType.HTML, headers=PRIVATE)
        await watched(asker.session, now=now)
    goes_on = after is not None or render is pages.render_cards
    feed = await _opened(asker, FeedKey.LATEST if wanted is None and goes_on else wanted)
    if feed is FeedKey.FOR_YOU:
        found, why, new = await _ranked(runtime, asker, after, shell.language, now)
    else:
        ask_for = runtime.feed.page_followed if feed is FeedKey.FOLLOWING else runtime.feed.page
        found, why, new = await ask_for(asker.viewer, after, now=now), {}, False
    clips = [card.id for card in found.cards]
    likes, comments = await likes_for(asker, clips), await comments_for(asker, clips)
    tabs = _tabs(asker)
    key = (render, shell, feed, tabs, found.key, tuple(likes.items()), tuple(comments.items()), found.next_cursor, first)
    html = None if feed is FeedKey.FOR_YOU else _rendered.get(key)
    if html is None:
        shown = tuple(
            card_view(
                card, likes.get(card.id), comments.get(card.id), why=why.get(card.id, ()), save_data=shell.save_data
            )
            for card in found.cards
        )
        view = FeedView(
            shell=shell,
            cards=shown,
            next_cursor=found.next_cursor,
            feed=feed,
            tabs=tabs,
            first=first,
            search=Nav.DISCOVER in shell.nav,
            chooses=FeedKey.FOR_YOU in tabs,
            learns=feed is FeedKey.FOR_YOU,
            new=new,
        )
        html = render(view).encode()
        if feed is not FeedKey.FOR_YOU:  # nobody else gets the same
            _rendered[key] = html
        while len(_rendered) > REMEMBERED:
            _rendered.popitem(last=False)
    return Response(html, media_type=MediaType.HTML, headers=PRIVATE)


async def _opened(asker: Asker, wanted: FeedKey | None) -> FeedKey:
    """Which feed is opened: the ranked one for nobody but its member, and by itself where they chose it."""
    if wanted in (FeedKey.FOLLOWING, FeedKey.LATEST):
        return wanted
    return FeedKey.FOR_YOU if (await chosen_by(asker.viewer)).ranked else FeedKey.LATEST


async def _ranked(
    runtime: Runtime, asker: Asker, after: str | None, language: str, now: datetime
) -> tuple[FeedPage, dict[UUID, tuple[Why, ...]], bool]:
    """A page of what is ranked for a member, why each card is there, and whether nothing is known of what they watched."""
    ranked = await runtime.feed.page_for_you(asker.viewer, after, language=language, now=now)
    return ranked.page, {item: _why(placed.reasons) for item, placed in ranked.why.items()}, ranked.is_new


def _why(reasons: Sequence[Reason]) -> tuple[Why, ...]:
    """What put a clip there, in the words that there are for it."""
    shown = [one for one in reasons if one.points >= LEAST_POINTS or one.signal is Signal.EXPLORE][:REASONS]
    return tuple(Why(signal=one.signal, tag=one.tag) for one in shown) or (Why(signal=Signal.FRESHNESS),)


def _tabs(asker: Asker) -> tuple[FeedKey, ...]:
    """The feeds that a member may open; For you only where something may be ranked for them."""
    if asker.session is None or not can(asker.actor, Action.OPEN_FOLLOWING, Service()):
        return ()
    return tuple(key for key in FeedKey if key is not FeedKey.FOR_YOU or may_be_profiled(asker.actor))
