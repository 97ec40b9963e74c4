"""What somebody gave so far while signing up, as a sealed note that their browser keeps for an hour."""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from kept.accounts import BadTicket, HashedPassword, NewPasskey, Tickets, birth_band
from kept.look.views import SignUpStep
from kept.policy import AgeBand

KEPT_FOR = timedelta(hours=1)


class PasskeyNote(msgspec.Struct, array_like=True):
    """A passkey that was made and verified, and waits for its account."""

    member_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int


class Progress(msgspec.Struct, array_like=True):
    """The answers so far; '' for those that are still to come. Of a password, its hash."""

    birth_date: str
    country: str = ""
    handle: str = ""
    email: str = ""
    hash: str = ""
    passkey: PasskeyNote | None = None

    @property
    def born(self) -> date:
        """The date of birth."""
        return date.fromisoformat(self.birth_date)

    @property
    def reached(self) -> SignUpStep:
        """The step that comes next."""
        if not self.country:
            return SignUpStep.PLACE
        return SignUpStep.AGREE if self.credential else SignUpStep.ACCOUNT

    @property
    def credential(self) -> HashedPassword | NewPasskey | None:
        """What was chosen to sign in with."""
        if self.passkey is not None:
            key = self.passkey
            return NewPasskey(key.member_id, key.credential_id, key.public_key, key.sign_count)
        return HashedPassword(self.hash) if self.hash else None

    def band(self, now: datetime) -> AgeBand:
        """The age band of the person."""
        return birth_band(self.born, now=now)


def note_of(key: NewPasskey) -> PasskeyNote:
    """A passkey as the note keeps it."""
    return PasskeyNote(key.member_id, key.credential_id, key.public_key, key.sign_count)


def read_progress(tickets: Tickets, kept: str | None, *, now: datetime) -> Progress | None:
    """What the browser kept; None at the beginning, and when it is too old to go on with."""
    if kept is None:
        return None
    try:
        return tickets.read(kept, Progress, now=now)
    except BadTicket:
        return None


def step_to_show(progress: Progress | None, wanted: str) -> SignUpStep:
    """The step that is next, or an earlier one that somebody goes back to; never back past the age screen."""
    if progress is None:
        return SignUpStep.BIRTH
    order = list(SignUpStep)
    earlier = order[1 : order.index(progress.reached)]
    return next((step for step in earlier if step == wanted), progress.reached)


def step_before(step: SignUpStep) -> SignUpStep | None:
    """Where the way back leads; nowhere from the first step after the age screen."""
    order = list(SignUpStep)
    place = order.index(step)
    return order[place - 1] if place > 1 else None
