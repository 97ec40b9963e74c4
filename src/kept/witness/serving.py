"""HTTP/1.1 for a witness: three addresses, small bodies, patient with nobody.

    POST /add-checkpoint               c2sp.org/tlog-witness
    GET  /<hash of origin>/checkpoint  the newest cosigned checkpoint (monitoring prefix)
    GET  /                             who this is, and what it has seen, in words
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import h11

from kept.audit import Answer, Witness
from kept.audit.witness import LARGEST_REQUEST
from kept.kit import Fatal

LARGEST_HEAD = 8 * 1024
"""Bytes of a request line and its header fields."""
MOST_CONNECTIONS = 256
PATIENCE = 10.0
"""Seconds that a request may take to arrive, and an answer to be taken."""
IDLE = 75.0
"""Seconds that a connection may rest between requests; logs keep theirs open."""
_THREADS = 4


class Door:
    """Answers for one witness. `about` is the page at `/`, made anew for each visitor."""

    def __init__(self, witness: Witness, about: Callable[[], str]) -> None:
        self._witness = witness
        self._about = about
        self._open = 0
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="witness")

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side has had enough."""
        if self._open >= MOST_CONNECTIONS:
            writer.close()
            return
        self._open += 1
        try:
            await self._converse(reader, writer)
        except (OSError, TimeoutError, h11.RemoteProtocolError, asyncio.IncompleteReadError):
            pass  # they went away, or never spoke HTTP
        finally:
            self._open -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST_HEAD)
        while True:
            wait = IDLE
            try:
                request, body = await self._request(http, reader, writer, wait)
            except h11.RemoteProtocolError as error:
                if http.our_state is h11.IDLE:
                    await _send(http, writer, Answer(error.error_status_hint or 400, b"this is not HTTP\n"), close=True)
                return
            if request is None:
                return
            await _send(http, writer, await self._answer(request, body), close=body is None)
            if http.our_state is h11.MUST_CLOSE or http.their_state is not h11.DONE:
                return
            http.start_next_cycle()

    async def _request(
        self, http: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float
    ) -> tuple[h11.Request | None, bytes | None]:
        """The next request and its body; no request at the end, no body if it is too long."""
        request, body = None, bytearray()
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                if http.they_are_waiting_for_100_continue:
                    writer.write(http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
                http.receive_data(await asyncio.wait_for(reader.read(65_536), PATIENCE if request else wait))
            elif isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > LARGEST_REQUEST:
                    return request, None
            elif isinstance(event, h11.EndOfMessage):
                return request, bytes(body)
            else:  # ConnectionClosed
                return None, None

    async def _answer(self, request: h11.Request, body: bytes | None) -> Answer:
        method, path = request.method, request.target.split(b"?")[0].decode("ascii", errors="replace")
        if body is None:
            return Answer(413, b"the request is too long\n")
        if path == "/add-checkpoint":
            if method != b"POST":
                return Answer(405, b"this address takes POST\n")
            return await self._blocking(lambda: self._witness.add_checkpoint(body))
        if method != b"GET":
            return Answer(405, b"this address takes GET\n")
        if path == "/":
            return await self._blocking(lambda: Answer(200, self._about().encode()))
        hashed, _, rest = path[1:].partition("/")
        if rest == "checkpoint":
            return await self._blocking(lambda: self._witness.checkpoint(hashed))
        return Answer(404, b"there is nothing here\n")

    async def _blocking(self, work: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except (OSError, Fatal) as error:  # the disk is full, or the memory is damaged: nothing was cosigned
            say(f"REFUSED: {error}")
            return Answer(500, b"this witness can't remember, so it does not cosign\n")


async def _send(http: h11.Connection, writer: asyncio.StreamWriter, answer: Answer, *, close: bool) -> None:
    headers = [
        ("content-type", answer.content_type),
        ("content-length", str(len(answer.body))),
        ("x-content-type-options", "nosniff"),
        *([("connection", "close")] if close else []),
    ]
    parts = [h11.Response(status_code=answer.status, headers=headers), h11.Data(data=answer.body), h11.EndOfMessage()]
    writer.write(b"".join(http.send(part) or b"" for part in parts))
    await asyncio.wait_for(writer.drain(), PATIENCE)


def run(door: Door, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until told to stop (SIGTERM, SIGINT). `ready` is told the address. Raises OSError for a port in use."""
    asyncio.run(_run(door, host, port, ready))


async def _run(door: Door, host: str, port: int, ready: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, stop.set)
    server = await asyncio.start_server(door.connection, host, port, limit=65_536)
    bound = server.sockets[0].getsockname()
    shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
    ready(f"http://{shown}:{bound[1]}")
    await stop.wait()
    server.close()


def say(text: str) -> None:
    """Tell whoever runs the witness."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
