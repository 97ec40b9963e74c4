"""Live delivery: what happens in a member's mailbox, to every page that they have open in this process.

One connection a cell listens for all of them. Each page has a queue of notices that is bounded: whoever reads too slowly is
told to catch up from the database instead, which is also what happens after that connection was lost for a while. Event
ids are moments of arrival, so that who comes back gets what came meanwhile; nothing is missed, a message may come twice.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kept.accounts import Session
from kept.cells import OpenPage, OpenPages
from kept.messages.deciding import require_own
from kept.messages.mailbox import COLUMNS, Read, opened
from kept.messages.notices import CHANNEL, Kind, Notice
from kept.vault import Vault

WAITING = 256
"""Notices that a page may be behind."""
REPLAYED = 200
"""Messages that somebody who comes back is given; for more they read the pages."""
SLACK = timedelta(seconds=10)
"""Messages may become visible out of the order of their arrival, by the length of a transaction."""
HEARTBEAT_SECONDS = 15.0

_THESE = f"SELECT {COLUMNS} FROM message WHERE owner_id = $1 AND message_id = ANY($2) ORDER BY message_id"  # noqa: S608
_SINCE = f"""
SELECT {COLUMNS} FROM message WHERE owner_id = $1 AND arrived_at >= $2 AND peer_id IN
    (SELECT peer_id FROM conversation WHERE owner_id = $1 AND last_at >= $2)
ORDER BY message_id DESC LIMIT $3
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Happened:
    """Something for a page: a message that came or was sent, or what happened to one; `kind` None is a sign of life."""

    kind: Kind | None
    message_id: UUID | None = None
    message: Read | None = None

    @property
    def event_id(self) -> str | None:
        """What a page tells when it comes back."""
        return None if self.message is None else f"{self.message.arrived_at.timestamp():.6f}"


class _Page(OpenPage):
    """One open page, and what it has not told yet."""

    def __init__(self) -> None:
        super().__init__()
        self.notices: deque[Notice] = deque()
        self.behind = False

    def tell(self, notice: Notice) -> None:
        if len(self.notices) >= WAITING:
            self.fall_behind()
        else:
            self.notices.append(notice)
        self.woken.set()

    def fall_behind(self) -> None:
        """Everything is read from the database."""
        self.notices.clear()
        self.behind = True
        super().fall_behind()


class Live:
    """The pages that are open in this process, by cell and member."""

    def __init__(self, vaults: Mapping[str, Vault]) -> None:
        self._vaults = vaults
        self._pages: OpenPages[_Page] = OpenPages(CHANNEL, _hear)
        self._closed = False

    def events(
        self, reader: Session, *, since: str | None = None, now: datetime, heartbeat: float = HEARTBEAT_SECONDS
    ) -> AsyncGenerator[Happened, None]:
        """What happens in a member's mailbox from now on, or since an event, with a sign of life every so often.

        Raises:
            Refused: at once, not when the first event is asked for.
        """
        require_own(reader.actor)
        return self._events(reader, since, now, heartbeat)

    async def _events(
        self, reader: Session, since: str | None, now: datetime, heartbeat: float
    ) -> AsyncGenerator[Happened, None]:
        page = _Page()
        async with self._pages.opened(reader.cell, reader.member_id, page):
            last = _moment(since)
            page.behind = last is not None  # whoever opens a page has read what there was
            last = last or now
            yield Happened(None)
            while not (self._closed or page.over):
                for happened in await self._next(reader, page, last):
                    if happened.message is not None:
                        last = max(last, happened.message.arrived_at)
                    yield happened
                if not page.woken.is_set():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(page.woken.wait(), heartbeat)
                if not page.woken.is_set():
                    yield Happened(None)

    def end(self, member_id: UUID) -> None:
        """End the streams of a member."""
        self._pages.end(member_id)

    async def close(self) -> None:
        """End every stream."""
        self._closed = True
        await self._pages.close()

    async def _next(self, reader: Session, page: _Page, last: datetime) -> list[Happened]:
        page.woken.clear()
        behind, notices = page.behind, list(page.notices)
        page.behind = False
        page.notices.clear()
        if behind:
            rows = await reader.cell.database.fetch(_SINCE, reader.member_id, last - SLACK, REPLAYED)
            found = await opened(self._vaults[reader.cell.name], reader.member_id, rows[::-1])
            missed = [Happened(Kind.MESSAGE, one.message_id, one) for one in found]
            return missed + [Happened(one.kind, one.message_id) for one in notices if one.kind is not Kind.MESSAGE]
        if not notices:
            return []
        wanted = [one.message_id for one in notices if one.kind is Kind.MESSAGE]
        rows = await reader.cell.database.fetch(_THESE, reader.member_id, wanted) if wanted else []
        found = await opened(self._vaults[reader.cell.name], reader.member_id, rows)
        messages = {one.message_id: one for one in found}
        happened = []
        for notice in notices:
            if notice.kind is not Kind.MESSAGE:
                happened.append(Happened(notice.kind, notice.message_id))
            elif (message := messages.get(notice.message_id)) is not None:
                happened.append(Happened(Kind.MESSAGE, notice.message_id, message))
        return happened


def _hear(pages: Mapping[UUID, Mapping[_Page, None]], payload: str) -> None:
    for notice in Notice.read(payload):
        for page in pages.get(notice.owner_id, ()):
            page.tell(notice)


def _moment(event_id: str | None) -> datetime | None:
    try:
        return None if event_id is None else datetime.fromtimestamp(float(event_id), UTC)
    except (ValueError, OverflowError, OSError):
        return None
