"""Rows for staff, fetched by a database role that may read nothing else: the database itself holds the grant's limits.

The role (`kept_staff_reader`, without login) is given one view, for as long as one reading: the columns and the person that the
grant names. Whatever is wrong with the statement that follows, it can't reach another table, column or person.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from kept.cells import Tx
from kept.kit import KeptError, Kind
from kept.subjects import OwnedTable

READER = "kept_staff_reader"
VIEW = "staff_reading"
PAGE = 100
"""Rows that are in memory at a time."""


class NoReader(KeptError):
    """Nothing is read past the role: without it, nothing is read."""

    code = "no_staff_reader"
    kind = Kind.BUSY
    message = "The database has no role kept_staff_reader that we may take on, so nothing was read. See docs/operate/staff.md."


async def fetch(
    tx: Tx, owned: OwnedTable, columns: Sequence[sa.Column[Any]], member_id: UUID, *, skip: int, most: int
) -> Sequence[Mapping[str, Any]]:
    """A person's rows with these columns and the table's key, in its order. Raises NoReader."""
    keys = list(owned.table.primary_key.columns)
    wanted = {column.name: column for column in (*columns, *keys)}
    view = sa.table(VIEW, *(sa.column(name, column.type) for name, column in wanted.items()))
    await take_on(tx, owned, list(wanted), member_id)
    order = [view.c[column.name] for column in keys]
    rows = await tx.run(sa.select(view).order_by(*order).offset(max(skip, 0)).limit(most))
    found = [dict(row) for row in rows.mappings()]
    await tx.run(sa.text("RESET ROLE"))
    await tx.run(sa.text(f"DROP VIEW {VIEW}"))
    return found


async def stream(
    tx: Tx, owned: OwnedTable, columns: Sequence[sa.Column[Any]], member_id: UUID, within: sa.ColumnElement[bool]
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """All rows of a person's that a condition allows, `PAGE` at a time, in the order of the key. Raises NoReader."""
    keys = list(owned.table.primary_key.columns)
    wanted = {column.name: column for column in (*columns, *keys)}
    view = sa.table(VIEW, *(sa.column(name, column.type) for name, column in wanted.items()))
    await take_on(tx, owned, list(wanted), member_id, within)
    everything = sa.select(view).order_by(*(view.c[column.name] for column in keys))
    result = await tx.connection.stream(everything.execution_options(yield_per=PAGE))
    async for page in result.mappings().partitions():
        yield [dict(row) for row in page]
    await tx.run(sa.text("RESET ROLE"))
    await tx.run(sa.text(f"DROP VIEW {VIEW}"))


async def take_on(
    tx: Tx, owned: OwnedTable, names: Sequence[str], member_id: UUID, within: sa.ColumnElement[bool] | None = None
) -> None:
    """Make the view of one reading, and be its reader until the role is given back. Raises NoReader."""
    try:
        await tx.run(sa.text(_view(owned, names, member_id, within)))
        await tx.run(sa.text(f"GRANT SELECT ON {VIEW} TO {READER}"))
        await tx.run(sa.text(f"SET LOCAL ROLE {READER}"))
    except ProgrammingError as error:
        raise NoReader from error


def _view(owned: OwnedTable, names: Sequence[str], member_id: UUID, within: sa.ColumnElement[bool] | None) -> str:
    """The view of one reading. Its barrier keeps conditions of a statement from seeing rows that it hides."""
    named = ", ".join(f'"{name}"' for name in names)
    condition = owned.of(member_id) if within is None else sa.and_(owned.of(member_id), within)
    mine = condition.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    return f'CREATE TEMP VIEW {VIEW} WITH (security_barrier) AS SELECT {named} FROM "{owned.name}" WHERE {mine}'  # noqa: S608


_DIALECT = sa.dialects.postgresql.dialect()  # type: ignore[no-untyped-call]
