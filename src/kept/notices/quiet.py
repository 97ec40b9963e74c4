"""When it is night for a member, by their country: nothing is known of where in it somebody is, and no device is asked.

Where a country has several time zones, it is night as long as it is night in one of them: a young person is never woken. An
adult may name one of them; a young person may not, for then setting a zone would shorten their night.
"""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from kept.accounts import zones

FROM, UNTIL = 22, 7
"""From ten in the evening until seven in the morning."""


def zones_of(country: str) -> tuple[str, ...]:
    """The time zones of a country, by their names in the tz database."""
    return tuple(zones().get(country, ()))


def is_night(country: str, now: datetime, *, zone: str = "") -> bool:
    """Whether it is night in that zone of a country; in any of them, without one; in UTC, where it has none."""
    moment = now.astimezone(UTC).replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return _is_night((zone,) if zone in zones_of(country) else zones_of(country), moment)


@lru_cache(maxsize=1024)
def _is_night(names: tuple[str, ...], moment: datetime) -> bool:
    hours = [moment.astimezone(ZoneInfo(name)).hour for name in names] or [moment.hour]
    return any(hour >= FROM or hour < UNTIL for hour in hours)
