"""A cell, and the transaction that every verb is handed.

async with cell.begin() as tx:                      # the edge opens it, and so commits it
    await publish(tx, video_id, actor=actor, now=now)
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.catalog.tables import RESIDENT
from kept.cells.departures import HomeMoved, has_departed
from kept.cells.models import GuardRefusal
from kept.kit import Database, KeptError, Kind, SystemClock, new_id
from kept.kit.objects import Objects
from kept.ledger import Entry, recorded

_log = structlog.get_logger()


class OwnerElsewhere(KeptError):
    """Promise `residency.home`: a private row is written in its owner's home cell, or not at all."""

    code = "owner_elsewhere"
    kind = Kind.BUG
    message = "This belongs to somebody whose home is in another region, so nothing was stored."


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction in one cell."""

    cell: "Cell"
    connection: AsyncConnection

    async def run(self, statement: sa.Executable, values: Any = None) -> sa.CursorResult[Any]:
        """Execute one statement.

        Raises:
            OwnerElsewhere: it would write a private row of somebody whose home is not here.
        """
        try:
            return await self.connection.execute(statement, values)
        except IntegrityError as error:
            table = _refused_table(error)
            if table is None:
                raise
            raise OwnerElsewhere(table=table) from error

    async def act(self, statement: Any, *entries: Entry, now: datetime) -> Sequence[sa.Row[Any]]:
        """Execute an INSERT, UPDATE or DELETE and record it: act and ledger entries are one statement.

        Returns what the statement returns (it must have a RETURNING clause); an act that touched no row records nothing.
        """
        result = await self.run(recorded(statement, entries, cell=self.cell.name, now=now))
        return result.all()


class KeysApart(KeptError):
    """Promise `access.encrypted`: a process that answers people has no way to a key store, so nothing can be got out of it."""

    code = "keys_apart"
    kind = Kind.BUG
    message = "This process holds no keys, and can't reach the key store of {cell}: `kept vault` does."


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a database, a key store and an object store of its own."""

    name: str
    region: str
    database: Database
    key_store: Database | None
    """None in a process that holds no keys."""
    objects: Objects
    neighbours: tuple[str, ...] = ()
    """The names of all other cells."""

    @property
    def keys_database(self) -> Database:
        """The key store. Raises KeysApart."""
        if self.key_store is None:
            raise KeysApart(cell=self.name)
        return self.key_store

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """A transaction, committed when the block ends. A refusal by the guard is logged after the roll-back.

        Raises:
            HomeMoved: the row's owner has just moved to another cell.
        """
        try:
            async with self.database.begin() as connection:
                yield Tx(self, connection)
        except OwnerElsewhere as error:
            if isinstance(error.__cause__, IntegrityError) and await has_departed(self.database, error.__cause__):
                raise HomeMoved from error
            await self._log_refusal(str(error.details["table"]))
            raise

    async def _log_refusal(self, table: str) -> None:
        async with self.database.begin() as connection:
            await log_refusal(Tx(self, connection), table, now=SystemClock().now())

    async def close(self) -> None:
        """Return every connection."""
        await self.database.close()
        if self.key_store is not None:
            await self.key_store.close()


async def log_refusal(tx: Tx, table: str, *, now: datetime) -> None:
    """Put on record that the guard refused a row."""
    _log.warning("residency.write_refused", cell=tx.cell.name, table=table)
    refusal = sa.insert(GuardRefusal).values(refusal_id=new_id(), table=table, refused_at=now)
    entry = Entry("residency.write_refused", object=f"table:{table}")
    await tx.act(refusal.returning(GuardRefusal.refusal_id), entry, now=now)


def _refused_table(error: IntegrityError) -> str | None:
    """The table whose foreign key to `resident` refused the row; None for any other violation."""
    cause = getattr(error.orig, "__cause__", None)
    name = getattr(cause, "constraint_name", None) or ""
    prefix = RESIDENT + "_"
    return name.removeprefix(prefix) if name.startswith(prefix) else None
