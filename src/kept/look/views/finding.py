"""Discovering: new clips by their tags, and what is found by searching."""

from dataclasses import dataclass

from kept.look.views.clips import CardView
from kept.look.views.page import Shell
from kept.look.views.people import PersonFound


@dataclass(frozen=True, slots=True, kw_only=True)
class TagView:
    """A tag of new clips, with its newest; `clips` is how many of the newest thousand have it."""

    name: str
    clips: int
    newest: tuple[CardView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoverView:
    """What is new by tags, or, with `words`, what was found: people (on the first page) and clips.

    `tag` is set on a tag's own page. `people` is None for whoever doesn't search for people.
    """

    shell: Shell
    tags: tuple[TagView, ...] = ()
    words: str = ""
    tag: str = ""
    people: tuple[PersonFound, ...] | None = None
    clips: tuple[CardView, ...] = ()
    next_cursor: str | None = None
