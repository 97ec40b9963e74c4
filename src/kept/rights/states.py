"""What becomes of a request: the states, and the only ways from one to another.

    a copy:     received -> building -> ready -> expired
    deletion:   grace -> erasing -> done
                grace -> called_off
                erasing -> held -> erasing       a legal hold keeps some of it for now

A request ends in `expired`, `done` or `called_off`, and never leaves these. Whatever breaks off stays where it is and is
taken up again; there is no state for having failed, because nobody's request may end that way.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What is asked for."""

    ACCESS = "access"
    DELETION = "deletion"


class State(StrEnum):
    """Where a request is."""

    RECEIVED = "received"
    BUILDING = "building"
    READY = "ready"
    EXPIRED = "expired"
    GRACE = "grace"
    """The account is at rest; its owner may still change their mind."""
    CALLED_OFF = "called_off"
    ERASING = "erasing"
    HELD = "held"
    DONE = "done"


START = {Kind.ACCESS: State.RECEIVED, Kind.DELETION: State.GRACE}

NEXT: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.BUILDING}),
    State.BUILDING: frozenset({State.READY}),
    State.READY: frozenset({State.EXPIRED}),
    State.GRACE: frozenset({State.ERASING, State.CALLED_OFF}),
    State.ERASING: frozenset({State.HELD, State.DONE}),
    State.HELD: frozenset({State.ERASING}),
    State.EXPIRED: frozenset(),
    State.CALLED_OFF: frozenset(),
    State.DONE: frozenset(),
}

ENDED = frozenset(state for state, following in NEXT.items() if not following)
ANSWERED = ENDED | {State.READY}
"""The person has what they asked for."""


def before(state: State) -> list[State]:
    """The states from which one may come to `state`."""
    return [one for one, following in NEXT.items() if state in following]
