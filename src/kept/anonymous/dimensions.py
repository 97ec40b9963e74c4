"""By what may be counted: columns whose values are few and are nobody's; what is finer or confidential only coarsened.

An id, a name, a text that somebody wrote is never a dimension: its values would be somebody's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from kept.anonymous.making import NoSuchTable
from kept.catalog import Category, CellRow, Level
from kept.catalog.law import Rule
from kept.kit import KeptError, Kind

COUNTABLE = frozenset(
    {
        Category.OPERATIONS,
        Category.COUNTRY,
        Category.LANGUAGE,
        Category.AGE_RANGE,
        Category.SETTINGS,
        Category.PREFERENCES,
        Category.IMPRECISE_LOCATION,
        Category.TELEMETRY,
        Category.AUTHENTICATION,
    }
)
"""Categories whose texts are codes out of a short list."""
_ASKED = re.compile(r"(?P<column>[a-z_][a-z0-9_]*)(:(?P<coarse>[a-z]+))?\Z")


class BadDimension(KeptError):
    code = "bad_dimension"
    kind = Kind.INVALID
    message = "{column} can't be counted by: {why}"


class Coarse(StrEnum):
    """How a finer value is made coarse."""

    MONTH = "month"
    YEAR = "year"
    SIZE = "size"
    """The power of ten below a number."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column to count by, and its SQL over a row `r`."""

    name: str
    sql: str


def one_table(name: str) -> sa.Table:
    """A table of the cells. Raises NoSuchTable."""
    table = CellRow.metadata.tables.get(name)
    if table is None:
        raise NoSuchTable(table=name)
    return table


def dimension_of(table: sa.Table, asked: str) -> Dimension:
    """What is meant by `column` or `column:month`, `column:year`, `column:size`. Raises BadDimension."""
    match = _ASKED.match(asked)
    column = table.c.get(match["column"]) if match else None
    if match is None or column is None:
        raise BadDimension(column=asked, why=f"{table.name} has no such column; its columns: {_listed(table.c)}")
    coarse = _coarse(match["coarse"], asked)
    rule: Rule = column.info["rule"]
    if rule.level >= Level.CONFIDENTIAL and coarse is None:
        raise BadDimension(
            column=asked, why=f"it is {rule.level.name.lower()}; only coarsened: {_listed(_ways(column))}"
        )
    if coarse is not None:
        if coarse not in _ways(column):
            raise BadDimension(
                column=asked, why=f"it can't be made coarse like that; it can by: {_listed(_ways(column))}"
            )
        return Dimension(asked, _COARSE_SQL[coarse].format(f'r."{column.name}"'))
    _require_few_values(column, rule, asked)
    return Dimension(asked, f'r."{column.name}"::text')


_COARSE_SQL = {
    Coarse.MONTH: "to_char({}, 'YYYY-MM')",
    Coarse.YEAR: "to_char({}, 'YYYY')",
    Coarse.SIZE: "CASE WHEN {0} < 1 THEN 'under 1' ELSE 'from ' || power(10, floor(log({0}::numeric)))::bigint END",
}


def _require_few_values(column: sa.Column[Any], rule: Rule, asked: str) -> None:
    """Raises BadDimension."""
    if isinstance(column.type, sa.Boolean):
        return
    if not isinstance(column.type, sa.String):
        raise BadDimension(column=asked, why=f"its values are too fine; make it coarse by: {_listed(_ways(column))}")
    if rule.category not in COUNTABLE or rule.names_object:
        raise BadDimension(column=asked, why="its values are somebody's: an id, a name, or a text that somebody wrote")


def _ways(column: sa.Column[Any]) -> tuple[Coarse, ...]:
    if isinstance(column.type, sa.DateTime | sa.Date):
        return (Coarse.MONTH, Coarse.YEAR)
    return (Coarse.SIZE,) if isinstance(column.type, sa.Integer | sa.Numeric | sa.Float) else ()


def _coarse(asked: str | None, whole: str) -> Coarse | None:
    if asked is None:
        return None
    try:
        return Coarse(asked)
    except ValueError:
        raise BadDimension(column=whole, why=f"after the colon stands one of: {_listed(Coarse)}") from None


def _listed(names: Iterable[Any]) -> str:
    return (
        ", ".join(str(getattr(one, "name", one) if isinstance(one, sa.Column) else one) for one in names) or "nothing"
    )
