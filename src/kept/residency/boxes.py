"""Files of a backup: compressed, then sealed in Cobblestone-256 (c2sp.org/chunked-encryption) under the region's backup key.

That key is 32 random bytes, wrapped by the region's root in the key management and kept beside the backups, so they open
where that root is and nowhere else. Each file has a key of its own, derived for its name: no file passes for another.
"""

import hmac
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from kept.kit import KeptError, Kind, Settings
from kept.kit.objects import NoSuchObject, Objects
from kept.vault import Wrapped, open_kms
from kept.vault.wrapping import KEY_BYTES, bind, new_key

_KEY_FILE = "backup-key.json"
_LEVEL = 1
PIECE = 4 * 1024 * 1024


class DamagedBackup(KeptError):
    code = "damaged_backup"
    kind = Kind.INVALID
    message = "The backup file {name} is damaged, cut short, or was made under another key."


class _Stored(msgspec.Struct):
    epoch: int
    blob: bytes


class Boxes:
    """Seals and opens the files of one region's backups at one site."""

    def __init__(self, objects: Objects, key: bytes) -> None:
        self._objects = objects
        self._key = key

    def name_of(self, digest: bytes) -> str:
        """The name under which content of a digest is kept; tells nothing to who has not the key."""
        return f"objects/{hmac.digest(self._key, b'kept/backup-name/v1' + digest, 'sha256').hex()}"

    async def has(self, name: str) -> bool:
        """Whether a file is there."""
        return await self._objects.version(name) is not None

    @contextmanager
    def filling(self, name: str) -> Iterator["Filling"]:
        """A file to fill; only sealed bytes touch the disk on the way. `store` puts it in its place."""
        with tempfile.NamedTemporaryFile(prefix="kept-backup-") as draft:
            yield Filling(name, draft, self._file_key(name), self._objects)

    async def pieces(self, name: str) -> AsyncIterator[bytes]:
        """The content of a file. Raises DamagedBackup, at the end for one that was cut short."""
        opener, inflater = Cobblestone256Decryptor(self._file_key(name), name.encode()), zlib.decompressobj()
        try:
            size = await self._objects.size(name)
            for start in range(0, size, PIECE):
                sealed = await self._objects.get_range(name, start, min(start + PIECE, size))
                if piece := inflater.decompress(opener.update(sealed)):
                    yield piece
            last = inflater.decompress(opener.finalize()) + inflater.flush()
        except (InvalidTag, zlib.error, NoSuchObject) as error:
            raise DamagedBackup(name=name) from error
        if not inflater.eof:
            raise DamagedBackup(name=name)
        if last:
            yield last

    def _file_key(self, name: str) -> bytes:
        return HKDFExpand(SHA256(), KEY_BYTES, bind("kept/backup/v1", name)).derive(self._key)


class Filling:
    """A file that is being filled."""

    def __init__(self, name: str, draft: IO[bytes], key: bytes, objects: Objects) -> None:
        self.name = name
        self.rows = 0
        self._draft = draft
        self._objects = objects
        self._sealer, self._deflater = Cobblestone256Encryptor(key, name.encode()), zlib.compressobj(_LEVEL)
        self._hashed = sha256()
        self.size = 0

    async def add(self, piece: bytes) -> None:
        """More content."""
        self._hashed.update(piece)
        self._write(self._deflater.compress(piece))

    async def store(self) -> bytes:
        """Put the file in its place; the SHA-256 of its content."""
        self._write(self._deflater.flush())
        self._draft.write(self._sealer.finalize())
        self._draft.flush()
        self.size = self._draft.tell()
        await self._objects.put(self.name, Path(self._draft.name))
        return self._hashed.digest()

    def _write(self, data: bytes) -> None:
        if data:
            self._draft.write(self._sealer.update(data))


async def boxes_of(settings: Settings, region: str, objects: Objects) -> Boxes:
    """The boxes of a region at a site; its key is made at first use. Raises RootKeyLost, WrongKey."""
    kms, aad = open_kms(settings), bind("kept/backup-key/v1", region)
    try:
        stored = msgspec.json.decode(await objects.get(_KEY_FILE), type=_Stored)
    except NoSuchObject:
        made = await kms.wrap(region, new_key(), aad)
        await objects.create(_KEY_FILE, msgspec.json.encode(_Stored(made.epoch, made.blob)))
        stored = msgspec.json.decode(await objects.get(_KEY_FILE), type=_Stored)
    return Boxes(objects, bytes(await kms.unwrap(region, Wrapped(stored.epoch, stored.blob), aad)))
