"""Where tiles and the checkpoint are written so that they are still there after a power cut.

In a folder, `Objects` renames files into place without syncing them (obstore's LocalStore never calls fsync), so a tile
could be empty after a crash. `FolderStore` syncs a file before it gets its name, and the folder after. Other stores
answer a write when it is durable in their terms.
"""

import asyncio
import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from kept.kit.objects import NoSuchObject, Objects
from kept.ledger.errors import Forked, StoreOverwrites
from kept.ledger.files import CHECKPOINT, HEAD, VKEY, sync_folder

__all__ = ["CHECKPOINT", "HEAD", "VKEY", "FolderStore", "RemoteStore", "Store", "store_of"]

_AT_ONCE = 8
"""Files written or synced at the same time: syncs that wait together share one flush of the disk."""
_STALE_SECONDS = 3600.0


class Store(Protocol):
    """What the writer needs of a store. When a call returns, its effect is durable."""

    async def probe(self) -> None:
        """Raises StoreOverwrites for a store that could replace what is published."""

    async def get(self, key: str) -> bytes | None:
        """The whole file; None where there is none."""

    async def create(self, files: Mapping[str, bytes]) -> None:
        """Write files that never change. Raises Forked if one is there with other content."""

    async def replace(self, key: str, data: bytes) -> None:
        """Write a file that does change: checkpoint or head. Readers see the old one or the new one, whole."""

    async def drop_partials(self, key: str) -> None:
        """Delete the partial tiles of the full tile at `key`."""


def store_of(objects: Objects) -> Store:
    """The store for `objects`: a folder with our own syncing, or any other object store as it is."""
    return RemoteStore(objects) if objects.folder is None else FolderStore(objects.folder, objects)


class RemoteStore:
    """An object store such as S3."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def probe(self) -> None:
        if not await self._objects.refuses_second_create(f"probe/{uuid.uuid4().hex}"):
            raise StoreOverwrites(f"the store {self._objects.address} ignores conditional writes")

    async def get(self, key: str) -> bytes | None:
        try:
            return await self._objects.get(key)
        except NoSuchObject:
            return None

    async def create(self, files: Mapping[str, bytes]) -> None:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(key: str, data: bytes) -> None:
            async with gate:
                if not await self._objects.create(key, data):
                    _must_equal(key, data, await self._objects.get(key))

        outcomes = await asyncio.gather(*(one(*file) for file in files.items()), return_exceptions=True)
        errors = [outcome for outcome in outcomes if outcome is not None]
        if errors:
            raise next((error for error in errors if isinstance(error, Forked)), errors[0])

    async def replace(self, key: str, data: bytes) -> None:
        await self._objects.put(key, data)

    async def drop_partials(self, key: str) -> None:
        for partial in [name async for name in self._objects.keys(key + ".p")]:
            await self._objects.delete(partial)


class FolderStore:
    """A folder on a local disk."""

    def __init__(self, folder: Path, objects: Objects) -> None:
        self._folder = folder
        self._objects = objects
        self._staging = folder / ".staging"
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="ledger-sync")

    async def probe(self) -> None:
        await RemoteStore(self._objects).probe()
        await _to_its_end(self._clear_staging)

    async def get(self, key: str) -> bytes | None:
        return await asyncio.to_thread(_read, self._folder / key)

    async def create(self, files: Mapping[str, bytes]) -> None:
        await _to_its_end(self._create, files)

    async def replace(self, key: str, data: bytes) -> None:
        await _to_its_end(self._replace, key, data)

    async def drop_partials(self, key: str) -> None:
        await _to_its_end(shutil.rmtree, self._folder / (key + ".p"), ignore_errors=True)

    def _clear_staging(self) -> None:
        """Forget what a killed writer left half-written; none of it has a name in the log."""
        self._staging.mkdir(mode=0o700, exist_ok=True)
        for left in self._staging.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another writer is at work
                if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                    left.unlink()

    def _create(self, files: Mapping[str, bytes]) -> None:
        staged = list(self._threads.map(self._stage, files.values()))
        touched: set[Path] = set()
        try:
            for (key, data), temporary in zip(files.items(), staged, strict=True):
                self._name(temporary, key, data, touched)
        finally:
            for temporary in staged:
                temporary.unlink(missing_ok=True)
        list(self._threads.map(sync_folder, touched))

    def _name(self, temporary: Path, key: str, data: bytes, touched: set[Path]) -> None:
        """Give a staged file its name, once and for all. Raises Forked if the name is taken by other content."""
        target = self._folder / key
        self._make_folder(target.parent, touched)
        try:
            os.link(temporary, target)
        except FileExistsError:
            _must_equal(key, data, target.read_bytes())

    def _replace(self, key: str, data: bytes) -> None:
        os.replace(self._stage(data), self._folder / key)
        sync_folder(self._folder)

    def _stage(self, data: bytes) -> Path:
        """A file without a name in the log yet, whole and on disk."""
        temporary = self._staging / uuid.uuid4().hex
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        return temporary

    def _make_folder(self, folder: Path, touched: set[Path]) -> None:
        """Make `folder`; it and every folder that got a new name inside must be synced."""
        touched.add(folder)
        if not folder.is_dir():
            self._make_folder(folder.parent, touched)
            folder.mkdir(mode=0o700, exist_ok=True)


async def _to_its_end(work: Callable[..., None], *values: Any, **named: Any) -> None:
    """Run `work` in a thread and wait for it even when cancelled: a late write must not overtake the next one."""
    thread = asyncio.ensure_future(asyncio.to_thread(work, *values, **named))
    try:
        await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait([thread])
        raise


def _must_equal(key: str, data: bytes, found: bytes) -> None:
    if found != data:
        raise Forked(f"{key} is there already, with other content")


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
