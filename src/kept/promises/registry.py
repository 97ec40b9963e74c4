"""Which check measures which promise, and where its controls are in the code."""

from collections.abc import Callable

from kept.promises.listing import by_id
from kept.promises.promise import Measure

_checks: dict[str, Measure] = {}
_code: dict[str, tuple[str, ...]] = {}


def measures(promise_id: str, *code: str) -> Callable[[Measure], Measure]:
    """Declare the evidence check of a promise, and the modules that enforce it."""
    by_id(promise_id)

    def declare(check: Measure) -> Measure:
        _checks[promise_id] = check
        _code[promise_id] = code
        return check

    return declare


def check_of(promise_id: str) -> Measure | None:
    """The evidence check of a promise; None for a promise that is only planned."""
    return _checks.get(promise_id)


def code_of(promise_id: str) -> tuple[str, ...]:
    """The modules that enforce a promise."""
    return _code.get(promise_id, ())
