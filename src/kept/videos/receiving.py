"""Taking one part of an upload: gathered into buffers worth a thread's while, written, made durable, put on record."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell
from kept.videos.errors import ChecksumMismatch, NoSuchUpload, StoreFull, TooLarge
from kept.videos.models import Upload
from kept.videos.spool import SpoolFile

BUFFER = 1024 * 1024
CHECKPOINT = 16 * 1024 * 1024
"""A long request is put on record every so many bytes, so that a crash costs no more."""

PATIENCE = 30.0
"""Seconds without a byte after which a request is given up."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a part must hash to; `algorithm` as hashlib names it."""

    algorithm: str
    digest: bytes


class Receiver:
    """One part on its way to disk: `most` is the offset that it must not pass."""

    def __init__(
        self, cell: Cell, owner_id: UUID, upload_id: UUID, file: SpoolFile, *, most: int, length: int | None
    ) -> None:
        self.file = file
        self._cell = cell
        self._mine = sa.and_(Upload.owner_id == owner_id, Upload.upload_id == upload_id)
        self._most = most
        self._length = length
        self._start = self._saved = file.position
        self._before = file.digest.copy()
        self._taken = file.position
        self._waiting: list[bytes] = []
        self._size = 0

    async def take(self, chunks: AsyncIterator[bytes], patience: asyncio.Timeout) -> None:
        """Write what comes; on record as far as it came when this raises, and durable when it returns.

        Raises:
            TooLarge: it passed `most`; all of the part is dropped.
            TimeoutError: nothing came for a while, or somebody ended `patience`.
            StoreFull; NoSuchUpload: cancelled meanwhile; and whatever `chunks` raises when a connection drops.
        """
        loop = asyncio.get_running_loop()
        try:
            async for chunk in chunks:
                patience.reschedule(loop.time() + PATIENCE)
                await self._gather(chunk)
                if self.file.position - self._saved >= CHECKPOINT:
                    await self.save()
            await self._flush()
            await self.file.sync()
        except TooLarge:
            await self.drop()
            raise
        except BaseException:
            with contextlib.suppress(StoreFull):
                await self._flush()
            await self.save()
            raise

    async def take_checked(self, chunks: AsyncIterator[bytes], patience: asyncio.Timeout, checksum: Checksum) -> None:
        """As `take`, but nothing of the part is kept unless all of it came and hashes to `checksum`.

        Raises:
            ChecksumMismatch, and as `take`.
        """
        digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
        try:
            async for chunk in chunks:
                patience.reschedule(asyncio.get_running_loop().time() + PATIENCE)
                digest.update(chunk)
                await self._gather(chunk)
            if digest.digest() != checksum.digest:
                raise ChecksumMismatch
            await self._flush()
            await self.file.sync()
        except BaseException:
            await self.drop()
            raise

    @property
    def came(self) -> int:
        """Bytes of the part that came."""
        return self._taken - self._start

    async def save(self) -> None:
        """Make what was written durable, then say so in the database. Raises NoSuchUpload if it was cancelled meanwhile."""
        await self.file.sync()
        position = self.file.position
        told = sa.update(Upload).where(self._mine).values(received=position, length=self._length)
        async with self._cell.begin() as tx:
            if not (await tx.run(told.returning(Upload.upload_id))).all():
                raise NoSuchUpload
        self._saved = position

    async def drop(self) -> None:
        """Forget the part. Once some of it is on record, it stays: an offset that was told never goes down."""
        self._waiting, self._size = [], 0
        if self._saved == self._start:
            await self.file.rewind(self._start, self._before)
        else:
            await self.save()

    async def _gather(self, chunk: bytes) -> None:
        self._taken += len(chunk)
        if self._taken > self._most:
            raise TooLarge(limit=self._most)
        self._waiting.append(chunk)
        self._size += len(chunk)
        if self._size >= BUFFER:
            await self._flush()

    async def _flush(self) -> None:
        if self._size:
            gathered, self._waiting, self._size = b"".join(self._waiting), [], 0
            await self.file.write(gathered)
