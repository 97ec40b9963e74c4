"""What a reader of keys asks of the key store, and tells it: the questions behind a lease (`lease.py`).

Behind a port, for a process that has no key store to ask: it is a reader like any other, and the vault asks on its behalf.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from kept.kit import Database

CHANNEL = "key_shredded"
_MARGIN_SECONDS = 0.5
"""For the little by which monotonic clocks of two machines run apart during a lease."""
AT_ONCE = 1_000
"""More destructions than this since the last look: forget everything instead of each."""

_LOOK = """
SELECT generation, (SELECT seen FROM key_reader WHERE reader_id = $1) AS seen,
  ARRAY(SELECT member_id FROM shredded_key WHERE generation > $2 ORDER BY generation LIMIT $3) AS shredded
FROM key_store
"""
_SAY = """
INSERT INTO key_reader (reader_id, seen, lease_seconds, seen_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (reader_id) DO UPDATE SET seen = excluded.seen, seen_at = excluded.seen_at
"""
_BEHIND = "SELECT count(*) AS readers, max(lease_seconds) AS lease FROM key_reader WHERE seen < $1 AND reader_id <> $2"
_REMOVE_BEHIND = "DELETE FROM key_reader WHERE seen < $1 AND reader_id <> $2"


class Look(msgspec.Struct, frozen=True):
    """One snapshot of what was destroyed."""

    generation: int
    seen: int | None
    """How far the reader said that it had got."""
    shredded: list[UUID]


class Readers(Protocol):
    """Where readers look, and say how far they are. Raises, from every verb: DatabaseAway."""

    async def look(self, reader_id: UUID, seen: int, limit: int) -> Look:
        """What was destroyed after generation `seen`: ids up to `limit`."""
        ...

    async def say(self, reader_id: UUID, seen: int, seconds: float, at: datetime) -> None:
        """The reader has forgotten what was destroyed up to generation `seen`, and trusts its memory for `seconds`."""
        ...

    async def withdraw(self, reader_id: UUID) -> None:
        """The reader has forgotten everything: nobody has to wait for it."""
        ...

    def listening(self, wake: asyncio.Event) -> AbstractAsyncContextManager[None]:
        """Set `wake` whenever there may be something to look at."""
        ...


class KeyStoreReaders:
    """See `Readers`: the readers of one key store, asked directly."""

    def __init__(self, store: Database) -> None:
        self._store = store

    async def look(self, reader_id: UUID, seen: int, limit: int) -> Look:
        [found] = await self._store.fetch(_LOOK, reader_id, seen, limit)
        return Look(found["generation"], found["seen"], found["shredded"])

    async def say(self, reader_id: UUID, seen: int, seconds: float, at: datetime) -> None:
        await self._store.fetch(_SAY, reader_id, seen, seconds, at)

    async def withdraw(self, reader_id: UUID) -> None:
        await self._store.fetch("DELETE FROM key_reader WHERE reader_id = $1", reader_id)

    def listening(self, wake: asyncio.Event) -> AbstractAsyncContextManager[None]:
        return self._store.listening(CHANNEL, wake)

    async def settle(
        self, generation: int, *, but: UUID, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Wait until no reader `but` this one can open anything with a key destroyed up to `generation`, just committed."""
        committed = monotonic()
        pause = 0.002
        while True:
            [behind] = await self._store.fetch(_BEHIND, generation, but)
            if not behind["readers"]:
                return
            if monotonic() - committed > behind["lease"] + _MARGIN_SECONDS:
                await self._store.fetch(_REMOVE_BEHIND, generation, but)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.1)
