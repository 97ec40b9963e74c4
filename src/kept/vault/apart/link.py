"""The connection of one process to the vault: questions in a row without waiting for each, and a new one when it breaks.

Who asks while the vault is away is told so (VaultAway, which is busy for people), and nothing else is tried.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from kept.kit import Fatal, KeptError
from kept.kit.database import DatabaseAway
from kept.vault import errors
from kept.vault.apart.frames import BadFrame, FrameTooLong, framed, next_frame
from kept.vault.apart.messages import Ask, Refusal, Reply, Request
from kept.vault.apart.places import spelled
from kept.vault.errors import VaultAway, VaultFailed

AT_ONCE = 256
"""Questions under way; who asks more waits."""
ANSWER_SECONDS = 60.0
FIRST_SECONDS = 2.0
"""How long the first connection is tried for: processes that start together come up in any order."""
_AGAIN_SECONDS = 1.0
_PAUSE = 0.02

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Reply).decode
_ERRORS: dict[str, type[KeptError] | type[Fatal]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, KeptError | Fatal) and kind.__module__ == errors.__name__
} | {"DatabaseAway": DatabaseAway, "FrameTooLong": FrameTooLong}


class Link:
    """The vault at a socket. Connects at first use, and again after it broke off."""

    def __init__(self, path: Path, *, patience: float = FIRST_SECONDS) -> None:
        self._path = path
        self._patience = patience
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._connecting = asyncio.Lock()
        self._number = 0
        self._wakes: dict[str, set[asyncio.Event]] = {}

    async def ask(self, cell: str, ask: Ask) -> Any:
        """Ask the vault of a cell; the answer, of the type that the question says.

        Raises:
            VaultAway: nobody answers, or the connection broke off; whether it took effect is then not known.
            FrameTooLong: more than goes into one question.
            What the verb raises.
        """
        async with self._turns:
            reply = await self._exchanged(cell, ask)
        if reply.refusal is not None:
            raise error_of(reply.refusal)
        return msgspec.msgpack.decode(reply.answer, type=type(ask).answer)

    @asynccontextmanager
    async def listening(self, cell: str, wake: asyncio.Event) -> AsyncIterator[None]:
        """Set `wake` when something was destroyed in a cell, and whenever news may have been missed."""
        events = self._wakes.setdefault(cell, set())
        events.add(wake)
        try:
            yield
        finally:
            events.discard(wake)

    async def close(self) -> None:
        """Hang up."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
        self._hang_up()

    async def _exchanged(self, cell: str, ask: Ask) -> Reply:
        writer = self._writer or await self._connected()
        self._number += 1
        number = self._number
        frame = framed(_encode(Request(number, cell, ask)))  # type: ignore[arg-type]
        answered: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answered
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                writer.write(frame)
                await writer.drain()
                return await answered
        except (OSError, TimeoutError) as error:
            raise VaultAway from error
        finally:
            del self._waiting[number]
            if answered.done() and not answered.cancelled():
                answered.exception()  # it may be that nobody got to ask

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._connecting:
            if self._writer is None:
                until = time.monotonic() + self._patience
                self._patience = _AGAIN_SECONDS
                while self._writer is None:
                    try:
                        with spelled(self._path) as short:
                            reader, self._writer = await asyncio.open_unix_connection(short)
                        self._reading = asyncio.create_task(self._read(reader, self._writer), name="vault link")
                    except OSError as error:
                        if time.monotonic() > until:
                            raise VaultAway from error
                        await asyncio.sleep(_PAUSE)
                self._wake_all()
        return self._writer

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(BadFrame, msgspec.DecodeError, OSError):  # hanging up tells whoever waits
                while (frame := await next_frame(reader)) is not None:
                    self._take(_decode(frame))
        finally:
            if self._writer is writer:
                self._hang_up()

    def _take(self, reply: Reply) -> None:
        """Hand an answer to who waits for it, and news to who listens."""
        for cell in reply.wake:
            for wake in self._wakes.get(cell, ()):
                wake.set()
        waiting = self._waiting.get(reply.number)
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    def _hang_up(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(VaultAway())
        self._wake_all()

    def _wake_all(self) -> None:
        for events in self._wakes.values():
            for wake in events:
                wake.set()


def error_of(refusal: Refusal) -> KeptError | Fatal:
    """The error that the vault met, of its own class."""
    kind = _ERRORS.get(refusal.error, VaultFailed)
    return kind(refusal.said) if issubclass(kind, Fatal) else kind(**refusal.details)
