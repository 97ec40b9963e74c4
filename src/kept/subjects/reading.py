"""A person's rows, read table by table in one snapshot, as plain values that people and programs can read.

What is sealed is opened by whoever the caller supplies; what is secret (hashes of passwords) is left out and said to be; other
people's ids are replaced by numbers that mean nothing outside of the copy.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.catalog import Level
from kept.subjects.deriving import OwnedTable, PersonId, rule_of
from kept.vault import SealedColumn

PAGE = 500
"""Rows that are in memory at a time."""
HIDDEN = "(kept, and not shown for your safety)"

Row: TypeAlias = dict[str, Any]
Open: TypeAlias = Callable[[str, Sequence[tuple[Any, Any]]], Awaitable[Sequence[Any]]]
"""Opens sealed values: the place (`table.column`) and (row id, sealed) pairs; as many values, in the same order."""


class Others:
    """Other people, numbered as they come up."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}

    def name(self, person: Any) -> str:
        """What stands for somebody else in this copy."""
        return f"person {self._numbers.setdefault(person, len(self._numbers) + 1)}"


async def rows_of(
    connection: AsyncConnection, table: OwnedTable, person: PersonId, *, others: Others, open_: Open | None = None
) -> AsyncIterator[list[Row]]:
    """A person's rows in one table, some at a time, in the order of their key."""
    wanted = sa.select(table.table).where(table.of(person)).order_by(*table.table.primary_key.columns)
    result = await connection.stream(wanted)
    async for page in result.mappings().partitions(PAGE):
        yield await _readable(table, person, [dict(row) for row in page], others, open_)


async def _readable(
    table: OwnedTable, person: PersonId, page: Sequence[Mapping[str, Any]], others: Others, open_: Open | None
) -> list[Row]:
    rows: list[Row] = [{} for _ in page]
    for column in table.table.c:
        values = [one[column.name] for one in page]
        for row, value in zip(rows, await _column(table, person, column, page, values, others, open_), strict=True):
            row[str(column.name)] = value
    return rows


async def _column(
    table: OwnedTable,
    person: PersonId,
    column: sa.Column[Any],
    page: Sequence[Mapping[str, Any]],
    values: list[Any],
    others: Others,
    open_: Open | None,
) -> list[Any]:
    rule = rule_of(column)
    if rule.level is Level.SECRET:
        return [None if value is None else HIDDEN for value in values]
    if rule.names_other:
        return [value if value is None or value == person else others.name(value) for value in values]
    if open_ is None or not isinstance(column.type, SealedColumn):
        return values
    sealed = [(row_id(table, person, one), value) for one, value in zip(page, values, strict=True) if value is not None]
    opened = iter(await open_(f"{table.name}.{column.name}", sealed) if sealed else ())
    return [None if value is None else next(opened) for value in values]


def row_id(table: OwnedTable, person: PersonId, row: Mapping[str, Any]) -> Any:
    """What a sealed value is bound to: the part of the primary key after the owner, or the owner where there is no other."""
    rest = [column.name for column in table.table.primary_key.columns if column.name != table.owner]
    value = row[rest[0]] if rest else person
    return value if isinstance(value, UUID) else person
