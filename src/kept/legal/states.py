"""What becomes of an authority's request: the states, and the only ways from one to another.

    received -> validated -> expired      a preservation whose time is over
                          -> producing -> produced     two teams agreed; a package is made, and was made (`disclosure`)
                             producing -> validated    their word ran out before there was one
             -> refused, withdrawn        from any of the first three that are named here

Of a country on the refusal list, a request is `received` or `refused`, and nothing else: `models.py` has the database hold
that, whatever a program does.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a request is."""

    RECEIVED = "received"
    VALIDATED = "validated"
    """Counsel found it lawful, and narrowed it to what it may reach."""
    PRODUCING = "producing"
    """Two teams agreed that data is given; its package is being made."""
    PRODUCED = "produced"
    """The package was made, sealed to the authority's key."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """The authority took it back."""
    EXPIRED = "expired"


NEXT: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.VALIDATED, State.REFUSED, State.WITHDRAWN}),
    State.VALIDATED: frozenset({State.PRODUCING, State.REFUSED, State.WITHDRAWN, State.EXPIRED}),
    State.PRODUCING: frozenset({State.PRODUCED, State.VALIDATED, State.REFUSED, State.WITHDRAWN}),
    State.PRODUCED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.EXPIRED: frozenset(),
}

NARROWED = frozenset({State.VALIDATED, State.PRODUCING, State.PRODUCED})
"""Where counsel has said what a request may reach."""
ENDED = frozenset(state for state, following in NEXT.items() if not following)
OF_LISTED = frozenset({State.RECEIVED, State.REFUSED})
"""Where a request of a listed country can be."""


class Ground(StrEnum):
    """Why a request is refused."""

    LISTED = "listed"
    """The authority's country is on the operator's refusal list."""
    ALTERED = "altered"
    """Its row is not what was sealed: somebody had changed it."""
    NO_BASIS = "no_basis"
    NOT_COMPETENT = "not_competent"
    TOO_BROAD = "too_broad"
    INCOMPLETE = "incomplete"
    RIGHTS = "rights"
    """It would breach fundamental rights, or an immunity."""
    NOTHING_HELD = "nothing_held"


BY_ITSELF = frozenset({Ground.LISTED, Ground.ALTERED})
"""Grounds that nobody chooses."""


def before(state: State) -> list[State]:
    """The states from which one may come to `state`."""
    return [one for one, following in NEXT.items() if state in following]
