"""Countries of residence: ISO 3166-1 alpha-2 codes, and where the service is not offered.

`countries.txt` holds a code and an English name a line. The codes are ISO's; the names started from the table in the tz
database, which is in the public domain.
"""

from collections.abc import Collection
from importlib.resources import files

from kept.kit import KeptError, Kind
from kept.policy import Action, Actor, Service, is_offered, require


class UnknownCountry(KeptError):
    code = "unknown_country"
    kind = Kind.INVALID
    message = "We don't know that country. Give its two-letter code, such as “FR” or “US”."


def _read() -> dict[str, str]:
    lines = files("kept.accounts").joinpath("countries.txt").read_text("utf-8").splitlines()
    return {line[:2]: line[3:] for line in lines}


COUNTRIES: dict[str, str] = _read()
"""English names by code."""


def country_of(text: str, *, refused: Collection[str]) -> str:
    """The code of a country that somebody may sign up from; small letters are taken, too.

    Raises:
        UnknownCountry: not a code of ISO 3166-1.
        Refused: a country in `refused` (promise `service.availability`).
    """
    code = text.strip().upper()
    if code not in COUNTRIES:
        raise UnknownCountry
    newcomer = Actor.visitor(offered=is_offered(refused, code), told=True)
    require(newcomer, Action.SIGN_UP, Service())
    return code
