"""The bell: how many notices are new, to every page that a member has open in this process, as it changes.

One connection a cell listens for all. A page is rung, and reads the number itself: rung ten times at once, it reads once. What
was missed while that connection was away is read with the next sign of life. Where nothing may rise by itself, nothing is sent.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from uuid import UUID

from kept.accounts import Session
from kept.cells import OpenPage, OpenPages
from kept.kit import Clock
from kept.notices.choices import choices_of, is_quiet
from kept.notices.reading import unread
from kept.notices.storing import CHANNEL
from kept.policy import Account, Action, require

HEARTBEAT_SECONDS = 15.0
GATHER_SECONDS = 0.05


class Bells:
    """The pages that are open in this process, by cell and member."""

    def __init__(self) -> None:
        self._pages: OpenPages[OpenPage] = OpenPages(CHANNEL, _ring)
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
        page = OpenPage()
        async with self._pages.opened(reader.cell, reader.member_id, page):
            told: int | None = None
            while not (self._closed or page.over):
                page.woken.clear()
                number = await _number(reader, told, now=clock.now())
                yield None if number == told else number
                told = number
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(page.woken.wait(), heartbeat)
                    await asyncio.sleep(GATHER_SECONDS)

    def end(self, member_id: UUID) -> None:
        """End the streams of a member."""
        self._pages.end(member_id)

    async def close(self) -> None:
        """End every stream."""
        self._closed = True
        await self._pages.close()


def _ring(pages: Mapping[UUID, Mapping[OpenPage, None]], payload: str) -> None:
    with contextlib.suppress(ValueError):
        for page in pages.get(UUID(payload), ()):
            page.woken.set()


async def _number(reader: Session, told: int | None, *, now: datetime) -> int | None:
    """How many are new; what was told before, as long as nothing may rise."""
    number = await unread(reader, now=now)
    if number <= (told or 0) or not is_quiet(reader, await choices_of(reader), now):
        return number
    return told
