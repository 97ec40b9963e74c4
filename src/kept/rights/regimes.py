"""The laws under which requests are answered, and their clocks. By country of residence; what no law covers, the default.

GDPR Art. 12(3): one month, two more with reasons, which are told within the first. CCPA: receipt confirmed within 10 business
days, answered within 45 days of receipt however long verifying takes, 45 more with notice (11 CCR 7021). Days and months
are the calendar's where the law applies: a period ends with its last hour, the day of the event not counted, and a month
from 31 January on the last day of February (Regulation 1182/71, Art. 3(1) and (2)(c)). We promise the same hour of the
last day, which is sooner.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

_EEA = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split()  # noqa: SIM905
)
_SATURDAY = 5


class Why(StrEnum):
    """Why a clock was extended: the law's reasons, and no other."""

    COMPLEX = "complex"
    NUMEROUS = "numerous"


@dataclass(frozen=True, slots=True)
class Regime:
    """A law's name, and how long we have: `months` by the calendar of `zone`, or `days`."""

    name: str
    zone: str
    months: int = 0
    days: int = 0
    more_months: int = 0
    """What an extension adds, with reasons given."""
    more_days: int = 0
    business_days: int = 10
    """Until receipt is confirmed; Saturdays and Sundays don't count. Holidays do, so that we are never late for one."""

    def due(self, asked_at: datetime) -> datetime:
        """When a request has to be answered."""
        return self._later(asked_at, self.months, self.days)

    def extended(self, asked_at: datetime) -> datetime:
        """When it has to be answered after an extension."""
        return self._later(asked_at, self.months + self.more_months, self.days + self.more_days)

    def confirmed_by(self, asked_at: datetime) -> datetime:
        """When its receipt has to be confirmed."""
        zone = ZoneInfo(self.zone)
        at = asked_at.astimezone(zone).replace(tzinfo=None)
        left = self.business_days
        while left:
            at += timedelta(days=1)
            left -= at.weekday() < _SATURDAY
        return _moment(at, zone, asked_at.tzinfo)

    def _later(self, asked_at: datetime, months: int, days: int) -> datetime:
        zone = ZoneInfo(self.zone)
        at = asked_at.astimezone(zone).replace(tzinfo=None)
        month = at.month - 1 + months
        year, month = at.year + month // 12, month % 12 + 1
        day = min(at.day, calendar.monthrange(year, month)[1])
        return _moment(at.replace(year=year, month=month, day=day) + timedelta(days=days), zone, asked_at.tzinfo)


GDPR = Regime("gdpr", "Europe/Brussels", months=1, more_months=2)
UK_GDPR = Regime("uk_gdpr", "Europe/London", months=1, more_months=2)
CCPA = Regime("ccpa", "America/Los_Angeles", days=45, more_days=45)
DEFAULT = Regime("default", "UTC", days=30, more_days=30)
REGIMES = {one.name: one for one in (GDPR, UK_GDPR, CCPA, DEFAULT)}


def regime_of(country: str) -> Regime:
    """The regime for residents of a country (ISO 3166-1 alpha-2)."""
    if country in _EEA:
        return GDPR
    return {"GB": UK_GDPR, "US": CCPA}.get(country, DEFAULT)


def _moment(local: datetime, zone: ZoneInfo, told_in: tzinfo | None) -> datetime:
    """A time of the clock there; one that summer time leaves out or repeats is the earlier of the two."""
    return min(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)).astimezone(told_in)
