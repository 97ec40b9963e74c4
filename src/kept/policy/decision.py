"""What is decided, and how a refusal is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import ClassVar

from kept.kit import KeptError, Kind
from kept.policy.actions import Action
from kept.policy.bands import AgeBand
from kept.policy.texts import Policy, policies


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and the ids of the policies that decided it, in reading order.

    A refusal without any policy means that none allows it: what is not allowed is refused.
    """

    allowed: bool
    policies: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed


def decision(allowed: bool, ids: Iterable[str]) -> Decision:
    """A decision with its policies in reading order."""
    return _interned(allowed, tuple(sorted(ids, key=_order().__getitem__)))


@lru_cache(maxsize=4096)
def _interned(allowed: bool, ids: tuple[str, ...]) -> Decision:
    return Decision(allowed, ids)


@cache
def _order() -> dict[str, int]:
    return {name: number for number, name in enumerate(policies())}


class Refused(KeptError):
    """The policy refuses an action. `policies` are all that refuse it; `policy` is the one that the person is told."""

    code = "refused"
    kind = Kind.FORBIDDEN
    message = "You can't {phrase}: {because}. {instead}"

    _BY_ANSWER: ClassVar[dict[str, type["Refused"]]] = {}

    def __init__(self, *, action: Action, band: AgeBand | None, policy: str | None, policies: tuple[str, ...]) -> None:
        self.action = action
        self.band = band
        self.policy = policy
        self.policies = policies
        told = _told(policy)
        super().__init__(phrase=action.phrase, because=told[0], instead=told[1])

    @classmethod
    def of(cls, refusal: Decision, action: Action, band: AgeBand | None) -> "Refused":
        """The error that tells a refusal; where a policy says so, in the words of another one."""
        first = _shown(policies()[refusal.policies[0]]) if refusal.policies else None
        if first is None:
            return cls(action=action, band=band, policy=None, policies=())
        made = cls._BY_ANSWER.get(first.answer or "", Refused)
        return made(action=action, band=band, policy=first.id, policies=refusal.policies)


class SignInFirst(Refused):
    code = "sign_in_first"
    kind = Kind.UNAUTHENTICATED


class NotOffered(Refused):
    """Promise `service.availability`."""

    code = "not_offered_here"
    kind = Kind.UNAVAILABLE_FOR_LEGAL_REASONS


Refused._BY_ANSWER.update(sign_in=SignInFirst, not_offered=NotOffered)


def _shown(policy: Policy) -> Policy:
    return policy if policy.shown_as is None else policies()[policy.shown_as]


def _told(policy: str | None) -> tuple[str, str]:
    """Why, and what one can do instead."""
    if policy is None:
        return "nothing in our policy allows it", "Write to us if you think that it should."
    return policies()[policy].because, policies()[policy].instead
