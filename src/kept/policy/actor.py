"""Who acts: a visitor, a member, somebody of the staff, or the platform itself."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from kept.policy.attributes import Attribute, Limit, Site, Standing, Team, lay_out, strictest_first
from kept.policy.bands import AgeBand


class ActorKind(StrEnum):
    """What sort of actor; the value is the name of the Cedar entity type."""

    VISITOR = "Visitor"
    """Nobody we know: not signed in."""
    MEMBER = "Member"
    STAFF = "Staff"
    SYSTEM = "System"
    """The platform's own jobs."""


_NO, _YES = (False, True), (True, False)
"""The two answers, the stricter one first."""

_BANDS = strictest_first(None, AgeBand)
_STANDINGS = tuple(Standing)
_OFFERED = ("offered", "Bool", _NO)
_WANTED = {
    ActorKind.VISITOR: (_OFFERED, ("told", "Bool", _NO)),
    ActorKind.MEMBER: (
        _OFFERED,
        ("band", "Band", _BANDS),
        ("standing", "Standing", _STANDINGS),
        *((f"limits.{limit}", "Bool", _YES) for limit in Limit),
    ),
    ActorKind.STAFF: (("team", "Team", tuple(Team)), ("site", "Site", tuple(Site))),
    ActorKind.SYSTEM: (),
}

ACTOR_ATTRIBUTES: dict[ActorKind, tuple[Attribute, ...]] = {
    kind: lay_out(wanted, start=0) for kind, wanted in _WANTED.items()
}
"""What the policy knows of each kind of actor."""

_PLACES = {
    kind: [(a.path, {value: a.bits(value) for value in a.values}) for a in attributes if "." not in a.path]
    for kind, attributes in ACTOR_ATTRIBUTES.items()
}
_FREE = {
    Limit(a.path.partition(".")[2]): a.bits(False) for a in ACTOR_ATTRIBUTES[ActorKind.MEMBER] if "." in a.path
}
"""The bit that says that a limit is not set."""

ACTOR_BITS = 16
"""Codes of actors stay below this bit; those of resources begin at it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who wants to do something. Make one with `visitor`, `member`, `staff` or `system`.

    Everything that may loosen the answer has to be said there: none of it has a default.
    """

    kind: ActorKind = ActorKind.VISITOR
    offered: bool = False
    """The service is offered in every country that this actor is known to be in or of."""
    told: bool = False
    """A visitor has said which country they live in."""
    band: AgeBand | None = None
    standing: Standing = Standing.SUSPENDED
    limits: frozenset[Limit] = frozenset(Limit)
    team: Team = Team.NONE
    site: Site = Site.UNKNOWN
    code: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        code = 0
        for name, places in _PLACES[self.kind]:
            code |= places[getattr(self, name)]
        if self.kind is ActorKind.MEMBER:
            code |= sum(bit for limit, bit in _FREE.items() if limit not in self.limits)
        object.__setattr__(self, "code", code)

    @classmethod
    def visitor(cls, *, offered: bool, told: bool = False) -> Self:
        """Somebody who is not signed in."""
        return cls(ActorKind.VISITOR, offered=offered, told=told)

    @classmethod
    def member(
        cls, band: AgeBand, *, standing: Standing, offered: bool, limits: Collection[Limit]
    ) -> Self:
        """A member who is signed in; `limits` are those that a guardian or the member has set."""
        return cls(ActorKind.MEMBER, offered=offered, band=band, standing=standing, limits=frozenset(limits))

    @classmethod
    def staff(cls, team: Team, site: Site) -> Self:
        """Somebody of the operator's staff, and where they sit, seen from the region whose data is asked for."""
        return cls(ActorKind.STAFF, team=team, site=site)

    @classmethod
    def system(cls) -> Self:
        """The platform's own jobs."""
        return cls(ActorKind.SYSTEM)

    @classmethod
    def of_code(cls, kind: ActorKind, code: int) -> Self:
        """The actor that `code` stands for."""
        values = {attribute.path: attribute.value(code) for attribute in ACTOR_ATTRIBUTES[kind]}
        if kind is ActorKind.MEMBER:
            values["limits"] = frozenset(limit for limit in Limit if values.pop(f"limits.{limit}"))
        return cls(kind, **values)


def is_offered(refused: Collection[str], *countries: str | None) -> bool:
    """Whether none of the countries that are known (ISO 3166-1 alpha-2) is on the operator's list."""
    listed = {country.upper() for country in refused}
    return not any(country is not None and country.upper() in listed for country in countries)
