"""The bell: how many notices are new, to every page that a member has open in this process, as it changes.

One connection a cell listens for all. A page is rung, and reads the number itself: rung ten times at once, it reads once. What
was missed while that connection was away is read with the next sign of life. Where nothing may rise by itself, nothing is sent.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import datetime
from uuid import UUID

from kept.accounts import Session
from kept.cells import Cell
from kept.kit import Clock
from kept.notices.choices import choices_of, is_quiet
from kept.notices.reading import unread
from kept.notices.storing import CHANNEL
from kept.policy import Account, Action, require

PAGES = 10
"""A member may have so many open in a process; one more ends the oldest."""
HEARTBEAT_SECONDS = 15.0
GATHER_SECONDS = 0.05


class _Page:
    """One open page."""

    def __init__(self) -> None:
        self.over = False
        self.rung = asyncio.Event()

    def end(self) -> None:
        self.over = True
        self.rung.set()


class Bells:
    """The pages that are open in this process, by cell and member."""

    def __init__(self) -> None:
        self._pages: dict[str, dict[UUID, dict[_Page, None]]] = {}
        self._listening: dict[str, asyncio.Task[None]] = {}
        self._ready: dict[str, asyncio.Event] = {}
        self._closed = False

    def numbers(
        self, reader: Session, clock: Clock, *, heartbeat: float = HEARTBEAT_SECONDS
    ) -> AsyncGenerator[int | None, None]:
        """How many are new, now and whenever that changes; None is a sign of life.

        Raises:
            Refused: at once, not when the first number is asked for.
        """
        require(reader.actor, Action.BE_NOTIFIED, Account(undoes_guardian=False))
        return self._numbers(reader, clock, heartbeat)

    async def _numbers(self, reader: Session, clock: Clock, heartbeat: float) -> AsyncGenerator[int | None, None]:
        page = self._opened(reader)
        try:
            await self._listen(reader.cell)
            told: int | None = None
            while not (self._closed or page.over):
                page.rung.clear()
                number = await _number(reader, told, now=clock.now())
                yield None if number == told else number
                told = number
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(page.rung.wait(), heartbeat)
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            self._gone(reader, page)

    def end(self, member_id: UUID) -> None:
        """End the streams of a member."""
        for pages in self._pages.values():
            for page in pages.get(member_id, ()):
                page.end()

    async def close(self) -> None:
        """End every stream."""
        self._closed = True
        for pages in self._pages.values():
            for page in (page for mine in pages.values() for page in mine):
                page.end()
        for task in self._listening.values():
            task.cancel()
        await asyncio.gather(*self._listening.values(), return_exceptions=True)

    def _opened(self, reader: Session) -> _Page:
        mine = self._pages.setdefault(reader.cell.name, {}).setdefault(reader.member_id, {})
        while len(mine) >= PAGES:
            oldest = next(iter(mine))
            oldest.end()
            del mine[oldest]
        mine[page := _Page()] = None
        return page

    def _gone(self, reader: Session, page: _Page) -> None:
        pages = self._pages[reader.cell.name]
        mine = pages.get(reader.member_id, {})
        mine.pop(page, None)
        if not mine:
            pages.pop(reader.member_id, None)

    async def _listen(self, cell: Cell) -> None:
        """Listen in a cell, once; returns when it is listened."""
        if cell.name not in self._listening:
            self._ready[cell.name] = asyncio.Event()
            self._listening[cell.name] = asyncio.create_task(self._hear(cell))
        await self._ready[cell.name].wait()

    async def _hear(self, cell: Cell) -> None:
        pages = self._pages.setdefault(cell.name, {})

        def ring(payload: str) -> None:
            with contextlib.suppress(ValueError):
                for page in pages.get(UUID(payload), ()):
                    page.rung.set()

        def connected(up: bool) -> None:
            if up:  # also when the connection is back: what was told meanwhile is lost
                for page in (page for mine in pages.values() for page in mine):
                    page.rung.set()
                self._ready[cell.name].set()

        async with cell.database.hearing(CHANNEL, ring, connected):
            await asyncio.Event().wait()  # until cancelled


async def _number(reader: Session, told: int | None, *, now: datetime) -> int | None:
    """How many are new; what was told before, as long as nothing may rise."""
    number = await unread(reader, now=now)
    if number <= (told or 0) or not is_quiet(reader, await choices_of(reader), now):
        return number
    return told
