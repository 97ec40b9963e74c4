"""Rows into a ZIP archive as they are read: a JSON array a table, a row a line; neither is ever whole in memory."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable

import msgspec

from kept.kit import both
from kept.subjects import Row

PIECE = 256 * 1024
_FIRST, _BETWEEN, _LAST = b"[\n", b",\n", b"\n]\n"

json_of = msgspec.json.Encoder().encode


class Sink:
    """Where the ZIP is written to; what has come is taken away in pieces."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def zip_into(sink: Sink) -> zipfile.ZipFile:
    """A ZIP that can be streamed: a writer without `seek` makes one with data descriptors."""
    return zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=6)  # type: ignore[call-overload,no-any-return]


async def write_rows(
    out: zipfile.ZipFile,
    sink: Sink,
    name: str,
    rows: AsyncIterator[list[Row]],
    see: Callable[[list[Row]], None] = lambda _: None,
) -> AsyncIterator[bytes]:
    """Pieces of the archive in which `rows` are the file `name`; no file without rows. `see` is shown them as they pass.

    While a piece is compressed, on another thread, the next is read.
    """
    texts = _texts(rows, see)
    text = await anext(texts, None)
    if text is None:
        return
    with out.open(name, "w", force_zip64=True) as file:
        while text is not None:
            text, _ = await both(anext(texts, None), asyncio.to_thread(file.write, text))
            yield sink.take()
    yield sink.take()


async def _texts(rows: AsyncIterator[list[Row]], see: Callable[[list[Row]], None]) -> AsyncIterator[bytes]:
    """The JSON array in pieces; nothing at all without rows."""
    text, before = bytearray(), _FIRST
    async for some in rows:
        see(some)
        text += before + _BETWEEN.join(map(json_of, some))
        before = _BETWEEN
        if len(text) >= PIECE:
            yield bytes(text)
            text.clear()
    if before is _BETWEEN:
        yield bytes(text) + _LAST
