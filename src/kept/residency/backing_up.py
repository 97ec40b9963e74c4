"""Backups of a cell: one consistent look at all its tables, the objects that its rows name, sealed, at a declared site.

    data/<backup>/<table>     COPY, binary      data/<backup>/objects   which object is which file
    keys/<backup>/<table>     the key store, apart, deleted after a few days
    objects/<name>            by content, stored once however many backups name it
    manifests/<kind>/<backup> signed: tables with counts and digests, and how long the ledger was
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.catalog import CellRow, KeyRow
from kept.cells import Cell
from kept.kit import Database, new_id
from kept.kit.objects import NoSuchObject
from kept.ledger import Entry, Signer, VerifierKey, load_signer, open_checkpoint, outbox_insert
from kept.residency import signing
from kept.residency.boxes import PIECE, Boxes, boxes_of
from kept.residency.copying import Connection
from kept.residency.luggage import Works
from kept.residency.models import BackupRow
from kept.residency.sites import Site, site_of
from kept.residency.tables import object_column_of, order_of, quoted

DATA, KEYS = "data", "keys"
LONGEST_KEY_DAYS = 7
PLATFORM = "system:worker"


class StoredObject(msgspec.Struct, array_like=True):
    """An object of the cell, and the file at the site that holds its content."""

    key: str
    version: str
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made."""

    backup_id: UUID
    kind: str
    site: str
    rows: int
    objects: int
    size: int
    """Bytes that were stored for it; objects that were there already don't count."""


async def back_up(works: Works, cell: Cell, *, site: str | None = None, kind: str = DATA) -> Backup:
    """Back up a cell's data, or its key store, to a declared site; on record. Raises UndeclaredSite."""
    now, place = works.clock.now(), site_of(works.settings, cell.region, site)
    boxes = await boxes_of(works.settings, cell.region, place.objects)
    signer = load_signer(works.ledger.signing_key, works.ledger.origin)
    backup_id = new_id()
    said: dict[str, Any] = {"backup": str(backup_id), "cell": cell.name, "region": cell.region, "kind": kind}
    said |= {"site": place.name, "taken_at": now.isoformat(), "ledger_size": await ledger_size(works)}
    database, metadata = (cell.database, CellRow.metadata) if kind == DATA else (cell.keys_database, KeyRow.metadata)
    tables, size, keys = await _tables(boxes, database, metadata, f"{kind}/{backup_id}")
    objects: list[StoredObject] = []
    if kind == DATA:
        objects, more = await _objects(works, boxes, cell, place, keys)
        size += more + await _list(boxes, f"{kind}/{backup_id}/objects", objects)
    said |= {"tables": tables, "objects": len(objects), "expires_at": _expiry(works, kind, now).isoformat()}
    await place.objects.put(manifest_of(kind, backup_id), signing.signed(signing.BACKUP_MANIFEST, said, signer).encode())
    rows = sum(table["rows"] for table in tables.values())
    made = Backup(backup_id, kind, place.name, rows, len(objects), size)
    await _record(works, cell, made, now=now)
    return made


def manifest_of(kind: str, backup_id: UUID) -> str:
    """Where a manifest is."""
    return f"manifests/{kind}/{backup_id}"


async def read_manifest(works: Works, place: Site, kind: str, backup_id: UUID) -> dict[str, Any]:
    """What a backup's manifest says, if we signed it. Raises BadStatement, NoSuchObject."""
    signer: Signer = load_signer(works.ledger.signing_key, works.ledger.origin)
    text = (await place.objects.get(manifest_of(kind, backup_id))).decode()
    return signing.read_signed(text, signing.BACKUP_MANIFEST, signer.vkey)


async def ledger_size(works: Works) -> int:
    """Entries that are published now: what was done before them is in a backup that begins after this look."""
    with suppress(NoSuchObject):
        key = VerifierKey.parse((await works.ledger.objects.get("vkey")).decode())
        return open_checkpoint(await works.ledger.objects.get("checkpoint"), key).size
    return 0


async def expire(works: Works, cell: Cell) -> int:
    """Delete the backups of a cell whose time is up, and then the objects that no backup names; how many backups."""
    now, directory = works.clock.now(), works.cells.directory.database
    rows = await directory.fetch(
        "SELECT * FROM backup WHERE cell = $1 AND deleted_at IS NULL AND expires_at <= $2", cell.name, now
    )
    for row in rows:
        place = site_of(works.settings, cell.region, row["site"])
        async for key in place.objects.keys(f"{row['kind']}/{row['backup_id']}"):
            await place.objects.delete(key)
        await place.objects.delete(manifest_of(row["kind"], row["backup_id"]))
        await directory.fetch("UPDATE backup SET deleted_at = $2 WHERE backup_id = $1", row["backup_id"], now)
    for name in {row["site"] for row in rows if row["kind"] == DATA}:
        await _forget_objects(works, cell, site_of(works.settings, cell.region, name))
    return len(rows)


async def objects_in(boxes: Boxes, backup_id: UUID) -> list[StoredObject]:
    """The objects of a data backup. Raises DamagedBackup."""
    text = b"".join([piece async for piece in boxes.pieces(f"{DATA}/{backup_id}/objects")])
    return msgspec.json.decode(text, type=list[StoredObject])


