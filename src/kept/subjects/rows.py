"""Erasing a person's rows in one database with an annotated schema, and their name in what others keep.

Everything happens in the caller's transaction. One statement a table, whatever the number of its rows: memory stays flat.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.catalog import Level
from kept.catalog.law import Erasure
from kept.kit import Fatal
from kept.subjects.deriving import Held, OwnedTable, PersonId, owned_tables, rule_of


class What(StrEnum):
    """How erasure ended for one table, or for another place where data is kept."""

    ERASED = "erased"
    NOTHING_FOUND = "nothing_found"
    ANONYMISED = "anonymised"
    HELD = "held"
    """A legal hold keeps some of it."""
    REFUSED = "refused"
    """Something keeps it that we could not undo: rows of others hang on it."""
    UNREACHABLE = "unreachable"
    """It could not be asked; nothing is complete before it was."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done in one place. `rows` were erased or made anonymous, `left` are still there."""

    where: str
    what: What
    rows: int = 0
    left: int = 0


class CannotAnonymise(Fatal):
    """A table's law asks for what its columns do not allow."""

    def __init__(self, *, table: str, column: str) -> None:
        super().__init__(f"rows of {table} are to be made anonymous, but its column {column} can't be emptied")


async def erase_rows(
    connection: AsyncConnection, tables: Sequence[OwnedTable], person: PersonId, held: Held | None = None
) -> list[Outcome]:
    """Erase a person's rows as each table's law says; `tables` as `owned_tables` gives them. Returns one outcome a table."""
    held = held or Held()
    done = [await _erase(connection, table, person, held) for table in reversed(tables)]
    return list(reversed(done))


async def forget_name(
    connection: AsyncConnection, metadata: sa.MetaData, person: PersonId, *, salt: str | None = None
) -> list[Outcome]:
    """Take a person's id out of what other people keep: “somebody whose account is gone”, another one for each of them.

    `salt` makes the ids that stand for them, and must be forgotten afterwards; one is drawn if none is given.
    """
    salt = salt or secrets.token_hex(16)
    done = []
    for table in owned_tables(metadata):
        changed = 0
        for column in table.others:
            changed += (await connection.execute(_unnaming(table, column, person, salt))).rowcount
        if table.others:
            done.append(Outcome(table.name, What.ANONYMISED if changed else What.NOTHING_FOUND, changed))
    return done


async def objects_of(
    connection: AsyncConnection, tables: Sequence[OwnedTable], person: PersonId, held: Held
) -> list[str]:
    """The keys of the objects that a person's rows name, but those that are held."""
    keys: set[str] = set()
    for table in tables:
        free = sa.and_(table.of(person), sa.not_(table.stays(held)) if held.anything else sa.true())
        for column in table.objects:
            rows = await connection.execute(sa.select(column).where(free, column.is_not(None)))
            keys |= set(rows.scalars())
    return sorted(keys)


async def count_rows(connection: AsyncConnection, tables: Sequence[OwnedTable], person: PersonId) -> dict[str, int]:
    """How many rows a person has, by table; tables without any are left out."""
    found = {}
    for table in tables:
        counted = sa.select(sa.func.count()).select_from(table.table).where(table.of(person))
        if number := (await connection.execute(counted)).scalar_one():
            found[table.name] = int(number)
    return found


async def _erase(connection: AsyncConnection, table: OwnedTable, person: PersonId, held: Held) -> Outcome:
    mine, how = table.of(person), table.law.erasure
    if how is Erasure.SHRED and not held.anything:
        return await _left(connection, table, mine, What.ERASED, 0)  # unreadable since the key is gone
    anonymise = how is Erasure.ANONYMISE
    if not (anonymise or held.anything):
        all_gone = await _delete_all(connection, table, mine)
        if all_gone is not None:
            return Outcome(table.name, What.ERASED if all_gone else What.NOTHING_FOUND, all_gone)
    gone = 0
    if not held.everything:
        free = sa.and_(mine, sa.not_(table.stays(held)))
        statement = _emptying(table, free) if anonymise else sa.delete(table.table).where(free)
        gone = (await connection.execute(statement)).rowcount
    done = What.ANONYMISED if anonymise else What.ERASED
    if not table.may_stay(held):
        return Outcome(table.name, done if gone else What.NOTHING_FOUND, gone)
    return await _left(connection, table, mine, done, gone, kept=What.HELD if held.anything else What.REFUSED)


async def _delete_all(connection: AsyncConnection, table: OwnedTable, mine: sa.ColumnElement[bool]) -> int | None:
    """Delete without looking for what still refers to a row; None, and nothing is done, if the database finds something.

    It looks in any case, and mostly finds nothing: what refers to the row has just been deleted.
    """
    statement = sa.delete(table.table).where(mine)
    if not table.may_stay(Held()):
        return (await connection.execute(statement)).rowcount
    try:
        async with connection.begin_nested():
            return (await connection.execute(statement)).rowcount
    except sa.exc.IntegrityError:
        return None


async def _left(
    connection: AsyncConnection,
    table: OwnedTable,
    mine: sa.ColumnElement[bool],
    done: What,
    gone: int,
    kept: What | None = None,
) -> Outcome:
    counted = sa.select(sa.func.count()).select_from(table.table).where(mine)
    left = int((await connection.execute(counted)).scalar_one())
    if left:
        return Outcome(table.name, kept or done, gone, left if kept else 0)
    return Outcome(table.name, done if gone else What.NOTHING_FOUND, gone)


def _emptying(table: OwnedTable, free: sa.ColumnElement[bool]) -> sa.Update:
    """Rows stay, without whose they were: what is confidential is emptied, and their owner is nobody."""
    values: dict[str, object] = {}
    for column in table.table.c:
        if column.name == table.owner:
            values[column.name] = None if column.nullable else _nobody(table, column)
        elif rule_of(column).level >= Level.CONFIDENTIAL:
            if not column.nullable:
                raise CannotAnonymise(table=table.name, column=column.name)
            values[column.name] = None
    return sa.update(table.table).where(free).values(values)


def _nobody(table: OwnedTable, column: sa.Column[Any]) -> UUID:
    """An id that stands for nobody, where one may stand. Raises CannotAnonymise."""
    if column.foreign_keys or not isinstance(column.type, sa.Uuid):
        raise CannotAnonymise(table=table.name, column=column.name)
    return uuid4()


def _unnaming(table: OwnedTable, column: sa.Column[Any], person: PersonId, salt: str) -> sa.Delete | sa.Update:
    named = column == person
    if rule_of(column).goes_with_other:
        return sa.delete(table.table).where(named)
    if column.nullable:
        return sa.update(table.table).where(named).values({column.name: None})
    owner = sa.cast(table.table.c[table.owner], sa.Text)
    nobody = sa.cast(sa.func.md5(sa.literal(salt) + owner), sa.Uuid)
    return sa.update(table.table).where(named).values({column.name: nobody})
