"""Clients that ask as fast as they are answered: raw sockets, HTTP/1.1, one request at a time on each of their connections."""

import asyncio
import time
from dataclasses import dataclass, field
from uuid import uuid4

import uvloop

_LENGTH = b"\r\ncontent-length: "
_CHUNKED = b"\r\ntransfer-encoding: chunked"


@dataclass(slots=True)
class Spell:
    """What came of a while of asking: how long each answer took, how long it all lasted, how many answers were no 200."""

    seconds: list[float] = field(default_factory=list)
    lasted: float = 0.0
    failures: int = 0


def spell(port: int, path: str, clients: int, seconds: float) -> Spell:
    """Have `clients` connections ask for `path` for `seconds`. Blocks; for a process of its own."""
    return asyncio.run(_spell(port, path, clients, seconds))


async def _spell(port: int, path: str, clients: int, seconds: float) -> Spell:
    found = Spell()
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n\r\n".encode()
    began = time.perf_counter()
    await asyncio.gather(*(_client(port, request, began + seconds, found) for _ in range(clients)))
    found.lasted = time.perf_counter() - began
    return found


async def _client(port: int, request: bytes, until: float, found: Spell) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        while (asked := time.perf_counter()) < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await _body(reader, head.lower())
            found.seconds.append(time.perf_counter() - asked)
            found.failures += not head.startswith(b"HTTP/1.1 200")
    finally:
        writer.close()


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bool:
    """Send a request, and read its answer to the end; whether that was a good one."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    await _body(reader, head.lower())
    return head.startswith(b"HTTP/1.1 2")


async def _body(reader: asyncio.StreamReader, head: bytes) -> None:
    at = head.find(_LENGTH)
    if at >= 0:
        start = at + len(_LENGTH)
        await reader.readexactly(int(head[start : head.index(b"\r", start)]))
    elif _CHUNKED in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()


def post_spell(port: int, requests: list[bytes], clients: int, seconds: float) -> Spell:
    """Have `clients` connections send one of `requests` each, over and over; `%KEY%` in it is new each time. Blocks."""
    return uvloop.run(_post_spell(port, requests, clients, seconds))


async def _post_spell(port: int, requests: list[bytes], clients: int, seconds: float) -> Spell:
    found = Spell()
    began = time.perf_counter()
    mine = [requests[number % len(requests)] for number in range(clients)]
    await asyncio.gather(*(_poster(port, request, began + seconds, found) for request in mine))
    found.lasted = time.perf_counter() - began
    return found


async def _poster(port: int, request: bytes, until: float, found: Spell) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        while (asked := time.perf_counter()) < until:
            fresh = request.replace(b"%KEY%", uuid4().hex.encode()) if b"%KEY%" in request else request
            is_good = await exchange(reader, writer, fresh)
            found.seconds.append(time.perf_counter() - asked)
            found.failures += not is_good
    finally:
        writer.close()