async def _tables(
    boxes: Boxes, database: Database, metadata: sa.MetaData, prefix: str
) -> tuple[dict[str, Any], int, set[str]]:
    """Copy every table in one snapshot. Returns what the manifest says of each, bytes stored, and objects named."""
    said, size, keys = {}, 0, set()
    pool = await database.pool()
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        for table in metadata.sorted_tables:
            with boxes.filling(f"{prefix}/{table.name}") as file:
                columns = [column.name for column in table.c]
                sql = f"SELECT {', '.join(map(quoted, columns))} FROM {quoted(table.name)} ORDER BY {order_of(table)}"  # noqa: S608
                done = await connection.copy_from_query(sql, output=file.add, format="binary")
                digest = await file.store()
                size += file.size
                rows = int(done.removeprefix("COPY "))
                said[table.name] = {"rows": rows, "digest": digest.hex(), "columns": columns}
            keys |= await _named(connection, table)
    return said, size, keys


async def _named(connection: Connection, table: sa.Table) -> set[str]:
    column = object_column_of(table)
    if column is None:
        return set()
    sql = f"SELECT {quoted(column)} AS key FROM {quoted(table.name)} WHERE {quoted(column)} IS NOT NULL"  # noqa: S608
    return {row["key"] for row in await connection.fetch(sql)}


async def _objects(
    works: Works, boxes: Boxes, cell: Cell, place: Site, keys: set[str]
) -> tuple[list[StoredObject], int]:
    """Store the content that the site has not yet; one that is gone by now was deleted since, and is left out."""
    before = {one.key: one for one in await _before(works, boxes, cell, place)}
    found, size = [], 0
    for key in sorted(keys):
        version = await cell.objects.version(key)
        known = before.get(key)
        if version is None:
            continue
        if known is not None and known.version == version and await boxes.has(boxes.name_of(known.digest)):
            found.append(known)
            continue
        with suppress(NoSuchObject):
            stored, more = await _store_object(boxes, cell, key, version)
            found.append(stored)
            size += more
    return found, size


async def _store_object(boxes: Boxes, cell: Cell, key: str, version: str) -> tuple[StoredObject, int]:
    length, hashed = await cell.objects.size(key), sha256()
    starts = range(0, length, PIECE)
    for start in starts:
        hashed.update(await cell.objects.get_range(key, start, min(start + PIECE, length)))
    name = boxes.name_of(hashed.digest())
    if await boxes.has(name):
        return StoredObject(key, version, length, hashed.digest()), 0
    with boxes.filling(name) as file:
        for start in starts:
            await file.add(await cell.objects.get_range(key, start, min(start + PIECE, length)))
        await file.store()
        return StoredObject(key, version, length, hashed.digest()), file.size


async def _before(works: Works, boxes: Boxes, cell: Cell, place: Site) -> Sequence[StoredObject]:
    rows = await works.cells.directory.database.fetch(
        "SELECT backup_id FROM backup WHERE cell = $1 AND site = $2 AND kind = 'data' AND deleted_at IS NULL"
        " ORDER BY taken_at DESC LIMIT 1",
        cell.name,
        place.name,
    )
    return await objects_in(boxes, rows[0]["backup_id"]) if rows else []


async def _list(boxes: Boxes, name: str, objects: list[StoredObject]) -> int:
    with boxes.filling(name) as file:
        await file.add(msgspec.json.encode(objects))
        await file.store()
        return file.size


async def _forget_objects(works: Works, cell: Cell, place: Site) -> None:
    """Delete content that no backup of any cell at this site names any more."""
    boxes = await boxes_of(works.settings, cell.region, place.objects)
    cells = [one.name for one in works.cells if one.region == cell.region]
    rows = await works.cells.directory.database.fetch(
        "SELECT backup_id FROM backup WHERE cell = ANY($1) AND site = $2 AND kind = 'data' AND deleted_at IS NULL",
        cells,
        place.name,
    )
    named = {boxes.name_of(one.digest) for row in rows for one in await objects_in(boxes, row["backup_id"])}
    async for key in place.objects.keys("objects"):
        if key not in named:
            await place.objects.delete(key)


def _expiry(works: Works, kind: str, now: datetime) -> datetime:
    backups = works.settings.backups
    days = backups.keep_days if kind == DATA else min(backups.key_days, LONGEST_KEY_DAYS)
    return now + timedelta(days=days)


async def _record(works: Works, cell: Cell, made: Backup, *, now: datetime) -> None:
    values = {"backup_id": made.backup_id, "cell": cell.name, "kind": made.kind, "site": made.site, "size": made.size}
    values |= {"rows": made.rows, "objects": made.objects, "taken_at": now, "test": ""}
    async with works.cells.directory.database.begin() as connection:
        await connection.execute(sa.insert(BackupRow).values(**values, expires_at=_expiry(works, made.kind, now)))
    entry = Entry("region.backed_up", actor=PLATFORM, object=f"backup:{made.backup_id}")
    async with cell.begin() as tx:
        for statement in outbox_insert([entry], cell=cell.name, now=now):
            await tx.run(statement)
