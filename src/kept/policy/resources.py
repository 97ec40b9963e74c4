"""What is acted upon: one class for each noun of the policy, with the few attributes that decide.

A verb fills in what it knows. What it leaves out is taken to be the strictest value, which is the default.
"""

from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform, get_args, get_type_hints

from kept.catalog import Level
from kept.policy.actor import ACTOR_BITS
from kept.policy.attributes import (
    Approvals,
    Attribute,
    Audience,
    Choice,
    ClipState,
    Payload,
    Rating,
    Relation,
    lay_out,
    strictest_first,
)
from kept.policy.bands import AgeBand

NOUN_BITS = 5
NOUN_MASK = ((1 << NOUN_BITS) - 1) << ACTOR_BITS


@dataclass(frozen=True)
class Resource:
    """The base of every noun."""

    attributes: ClassVar[tuple[Attribute, ...]] = ()
    number: ClassVar[int] = 0
    """The noun's own number; stands in every code of it."""
    _places: ClassVar[tuple[tuple[str, dict[Any, int]], ...]] = ()
    code: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        code = self.number
        for name, places in self._places:
            code |= places[getattr(self, name)]
        object.__setattr__(self, "code", code)

    @classmethod
    def of_code(cls, code: int) -> Self:
        """The resource that `code` stands for."""
        return cls(**{attribute.path: attribute.value(code) for attribute in cls.attributes})


NOUNS: list[type[Resource]] = []
"""Every noun, in the order of their numbers."""

R = TypeVar("R", bound=Resource)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def _noun(cls: type[R]) -> type[R]:
    """Make `cls` a noun: its fields, all with defaults, become attributes of the finite domain."""
    made = dataclass(frozen=True, kw_only=True)(cls)
    hints = get_type_hints(made)
    mine = [item for item in fields(made) if item.init and item.default is not MISSING]
    wanted = [(item.name, *_domain(hints[item.name], item.default)) for item in mine]
    made.attributes = lay_out(wanted, start=ACTOR_BITS + NOUN_BITS)
    made.number = (len(NOUNS) + 1) << ACTOR_BITS
    made._places = tuple((a.path, {value: a.bits(value) for value in a.values}) for a in made.attributes)
    NOUNS.append(made)
    return made


def _domain(hint: Any, default: Any) -> tuple[str, tuple[Any, ...]]:
    """The Cedar type and the values of a field, the default first."""
    if hint is bool:
        return "Bool", (default, not default)
    kind = next(part for part in (*get_args(hint), hint) if isinstance(part, type) and issubclass(part, Enum))
    return CEDAR_NAMES.get(kind, kind.__name__), strictest_first(default, kind)


CEDAR_NAMES: dict[type[Enum], str] = {AgeBand: "Band"}
"""Enumerations that are called something else in Cedar."""


@_noun
class Service(Resource):
    """The service as a whole: its feeds, its search, its documents."""


@_noun
class Clip(Resource):
    """A clip. `relation` and `owner_band` are about its author; a comment on it is asked of the clip, too.

    Whoever may not watch a clip is never asked anything else about it: it is loaded through the door that asks `WATCH`.
    """

    relation: Relation = Relation.BLOCKED
    owner_band: AgeBand | None = None
    audience: Audience = Audience.ONLY_ME
    state: ClipState = ClipState.QUARANTINED
    rating: Rating = Rating.ADULTS
    comments: Choice = Choice.NOBODY
    """Whom the author lets comment."""
    remix: bool = False
    """The author allows duets with it."""
    downloads: bool = False
    """The author allows it to be downloaded."""


@_noun
class Comment(Resource):
    """A comment that stands. `relation` is about the one who wrote it."""

    relation: Relation = Relation.BLOCKED
    on_own_clip: bool = False
    """It stands under a clip of the actor's."""


@_noun
class Person(Resource):
    """A member, seen by another."""

    relation: Relation = Relation.BLOCKED
    owner_band: AgeBand | None = None
    private: bool = True
    """Their account is private: followers have to be let in."""
    mentions: Choice = Choice.NOBODY


@_noun
class Mailbox(Resource):
    """The message box of the *other* one in a conversation (of the sender, when somebody receives), or one's own."""

    relation: Relation = Relation.BLOCKED
    owner_band: AgeBand | None = None
    accepts: Choice = Choice.NOBODY
    """Whom the one who would receive the message lets write."""
    payload: Payload = Payload.FILE
    recent: bool = False
    """The message was sent less than 24 hours ago."""


@_noun
class Live(Resource):
    """A livestream. `relation` and `owner_band` are about its host."""

    relation: Relation = Relation.BLOCKED
    owner_band: AgeBand | None = None
    adult_hosts: bool = True
    """The operator lets only adults host."""


@_noun
class Account(Resource):
    """The actor's own account and its settings."""

    proven: bool = False
    """The claim behind the change (a birth date, a country) was proven."""
    undoes_guardian: bool = True
    """The change would loosen what a guardian has set."""


@_noun
class Family(Resource):
    """The tie between a guardian and a young person; `owner_band` is the young person's."""

    owner_band: AgeBand | None = None
    paired: bool = False
    """The actor is one of the two."""
    loosens: bool = True
    """The young person could do more afterwards."""


@_noun
class Consent(Resource):
    """A parent's yes for a child."""

    verified: bool = False
    """We know that it is the parent who speaks."""


@_noun
class Data(Resource):
    """Members' data that staff want to read, at the highest level of the fields asked for."""

    level: Level = Level.SECRET
    purpose_fits: bool = False
    """The catalogue allows the fields for the purpose that was named."""
    granted: bool = False
    """A grant that still runs covers these people, fields, rows, purpose and site."""
    approvals: Approvals = Approvals.NONE
    has_case: bool = False
    """The grant names the case that it is for."""
    on_record: bool = False
    """A cosigned proof shows that the authorisation is in the log."""


@_noun
class AccessRequest(Resource):
    """A request for access that waits for a yes; seen by the one who may give it."""

    level: Level = Level.SECRET
    own: bool = True
    """It is the approver's own request."""
    region_team: bool = False
    """The approver is of the security team of the region whose data it is."""
    new_team: bool = False
    """Nobody of the approver's team has approved it yet, and it is not the requester's team."""


@_noun
class Judgement(Resource):
    """A decision on content or on an account, about to be made."""

    opened: bool = False
    """The one who decides has opened the content."""
    cites_policy: bool = False
    first_decider: bool = True
    """The actor made the decision that is appealed."""


@_noun
class RightsRequest(Resource):
    """Somebody's request about their data."""

    verified: bool = False


@_noun
class LegalRequest(Resource):
    """An authority's request for data."""

    country_listed: bool = True
    """The authority's country is on the refusal list."""
    validated: bool = False
    """Counsel found it lawful, and narrowed it."""
    approvals: Approvals = Approvals.NONE
    on_record: bool = False
