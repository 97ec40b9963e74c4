"""A cell out of its backup. It refuses everybody until what was done since is done again, and nothing of it is left.

    closed -> loaded, to the bit -> moved and erased members, takedowns: done again -> residue: none -> open
"""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa

from kept.catalog import CellRow, KeyRow
from kept.cells import Cell, Standing, strangers
from kept.kit import Database, KeptError, Kind
from kept.ledger import Entry, outbox_insert
from kept.residency.backing_up import DATA, KEYS, PLATFORM, StoredObject, objects_in, read_manifest
from kept.residency.boxes import Boxes, DamagedBackup, boxes_of
from kept.residency.luggage import Works
from kept.residency.objects import digest_at
from kept.residency.replaying import Erasures, remove
from kept.residency.since import leaves_since
from kept.residency.sites import Site, site_of
from kept.residency.tables import order_of, quoted

SCRATCH = "kept_restore_test"
TRIED_OBJECTS = 200


class CellInUse(KeptError):
    code = "cell_in_use"
    kind = Kind.CONFLICT
    message = "Members live in {cell}. A backup is restored into a cell that is empty, or closed already."


class NoBackup(KeptError):
    code = "no_backup"
    kind = Kind.NOT_FOUND
    message = "There is no backup of {cell} ({kind}) at {site}."


class StillThere(KeptError):
    """Promise `residency.backup`: a restore replays every erasure before it opens for traffic."""

    code = "still_there"
    kind = Kind.CONFLICT
    message = "What was erased or taken down since the backup is still in {cell}: {what}. It stays closed."


@dataclass(frozen=True, slots=True)
class Report:
    """What a restore, or a test of one, came to."""

    backup_id: UUID
    taken_at: str
    rows: int
    objects: int
    entries: int
    """Of the ledger, since the backup."""
    replayed: dict[str, int]
    """What changed something, by event."""
    removed: int
    """Members who have moved away since, or are gone."""


async def restore(
    works: Works, cell: Cell, *, site: str | None = None, backup_id: UUID | None = None, keys: UUID | None = None
) -> Report:
    """Restore a cell's data (the newest backup unless one is named), and its keys if a backup of them is named; then open it.

    What stops in between leaves the cell closed; it can be repeated.

    Raises:
        CellInUse, NoBackup, DamagedBackup, LedgerUnfit, StillThere, UndeclaredSite.
    """
    now, place = works.clock.now(), site_of(works.settings, cell.region, site)
    chosen = backup_id or await newest(works, cell, place, DATA)
    if await works.cells.standings.of(cell.name) is not Standing.RESTORING:
        if await cell.database.fetch("SELECT FROM resident LIMIT 1"):
            raise CellInUse(cell=cell.name)
        reason = f"It is restored from backup {chosen}."
        await works.cells.standings.set(cell.name, Standing.RESTORING, reason=reason, now=now)
    boxes = await boxes_of(works.settings, cell.region, place.objects)
    starts = []
    if keys is not None:
        said = await read_manifest(works, place, KEYS, keys)
        await _fill(cell.keys_database, KeyRow.metadata, boxes, said)
        starts.append(int(said["ledger_size"]))
    said = await read_manifest(works, place, DATA, chosen)
    rows = await _fill(cell.database, CellRow.metadata, boxes, said)
    objects = await objects_in(boxes, chosen)
    for one in objects:
        await _bring_back(boxes, cell, one)
    starts.append(int(said["ledger_size"]))
    return await open_again(works, cell, min(starts), chosen, said, rows, len(objects))


async def open_again(
    works: Works, cell: Cell, start: int, backup_id: UUID, said: dict[str, Any], rows: int, objects: int
) -> Report:
    """The gate: do again what the ledger tells, look for what is left, and only then answer anybody."""
    now = works.clock.now()
    leaves = await leaves_since(works, start)
    moved = [one.owner async for one in strangers(cell, works.cells.directory)]
    await remove(cell, sorted(set(moved)))
    replays = [Erasures(works.beacon, works.vaults), *works.supplied.replays]
    replayed: dict[str, int] = {}
    for one in replays:
        mine = [leaf for leaf in leaves if leaf.event in one.events]
        replayed[", ".join(sorted(one.events))] = await one.replay(cell, mine, now=now)
    left = [what for one in replays for what in await one.residue(cell, [x for x in leaves if x.event in one.events])]
    left += [f"rows in {one.table} of members at home elsewhere" async for one in strangers(cell, works.cells.directory)]
    if left:
        raise StillThere(cell=cell.name, what="; ".join(left))
    entry = Entry("region.restored", actor=PLATFORM, object=f"backup:{backup_id}")
    async with cell.begin() as tx:
        for statement in outbox_insert([entry], cell=cell.name, now=now):
            await tx.run(statement)
    reason = f"Restored from backup {backup_id} and checked."
    await works.cells.standings.set(cell.name, Standing.SERVING, reason=reason, now=now)
    return Report(backup_id, said["taken_at"], rows, objects, len(leaves), replayed, len(set(moved)))


