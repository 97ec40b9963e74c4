"""What the policy is told of a colleague: the team, and where they sit, seen from the region whose data it is about."""

from collections.abc import Collection
from dataclasses import dataclass

from kept.cells import Cells
from kept.policy import Actor, Site
from kept.staff.people import Colleague


def site_of(country: str, *, region: str, cells: Cells, refused_governments: Collection[str]) -> Site:
    """Where a place of work is, seen from a region."""
    if not country:
        return Site.UNKNOWN
    if country in {one.upper() for one in refused_governments}:
        return Site.LISTED
    return Site.IN_REGION if cells.region_of(country) == region else Site.ABROAD


def acting(who: Colleague, *, region: str, cells: Cells, refused_governments: Collection[str]) -> Actor:
    """The actor that the policy sees."""
    site = site_of(who.site, region=region, cells=cells, refused_governments=refused_governments)
    return Actor.staff(who.team, site)


@dataclass(frozen=True, slots=True)
class Seat:
    """A colleague at work on the data of one region: who they are, and what the policy is told."""

    who: Colleague
    actor: Actor
    region: str

    @property
    def ledger_name(self) -> str:
        """What the ledger calls them: an opaque id."""
        return f"staff:{self.who.staff_id}"

    @property
    def oversees(self) -> bool:
        """Whether they are of the region's security team."""
        return self.who.of_security(self.region)


def seat(who: Colleague, *, region: str, cells: Cells, refused_governments: Collection[str]) -> Seat:
    """Somebody's seat before a region's data."""
    return Seat(who, acting(who, region=region, cells=cells, refused_governments=refused_governments), region)
