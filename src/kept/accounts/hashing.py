"""Password hashes: argon2id (RFC 9106) in two threads of its own, never on the event loop.

Each hash takes 64 MiB and a tenth of a second of a core; so only two are made at a time, and who comes when too many wait
is told to come back. Memory and time are thus bounded, whoever knocks.
"""

import asyncio
import base64
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kept.kit import KeptError, Kind
from kept.kit.settings import Accounts as AccountSettings

T = TypeVar("T")

AT_ONCE = 2
WAITING = 64
"""How many may wait; at two hashes in 0.2 s, the last one waits about seven seconds."""


class TooBusy(KeptError):
    code = "too_busy"
    kind = Kind.BUSY
    message = "Very many people are signing in at this moment. Try again in a few seconds."


class Hasher:
    """Makes and checks password hashes with the costs that the settings name."""

    def __init__(self, settings: AccountSettings, *, waiting: int = WAITING) -> None:
        self._argon = PasswordHasher(time_cost=settings.argon2_time, memory_cost=settings.argon2_memory_kib, parallelism=1)
        self._nobody = _hash_of_nothing(self._argon)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._room = AT_ONCE + waiting
        self._lock = threading.Lock()

    async def hash(self, password: str) -> str:
        """An argon2id hash in PHC format. Raises TooBusy."""
        return await self.run(self._argon.hash, password)

    async def matches(self, hashed: str | None, password: str) -> bool:
        """Whether `password` is the one behind `hashed`. Takes as long when there is no hash. Raises TooBusy."""
        return await self.run(self._verify, hashed or self._nobody, password)

    def is_dated(self, hashed: str) -> bool:
        """Whether a hash was made with other costs than today's, so that it should be made again."""
        return self._argon.check_needs_rehash(hashed)

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Do other slow work on a password in the same threads, under the same bound. Raises TooBusy."""
        with self._lock:
            if self._room == 0:
                raise TooBusy
            self._room -= 1
        # The place is given back when the thread is done, not when the one who asked has gone away.
        future = self._threads.submit(work, *args)
        future.add_done_callback(self._give_back)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _give_back(self, _done: "Future[Any]") -> None:
        with self._lock:
            self._room += 1

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._argon.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def _hash_of_nothing(argon: PasswordHasher) -> str:
    """A hash that no password has and that costs as much to check: random bytes in PHC format."""
    salt, digest = (base64.b64encode(os.urandom(size)).rstrip(b"=").decode() for size in (argon.salt_len, argon.hash_len))
    return f"$argon2id$v=19$m={argon.memory_cost},t={argon.time_cost},p={argon.parallelism}${salt}${digest}"
