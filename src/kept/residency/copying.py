"""Rows from one cell to another, in PostgreSQL's binary COPY form: taken, given, and read back to the bit.

Both ends are handed open transactions. The digest of a table is the SHA-256 of its rows in the order of their keys, as
COPY writes them; the same bytes are read back from where they went, so nothing that a server or a driver might do to a
value on the way goes unnoticed.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

import asyncpg

from kept.catalog.tables import RESIDENT
from kept.kit import KeptError, Kind
from kept.residency.tables import Travelling, travelling

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"


class CopyDiffers(KeptError):
    """The rows at the new home are not those of the old one; the home is not switched, and nothing is deleted."""

    code = "copy_differs"
    kind = Kind.BUG
    message = "What arrived of {table} is not what left: {what}. Nothing was switched or deleted."


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows of one table, as COPY wrote them."""

    table: Travelling
    rows: int
    data: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of the rows."""
        return sha256(self.data).digest()


async def take(connection: Connection, members: Sequence[UUID]) -> list[Taken]:
    """Delete the members' rows in the open transaction, and return them: `resident` first, in an order that can be given.

    What refers to others is deleted before them. A row that somebody is changing is waited for.
    """
    tables = travelling()
    rest = [table for table in tables if table.name != RESIDENT]
    taken = {table.name: await _read(connection, table, table.taking(members)) for table in reversed(rest)}
    taken[RESIDENT] = await _read(connection, tables[0], tables[0].taking(members))
    return [taken[table.name] for table in tables]


async def give(connection: Connection, taken: Sequence[Taken], members: Sequence[UUID]) -> None:
    """Insert the rows in the open transaction, and read them back. Raises CopyDiffers."""
    await clear(connection, members)
    for one in taken:
        if one.rows:
            source = io.BytesIO(one.data)
            columns = list(one.table.columns)
            await connection.copy_to_table(one.table.name, source=source, columns=columns, format="binary")
            there = await _read(connection, one.table, one.table.rows_of(members))
            if there.rows != one.rows:
                raise CopyDiffers(table=one.table.name, what=f"{there.rows} rows instead of {one.rows}")
            if there.data != one.data:
                raise CopyDiffers(table=one.table.name, what="another digest")


async def clear(connection: Connection, members: Sequence[UUID]) -> int:
    """Delete what a move that was undone may have left of the members here; returns how many of them had any."""
    rows = await connection.fetch(f"SELECT member_id FROM {RESIDENT} WHERE member_id = ANY($1)", list(members))  # noqa: S608
    left = [row["member_id"] for row in rows]
    if left:
        for table in reversed(travelling()):
            await connection.execute(table.removing(left))
    return len(left)


async def count(connection: Connection, members: Sequence[UUID]) -> dict[str, int]:
    """How many rows the members have here, by table; tables without any are left out."""
    found = {}
    for table in travelling():
        sql = f"SELECT count(*) FROM ({table.rows_of(members)}) AS r"  # noqa: S608
        if number := await connection.fetchval(sql):
            found[table.name] = int(number)
    return found


async def _read(connection: Connection, table: Travelling, sql: str) -> Taken:
    pieces: list[bytes] = []

    async def keep(piece: bytes) -> None:
        pieces.append(piece)

    done = await connection.copy_from_query(sql, output=keep, format="binary")
    return Taken(table, int(done.removeprefix("COPY ")), b"".join(pieces))


