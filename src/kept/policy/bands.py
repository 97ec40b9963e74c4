"""Age bands: what a birth date means for what somebody may do. The only place where ages are compared.

A band is computed from the birth date at each request, so a birthday changes abilities by the clock.
"""

from datetime import date
from enum import StrEnum

from kept.kit import KeptError, Kind


class AgeBand(StrEnum):
    """How old somebody is, as far as the policy needs to know. Ordered from the youngest."""

    UNDER_13 = "under_13"
    TEEN_13_15 = "teen_13_15"
    TEEN_16_17 = "teen_16_17"
    ADULT = "adult"


_FROM = {AgeBand.ADULT: 18, AgeBand.TEEN_16_17: 16, AgeBand.TEEN_13_15: 13, AgeBand.UNDER_13: 0}
"""The age in years at which each band begins, the oldest first."""


class BirthDateInFuture(KeptError):
    code = "birth_date_in_future"
    kind = Kind.INVALID
    message = "This birth date lies in the future."


def band_of(birth_date: date, today: date) -> AgeBand:
    """The band of somebody born on `birth_date`, on the day `today` (UTC, so that one day is the same everywhere).

    Somebody born on 29 February is a year older on 1 March of a year that has no such day: the later of the two customs,
    because the stricter band must not end early.

    Raises:
        BirthDateInFuture: born after today.
    """
    if birth_date > today:
        raise BirthDateInFuture
    age = today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
    return next(band for band, years in _FROM.items() if age >= years)


def next_change(birth_date: date, today: date) -> date | None:
    """The first day after `today` on which the band is another one; None for an adult. Raises BirthDateInFuture."""
    band_of(birth_date, today)
    days = (_birthday(birth_date, years) for years in sorted(_FROM.values()))
    return next((day for day in days if day > today), None)


def _birthday(birth_date: date, years: int) -> date:
    """The day on which somebody is `years` old; 1 March for 29 February in a common year."""
    try:
        return birth_date.replace(year=birth_date.year + years)
    except ValueError:
        return date(birth_date.year + years, 3, 1)
