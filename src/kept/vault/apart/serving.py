"""The vault's side of the socket: who may connect, what they may ask, and news of destructions to everybody."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Collection, Mapping

import asyncpg
import msgspec
import structlog

from kept.kit import Fatal, KeptError
from kept.kit.database import DATABASE_AWAY
from kept.vault.apart.answering import answer, refusal_of
from kept.vault.apart.frames import BadFrame, FrameTooLong, framed, next_frame
from kept.vault.apart.messages import FOR_SERVING, Ask, Refusal, Reply, Request
from kept.vault.errors import AskRefused
from kept.vault.holding import KeyHolder

_log = structlog.get_logger()

AT_ONCE = 64
"""Questions of one connection that are being answered; more are not read until some are done."""
CONNECTIONS = 64
_HALF_READ = 64 * 1024
_UNREAD = 1024 * 1024
_LAST_SECONDS = 2.0
_PEER = struct.Struct("3i")

_decode = msgspec.msgpack.Decoder(Request).decode
_encode = msgspec.msgpack.Encoder().encode


class VaultServer:
    """Answers the processes of `allowed` users, by number, what is among `asks`, for the vaults of some cells."""

    def __init__(
        self, vaults: Mapping[str, KeyHolder], *, allowed: Collection[int], asks: Collection[type[Ask]] = FOR_SERVING
    ) -> None:
        self._vaults = vaults
        self._allowed = frozenset(allowed)
        self._asks = frozenset(asks)
        self._open: dict[_Connection, asyncio.Task[None]] = {}

    async def run(self, listening: socket.socket) -> None:
        """Answer until cancelled."""
        server = await asyncio.start_unix_server(self._accept, sock=listening, limit=_HALF_READ)
        async with server, asyncio.TaskGroup() as group:
            for vault in self._vaults.values():
                group.create_task(self._tell(vault))
            try:
                await asyncio.get_running_loop().create_future()  # `serve_forever` would wait for those who ask to go
            finally:
                server.close()
                await self._hang_up()

    async def _hang_up(self) -> None:
        """Close every connection, and see it end."""
        for one in self._open:
            one.close()
        if self._open:
            await asyncio.wait(list(self._open.values()), timeout=_LAST_SECONDS)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        uid = peer_of(writer.get_extra_info("socket"))
        if uid not in self._allowed or len(self._open) >= CONNECTIONS:
            _log.warning("vault.connection_refused", uid=uid)
            writer.close()
            return
        connection = _Connection(self._vaults, self._asks, reader, writer)
        answering = self._open[connection] = asyncio.ensure_future(connection.run())
        try:
            await answering
        finally:
            del self._open[connection]

    async def _tell(self, vault: KeyHolder) -> None:
        """Pass on that something was destroyed: who has keys in memory looks, and says so, before anybody goes on."""
        wake = asyncio.Event()
        async with vault.readers.listening(wake):
            while True:
                await wake.wait()
                wake.clear()
                for one in self._open:
                    one.tell(vault.cell)


def peer_of(connected: socket.socket) -> int:
    """The user number of who is at the other end, as the kernel knows it (unix(7), SO_PEERCRED)."""
    found = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    return int(_PEER.unpack(found)[1])


class _Connection:
    """One process that asks."""

    def __init__(
        self,
        vaults: Mapping[str, KeyHolder],
        asks: frozenset[type[Ask]],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._vaults = vaults
        self._asks = asks
        self._reader = reader
        self._writer = writer
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                while (frame := await next_frame(self._reader)) is not None:
                    request = _decode(frame)
                    await self._turns.acquire()
                    group.create_task(self._reply(request))
        except* (BadFrame, msgspec.DecodeError):
            _log.warning("vault.malformed_frame")  # and not what was in it
        except* OSError as gone:
            _log.info("vault.asker_gone", errors=[type(one).__name__ for one in gone.exceptions])
        finally:
            self.close()

    def tell(self, cell: str) -> None:
        if self._writer.transport.get_write_buffer_size() > _UNREAD:
            self.close()  # who doesn't read is told by its lease, which runs out
            return
        self._writer.write(framed(_encode(Reply(0, wake=[cell]))))

    def close(self) -> None:
        self._writer.close()

    async def _reply(self, request: Request) -> None:
        try:
            reply = framed(_encode(await self._answered(request)))
        except FrameTooLong as error:
            reply = framed(_encode(Reply(request.number, refusal=refusal_of(error))))
        try:
            self._writer.write(reply)
            with contextlib.suppress(OSError):  # the asker went away; what it asked for is done
                await self._writer.drain()
        finally:
            self._turns.release()  # and not before: who doesn't read isn't read

    async def _answered(self, request: Request) -> Reply:
        try:
            if type(request.ask) not in self._asks:
                raise AskRefused(ask=type(request.ask).__name__)
            found = await answer(self._vaults, request.cell, request.ask)
        except (KeptError, Fatal) as error:
            if isinstance(error, Fatal):
                _log.error("vault.fatal", cell=request.cell, ask=type(request.ask).__name__, error=str(error))
            return Reply(request.number, refusal=refusal_of(error))
        except (*DATABASE_AWAY, asyncpg.PostgresError):
            return Reply(request.number, refusal=Refusal("DatabaseAway"))
        except Exception as error:  # noqa: BLE001  the edge of a process that answers others: one bad question must not end it
            _log.error("vault.failed", cell=request.cell, ask=type(request.ask).__name__, error=type(error).__name__)
            return Reply(request.number, refusal=Refusal("VaultFailed"))
        return Reply(request.number, msgspec.Raw(_encode(found)))
