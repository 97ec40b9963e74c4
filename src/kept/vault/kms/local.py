"""Root keys in files of this machine. The folder's layout:

    <data>/keys/            0700, or 0710 where roots are the vault's own user's
        <region>/           0700
            root-00001.key  0600, 32 random bytes, one file an epoch
"""

import asyncio
import contextlib
import os
import re
from datetime import timedelta
from pathlib import Path

from kept.vault.errors import RootKeyLost
from kept.vault.kms.key_files import adopt, check_folder, destroy_key_file, make_folder, make_key_file, read_key_file
from kept.vault.kms.port import AT_ONCE, Wrapped, bound, checked_region
from kept.vault.wrapping import unwrap, wrap

_ROOT = re.compile(r"root-(\d{5})\.key")


class LocalKms:
    """Root keys in files below `folder`, for one machine and for those who have no key management of their own.

    Whoever reads these files and a key store reads everything: keep their backups apart from the data's.

    Raises:
        KeyFileExposed: on first use of a folder or file that somebody else may read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def wrap(self, region: str, key: bytes | bytearray, aad: bytes) -> Wrapped:
        epoch = await asyncio.to_thread(self._present_epoch, region)
        return Wrapped(epoch, wrap(self._root(region, epoch), key, bound(region, epoch, aad)))

    async def unwrap(self, region: str, wrapped: Wrapped, aad: bytes) -> bytearray:
        root = self._root(region, wrapped.epoch)
        return unwrap(root, wrapped.blob, bound(region, wrapped.epoch, aad))

    async def advance(self, region: str) -> int:
        return await asyncio.to_thread(self._make_root, region, None)

    async def epochs(self, region: str) -> list[int]:
        return sorted(await asyncio.to_thread(self._epochs, region))

    async def destroy(self, region: str, epoch: int) -> timedelta:
        await asyncio.to_thread(destroy_key_file, self._file(region, epoch))
        return AT_ONCE

    async def close(self) -> None:
        """Nothing is held."""

    def _present_epoch(self, region: str) -> int:
        epochs = self._epochs(region)
        return max(epochs) if epochs else self._make_root(region, 1)

    def _make_root(self, region: str, epoch: int | None) -> int:
        number = epoch or max(self._epochs(region), default=0) + 1
        make_folder(self._folder)
        make_folder(self._place(region))
        adopt(self._place(region), self._folder)
        make_key_file(self._file(region, number), among=self._folder)
        return number

    def _epochs(self, region: str) -> list[int]:
        with contextlib.suppress(FileNotFoundError):
            return [int(m[1]) for name in os.listdir(self._place(region)) if (m := _ROOT.fullmatch(name))]
        return []

    def _root(self, region: str, epoch: int) -> bytes:
        # Read anew each time, and that is seldom: what was destroyed is not in our memory either.
        check_folder(self._folder)
        check_folder(self._place(region))
        try:
            return read_key_file(self._file(region, epoch))
        except FileNotFoundError as error:
            raise RootKeyLost(f"root key {epoch} of region {region} is not in the key folder") from error

    def _file(self, region: str, epoch: int) -> Path:
        return self._place(region) / f"root-{epoch:05d}.key"

    def _place(self, region: str) -> Path:
        return self._folder / checked_region(region)
