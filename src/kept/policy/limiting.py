"""What limits do, counted over everything that the policy can tell apart: no switch is shown that the policy doesn't read."""

from functools import cache

from kept.policy.actions import Action
from kept.policy.actor import Actor, ActorKind
from kept.policy.attributes import Limit, Standing, codes
from kept.policy.bands import AgeBand
from kept.policy.deciding import reads_of, try_code


@cache
def taken_away(limit: Limit, band: AgeBand, *others: Limit) -> tuple[Action, ...]:
    """The actions of which a limit refuses somebody of that age at least one case; `others` are limits set already."""
    return _differing(_member(band, *others), _member(band, *others, limit))


@cache
def added(limit: Limit, band: AgeBand, *others: Limit) -> tuple[Action, ...]:
    """The actions of which a limit allows somebody a case that was refused without it: none, ever."""
    return _differing(_member(band, *others, limit), _member(band, *others))


def _differing(freer: Actor, stricter: Actor) -> tuple[Action, ...]:
    """The actions of which there is a case that the first may do and the second may not."""
    return tuple(action for action in Action if _is_stricter(freer, stricter, action))


def _is_stricter(freer: Actor, stricter: Actor, action: Action) -> bool:
    cases = codes(reads_of(ActorKind.MEMBER, action))
    return any(try_code(freer, action, case) and not try_code(stricter, action, case) for case in cases)


def _member(band: AgeBand, *limits: Limit) -> Actor:
    return Actor.member(band, standing=Standing.GOOD, offered=True, limits=limits)
