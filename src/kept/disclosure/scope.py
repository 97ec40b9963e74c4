"""Which fields of which tables a class of data means, derived from the catalogue: there is no list of columns here. Pure.

Regulation (EU) 2023/1543, Art. 3(9) to (12), says what the classes are; each category of the catalogue belongs to one or
to none. Of a table of which something is wanted, its key and its times go along, without which a row means nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kept.access import choices
from kept.access.wanting import tables
from kept.catalog import Category, Level
from kept.catalog.law import Since
from kept.legal import DataClass
from kept.subjects import OwnedTable, rule_of

CLASS_OF: dict[Category, DataClass] = {
    Category.HANDLE: DataClass.SUBSCRIBER,
    Category.NAME: DataClass.SUBSCRIBER,
    Category.EMAIL: DataClass.SUBSCRIBER,
    Category.COUNTRY: DataClass.SUBSCRIBER,
    Category.BIRTH_DATE: DataClass.SUBSCRIBER,
    Category.IP_ADDRESS: DataClass.IDENTIFICATION,
    Category.DEVICE: DataClass.IDENTIFICATION,
    Category.COOKIE: DataClass.IDENTIFICATION,
    Category.TELEMETRY: DataClass.IDENTIFICATION,
    Category.SOCIAL: DataClass.TRAFFIC,
    Category.IMPRECISE_LOCATION: DataClass.TRAFFIC,
    Category.MEDIA_CONSUMPTION: DataClass.TRAFFIC,
    Category.SEARCH_HISTORY: DataClass.TRAFFIC,
    Category.PUBLIC_CONTENT: DataClass.CONTENT,
    Category.PRIVATE_CONTENT: DataClass.CONTENT,
}
GOES_ALONG = frozenset({Category.ID, Category.OPERATIONS, Category.AUTHENTICATION})
"""What the platform itself notes: as the key or the time of a row of which something else is wanted."""
NEVER = frozenset(Category) - CLASS_OF.keys() - GOES_ALONG
"""What is given to nobody, or what no class of data means: passwords, keys, settings, what we reckon."""
_BORN = "created_at"


@dataclass(frozen=True)
class Piece:
    """What is wanted of one table for one class of data."""

    kind: DataClass
    owned: OwnedTable
    columns: tuple[sa.Column[Any], ...]

    @property
    def places(self) -> tuple[str, ...]:
        """The columns as `table.column`."""
        return tuple(f"{self.owned.name}.{column.name}" for column in self.columns)

    @property
    def objects(self) -> tuple[sa.Column[Any], ...]:
        """Those that name files."""
        return tuple(column for column in self.columns if rule_of(column).names_object)

    def within(self, since: datetime | None, until: datetime) -> sa.ColumnElement[bool]:
        """SQL: whether a row is of that span of time. Who somebody is was true before, so for that only the end counts."""
        at = moment_of(self.owned)
        if at is None:
            return sa.false()
        is_standing = since is None or self.kind is DataClass.SUBSCRIBER
        return at < until if is_standing else sa.and_(at >= since, at < until)


def pieces(classes: Collection[DataClass]) -> tuple[Piece, ...]:
    """What is wanted for these classes of data, in the order of the schema. Tables whose rows have no time are in none."""
    found = [_piece(kind, owned) for kind in DataClass if kind in classes for owned in tables().values()]
    return tuple(one for one in found if one is not None)


def places(classes: Collection[DataClass]) -> tuple[str, ...]:
    """All columns that are wanted, each once, as `table.column`."""
    return tuple(dict.fromkeys(place for piece in pieces(classes) for place in piece.places))


def moment_of(owned: OwnedTable) -> sa.Column[Any] | None:
    """When a row came to be: its law's clock, if that runs from there; else the first time that every row has, or that any has.

    A row that doesn't have it (a file that is not ready) is of no span.
    """
    keep = owned.law.keep
    if keep is not None and keep.since is Since.CREATION and keep.clock is not None:
        return owned.table.c[keep.clock]
    times: Sequence[sa.Column[Any]] = [column for column in owned.table.c if _is_time(column)]
    always = [column for column in times if not column.nullable]
    named = [column for column in always if column.name == _BORN]
    return next(iter([*named, *always, *times]), None)


def _piece(kind: DataClass, owned: OwnedTable) -> Piece | None:
    wanted = {column.name for column in owned.table.c if _is_wanted(kind, owned, column)}
    if not wanted or moment_of(owned) is None:
        return None
    chosen = [column for column in owned.table.c if column.name in wanted or _goes_along(owned, column)]
    return Piece(kind, owned, tuple(chosen))


def _is_wanted(kind: DataClass, owned: OwnedTable, column: sa.Column[Any]) -> bool:
    rule = rule_of(column)
    is_file = kind is DataClass.CONTENT and rule.names_object
    may_be = f"{owned.name}.{column.name}" in choices()
    return may_be and (is_file or CLASS_OF.get(Category(rule.category)) is kind)


def _goes_along(owned: OwnedTable, column: sa.Column[Any]) -> bool:
    """Keys and times, of what the platform notes itself and nobody has to agree to; nobody else's name."""
    rule = rule_of(column)
    plain = rule.level <= Level.INTERNAL and rule.category in GOES_ALONG and not rule.names_other
    is_key = column.name in owned.table.primary_key.columns
    return plain and (is_key or _is_time(column)) and f"{owned.name}.{column.name}" in choices()


def _is_time(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.DateTime)
