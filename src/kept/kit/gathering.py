"""Doing many things as one: whoever comes while a batch is under way is part of the next.

One who is alone waits for nobody; the more come at once, the larger the batches, and the less each costs.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Gathering(Generic[T, R]):
    """Hands items to `do`, up to `most` at a time, in at most `lanes` batches at once.

    `do` answers with one result an item, in order; an exception among them is raised to the one whose item it is.
    """

    def __init__(
        self, do: Callable[[Sequence[T]], Awaitable[Sequence[R | BaseException]]], *, most: int, lanes: int = 1
    ) -> None:
        self._do = do
        self._most = most
        self._free = lanes
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def one(self, item: T) -> R:
        """The result for an item. Raises what `do` raises or gives for it."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._free:
            self._free -= 1
            task = asyncio.create_task(self._lane())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _lane(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
                await self._run(batch)
        finally:
            self._free += 1

    async def _run(self, batch: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        results: Sequence[R | BaseException]
        try:
            results = await self._do([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001  raised again, to everybody who waits
            results = [error] * len(batch)
        for (_, future), result in zip(batch, results, strict=True):
            if future.done():  # whoever waited is gone
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)
