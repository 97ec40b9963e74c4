"""A canary: a text that the platform itself sends by the ordinary way, to look for it wherever it must not be.

Two members of the platform's own in each cell write to each other; they have a home and a key, but no account, so nobody
signs in as them and nobody finds them. The last few texts stay in memory and are looked for each time.
"""

import os
import re
import secrets
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from kept.cells import Cell, Cells, Home, NameTaken, admit
from kept.kit import new_id
from kept.messages.content import Content, digest_of, pack
from kept.messages.models import BODY
from kept.messages.opening import Messages
from kept.messages.storing import Letter

REMEMBERED = 10
MOST_BYTES = 1 << 30
"""Bytes looked through at a time."""
_CHUNK = 1 << 22
_FORGET = "DELETE FROM message WHERE owner_id = $1 AND message_id < $2"


@dataclass(frozen=True, slots=True)
class Canary:
    """A text that was sent (twice in one message, see `look`), and how it is stored."""

    text: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    sent_at: float
    """Seconds since 1970, by the machine's own clock, as files have it."""


@dataclass(slots=True)
class Looked:
    """What a look through files came to."""

    files: int = 0
    size: int = 0
    plain: list[str] = field(default_factory=list)
    """Files in which a text could be read."""
    sealed: int = 0
    """Files in which a stored value was seen, as it must be: else the look proved nothing."""
    unreadable: int = 0
    complete: bool = True


class Canaries:
    """The canaries that this process sent."""

    def __init__(self) -> None:
        self.sent: deque[Canary] = deque(maxlen=REMEMBERED)
        self._members: dict[str, tuple[UUID, UUID]] = {}

    async def send(self, messages: Messages, cells: Cells, cell: Cell, *, now: datetime) -> Canary:
        """Send one in a cell, and forget those before it there."""
        one, other = await self._pair(messages, cells, cell, now)
        began = time.time()
        text = b"canary " + secrets.token_hex(16).encode()
        body, message_id, vault = (
            pack(Content(text=f"{text.decode()} {text.decode()}")),
            new_id(),
            messages.vaults[cell.name],
        )
        sent = await vault.seal(one, BODY, message_id, body)
        received = await vault.seal(other, BODY, message_id, body)
        digest = digest_of(message_id, one, other, body)
        await messages.stores[cell.name].one(Letter(message_id, one, other, sent, received, digest, now))
        for member_id in (one, other):
            await cell.database.fetch(_FORGET, member_id, message_id)
        canary = Canary(text, bytes(sent), began)
        self.sent.append(canary)
        return canary

    async def _pair(self, messages: Messages, cells: Cells, cell: Cell, now: datetime) -> tuple[UUID, UUID]:
        if cell.name not in self._members:
            one, other = [await _member(messages, cells, cell, number, now) for number in (1, 2)]
            self._members[cell.name] = (one, other)
        return self._members[cell.name]


async def _member(messages: Messages, cells: Cells, cell: Cell, number: int, now: datetime) -> UUID:
    """One of the platform's own members in a cell; made once."""
    handle = f"canary-{cell.name}-{number}"  # with a hyphen, which no member's name can have
    home = await cells.directory.by_handle(handle)
    if home is None:
        home = Home(new_id(), cell.name)
        try:
            await cells.directory.claim(home, handle=handle, login=None, now=now)
        except NameTaken:  # another process was quicker
            return await _member(messages, cells, cell, number, now)
        await messages.vaults[cell.name].create(home.member_id)
        async with cell.begin() as tx:
            await admit(tx, home.member_id, cells.directory, now=now)
        await cells.directory.confirm(home.member_id, now=now)
    return home.member_id


def look(folders: list[Path], canaries: list[Canary], *, since: float) -> Looked:
    """Look for canaries in all files that were changed since a moment. Blocks: for a thread."""
    looked = Looked()
    texts = re.compile(b"|".join(re.escape(one.text) for one in canaries))
    newest = canaries[-1].sealed  # the write-ahead log cuts what crosses a page, so one of its ends has to be seen
    ends = re.compile(b"|".join(re.escape(piece) for piece in (newest[-60:], newest[-120:-60])))
    for path in _changed(folders, since):
        if looked.size > MOST_BYTES:
            looked.complete = False
            break
        try:
            _look_in(path, texts, ends, looked)
        except FileNotFoundError:
            continue
        except OSError:
            looked.unreadable += 1
    return looked


def _look_in(path: Path, texts: "re.Pattern[bytes]", ends: "re.Pattern[bytes]", looked: Looked) -> None:
    tail, seen = b"", False
    with path.open("rb") as file:
        looked.files += 1
        while piece := file.read(_CHUNK):
            looked.size += len(piece)
            window = tail + piece
            if texts.search(window) and str(path) not in looked.plain:
                looked.plain.append(str(path))
            seen = seen or ends.search(window) is not None
            tail = window[-128:]
    looked.sealed += seen


def _changed(folders: list[Path], since: float) -> Iterator[Path]:
    for top in (one for one in sorted(set(folders)) if not any(other in one.parents for other in folders)):
        for folder, _, names in os.walk(top):
            for name in names:
                path = Path(folder) / name
                try:
                    if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since - 2:
                        yield path
                except OSError:
                    continue
