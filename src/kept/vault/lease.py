"""How a destruction reaches every process that has keys in memory, before it is reported as done.

The key store counts its destructions (`key_store.generation`), and what else makes keys in memory stale: members who
moved to another cell, a rotation. A process that caches keys is a *reader*: its row in
`key_reader` says up to which generation it has forgotten what was destroyed. The rules:

1. A reader trusts its cache only for `lease_seconds` after it *asked*, and only if the answer, one snapshot, showed
   that its own row had reached the present generation.
2. A notification wakes the reader, which reads the tombstones that it has not seen, forgets those keys, and says so.
3. Whoever destroys a key commits first, then waits until each reader's row has reached the new generation, or until the
   longest lease has passed since the commit; then it removes the rows of those that never answered.

So when `KeyStoreReaders.settle` returns, no process opens anything with the destroyed key, not even one that hangs or is
cut off: it would have to ask again first. Only spans of one machine's monotonic clock count; clocks may step and disagree.
While nothing is destroyed, a reader costs one read of one row every third of a lease, and nothing while it holds no key.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import asyncpg
import structlog

from kept.kit import Clock
from kept.kit.database import DATABASE_AWAY
from kept.vault.cache import KeyCache
from kept.vault.readers import AT_ONCE, Readers

_log = structlog.get_logger()

LEASE_SECONDS = 5.0


class Lease:
    """One reader's right to trust `cache`. `until` (monotonic seconds) is compared on the hot path."""

    def __init__(
        self,
        readers: Readers,
        cache: KeyCache,
        clock: Clock,
        *,
        seconds: float = LEASE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.until = 0.0
        self._readers = readers
        self._cache = cache
        self._clock = clock
        self._seconds = seconds
        self._monotonic = monotonic
        self.reader_id = uuid4()
        self._seen = -1
        self._asking = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def is_good(self) -> bool:
        """Whether the cache may be trusted now."""
        return self.until > self._monotonic()

    def start(self) -> None:
        """Listen for destructions, and renew while the cache holds keys."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_up(), name="vault lease")

    async def close(self) -> None:
        """Stop trusting the cache, and take the reader's row away, so that nobody waits for it."""
        self.until = 0.0
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        # A row that stays makes the next destruction wait for one lease, and no more.
        with contextlib.suppress(*DATABASE_AWAY, asyncpg.PostgresError):
            await self._readers.withdraw(self.reader_id)

    async def renew(self) -> bool:
        """Ask, forget what was destroyed, and say so; whether the cache may be trusted again.

        False, and nothing is broken, where destructions come so fast that no answer is the latest: keys are then read
        from the store each time.
        """
        if self._task is not None and self._task.done():
            self._task.result()  # it ends by an error only: raise that here rather than fall silent
        async with self._asking:
            for _ in range(3):
                if await self._ask():
                    return True
            return self.is_good()

    async def _ask(self) -> bool:
        asked = self._monotonic()
        self._cache.sweep()
        found = await self._readers.look(self.reader_id, self._seen, AT_ONCE + 1)
        if found.generation != self._seen:
            self._obey(found.generation, found.shredded)
        if found.seen == self._seen:
            self.until = asked + self._seconds
            return True
        await self._readers.say(self.reader_id, self._seen, self._seconds, self._clock.now())
        return False

    def _obey(self, generation: int, shredded: list[UUID]) -> None:
        # A store that went back (a restored one) has other tombstones than we know of. And a generation without one
        # means: keys were moved away or wrapped anew.
        if len(shredded) != generation - self._seen or len(shredded) > AT_ONCE:
            self._cache.forget_all()
        else:
            self._cache.forget(shredded)
        self._seen = generation

    async def _keep_up(self) -> None:
        wake = asyncio.Event()
        async with self._readers.listening(wake):
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._seconds / 3):
                        await wake.wait()
                if wake.is_set() or self._cache.entries:
                    wake.clear()
                    await self._try_to_renew()

    async def _try_to_renew(self) -> None:
        """Renew; where the store can't answer, the lease runs out, and whoever needs a key meets the error."""
        try:
            await self.renew()
        except (*DATABASE_AWAY, asyncpg.PostgresError) as error:
            _log.warning("vault.lease_not_renewed", error=type(error).__name__)
