"""The laws under which requests are answered, and their clocks. By country of residence; what no law covers, the default.

GDPR Art. 12(3): one month, two more with reasons. CCPA: 45 days, 45 more with notice (11 CCR 7021). Months are months of the
calendar: a request of 31 January is due on the last day of February (Regulation 1182/71, Art. 3(2)(c)).
"""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta

_EEA = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Regime:
    """A law's name, and how long we have: `months` by the calendar, or `days`."""

    name: str
    months: int = 0
    days: int = 0
    more_months: int = 0
    """What an extension adds, with reasons given."""
    more_days: int = 0

    def due(self, asked_at: datetime) -> datetime:
        """When a request has to be answered."""
        return _later(asked_at, self.months, self.days)

    def extended(self, asked_at: datetime) -> datetime:
        """When it has to be answered after an extension."""
        return _later(asked_at, self.months + self.more_months, self.days + self.more_days)


GDPR = Regime("gdpr", months=1, more_months=2)
UK_GDPR = Regime("uk_gdpr", months=1, more_months=2)
CCPA = Regime("ccpa", days=45, more_days=45)
DEFAULT = Regime("default", days=30, more_days=30)
REGIMES = {one.name: one for one in (GDPR, UK_GDPR, CCPA, DEFAULT)}


def regime_of(country: str) -> Regime:
    """The regime for residents of a country (ISO 3166-1 alpha-2)."""
    if country in _EEA:
        return GDPR
    return {"GB": UK_GDPR, "US": CCPA}.get(country, DEFAULT)


def _later(at: datetime, months: int, days: int) -> datetime:
    month = at.month - 1 + months
    year, month = at.year + month // 12, month % 12 + 1
    day = min(at.day, calendar.monthrange(year, month)[1])
    return at.replace(year=year, month=month, day=day) + timedelta(days=days)
