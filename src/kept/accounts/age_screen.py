"""The neutral age screen: a date of birth, no hint at what depends on it, and no second try by going back.

The first answer is remembered in a ticket that the browser keeps for a day (16 CFR 312.2, 'directed to children'; FTC COPPA
FAQ D.7 and H.3: ask neutrally, and keep a child from changing the answer). It holds the age band only.
"""

from datetime import date, datetime, timedelta

import msgspec

from kept.accounts.tickets import BadTicket, Tickets
from kept.kit import KeptError, Kind
from kept.policy import AgeBand, band_of

REMEMBERED = timedelta(hours=24)
LONGEST_LIFE = 120
"""Years; nobody whose birth date is certain got older than 122."""


class BadBirthDate(KeptError):
    code = "bad_birth_date"
    kind = Kind.INVALID
    message = "That can't be a date of birth. Check day, month and year."


class AgeAlreadyGiven(KeptError):
    """Says the same to everybody: neither which answer was the first, nor what would have followed."""

    code = "age_already_given"
    kind = Kind.FORBIDDEN
    message = "You gave another date of birth here before. Go on with that one, or come back tomorrow."


class FirstAnswer(msgspec.Struct, array_like=True):
    """What the ticket remembers: the place of the band in their order, so that all tickets are of one length."""

    rank: int


def birth_band(birth_date: date, *, now: datetime) -> AgeBand:
    """The age band of somebody who could be alive.

    Raises:
        BadBirthDate: in the future, or more than 120 years ago.
    """
    today = now.date()
    if birth_date > today or today.year - birth_date.year > LONGEST_LIFE:
        raise BadBirthDate
    return band_of(birth_date, today)


def answer(tickets: Tickets, earlier: str | None, birth_date: date, *, now: datetime) -> str:
    """Take an answer to the age screen; `earlier` is the ticket that the browser kept, if any. The ticket to keep now.

    A later answer may be younger, which only adds protection; then that one counts. A ticket that is damaged or too old
    counts as none.

    Raises:
        BadBirthDate: see `birth_band`.
        AgeAlreadyGiven: a date that makes the person of an older band than the first answer did.
    """
    rank = list(AgeBand).index(birth_band(birth_date, now=now))
    first = _remembered(tickets, earlier, now=now)
    if first is not None and rank > first:
        raise AgeAlreadyGiven
    if earlier is not None and rank == first:
        return earlier
    return tickets.write(FirstAnswer(rank), until=now + REMEMBERED)


def _remembered(tickets: Tickets, earlier: str | None, *, now: datetime) -> int | None:
    if earlier is None:
        return None
    try:
        return tickets.read(earlier, FirstAnswer, now=now).rank
    except BadTicket:
        return None
