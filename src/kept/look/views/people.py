"""How the viewer and others stand to each other: what a profile offers, and the viewer's own lists of people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kept.look.views.clips import AuthorView, CardView
from kept.look.views.page import Shell


class Following(StrEnum):
    """What the button on a profile says and does."""

    FOLLOW = "follow"
    ASK = "ask"
    """The account is private: its owner is asked."""
    ASKED = "asked"
    FOLLOWING = "following"


@dataclass(frozen=True, slots=True, kw_only=True)
class TiesView:
    """What the viewer may do about the one whose profile it is. `message` is where to write to them; empty without."""

    following: Following
    follows_you: bool = False
    asks_you: bool = False
    muted: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """Somebody's public page: their published clips only."""

    shell: Shell
    author: AuthorView
    clips: tuple[CardView, ...]
    joined_at: datetime | None = None
    next_cursor: str | None = None
    about: str = ""
    followers: int | None = None
    following: int | None = None
    ties: TiesView | None = None
    closed: bool = False
    """The account is private, and the viewer doesn't follow it: who it is, and nothing more."""


class PeopleTab(StrEnum):
    """One of the viewer's lists."""

    FOLLOWING = "following"
    FOLLOWERS = "followers"
    REQUESTS = "requests"
    MUTED = "muted"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFound:
    """Somebody who was found by searching."""

    author: AuthorView
    followers: int
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody in a list, and since when."""

    author: AuthorView
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """One of the viewer's own lists. `requests` is how many wait for an answer."""

    shell: Shell
    tab: PeopleTab
    people: tuple[PersonRow, ...]
    requests: int = 0
    next_cursor: str | None = None
