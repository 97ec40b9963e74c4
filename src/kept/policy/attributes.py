"""The finite domain: every attribute that a decision may depend on, and the values that it can have.

Nothing else reaches a decision, so all cases can be counted and tried. Of each attribute the *first* value is the strictest:
what is not said is taken to be that, so that leaving something out never allows more. A value is written in a policy as
`Band::"under_13"`; a misspelt one is refused when the policy is built.

An actor and a resource each boil down to one integer, their `code`: a few bits for each attribute, zero for the strictest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import product
from typing import Any


class Standing(StrEnum):
    """How a member's account stands."""

    SUSPENDED = "suspended"
    """Stopped for breaking the rules."""
    CLOSING = "closing"
    """Its deletion was asked for, and can still be called off."""
    TERMS_DUE = "terms_due"
    """The terms changed in a way that needs a new yes."""
    GOOD = "good"


class Limit(StrEnum):
    """What a guardian (or a member, for themselves) has switched off."""

    SCREEN_TIME = "screen_time"
    """The time for today is used up."""
    RESTRICTED_MODE = "restricted_mode"
    MESSAGES = "messages"
    SEARCH = "search"
    COMMENTS = "comments"
    DISCOVERABILITY = "discoverability"


class Relation(StrEnum):
    """What the actor is to the person whose the resource is."""

    BLOCKED = "blocked"
    """One of the two has blocked the other."""
    STRANGER = "stranger"
    FOLLOWER = "follower"
    """The actor follows them, and they don't follow back."""
    FRIEND = "friend"
    """Each follows the other."""
    OWN = "own"


class Audience(StrEnum):
    """Who may watch, as the author chose."""

    ONLY_ME = "only_me"
    FOLLOWERS = "followers"
    MEMBERS = "members"
    EVERYONE = "everyone"
    """Also without signing in."""


class Choice(StrEnum):
    """Whom somebody lets do something to them: comment, send messages."""

    NOBODY = "nobody"
    FRIENDS = "friends"
    EVERYONE = "everyone"


class ClipState(StrEnum):
    """Where a clip is in its life."""

    QUARANTINED = "quarantined"
    """Locked away as evidence; only those who must may even know."""
    WITHDRAWN = "withdrawn"
    HELD = "held"
    """Stopped by a check before publication."""
    PROCESSING = "processing"
    """A draft, or on its way to publication."""
    PUBLISHED = "published"


class Rating(StrEnum):
    """Whom a clip is fit for."""

    ADULTS = "adults"
    MATURE = "mature"
    """Fit for 13 and over; left out in restricted mode."""
    GENERAL = "general"
    CHILDREN = "children"
    """Chosen by our staff for children under 13."""


class Payload(StrEnum):
    """What a message carries."""

    FILE = "file"
    """A picture, a video or any other file, attached or written into the text as a data URL."""
    OUTSIDE_MEDIA = "outside_media"
    """A link to pictures or videos that are not on this platform."""
    CLIP = "clip"
    """A reference to a clip on this platform."""
    TEXT = "text"


class Team(StrEnum):
    """The team of a member of staff."""

    NONE = "none"
    SUPPORT = "support"
    TRUST_AND_SAFETY = "trust_and_safety"
    CHILD_SAFETY = "child_safety"
    PRIVACY = "privacy"
    SECURITY = "security"
    LEGAL = "legal"
    ENGINEERING = "engineering"


class Site(StrEnum):
    """Where a member of staff sits, seen from the region whose data is asked for."""

    UNKNOWN = "unknown"
    LISTED = "listed"
    """In a country on the refusal list."""
    ABROAD = "abroad"
    IN_REGION = "in_region"


class Approvals(StrEnum):
    """Who has said yes to an access request."""

    NONE = "none"
    REGION = "region"
    """Somebody of the region's security team, who is not the one asking."""
    TWO_TEAMS = "two_teams"
    """That, and somebody of another team."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute, and its place in a code."""

    path: str
    """As a policy writes it after `principal.` or `resource.`: `band`, `limits.comments`."""
    type: str
    """Its type in Cedar: `Bool`, or the name of an enumeration."""
    values: tuple[Any, ...]
    """All of them; the first is the strictest."""
    shift: int

    @property
    def mask(self) -> int:
        """The bits of this attribute in a code."""
        return ((1 << self.width) - 1) << self.shift

    @property
    def width(self) -> int:
        """How many bits it takes."""
        return max(1, (len(self.values) - 1).bit_length())

    def bits(self, value: Any) -> int:
        """`value`, in its place. Raises ValueError if it is none of the values."""
        return self.values.index(value) << self.shift

    def read(self, text: str) -> Any:
        """The value that is written `text`. Raises ValueError, naming those that there are."""
        for value in self.values:
            if word(value) == text:
                return value
        raise ValueError(f"{self.path} is {', '.join(map(word, self.values))}, not {text}")

    def value(self, code: int) -> Any:
        """The value that `code` holds."""
        return self.values[(code & self.mask) >> self.shift]


def lay_out(wanted: Iterable[tuple[str, str, tuple[Any, ...]]], start: int) -> tuple[Attribute, ...]:
    """Give each (path, type, values) its place, from bit `start` upwards."""
    placed: list[Attribute] = []
    for path, type_, values in wanted:
        placed.append(Attribute(path, type_, values, start))
        start += placed[-1].width
    return tuple(placed)


def strictest_first(default: Any, values: Iterable[Any]) -> tuple[Any, ...]:
    """`values`, with `default` in front."""
    return (default, *(value for value in values if value != default))


def codes(attributes: Iterable[Attribute]) -> Iterable[int]:
    """Every combination of values, the last attribute changing fastest."""
    for parts in product(*([a.bits(value) for value in a.values] for a in attributes)):
        yield sum(parts)


def word(value: Any) -> str:
    """A value as Cedar and people write it: `under_13`, `restricted`, `unknown` for nothing."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.name.lower() if isinstance(value, Enum) and not isinstance(value, StrEnum) else str(value)
