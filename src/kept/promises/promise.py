"""What a promise is, what a finding says about it, and the state that follows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from kept.runtime import Runtime


class State(StrEnum):
    """What the public is told."""

    KEPT = "kept"
    BROKEN = "broken"
    UNPROVEN = "unproven"
    PLANNED = "planned"


class Verdict(StrEnum):
    """What one measurement found."""

    GOOD = "good"
    BAD = "bad"
    EMPTY = "empty"
    """Nothing to measure yet: zero requests observed is not 100 %."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One measurement: the figure that shows it in words, how much was looked at, and the numbers behind."""

    verdict: Verdict
    figure: str
    sample: int
    details: dict[str, str | int | float] = field(default_factory=dict)

    @classmethod
    def of(cls, *, good: bool, figure: str, sample: int, **details: str | int | float) -> "Finding":
        """Good or bad, but empty when nothing was looked at, unless something bad was seen all the same."""
        if good and sample == 0:
            return cls(Verdict.EMPTY, figure, 0, details)
        return cls(Verdict.GOOD if good else Verdict.BAD, figure, sample, details)


Measure = Callable[[Runtime], Awaitable[Finding]]


@dataclass(frozen=True, slots=True)
class Promise:
    """A statement to people, what makes it true, and how that is shown. A row of the public page."""

    id: str
    group: str
    statement: str
    enforcement: str
    evidence: str
    refused: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a promise at a moment."""

    promise: Promise
    state: State
    figure: str
    sample: int
    details: dict[str, str | int | float]
    measured_at: datetime | None
    code: tuple[str, ...] = ()
    """Where the controls are, as module names."""


FRESH = timedelta(minutes=10)
"""Older evidence proves nothing; nor does evidence from the future, which a clock left that was set back since."""


def state_of(finding: Finding | None, *, measurable: bool, age: timedelta | None) -> State:
    """The state that follows. Broken stays broken however old; good evidence goes stale."""
    if not measurable:
        return State.PLANNED
    if finding is None or finding.verdict is Verdict.EMPTY:
        return State.UNPROVEN
    if finding.verdict is Verdict.BAD:
        return State.BROKEN
    return State.KEPT if age is not None and abs(age) <= FRESH else State.UNPROVEN
