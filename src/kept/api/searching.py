"""The search for clips and people, for programs."""

from enum import StrEnum
from typing import Annotated

import msgspec
from litestar import Controller, get
from litestar.params import QueryParameter

from kept.api.bodies import problems
from kept.api.feed import FeedAnswer
from kept.api.given import GivenAsker, GivenRuntime
from kept.feed import LONGEST_QUESTION, MOST, PAGE
from kept.social import MOST_FOUND, find_people

Words = Annotated[str, QueryParameter(description="What to look for.", min_length=1, max_length=LONGEST_QUESTION)]


class Language(StrEnum):
    """Whose forms of words are the same."""

    ENGLISH = "en"
    SPANISH = "es"


class PersonFoundAnswer(msgspec.Struct):
    """Somebody who was found."""

    handle: str
    private: bool
    followers: int


class PeopleFoundAnswer(msgspec.Struct):
    """Who was found: the very handle first, then those whom most follow."""

    people: list[PersonFoundAnswer]


class SearchController(Controller):
    """What can be looked for."""

    path = "/api/v1/search"
    tags = ("feed",)

    @get(
        "/clips",
        summary="Find clips",
        operation_id="find_clips",
        security=[{"bearer": []}, {}],
        responses=problems(401, 403, 451),
    )
    async def clips(
        self,
        asker: GivenAsker,
        runtime: GivenRuntime,
        words: Words,
        language: Annotated[Language, QueryParameter(description="Of the words.")] = Language.ENGLISH,
        cursor: Annotated[
            str | None, QueryParameter(description="`next_cursor` of the page before; the newest without.")
        ] = None,
        limit: Annotated[int, QueryParameter(description="Cards on a page.", ge=1, le=MOST)] = PAGE,
    ) -> FeedAnswer:
        """Clips whose captions have all these words in any of their forms, the newest first; `#tag` finds the tag."""
        found = await runtime.feed.page_found(
            asker.viewer, words, cursor, language=language, limit=limit, now=runtime.clock.now()
        )
        return FeedAnswer(list(found.cards), found.next_cursor)

    @get(
        "/people",
        summary="Find people",
        operation_id="find_people",
        security=[{"bearer": []}],
        responses=problems(401, 403, 451),
    )
    async def people(
        self,
        asker: GivenAsker,
        words: Words,
        limit: Annotated[int, QueryParameter(description="People at most.", ge=1, le=MOST_FOUND)] = MOST_FOUND,
    ) -> PeopleFoundAnswer:
        """Members whose handle begins with what was written, but those who chose to be left out."""
        found = await find_people(asker.member, words, limit=limit)
        return PeopleFoundAnswer([PersonFoundAnswer(one.handle, one.private, one.followers) for one in found])
