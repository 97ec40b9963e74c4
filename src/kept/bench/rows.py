"""Rows for every table that a member has, made from the catalogue: tomorrow's tables are filled without a word here."""

import os
import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import CellRow
from kept.cells import Cell
from kept.kit import new_id
from kept.messages.content import Content, pack
from kept.messages.models import BODY
from kept.residency.tables import Travelling, travelling
from kept.subjects import OwnedTable, bound_to, rule_of
from kept.vault import SealedColumn, Vault

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SEALED_BYTES = 120

_random = random.Random(20261123)  # noqa: S311  test data
_MAKE: tuple[tuple[type[Any], Callable[[], Any]], ...] = (
    (SealedColumn, lambda: b"\x01\x00\x01" + os.urandom(SEALED_BYTES)),
    (sa.Uuid, new_id),
    (sa.Boolean, lambda: False),
    (sa.SmallInteger, lambda: 1),
    (sa.Integer, lambda: _random.randrange(1_000)),
    (sa.Float, lambda: _random.random() * 100),
    (sa.DateTime, lambda: NOON),
    (sa.Date, lambda: date(2026, 11, 23)),
    (sa.JSON, lambda: "{}"),
    (sa.ARRAY, lambda: [f"words {os.urandom(6).hex()}"]),
    (sa.LargeBinary, lambda: os.urandom(32)),
    (sa.String, lambda: f"words {os.urandom(12).hex()}"),
)

Row = dict[str, Any]


async def fill(
    cell: Cell, members: Iterable[UUID], *, each: int, files: int | None = None, vault: Vault | None = None
) -> dict[str, int]:
    """Give every member `each` rows in every record table that goes along with them, one where there is one a member.

    The members are made residents here. Rows that can't be without a file, which is not there, are `files`. What is sealed can
    be opened if there is a vault that has their keys; else it looks like it, and is not. Returns how many rows each table got.
    """
    made: dict[str, list[Row]] = {}
    ids = list(members)
    pool = await cell.database.pool()
    async with pool.acquire() as connection, connection.transaction():
        for table in travelling():
            if CellRow.metadata.tables[table.name].info["law"].owner is None:
                continue
            number = each if files is None or not _needs_file(table) else files
            rows = [row for member_id in ids for row in _rows(table, member_id, number, made)]
            if vault is not None:
                await _seal(vault, table, rows)
            made[table.name] = rows
            values = [tuple(row[column] for column in table.columns) for row in rows]
            await connection.copy_records_to_table(table.name, records=values, columns=list(table.columns))
    return {name: len(rows) for name, rows in made.items()}


async def _seal(vault: Vault, table: Travelling, rows: list[Row]) -> None:
    declared = CellRow.metadata.tables[table.name]
    key = bound_to(OwnedTable(declared, table.owner)) or table.owner
    for column in (one for one in declared.c if isinstance(one.type, SealedColumn)):
        place = f"{table.name}.{column.name}"
        for row in rows:
            text = f"See you at seven by the lighthouse, {os.urandom(12).hex()}"
            clear = pack(Content(text=text)) if place == BODY else text.encode()
            row[column.name] = bytes(await vault.seal(row[table.owner], place, row[key], clear))


def _rows(table: Travelling, owner: UUID, each: int, made: dict[str, list[Row]]) -> list[Row]:
    """Rows of one member in one table; a table with a key that is the owner alone holds one."""
    declared = CellRow.metadata.tables[table.name]
    keys = [
        constraint
        for constraint in declared.constraints
        if isinstance(constraint, sa.PrimaryKeyConstraint | sa.UniqueConstraint)
    ]
    one_each = any(constraint.columns.keys() == [table.owner] for constraint in keys)
    parents = _parents(declared, owner, made)
    rows = []
    for number in range(1 if one_each else each):
        row = {column.name: _value(column) for column in declared.c} | {table.owner: owner}
        row |= {column.name: number for column in declared.primary_key if isinstance(column.type, sa.Integer)}
        for referring, parent in parents:
            chosen = parent[number % len(parent)]
            row |= {mine: chosen[theirs] for mine, theirs in referring}
        rows.append(row)
    return rows


def _needs_file(table: Travelling) -> bool:
    return any(rule_of(column).names_object and not column.nullable for column in CellRow.metadata.tables[table.name].c)


def _parents(
    declared: sa.Table, owner: UUID, made: dict[str, list[Row]]
) -> list[tuple[list[tuple[str, str]], list[Row]]]:
    """For each reference to another record: which columns, and the owner's rows there."""
    found = []
    for constraint in declared.foreign_key_constraints:
        parent = constraint.referred_table.name
        pairs = [(element.parent.name, element.column.name) for element in constraint.elements]
        owned = next(table.owner for table in travelling() if table.name == parent)
        rows = [row for row in made[parent][-1_000:] if row[owned] == owner] or [
            row for row in made[parent] if row[owned] == owner
        ]
        found.append((pairs, rows))
    return found


def _value(column: sa.Column[Any]) -> Any:
    if column.nullable and "rule" in column.info and column.info["rule"].names_object:
        return None
    return next(make() for kind, make in _MAKE if isinstance(column.type, kind))
