"""The sequencer: carries what waits in the outboxes of all cells into the log, each entry exactly once.

Rows are locked while their entries are logged (SKIP LOCKED: a second sequencer takes others), and deleted when a
published checkpoint covers them. Killed in between, the next round finds them again and the log knows them by their id.
"""

import asyncio
import contextlib
from collections.abc import Sequence, Set
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import structlog

from kept.kit import Database, Fatal
from kept.kit.database import DATABASE_AWAY
from kept.ledger.entry import BadEntry, Waiting, read
from kept.ledger.head import Connection
from kept.ledger.log import Log

_log = structlog.get_logger()

BATCH = 4096
"""Entries taken from one cell in one round."""
LONGEST_PAUSE = 5.0
"""Seconds between rounds while something is down."""

PATIENCE = 5.0
"""Seconds that one cell may take to answer."""

_TROUBLE = (*DATABASE_AWAY, asyncpg.PostgresError)
_TAKE = "SELECT entry_id, payload FROM ledger_outbox ORDER BY entry_id LIMIT $1 FOR UPDATE SKIP LOCKED"
_DELETE = "DELETE FROM ledger_outbox WHERE entry_id = ANY($1::uuid[])"


@dataclass(frozen=True, slots=True)
class _Load:
    """What one cell's outbox held, locked until `held` is closed."""

    source: str
    entries: list[Waiting]
    connection: Connection
    held: AsyncExitStack

    async def forget(self, logged: Set[UUID]) -> None:
        """Delete what is logged. A cell that went away meanwhile offers it once more, and the log knows it."""
        try:
            # Losing this deletion in a crash is as harmless.
            await self.connection.execute("SET LOCAL synchronous_commit = off")
            await self.connection.execute(_DELETE, [one.entry_id for one in self.entries if one.entry_id in logged])
        except _TROUBLE as error:
            _log.warning("ledger.outbox_kept", source=self.source, error=type(error).__name__)

    async def release(self) -> None:
        """End the transaction."""
        with contextlib.suppress(*_TROUBLE):
            await self.held.aclose()


class Sequencer:
    """Drains the outboxes in `sources` (the cells' databases) into `log`, every `pool` seconds or at once while full."""

    def __init__(self, log: Log, sources: Sequence[Database], *, pool: float = 0.25) -> None:
        self._log = log
        self._sources = list(sources)
        self._pool = pool

    async def run(self) -> None:
        """Drain until cancelled. What is down is waited for; a `Fatal` of the log ends the run."""
        pause, opened = self._pool, False
        while True:
            try:
                if not opened:
                    await self._log.open()
                    opened = True
                count = await self.drain()
                pause = 0.0 if count >= BATCH else self._pool
            except Fatal:
                raise
            except Exception as error:  # noqa: BLE001  a job's edge: every entry is still in its outbox
                pause = min(LONGEST_PAUSE, 2 * max(pause, self._pool))
                _log.warning("ledger.round_failed", error=type(error).__name__, why=str(error), again_in=pause)
            await asyncio.sleep(pause)

    async def drain(self) -> int:
        """One round: log what waits, at most `BATCH` entries a cell. Returns how many were logged.

        A cell whose database is away is left out; its entries wait there.

        Raises: as `Log.append`, but for BadEntry.
        """
        loads: list[_Load] = []
        try:
            await asyncio.gather(*(_take(source, loads) for source in self._sources))
            logged = await self._append([one for load in loads for one in load.entries])
            for load in loads:
                await load.forget(logged)
            return len(logged)
        finally:
            for load in loads:
                await load.release()

    async def _append(self, batch: list[Waiting]) -> set[UUID]:
        """Log `batch`. What is no entry of ours stays in its outbox, and is spoken of in every round."""
        try:
            if batch:
                await self._log.append(batch)
        except BadEntry:
            batch = [one for one in batch if _is_ours(one)]
            await self._log.append(batch)
        return {one.entry_id for one in batch}


async def _take(source: Database, loads: list[_Load]) -> None:
    """Lock what waits in one cell, and add it to `loads`; a cell in trouble does not keep the others waiting."""
    try:
        async with AsyncExitStack() as held, asyncio.timeout(PATIENCE):
            pool = await source.pool()
            connection = await held.enter_async_context(pool.acquire())
            await held.enter_async_context(connection.transaction())
            rows = await connection.fetch(_TAKE, BATCH)
            if rows:
                entries = [Waiting(row["entry_id"], row["payload"]) for row in rows]
                loads.append(_Load(source.name, entries, connection, held.pop_all()))
    except _TROUBLE as error:
        _log.warning("ledger.source_away", source=source.name, error=type(error).__name__)


def _is_ours(one: Waiting) -> bool:
    try:
        good = read(one.payload).id == one.entry_id
    except BadEntry:
        good = False
    if not good:
        _log.error("ledger.foreign_entry", entry_id=str(one.entry_id))
    return good
