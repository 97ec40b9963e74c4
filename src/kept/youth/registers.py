"""What a young person and a guardian say to each other, as pure data, and what is in force after it.

A pairing is a wish of the young person and the guardian's answer to it, as following is (`social`); the turn of the wish names
the pairing. In a pairing the guardian sets things (`Setting`), and the young one's cell keeps what was set in each pairing,
also when it has ended: all of it is in force, the strictest prevailing. Only a guardian who is one now, and who names what
former guardians left, replaces that. So whatever comes late, twice or out of order, nothing is loosened that nobody loosened.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from uuid import UUID

import msgspec

from kept.policy import AgeBand, Limit
from kept.social import Answer, FollowState, Wish, state_of


class PairState(StrEnum):
    """Where a pairing has come to."""

    ENDED = "ended"
    ASKED = "asked"
    """The young person agreed, and the guardian has not confirmed yet."""
    PAIRED = "paired"


_AS_PAIR = {
    FollowState.ENDED: PairState.ENDED,
    FollowState.ASKED: PairState.ASKED,
    FollowState.FOLLOWING: PairState.PAIRED,
}


class InForce(msgspec.Struct, frozen=True):
    """What is switched off, and how many minutes a day feeds are open (None: nobody set it)."""

    off: frozenset[Limit] = frozenset()
    minutes: int | None = None

    def is_at_least(self, other: "InForce") -> bool:
        """Whether it allows nothing that the other doesn't."""
        if not self.off >= other.off:
            return False
        return other.minutes is None or (self.minutes is not None and self.minutes <= other.minutes)


class Setting(msgspec.Struct, frozen=True):
    """What a guardian set in the pairing `to`. `over`: former pairings whose limits it replaces, knowing them.

    `given` counts how often more time was given for a day.
    """

    turn: int = 0
    to: int = 0
    off: frozenset[Limit] = frozenset()
    minutes: int | None = None
    over: frozenset[int] = frozenset()
    given: int = 0


class Standing(msgspec.Struct, frozen=True):
    """What the young one's cell tells a guardian: what all guardians' limits come to, and what former ones left."""

    turn: int = 0
    force: InForce = InForce()
    left: frozenset[int] = frozenset()
    applied: int = 0
    """The turn of the guardian's own setting that is in force."""


class FromYoung(msgspec.Struct, frozen=True, tag="young"):
    """All that a young person's cell says to a guardian's."""

    by: UUID
    band: AgeBand
    wish: Wish = Wish()
    code: str = ""
    standing: Standing = Standing()


class FromGuardian(msgspec.Struct, frozen=True, tag="guardian"):
    """All that a guardian's cell says to a young person's."""

    by: UUID
    answer: Answer = Answer()
    setting: Setting = Setting()


def pair_state(wish: Wish, answer: Answer) -> PairState:
    """What a wish and the answer to it come to."""
    return _AS_PAIR[state_of(wish, answer)]


def strictest(settings: Iterable[Setting]) -> InForce:
    """What several settings come to together."""
    held = list(settings)
    minutes = min((one.minutes for one in held if one.minutes is not None), default=None)
    return InForce(frozenset[Limit]().union(*(one.off for one in held)), minutes)


def taking(held: Mapping[int, Setting], current: frozenset[int], setting: Setting) -> dict[int, Setting]:
    """What is held after a setting came: unchanged when it is of no pairing that stands, or not newer than what is held."""
    known = held.get(setting.to, Setting())
    if setting.to not in current or setting.turn <= known.turn:
        return dict(held)
    kept = {pairing: one for pairing, one in held.items() if pairing in current or pairing not in setting.over}
    return kept | {setting.to: setting}
