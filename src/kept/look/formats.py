"""Numbers and moments as people read them: `1.2 k`, `3 h`, `14 March 2026, 16:05 UTC`, `0:15`."""

from datetime import datetime, timedelta
from functools import cache

from markupsafe import Markup

from kept.look.words import translator

_MINUTE, _HOUR, _DAY, _WEEK, _YEAR = 60, 3600, 86400, 7 * 86400, 365 * 86400
_AGO = (
    (_HOUR, _MINUTE, "time.minutes"), (_DAY, _HOUR, "time.hours"), (_WEEK, _DAY, "time.days"), (_YEAR, _WEEK, "time.weeks"),
)


def compact(number: int, language: str) -> str:
    """A count in at most four characters: 950, 1.2 k, 34 k, 1.2 M. The full number belongs beside it, on focus."""
    for size, mark in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            tenths = number * 10 // size
            short = f"{tenths // 10}" if tenths >= 100 or tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"
            return f"{_comma(short, language)}\u202f{mark}"
    return str(number)


def full(number: int, language: str) -> str:
    """A count with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f" if language == "es" else ",")


def ago(moment: datetime, now: datetime, language: str) -> str:
    """How long ago, short: `now`, `5 min`, `3 h`, `2 d`, `6 w`, and after a year the date. A moment to come is `now`."""
    t = translator(language)
    seconds = int((now - moment).total_seconds())
    if seconds < _MINUTE:
        return t("time.now")
    for limit, size, key in _AGO:
        if seconds < limit:
            return t(key, n=seconds // size)
    return date(moment, language)


def age(length: timedelta, language: str) -> str:
    """A length of time in words, as the age of a measurement: `40 seconds`, `3 hours`."""
    t = translator(language)
    seconds = max(0, int(length.total_seconds()))
    for limit, size, key in ((_MINUTE, 1, "seconds"), (_HOUR, _MINUTE, "minutes"), (_DAY * 2, _HOUR, "hours")):
        if seconds < limit:
            return t(f"age.{key}", n=seconds // size)
    return t("age.days", n=seconds // _DAY)


def date(moment: datetime, language: str) -> str:
    """The day with the month's name: `14 March 2026`, `14 de marzo de 2026`."""
    name = months(language)[moment.month - 1]
    return translator(language)("time.date", day=moment.day, month=name, year=moment.year)


def exact(moment: datetime, language: str) -> str:
    """The day and the minute, with its zone: `14 March 2026, 16:05 UTC`."""
    return f"{date(moment, language)}, {moment.hour:02}:{moment.minute:02} {moment.tzname() or ''}".rstrip()


def stamp(moment: datetime, now: datetime, language: str) -> Markup:
    """A `<time>` element: relative for people, exact on focus, kept true by a module while the page stays open."""
    full_date, short = exact(moment, language), ago(moment, now, language)
    element = f'<time datetime="{iso(moment)}" title="{full_date}" data-ago>{short}</time>'
    return Markup(element)  # noqa: S704  dates have nothing to escape


def clock(seconds: float) -> str:
    """The length of a clip: `0:15`, `2:03`."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def iso(moment: datetime) -> str:
    """The moment for machines, as `<time datetime>` takes it."""
    return moment.isoformat(timespec="seconds")


@cache
def months(language: str) -> tuple[str, ...]:
    """The twelve names of the months."""
    t = translator(language)
    return tuple(str(t(f"months.{number}")) for number in range(1, 13))


def _comma(number: str, language: str) -> str:
    return number.replace(".", ",") if language == "es" else number
