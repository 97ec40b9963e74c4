"""Objects from one store to another: read in pieces, written, synced, read back, and compared by their SHA-256.

A row says that an object is on its way before its first byte is written, so nobody tidies it away before its own row comes.
"""

import asyncio
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from kept.cells import Cell
from kept.kit import KeptError, Kind, new_id
from kept.kit.objects import NoSuchObject, Objects
from kept.residency.copying import Connection
from kept.residency.tables import quoted, travelling

PIECE = 4 * 1024 * 1024
AT_ONCE = 4

_ANNOUNCE = """
INSERT INTO arriving_object (object_key, move_id, since) SELECT k, $2, $3 FROM unnest($1::text[]) AS k
ON CONFLICT (object_key) DO UPDATE SET move_id = excluded.move_id
"""


class ObjectDiffers(KeptError):
    code = "object_differs"
    kind = Kind.BUG
    message = "A file that was copied is not the same at its new place. Nothing was switched or deleted."


@dataclass(frozen=True, slots=True)
class Brought:
    """An object that was copied: its length, its SHA-256, and which version of it that was."""

    size: int
    digest: bytes
    version: str


async def keys_of(connection: Connection, members: Sequence[UUID]) -> set[str]:
    """The objects that the members' rows name."""
    keys: set[str] = set()
    for table in travelling():
        if table.object_column is not None:
            column = quoted(table.object_column)
            rows = await connection.fetch(f"SELECT {column} AS key FROM ({table.rows_of(members)}) AS r")  # noqa: S608
            keys |= {row["key"] for row in rows if row["key"] is not None}
    return keys


async def bring(
    keys: Collection[str], old: Cell, new: Cell, brought: Mapping[str, Brought], *, move_id: UUID, now: datetime
) -> dict[str, Brought]:
    """Copy the objects that `brought` has not, or not in their present version; what is not at the old home is left out.

    Returns all that are there now. Raises ObjectDiffers.
    """
    versions = await old.objects.versions(keys)
    wanted = [key for key, version in versions.items() if version and not _same(brought.get(key), version)]
    if wanted:
        await new.database.fetch(_ANNOUNCE, wanted, move_id, now)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(key: str) -> Brought:
        async with gate:
            return await copy_object(key, str(versions[key]), old.objects, new.objects)

    copies = await asyncio.gather(*map(one, wanted))
    there = {key: one for key, one in brought.items() if versions.get(key)}
    return there | dict(zip(wanted, copies, strict=True))


def digest_of(brought: Mapping[str, Brought]) -> bytes:
    """SHA-256 over the objects' keys and digests, in the order of the keys."""
    return sha256(b"".join(key.encode() + b"\0" + brought[key].digest for key in sorted(brought))).digest()


async def copy_object(key: str, version: str, old: Objects, new: Objects) -> Brought:
    """Copy one object, and read it back. Raises ObjectDiffers, NoSuchObject."""
    size = await old.size(key)
    if new.folder is None:
        data = await old.get(key)
        digest = sha256(data).digest()
        await new.put(key, data)
    else:
        digest = await _into_folder(key, size, old, new.folder)
    if await digest_at(key, new) != digest:
        raise ObjectDiffers
    return Brought(size, digest, version)


async def digest_at(key: str, store: Objects) -> bytes | None:
    """SHA-256 of a stored object; None where there is none."""
    hashed = sha256()
    try:
        size = await store.size(key)
        for start in range(0, size, PIECE):
            piece = await store.get_range(key, start, min(start + PIECE, size))
            await asyncio.to_thread(hashed.update, piece)
    except NoSuchObject:
        return None
    return hashed.digest()


async def _into_folder(key: str, size: int, old: Objects, folder: Path) -> bytes:
    """Write a file beside the objects, sync it, and give it its name."""
    draft = folder / f".arriving-{new_id().hex}"
    hashed = sha256()
    try:
        with draft.open("xb") as file:
            draft.chmod(0o600)
            for start in range(0, size, PIECE):
                piece = await old.get_range(key, start, min(start + PIECE, size))
                await asyncio.to_thread(_append, file.fileno(), piece)
                hashed.update(piece)
            await asyncio.to_thread(os.fsync, file.fileno())
        await Objects(str(folder)).take_in({key: draft})
    finally:
        await asyncio.to_thread(draft.unlink, missing_ok=True)
    return hashed.digest()


def _append(descriptor: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _same(brought: Brought | None, version: str) -> bool:
    return brought is not None and brought.version == version
