"""Sealing a stream to a recipient's key with age, as it comes: in clear it is never on a disk, nor whole in memory."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What was written: bytes, and the SHA-256 of them all."""

    size: int
    sha256: bytes


async def seal_to(recipient: str, pieces: AsyncIterator[bytes], file: Path) -> SealedFile:
    """Write `pieces` to a new file that only the recipient's private key opens. Raises what `pieces` raises."""
    source = _Source(pieces, asyncio.get_running_loop())
    try:
        return await asyncio.to_thread(_seal, recipient, source, file)
    except BaseException as error:
        source.stop()
        if source.failure is not None and source.failure is not error:
            raise source.failure from error
        raise


def _seal(recipient: str, source: "_Source", file: Path) -> SealedFile:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.unlink(missing_ok=True)  # what a round that broke off left
    key = pyrage.x25519.Recipient.from_str(recipient)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        counted = _Counted(out)
        pyrage.encrypt_io(source, counted, [key])
        out.flush()
        os.fsync(out.fileno())
    return SealedFile(counted.size, counted.digest.digest())


class _Source:
    """An asynchronous stream as a file that age reads on its own thread; the next piece is fetched when the last is used up."""

    def __init__(self, pieces: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._pieces, self._loop = pieces, loop
        self._left = b""
        self._stopped = False
        self.failure: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; nothing at the end."""
        while not self._left:
            if self._stopped:
                raise OSError("nobody waits for this any more")
            try:
                piece = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            except BaseException as error:
                self.failure = error
                raise
            if piece is None:
                return b""
            self._left = piece
        taken, self._left = (self._left, b"") if size < 0 else (self._left[:size], self._left[size:])
        return taken

    def stop(self) -> None:
        """Read no further."""
        self._stopped = True

    async def _next(self) -> bytes | None:
        return await anext(self._pieces, None)


class _Counted:
    """A file that is hashed and counted as it is written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.size, self.digest = 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.digest.update(data)
        return self._out.write(data)

    def flush(self) -> None:
        self._out.flush()
