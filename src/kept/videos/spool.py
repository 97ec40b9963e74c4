"""Where uploaded bytes wait: one file a clip, in a folder of its owner's home cell that nobody else may enter.

The file of an upload is named by its id and stays where it is when the upload is complete: the clip has the same id, so
there is no moment at which a crash could part the two. Files are read by the worker, so a region's web and worker
processes share the folder (or a file system).
A writer holds the file's lock (flock), which the kernel lets go when the process ends, however it ends.
"""

import asyncio
import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from kept.videos.errors import StoreFull, UploadBusy

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
RESERVE = 256 * 1024 * 1024
"""Bytes that uploads leave free: the database on the same disk must go on."""

REMEMBERED = 1_000
"""Hash states kept in memory; the state of any other upload is rebuilt from its bytes."""

_READ = 1024 * 1024

Write = Callable[[int, bytes | memoryview, int], int]


class SpoolFile:
    """An open file with one writer: at `position`, hashed as it is written, one buffer behind the receiver.

    Writing and hashing happen in a thread, and `position` and `digest` move together there, so both are right after any
    interruption, once `settle` was awaited.
    """

    def __init__(
        self, descriptor: int, position: int, digest: "hashlib._Hash", write: Write, *, new_in: Path | None = None
    ) -> None:
        self.position = position
        self.digest = digest
        self._folder = new_in
        self._descriptor = descriptor
        self._pwrite = write
        self._writing: asyncio.Future[None] | None = None

    async def write(self, data: bytes) -> None:
        """Begin to write `data`, after what is being written. Raises StoreFull for what was written before."""
        await self.settle()
        self._writing = asyncio.get_running_loop().run_in_executor(None, self._write, data)

    async def settle(self) -> None:
        """Wait until nothing is being written. Raises StoreFull; then `position` tells how far it came."""
        writing = self._writing
        if writing is not None:
            try:
                await asyncio.shield(writing)
            finally:
                if writing.done():
                    self._writing = None

    async def sync(self) -> None:
        """Make everything up to `position` durable, and the file's name with it. Raises StoreFull."""
        await self.settle()
        with _full_disk():
            await asyncio.to_thread(self._sync)

    async def rewind(self, position: int, digest: "hashlib._Hash") -> None:
        """Forget what was written after `position`, where the hash was `digest`."""
        with contextlib.suppress(StoreFull):
            await self.settle()
        os.ftruncate(self._descriptor, position)
        self.position, self.digest = position, digest

    def _sync(self) -> None:
        os.fdatasync(self._descriptor)
        if self._folder is not None:
            sync_folder(self._folder)
            self._folder = None

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        with _full_disk():
            while rest:
                count = self._pwrite(self._descriptor, rest, self.position)
                self.digest.update(rest[:count])
                self.position += count
                rest = rest[count:]


class Spool:
    """The folder `folder/<cell>/<id>`. `write` is `os.pwrite`, or one that fails, in tests."""

    def __init__(self, folder: Path, *, write: Write = os.pwrite) -> None:
        self.folder = folder
        self._write = write
        self._digests: OrderedDict[UUID, tuple[int, hashlib._Hash]] = OrderedDict()

    def path(self, cell: str, upload_id: UUID) -> Path:
        """The file of an upload, and later of its clip's original."""
        return self.folder / cell / str(upload_id)

    def has_room(self, length: int) -> bool:
        """Whether `length` more bytes fit, with some to spare."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return shutil.disk_usage(self.folder).free >= length + RESERVE

    @asynccontextmanager
    async def locked(self, cell: str, upload_id: UUID) -> AsyncIterator[int]:
        """The descriptor of an upload's file, ours alone while the block runs. Raises UploadBusy."""
        path = self.path(cell, upload_id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _full_disk():
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UploadBusy from error
            yield descriptor
        finally:
            os.close(descriptor)

    @asynccontextmanager
    async def writing(self, cell: str, descriptor: int, upload_id: UUID, received: int) -> AsyncIterator[SpoolFile]:
        """Write from `received` on; whatever a crash left beyond it is cut off first. Remembers the hash state."""
        await asyncio.to_thread(os.ftruncate, descriptor, received)
        known, digest = self._digests.pop(upload_id, (-1, None))
        if digest is None or known != received:
            digest = await asyncio.to_thread(_rehash, descriptor, received)
        new_in = None if received else self.folder / cell
        file = SpoolFile(descriptor, received, digest, self._write, new_in=new_in)
        try:
            yield file
        finally:
            with contextlib.suppress(StoreFull):  # whoever wrote was told already
                await file.settle()
            self._digests[upload_id] = (file.position, file.digest)
            while len(self._digests) > REMEMBERED:
                self._digests.popitem(last=False)

    async def remove(self, cell: str, upload_id: UUID) -> None:
        """Delete a file; nothing happens if it is not there."""
        self._digests.pop(upload_id, None)
        await asyncio.to_thread(self.path(cell, upload_id).unlink, missing_ok=True)

    def ids(self, cell: str) -> list[UUID]:
        """Every file of a cell."""
        folder = self.folder / cell
        return [UUID(path.name) for path in folder.iterdir()] if folder.is_dir() else []


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (fsync(2), NOTES)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rehash(descriptor: int, length: int) -> "hashlib._Hash":
    digest = hashlib.sha256()
    for start in range(0, length, _READ):
        digest.update(os.pread(descriptor, min(_READ, length - start), start))
    return digest


@contextlib.contextmanager
def _full_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StoreFull from error
        raise
