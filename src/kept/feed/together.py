"""Asking together: of those who want the same at the same time, one asks for all.

Nobody is given an answer to a question that was put before theirs: whoever comes while a question is under way waits for the
next one, together with all others who came meanwhile. So what was withdrawn before somebody asked is not in their answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """Questions under way, and those that come after them, by what is asked."""

    def __init__(self) -> None:
        self._asked: dict[Hashable, asyncio.Task[T]] = {}
        self._next: dict[Hashable, asyncio.Task[T]] = {}

    async def ask(self, what: Hashable, how: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question that is put from now on. Raises whatever `how` raises, to all who asked."""
        task = self._next.get(what)
        if task is None:
            task = self._next[what] = asyncio.create_task(self._in_turn(what, how))
        return await asyncio.shield(task)

    async def _in_turn(self, what: Hashable, how: Callable[[], Awaitable[T]]) -> T:
        before = self._asked.get(what)
        if before is not None:
            await asyncio.wait([before])
        mine = self._asked[what] = self._next.pop(what)
        try:
            return await how()
        finally:
            if self._asked.get(what) is mine:
                del self._asked[what]
