"""A person's rows, read table by table in one snapshot, as plain values that people and programs can read.

What is sealed is opened by whoever the caller supplies; what is secret (hashes of passwords) is left out and said to be; other
people's ids are replaced by numbers that mean nothing outside of the copy.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.catalog import Level
from kept.subjects.deriving import OwnedTable, PersonId, rule_of
from kept.vault import SealedColumn

PAGE = 100
"""Rows that are in memory at a time. With several times as many, the collector of garbage would take longer than the reading:
it goes through everything that the process holds, for every 700 objects that stay."""
HIDDEN = "(kept, and not shown for your safety)"

Row: TypeAlias = dict[str, Any]
Open: TypeAlias = Callable[[str, Sequence[tuple[Any, Any]]], Awaitable[Sequence[Any]]]
"""Opens sealed values: the place (`table.column`) and (row id, sealed) pairs; as many values, in the same order."""


class Others:
    """Other people, numbered as they come up."""

    def __init__(self) -> None:
        self._names: dict[Any, str] = {}

    def name(self, person: Any) -> str:
        """What stands for somebody else in this copy."""
        known = self._names.get(person)
        if known is None:
            known = self._names[person] = f"person {len(self._names) + 1}"
        return known


async def rows_of(
    connection: AsyncConnection, table: OwnedTable, person: PersonId, *, others: Others, open_: Open | None = None
) -> AsyncIterator[list[Row]]:
    """A person's rows in one table, some at a time, in the order of their key."""
    columns = tuple(table.table.c)
    names = [str(column.name) for column in columns]
    wanted = sa.select(table.table).where(table.of(person)).order_by(*table.table.primary_key.columns)
    result = await connection.stream(wanted.execution_options(yield_per=PAGE))
    async for page in result.partitions():
        values = dict(zip(names, zip(*page, strict=True), strict=True))
        shown = [await _column(table, person, column, values, others, open_) for column in columns]
        yield [dict(zip(names, row, strict=True)) for row in zip(*shown, strict=True)]


async def _column(
    table: OwnedTable,
    person: PersonId,
    column: sa.Column[Any],
    page: Mapping[str, Sequence[Any]],
    others: Others,
    open_: Open | None,
) -> Sequence[Any]:
    """A column of a page as people may read it; `page` has the values of all columns."""
    rule, values = rule_of(column), page[column.name]
    if rule.level is Level.SECRET:
        return [None if value is None else HIDDEN for value in values]
    if rule.names_other:
        return [value if value is None or value == person else others.name(value) for value in values]
    if open_ is None or not isinstance(column.type, SealedColumn):
        return values
    key = bound_to(table)
    ids = [person] * len(values) if key is None else page[key]
    sealed = [(row_id, value) for row_id, value in zip(ids, values, strict=True) if value is not None]
    opened = iter(await open_(f"{table.name}.{column.name}", sealed) if sealed else ())
    return [None if value is None else next(opened) for value in values]


def bound_to(table: OwnedTable) -> str | None:
    """The column whose value a row's sealed values are bound to: the id after the owner; None: they are bound to the owner."""
    rest = [column for column in table.table.primary_key.columns if column.name != table.owner]
    return str(rest[0].name) if rest and isinstance(rest[0].type, sa.Uuid) else None
