"""What becomes of a request: the states, and the only ways from one to another, by kind.

    a copy:       received -> building -> ready -> expired
    deletion:     grace -> erasing -> done
                  grace -> called_off
                  erasing -> held -> erasing        a legal hold keeps some of it for now
    correction,   received -> done
    objection:    received -> refused               with the reason
                  received -> called_off

What comes by another door than the app is `unverified` before: nothing is done until it is known whose request it is. From
there it goes to the start of its kind, or it is `refused`, with the reason, or called off by whoever sent it; or `joined`
to one of the same member's and kind that is open already, and answered with that.

A request ends in `expired`, `done`, `called_off`, `refused` or `joined`, and never leaves these. Whatever breaks off
stays where it is and is taken up again; there is no state for having failed, because nobody's request may end that way.
The database holds the pairs of kind and state (`rights_request_states`), and that nothing comes past `unverified` without
a word on how it was verified.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What is asked for."""

    ACCESS = "access"
    DELETION = "deletion"
    PORTABILITY = "portability"
    """What the member gave, for programs: to take it elsewhere (GDPR Art. 20)."""
    CORRECTION = "correction"
    """Something that is wrong is set right (GDPR Art. 16)."""
    OBJECTION = "objection"
    """Data is not used for a purpose any more (GDPR Art. 18 and 21)."""


COPIES = frozenset({Kind.ACCESS, Kind.PORTABILITY})
DECIDED = frozenset({Kind.CORRECTION, Kind.OBJECTION})
"""What people decide, and not a job alone."""


class State(StrEnum):
    """Where a request is."""

    UNVERIFIED = "unverified"
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
    REFUSED = "refused"
    """It was answered with a reason why not."""
    JOINED = "joined"
    """The same was asked before, by another door, and is answered there."""


class Ground(StrEnum):
    """Why a request was refused; each has its sentences in the texts, and says what can be done."""

    NOT_VERIFIED = "not_verified"
    """Nobody showed in time that it is theirs (GDPR Art. 12(6); 11 CCR 7060)."""
    NO_ACCOUNT = "no_account"
    """Whoever sent it is known, and has no account here."""
    ALREADY_RIGHT = "already_right"
    NOT_CHANGEABLE = "not_changeable"
    """It can't be changed here; the answer says why."""
    NEEDED = "needed"
    """The service can't be given, or kept safe, without that use (GDPR Art. 21(1))."""
    UNFOUNDED = "unfounded"
    """Manifestly unfounded or excessive (GDPR Art. 12(5))."""


START = {kind: State.GRACE if kind is Kind.DELETION else State.RECEIVED for kind in Kind}

_Ways = dict[State, frozenset[State]]
_COPY: _Ways = {
    State.RECEIVED: frozenset({State.BUILDING}),
    State.BUILDING: frozenset({State.READY}),
    State.READY: frozenset({State.EXPIRED}),
    State.EXPIRED: frozenset(),
}
_DELETION: _Ways = {
    State.GRACE: frozenset({State.ERASING, State.CALLED_OFF}),
    State.ERASING: frozenset({State.HELD, State.DONE}),
    State.HELD: frozenset({State.ERASING}),
    State.DONE: frozenset(),
}
_DECIDED: _Ways = {
    State.RECEIVED: frozenset({State.DONE, State.REFUSED, State.CALLED_OFF}),
    State.DONE: frozenset(),
}
_OWN = {kind: _DELETION if kind is Kind.DELETION else _DECIDED if kind in DECIDED else _COPY for kind in Kind}

NEXT: dict[Kind, _Ways] = {
    kind: {
        State.UNVERIFIED: frozenset({START[kind], State.REFUSED, State.CALLED_OFF, State.JOINED}),
        State.REFUSED: frozenset(),
        State.JOINED: frozenset(),
        State.CALLED_OFF: frozenset(),
        **_OWN[kind],
    }
    for kind in Kind
}

ENDED = frozenset({State.EXPIRED, State.CALLED_OFF, State.DONE, State.REFUSED, State.JOINED})
ANSWERED = ENDED | {State.READY}
"""The person has what they asked for, or knows why not."""
BEFORE_VERIFIED = frozenset({State.UNVERIFIED, State.REFUSED, State.CALLED_OFF})
"""Where a request can be of which nobody knows whose it is."""


def pairs() -> list[tuple[Kind, State]]:
    """Every kind with every state that it can be in."""
    return [(kind, state) for kind in Kind for state in State if state in NEXT[kind]]


def before(state: State) -> list[tuple[Kind, State]]:
    """From where one may come to `state`: pairs of a kind and a state of it."""
    return [(kind, one) for kind, ways in NEXT.items() for one, following in ways.items() if state in following]
