"""Where a log is read from: a folder, an address, or an object store. Blocking, for a command line or a thread."""

import asyncio
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kept.kit import KeptError, Kind
from kept.ledger.formats.tiles import ENTRIES, HASH_BYTES, LARGEST_ENTRY, WIDTH, Tile, bundle, unbundle

if TYPE_CHECKING:
    from kept.kit.objects import Objects  # brings a library that a folder or an address does without

LARGEST_FILE = WIDTH * (2 + LARGEST_ENTRY)
"""Bytes of the largest bundle."""
PATIENCE = 30.0
"""Seconds that an address may take to answer."""


class CannotRead(KeptError):
    code = "cannot_read_ledger"
    kind = Kind.BUSY
    message = "The ledger at {source} can't be read: {why}"


class Source(Protocol):
    """A published log."""

    name: str

    def fetch(self, key: str) -> bytes | None:
        """The file at `key`, `checkpoint` or `tile/…`; None where there is none. Raises CannotRead."""

    def keys(self) -> Iterator[str] | None:
        """Every key that is stored; None where that can't be known."""


class FolderSource:
    """A folder, as a writer left it or as somebody copied it."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._folder = folder

    def fetch(self, key: str) -> bytes | None:
        try:
            return (self._folder / key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise CannotRead(source=self.name, why=str(error)) from error

    def keys(self) -> Iterator[str]:
        for folder, below, files in os.walk(self._folder):  # passes over what a writer removes meanwhile
            below.sort()
            for name in sorted(files):
                yield (Path(folder) / name).relative_to(self._folder).as_posix()


class UrlSource:
    """A log that somebody serves; `address` is its prefix."""

    def __init__(self, address: str) -> None:
        self.name = address.rstrip("/")
        if not self.name.startswith(("http://", "https://")):
            raise CannotRead(source=address, why="only http and https addresses can be read")

    def fetch(self, key: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"{self.name}/{key}", timeout=PATIENCE) as answer:  # noqa: S310  checked above
                return bytes(answer.read(LARGEST_FILE + 1))
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                raise CannotRead(source=self.name, why=f"{key}: {error}") from error
        except (OSError, http.client.HTTPException) as error:
            raise CannotRead(source=self.name, why=str(error)) from error

    def keys(self) -> None:
        return None


class ObjectsSource:
    """An object store. To be used in a thread without an event loop."""

    def __init__(self, objects: "Objects") -> None:
        self.name = objects.address
        self._objects = objects

    def fetch(self, key: str) -> bytes | None:
        from kept.kit.objects import NoSuchObject

        async def get() -> bytes:
            return await self._objects.get(key)

        try:
            return asyncio.run(get())
        except NoSuchObject:
            return None

    def keys(self) -> Iterator[str]:
        async def all_keys() -> list[str]:
            return [key async for key in self._objects.keys("")]

        return iter(asyncio.run(all_keys()))


def source_of(place: "str | Path | Objects") -> Source:
    """The log in a folder, at an `http(s)://` address, or in an object store."""
    if isinstance(place, Path):
        return FolderSource(place)
    if not isinstance(place, str):
        return ObjectsSource(place) if place.folder is None else FolderSource(place.folder)
    if place.startswith(("http://", "https://")):
        return UrlSource(place)
    if "://" not in place:
        return FolderSource(Path(place))
    from kept.kit.objects import Objects

    return ObjectsSource(Objects(place))


def fetch_tile(source: Source, tile: Tile) -> bytes | None:
    """A tile or bundle; a partial one that is gone is taken from the full one that it became (tlog-tiles, Partial Tiles).

    Raises:
        BadBundle: the full bundle, where it is needed, can't be read.
    """
    data = source.fetch(tile.path)
    if data is not None or tile.is_full:
        return data
    full = source.fetch(tile.full.path)
    return None if full is None else narrowed(full, tile)


def narrowed(data: bytes, tile: Tile) -> bytes:
    """What `tile` must hold, given a wider tile of the same place. Raises BadBundle."""
    if tile.level == ENTRIES:
        return bundle(unbundle(data)[: tile.width])
    return data[: tile.width * HASH_BYTES]
