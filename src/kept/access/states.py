"""Where a request can be, and how much of a yes each level needs. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from kept.catalog import Level
from kept.policy import Approvals

LAPSES = timedelta(days=7)
"""How long a request waits for an answer."""
LONGEST = timedelta(days=7)
"""How long a grant may run."""
EMERGENCY = timedelta(hours=1)
"""How long an emergency lasts."""
REVIEWED_WITHIN = timedelta(hours=24)
"""Until when somebody else looks at an emergency."""


class State(StrEnum):
    """Where a request is. A grant whose time has passed is over, whatever its state says."""

    WAITING = "waiting"
    GRANTED = "granted"
    DECLINED = "declined"
    ENDED = "ended"
    """Taken back, or the grant was ended before its time."""


class Yes(Protocol):
    """What counts of a vote."""

    @property
    def approved(self) -> bool: ...
    @property
    def oversees(self) -> bool: ...
    @property
    def team(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Needed:
    """Who has to say yes: approvals, and whether a case has to be named."""

    approvals: Approvals
    case: bool


def needed(level: Level) -> Needed:
    """What a level asks for. Raises ValueError for what is read by nobody."""
    if level is Level.SECRET:
        raise ValueError("nobody reads that")
    if level is Level.RESTRICTED:
        return Needed(Approvals.TWO_TEAMS, case=True)
    return Needed(Approvals.REGION if level is Level.CONFIDENTIAL else Approvals.NONE, case=False)


def reached(votes: Collection[Yes]) -> Approvals:
    """How far the yeses go: none; one of the region's security team; that, and one of another team."""
    yes = [vote for vote in votes if vote.approved]
    overseeing = [vote for vote in yes if vote.oversees]
    if not overseeing:
        return Approvals.NONE
    others = [vote for vote in yes if any(vote.team != one.team for one in overseeing)]
    return Approvals.TWO_TEAMS if others else Approvals.REGION


_ORDER = (Approvals.NONE, Approvals.REGION, Approvals.TWO_TEAMS)


def suffices(has: Approvals, wanted: Approvals) -> bool:
    """Whether the yeses that are there are enough."""
    return _ORDER.index(has) >= _ORDER.index(wanted)