async def try_restore(
    works: Works, cell: Cell, *, site: str | None = None, backup_id: UUID | None = None, kind: str = DATA
) -> Report:
    """Restore a backup beside the cell's own tables, compare it to the bit, and let go of it again; noted with the backup.

    Everything happens in one transaction that is rolled back. Raises NoBackup, DamagedBackup, BadStatement, UndeclaredSite.
    """
    place, now = site_of(works.settings, cell.region, site), works.clock.now()
    chosen = backup_id or await newest(works, cell, place, kind)
    boxes = await boxes_of(works.settings, cell.region, place.objects)
    try:
        said = await read_manifest(works, place, kind, chosen)
        database, metadata = (cell.database, CellRow.metadata) if kind == DATA else (cell.keys_database, KeyRow.metadata)
        rows = await _try(database, metadata, boxes, said)
        objects = await objects_in(boxes, chosen) if kind == DATA else []
        for one in random.sample(objects, min(TRIED_OBJECTS, len(objects))):
            await _content(boxes, one)
    except KeptError as error:
        await _note(works, chosen, now, error.public)
        raise
    await _note(works, chosen, now, "")
    return Report(chosen, said["taken_at"], rows, len(objects), 0, {}, 0)


async def newest(works: Works, cell: Cell, place: Site, kind: str) -> UUID:
    """The newest backup of a cell at a site. Raises NoBackup."""
    rows = await works.cells.directory.database.fetch(
        "SELECT backup_id FROM backup WHERE cell = $1 AND site = $2 AND kind = $3 AND deleted_at IS NULL"
        " ORDER BY taken_at DESC, backup_id DESC LIMIT 1",
        cell.name,
        place.name,
        kind,
    )
    if not rows:
        raise NoBackup(cell=cell.name, kind=kind, site=place.name)
    return UUID(str(rows[0]["backup_id"]))


async def _fill(database: Database, metadata: sa.MetaData, boxes: Boxes, said: dict[str, Any]) -> int:
    """Put the rows of a backup in the place of whatever is there: all, or none."""
    names = ", ".join(quoted(table.name) for table in metadata.sorted_tables)
    pool = await database.pool()
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"TRUNCATE {names}")
        return await _load(connection, metadata.sorted_tables, boxes, said, "public")


async def _try(database: Database, metadata: sa.MetaData, boxes: Boxes, said: dict[str, Any]) -> int:
    async with database.engine.connect() as connection:
        await connection.execute(sa.text(f"CREATE SCHEMA {SCRATCH}"))
        await connection.execute(sa.text(f"SET LOCAL search_path TO {SCRATCH}"))
        await connection.run_sync(metadata.create_all, checkfirst=False)
        raw: Any = (await connection.get_raw_connection()).driver_connection
        rows = await _load(raw, metadata.sorted_tables, boxes, said, SCRATCH)
        await connection.rollback()
        return rows


async def _load(
    connection: Any, tables: Sequence[sa.Table], boxes: Boxes, said: dict[str, Any], schema: str
) -> int:
    """Copy the tables in, read them back, and compare both with what was signed. Raises DamagedBackup."""
    total = 0
    for table in tables:
        told = said["tables"].get(table.name)
        if told is None:
            continue
        name, hashed, back = f"{said['kind']}/{said['backup']}/{table.name}", sha256(), sha256()

        async def pieces(name: str = name, hashed: Any = hashed) -> AsyncIterator[bytes]:
            async for piece in boxes.pieces(name):
                hashed.update(piece)
                yield piece

        async def read_back(piece: bytes, back: Any = back) -> None:
            back.update(piece)

        try:
            await connection.copy_to_table(
                table.name, source=pieces(), columns=told["columns"], schema_name=schema, format="binary"
            )
        except (asyncpg.BadCopyFileFormatError, asyncpg.IntegrityConstraintViolationError) as error:
            raise DamagedBackup(name=name) from error
        columns = ", ".join(map(quoted, told["columns"]))
        sql = f"SELECT {columns} FROM {schema}.{quoted(table.name)} ORDER BY {order_of(table)}"  # noqa: S608
        done = await connection.copy_from_query(sql, output=read_back, format="binary")
        if not hashed.hexdigest() == back.hexdigest() == told["digest"] or done != f"COPY {told['rows']}":
            raise DamagedBackup(name=name)
        total += told["rows"]
    return total


async def _content(boxes: Boxes, one: StoredObject) -> bytes:
    name = boxes.name_of(one.digest)
    content = b"".join([piece async for piece in boxes.pieces(name)])
    if sha256(content).digest() != one.digest:
        raise DamagedBackup(name=name)
    return content


async def _bring_back(boxes: Boxes, cell: Cell, one: StoredObject) -> None:
    if await digest_at(one.key, cell.objects) != one.digest:
        await cell.objects.put(one.key, await _content(boxes, one))


async def _note(works: Works, backup_id: UUID, now: datetime, found: str) -> None:
    said = "UPDATE backup SET tested_at = $2, test = $3 WHERE backup_id = $1"
    await works.cells.directory.database.fetch(said, backup_id, now, found)
