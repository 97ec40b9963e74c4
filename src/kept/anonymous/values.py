"""A made-up value for a column: of its type and length, and of the shape of its category. Pure; the randomness is handed in."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import Category
from kept.catalog.law import Rule
from kept.kit import Fatal

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
"""Made-up moments lie in the year that begins here, whenever they are made."""
SECONDS = 365 * 24 * 3600
_NAMED = re.compile(r"`([a-z_]+)`")
_WORDS = ("amber", "bridge", "cedar", "delta", "ember", "fjord", "grove", "harbour", "island", "juniper", "kettle")
_COUNTRIES = ("DE", "ES", "FR", "US", "JP", "BR")
_LANGUAGES = ("en", "es")
_BANDS = ("13-15", "16-17", "adult")

Make = Callable[[Random], Any]


class NoValue(Fatal):
    """A type that nothing is made up for."""


def value_of(column: sa.Column[Any], rng: Random) -> Any:
    """A value that the column takes; sometimes none, where it may be null."""
    if column.nullable and rng.random() < 0.2:
        return None
    kind = _stored(column.type)
    for type_, make in _BY_TYPE:
        if isinstance(kind, type_):
            return make(rng)
    if isinstance(kind, sa.LargeBinary):
        return rng.randbytes(kind.length or 32)
    if isinstance(kind, sa.String):
        return _text(column.info["rule"], rng)[: kind.length]
    raise NoValue(f"{column.table.name}.{column.name}: nothing is made up for a {type(kind).__name__}")


def person(rng: Random) -> UUID:
    """An id of nobody, of version 7 like the real ones (RFC 9562, 5.7)."""
    millis = int((BEGIN + timedelta(seconds=rng.randrange(SECONDS))).timestamp() * 1000)
    return UUID(int=millis << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 0b10 << 62 | rng.getrandbits(62))


def _stored(type_: Any) -> Any:
    """What a type is in the database: what it decorates, where it decorates one."""
    return type_.impl if isinstance(type_, sa.types.TypeDecorator) else type_


def _text(rule: Rule, rng: Random) -> str:
    choices = _NAMED.findall(rule.about)
    if choices:  # the annotation names the values: `open`, or `request`
        return str(rng.choice(choices))
    make = _BY_CATEGORY.get(rule.category)
    return str(make(rng)) if make else f"sample-{rng.getrandbits(40):010x}"


def _moment(rng: Random) -> datetime:
    return BEGIN + timedelta(seconds=rng.randrange(SECONDS))


def _day(rng: Random) -> date:
    return _moment(rng).date()


def _sentence(rng: Random) -> str:
    return "Sample: " + " ".join(rng.choices(_WORDS, k=rng.randint(2, 8)))


_BY_TYPE: tuple[tuple[Any, Make], ...] = (
    (sa.Uuid, person),
    (sa.Boolean, lambda rng: rng.random() < 0.5),
    (sa.SmallInteger, lambda rng: rng.randrange(101)),
    (sa.Integer, lambda rng: int(rng.lognormvariate(6, 1.5))),
    (sa.Numeric | sa.Float, lambda rng: round(rng.lognormvariate(2.5, 0.7), 3)),
    (sa.DateTime, _moment),
    (sa.Date, _day),
    (sa.JSON, lambda rng: {"sample": rng.randrange(1000)}),
    (sa.ARRAY, lambda rng: []),
)
"""The first that fits; what is more special stands first."""

_BY_CATEGORY: dict[str, Make] = {
    Category.HANDLE: lambda rng: f"sample_{rng.getrandbits(32):08x}",
    Category.EMAIL: lambda rng: f"sample-{rng.getrandbits(32):08x}@example.invalid",
    Category.NAME: lambda rng: f"Sample {rng.choice(_WORDS).title()}",
    Category.COUNTRY: lambda rng: rng.choice(_COUNTRIES),
    Category.LANGUAGE: lambda rng: rng.choice(_LANGUAGES),
    Category.AGE_RANGE: lambda rng: rng.choice(_BANDS),
    Category.PUBLIC_CONTENT: _sentence,
    Category.PRIVATE_CONTENT: _sentence,
}
