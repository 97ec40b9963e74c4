"""When a member's day ends, for what is counted by the day: at midnight in their country, by our clock and not a device's.

Where a country has several time zones it is midnight in the westernmost: everywhere else in it, the day has ended before. So
nothing has to be known of where in their country somebody is, and setting a clock or a zone gives nobody a second day.
The zones of a country are those of the tz database (`zone.tab`, RFC 6557), in the package `tzdata`.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo


def day_of(country: str, now: datetime) -> date:
    """The day that it is for somebody who lives in a country (ISO 3166-1 alpha-2); in UTC where it has no zone of its own."""
    return _day(country, now.astimezone(UTC).replace(minute=now.minute // 15 * 15, second=0, microsecond=0))


@lru_cache(maxsize=1024)
def _day(country: str, now: datetime) -> date:
    """The earliest of the days of all zones. Zones differ by quarters of an hour, so it is one day for that long."""
    return min((now.astimezone(ZoneInfo(zone)).date() for zone in zones().get(country, ())), default=now.date())


@cache
def zones() -> Mapping[str, list[str]]:
    """The names of the time zones of each country."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country].append(zone)
    return found
