"""Discovering: new clips by their tags, and the search for clips and people."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from kept.edge import Asker, shell_of
from kept.edge.answers import page
from kept.feed import LONGEST_QUESTION, question, tag_of
from kept.look import pages, paths
from kept.look.views import AuthorView, DiscoverView, Nav, PersonFound, Shell, TagView
from kept.policy import Action, Service, can
from kept.runtime import Runtime
from kept.social import find_people
from kept.web.cards import card_view

AnyRequest = Request[Any, Any, State]
GivenRuntime = NamedDependency[Runtime]
GivenAsker = NamedDependency[Asker]
CLIPS = 24

Words = Annotated[
    str,
    QueryParameter(
        name="words", description="What to look for, `#tag` and `@handle` too.", max_length=LONGEST_QUESTION
    ),
]
Cursor = Annotated[str | None, QueryParameter(name="after", description="Where the page before ended.", max_length=200)]


@get(paths.DISCOVER, include_in_schema=False)
async def discover(
    request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker, words: Words = "", after: Cursor = None
) -> Response[str]:
    """What is new by tags, or what was found. Raises Refused, BadCursor."""
    shell = shell_of(request, runtime, asker, active=Nav.DISCOVER)
    asked = question(words)
    if not asked:
        return page(pages.render_discover(await _new(shell, runtime, asker)))
    return page(pages.render_discover(await _found(shell, runtime, asker, asked, after)))


@get("/tags/{name:str}", include_in_schema=False)
async def tag_page(
    name: FromPath[str], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker, after: Cursor = None
) -> Response[str]:
    """The clips that have a tag. Raises NotFoundException for what is no tag; Refused, BadCursor."""
    tag = tag_of(name)
    if not tag:
        raise NotFoundException
    shell = shell_of(request, runtime, asker, active=Nav.DISCOVER)
    return page(pages.render_discover(await _found(shell, runtime, asker, f"#{tag}", after, tag=tag)))


async def _new(shell: Shell, runtime: Runtime, asker: Asker) -> DiscoverView:
    tags = await runtime.feed.tags(asker.viewer, now=runtime.clock.now())
    shown = tuple(
        TagView(
            name=tag.name, clips=tag.clips, newest=tuple(card_view(card, save_data=shell.save_data) for card in cards)
        )
        for tag, cards in tags
        if cards
    )
    return DiscoverView(shell=shell, tags=shown)


async def _found(
    shell: Shell, runtime: Runtime, asker: Asker, words: str, after: str | None, *, tag: str = ""
) -> DiscoverView:
    now = runtime.clock.now()
    clips = await runtime.feed.page_found(asker.viewer, words, after, language=shell.language, limit=CLIPS, now=now)
    people = None
    if asker.session is not None and can(asker.actor, Action.SEARCH_PEOPLE, Service()) and not tag and after is None:
        people = tuple(
            PersonFound(author=AuthorView(handle=one.handle), followers=one.followers, private=one.private)
            for one in await find_people(asker.session, words)
        )
    cards = tuple(card_view(card, save_data=shell.save_data) for card in clips.cards)
    return DiscoverView(shell=shell, words=words, tag=tag, people=people, clips=cards, next_cursor=clips.next_cursor)
