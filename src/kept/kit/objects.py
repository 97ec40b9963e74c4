"""Object storage: a folder by default, S3 in production, through obstore.

Paths are slash-separated keys. A folder is opened 0700. Conditional puts are probed before the ledger relies on them
(some S3 servers ignore them): see `refuses_second_create`.
"""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import LocalStore, from_url

from kept.kit.errors import KeptError, Kind


class NoSuchObject(KeptError):
    code = "no_such_object"
    kind = Kind.NOT_FOUND
    message = "There is no such file."


class Objects:
    """A store of named byte strings. `address` is a folder or an obstore URL (`s3://bucket/prefix`)."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.folder: Path | None = None
        if "://" in address:
            self._store = from_url(address)
        else:
            self.folder = Path(address)
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(self.folder)

    async def put(self, key: str, data: bytes | Path) -> None:
        """Store `data` under `key`, replacing what was there; durable in the store's own terms."""
        await obstore.put_async(self._store, key, data)

    async def take_in(self, files: Mapping[str, Path]) -> None:
        """Make each file, whose bytes are synced, the object of its key; the files are gone afterwards.

        In a folder on the same file system they are renamed, and the names synced; otherwise they are copied.
        """
        if self.folder is not None:
            try:
                await asyncio.to_thread(_rename, {self.folder / key: file for key, file in files.items()})
                return
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
        for key, file in files.items():
            await self.put(key, file)
            await asyncio.to_thread(file.unlink)

    async def create(self, key: str, data: bytes) -> bool:
        """Store `data` only if `key` is free; False when it was taken."""
        try:
            await obstore.put_async(self._store, key, data, mode="create")
        except AlreadyExistsError:
            return False
        return True

    async def get(self, key: str) -> bytes:
        """The whole object. Raises NoSuchObject."""
        try:
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        except (NotFoundError, FileNotFoundError) as error:
            raise NoSuchObject from error

    async def get_range(self, key: str, start: int, end: int) -> bytes:
        """Bytes `start` up to, not including, `end`. Raises NoSuchObject."""
        try:
            return bytes(await obstore.get_range_async(self._store, key, start=start, end=end))
        except (NotFoundError, FileNotFoundError) as error:
            raise NoSuchObject from error

    async def size(self, key: str) -> int:
        """Length in bytes. Raises NoSuchObject."""
        try:
            return int((await obstore.head_async(self._store, key))["size"])
        except (NotFoundError, FileNotFoundError) as error:
            raise NoSuchObject from error

    async def version(self, key: str) -> str | None:
        """What changes when the object does, in the store's own terms; None where there is none."""
        if self.folder is not None:
            return (await self.versions([key]))[key]
        try:
            meta = await obstore.head_async(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return None
        return f"{meta['e_tag']} {meta['size']} {meta['last_modified'].isoformat()}"

    async def versions(self, keys: Iterable[str]) -> dict[str, str | None]:
        """`version` of many; in a folder, without a round trip through the event loop for each."""
        if self.folder is not None:
            return await asyncio.to_thread(_stamps, {key: self.folder / key for key in keys})
        return {key: await self.version(key) for key in keys}

    async def delete_all(self, keys: Iterable[str]) -> None:
        """Remove many; nothing happens to those that are not there."""
        if self.folder is not None:
            await asyncio.to_thread(_unlink, [self.folder / key for key in keys])
            return
        for key in keys:
            await self.delete(key)

    async def delete(self, key: str) -> None:
        """Remove `key`; nothing happens if it is not there."""
        try:
            await obstore.delete_async(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return

    async def keys(self, prefix: str = "") -> AsyncIterator[str]:
        """Every key below `prefix`."""
        async for batch in obstore.list(self._store, prefix=prefix or None):
            for meta in batch:
                yield meta["path"]

    def local(self, key: str) -> Path | None:
        """The file behind `key` where the store is a folder; else None."""
        return None if self.folder is None else self.folder / key

    async def refuses_second_create(self, probe: str = "probe/create") -> bool:
        """Whether the store honours `If-None-Match: *`: creates twice, and expects the second to be refused."""
        await self.delete(probe)
        first, second = await self.create(probe, b"1"), await self.create(probe, b"2")
        await self.delete(probe)
        return first and not second


def _stamps(files: Mapping[str, Path]) -> dict[str, str | None]:
    """Inode, length and time of change of each file."""
    found: dict[str, str | None] = {}
    for key, file in files.items():
        try:
            told = file.stat()
            found[key] = f"{told.st_ino:x} {told.st_size} {told.st_mtime_ns}"
        except (FileNotFoundError, NotADirectoryError):
            found[key] = None
    return found


def _unlink(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _rename(files: Mapping[Path, Path]) -> None:
    """Rename each value to its key; then sync the folders, and those that hold their names where they are new."""
    changed = set()
    for to, file in files.items():
        if not to.parent.is_dir():
            to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            changed.add(to.parent.parent)
        file.replace(to)
        changed.add(to.parent)
    for folder in changed:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
