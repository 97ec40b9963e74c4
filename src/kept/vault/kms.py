"""Root keys: the port behind which they stay, and the one that keeps them in files.

A root never wraps data, only bucket keys and a cell's own secrets, a few thousand times in a cell's life. So a slow and
distant key management fits behind `Kms` as well as a folder. The folder's layout:

    <data>/keys/            0700
        <region>/           0700
            root-00001.key  0600, 32 random bytes, one file an epoch
"""

import asyncio
import contextlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from kept.vault.errors import KeyFileExposed, RootKeyLost
from kept.vault.wrapping import KEY_BYTES, bind, unwrap, wrap

_REGION = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_ROOT = re.compile(r"root-(\d{5})\.key")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key under the root of `epoch`; `blob` means something to the same kind of Kms only."""

    epoch: int
    blob: bytes


class Kms(Protocol):
    """Where root keys are. Never gives one away; binds what it wraps to its region and epoch besides `aad`."""

    async def wrap(self, region: str, key: bytes | bytearray, aad: bytes) -> Wrapped:
        """Seal a key of 32 bytes under the region's present root; the first call for a region makes its root."""
        ...

    async def unwrap(self, region: str, wrapped: Wrapped, aad: bytes) -> bytearray:
        """The key again. Raises WrongKey (altered or not bound to `aad`), RootKeyLost (no such root)."""
        ...


class LocalKms:
    """Root keys in files below `folder`, for one machine and for those who have no key management of their own.

    Whoever reads these files and a key store reads everything: keep their backups apart from the data's.

    Raises:
        KeyFileExposed: on first use of a folder or file that somebody else may read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._roots: dict[tuple[str, int], bytes] = {}

    async def wrap(self, region: str, key: bytes | bytearray, aad: bytes) -> Wrapped:
        epoch = await asyncio.to_thread(self._present_epoch, region)
        return Wrapped(epoch, wrap(self._root(region, epoch), key, _bound(region, epoch, aad)))

    async def unwrap(self, region: str, wrapped: Wrapped, aad: bytes) -> bytearray:
        root = self._root(region, wrapped.epoch)
        return unwrap(root, wrapped.blob, _bound(region, wrapped.epoch, aad))

    async def advance(self, region: str) -> int:
        """Begin a new epoch: a new root for all that is wrapped from now on; older roots go on opening. Its number."""
        return await asyncio.to_thread(self._make_root, region, None)

    def _present_epoch(self, region: str) -> int:
        epochs = self._epochs(region)
        return max(epochs) if epochs else self._make_root(region, 1)

    def _make_root(self, region: str, epoch: int | None) -> int:
        number = epoch or max(self._epochs(region), default=0) + 1
        make_folder(self._folder)
        make_folder(self._place(region))
        make_key_file(self._file(region, number))
        return number

    def _epochs(self, region: str) -> list[int]:
        with contextlib.suppress(FileNotFoundError):
            return [int(m[1]) for name in os.listdir(self._place(region)) if (m := _ROOT.fullmatch(name))]
        return []

    def _root(self, region: str, epoch: int) -> bytes:
        root = self._roots.get((region, epoch))
        if root is None:
            check_folder(self._folder)
            check_folder(self._place(region))
            try:
                root = self._roots[region, epoch] = read_key_file(self._file(region, epoch))
            except FileNotFoundError as error:
                raise RootKeyLost(f"root key {epoch} of region {region} is not in the key folder") from error
        return root

    def _file(self, region: str, epoch: int) -> Path:
        return self._place(region) / f"root-{epoch:05d}.key"

    def _place(self, region: str) -> Path:
        if not _REGION.fullmatch(region):
            raise ValueError(f"not a name for a region: {region!r}")
        return self._folder / region


def _bound(region: str, epoch: int, aad: bytes) -> bytes:
    return bind("kept/root/v1", region, epoch, aad)


def read_key_file(path: Path) -> bytes:
    """The 32 bytes of a key file.

    Raises:
        FileNotFoundError: there is none, or no folder for it.
        KeyFileExposed: a link, another owner's, open to group or others, or not 32 bytes long.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyFileExposed(f"{path}: {error.strerror}") from error
    try:
        _check(path, os.fstat(file), stat.S_IFREG)
        key = os.read(file, KEY_BYTES + 1)
    finally:
        os.close(file)
    if len(key) != KEY_BYTES:
        raise KeyFileExposed(f"{path}: {len(key)} bytes are not a key; it is damaged")
    return key


def make_key_file(path: Path) -> None:
    """Put a new random key at `path` (0600), complete and on disk before it has its name; one that is there stays."""
    draft = path.with_name(f".{uuid4().hex}.draft")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(file, "wb") as stream:  # writes all or raises, where os.write may write a part
            stream.write(os.urandom(KEY_BYTES))
            stream.flush()
            os.fsync(file)
        # A link, unlike a rename, fails where another process was quicker: its key is already in use.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
    _sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder that only we may enter, on disk before anything is put into it."""
    try:
        path.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        return
    _sync_folder(path.parent)


def check_folder(path: Path) -> None:
    """Refuse a key folder that others may look into. Raises KeyFileExposed, RootKeyLost (no such folder)."""
    try:
        _check(path, os.lstat(path), stat.S_IFDIR)
    except FileNotFoundError as error:
        raise RootKeyLost(f"the key folder {path} is gone") from error


def _check(path: Path, found: os.stat_result, kind: int) -> None:
    if stat.S_IFMT(found.st_mode) != kind:
        raise KeyFileExposed(f"{path} is not a plain {'file' if kind == stat.S_IFREG else 'folder'}")
    if found.st_mode & 0o077:
        mode = stat.S_IMODE(found.st_mode)
        raise KeyFileExposed(f"{path} is open to others (mode {mode:04o}): what it holds may be known")
    if found.st_uid != os.geteuid():
        raise KeyFileExposed(f"{path} belongs to another user")


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
