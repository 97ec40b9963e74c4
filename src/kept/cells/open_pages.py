"""Pages that members have open in this process, and one connection a cell that listens for all of them.

What is heard over PostgreSQL's LISTEN wakes the pages that it concerns; each reads for itself what there is. While the
connection is away nothing is heard: when it is back, every page is told that it fell behind.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Generic, TypeVar
from uuid import UUID

from kept.cells.cell import Cell

PAGES = 10
"""A member may have so many of a kind open in a process; one more ends the oldest."""


class OpenPage:
    """One page. `woken` is set when there is something to look at, and when it is `over`."""

    def __init__(self) -> None:
        self.over = False
        self.woken = asyncio.Event()

    def end(self) -> None:
        """Nothing more is told."""
        self.over = True
        self.woken.set()

    def fall_behind(self) -> None:
        """What was told meanwhile may be lost."""
        self.woken.set()


P = TypeVar("P", bound=OpenPage)
Hear = Callable[[Mapping[UUID, Mapping[P, None]], str], None]
"""Tells the pages, by whose they are, what a payload says."""


class OpenPages(Generic[P]):
    """The open pages of a kind, by cell and member."""

    def __init__(self, channel: str, hear: Hear[P]) -> None:
        self._channel = channel
        self._hear = hear
        self._pages: dict[str, dict[UUID, dict[P, None]]] = {}
        self._listening: dict[str, asyncio.Task[None]] = {}
        self._ready: dict[str, asyncio.Event] = {}

    @asynccontextmanager
    async def opened(self, cell: Cell, member_id: UUID, page: P) -> AsyncIterator[None]:
        """While the block runs, the page hears what there is to hear; the block begins when it does."""
        pages = self._pages.setdefault(cell.name, {})
        mine = pages.setdefault(member_id, {})
        while len(mine) >= PAGES:
            oldest = next(iter(mine))
            oldest.end()
            del mine[oldest]
        mine[page] = None
        try:
            await self._listen(cell)
            yield
        finally:
            mine.pop(page, None)
            if not mine and pages.get(member_id) is mine:
                del pages[member_id]

    def end(self, member_id: UUID) -> None:
        """End the pages of a member."""
        for pages in self._pages.values():
            for page in pages.get(member_id, ()):
                page.end()

    async def close(self) -> None:
        """End every page, and listen no more."""
        for cell in self._pages:
            for page in self._all(cell):
                page.end()
        for task in self._listening.values():
            task.cancel()
        await asyncio.gather(*self._listening.values(), return_exceptions=True)

    async def _listen(self, cell: Cell) -> None:
        """Listen in a cell, once; returns when it is listened."""
        if cell.name not in self._listening:
            self._ready[cell.name] = asyncio.Event()
            self._listening[cell.name] = asyncio.create_task(self._hear_in(cell))
        await self._ready[cell.name].wait()

    async def _hear_in(self, cell: Cell) -> None:
        pages = self._pages.setdefault(cell.name, {})

        def connected(up: bool) -> None:
            if up:
                for page in self._all(cell.name):
                    page.fall_behind()
                self._ready[cell.name].set()

        async with cell.database.hearing(self._channel, lambda payload: self._hear(pages, payload), connected):
            await asyncio.Event().wait()  # until cancelled

    def _all(self, cell: str) -> Iterator[P]:
        return (page for mine in self._pages[cell].values() for page in mine)
