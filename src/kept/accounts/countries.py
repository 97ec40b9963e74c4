"""Countries of residence: ISO 3166-1 alpha-2 codes, and where the service is not offered.

`countries.txt` holds a code and an English name a line. The codes are ISO's; the names started from the table in the tz
database, which is in the public domain.
"""

from collections.abc import Collection
from importlib.resources import files

from kept.kit import KeptError, Kind


class UnknownCountry(KeptError):
    code = "unknown_country"
    kind = Kind.INVALID
    message = "We don't know that country. Give its two-letter code, such as “FR” or “US”."


class NotOfferedHere(KeptError):
    """Promise `service.availability`: refused at sign-up, before anything is stored."""

    code = "not_offered_here"
    kind = Kind.UNAVAILABLE_FOR_LEGAL_REASONS
    message = "The service is not offered in your country, so no account was made and nothing was stored."


def _read() -> dict[str, str]:
    lines = files("kept.accounts").joinpath("countries.txt").read_text("utf-8").splitlines()
    return {line[:2]: line[3:] for line in lines}


COUNTRIES: dict[str, str] = _read()
"""English names by code."""


def country_of(text: str, *, refused: Collection[str]) -> str:
    """The code of a country that somebody may sign up from; small letters are taken, too.

    Raises:
        UnknownCountry: not a code of ISO 3166-1.
        NotOfferedHere: a country in `refused`.
    """
    code = text.strip().upper()
    if code not in COUNTRIES:
        raise UnknownCountry
    if code in refused:
        raise NotOfferedHere(country=code)
    return code
