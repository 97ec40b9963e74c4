"""Before and after the members move: what is the cell's own. Shelves, tombstones, blocks and counters come to the new cell.

Shelves are public and every cell has them; what the new one lacks is filled in. Counters are added, once: a mark in the
same transaction says that it was done.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell, Cells, Standing
from kept.cells.crossing import ParcelRow
from kept.kit import KeptError, Kind
from kept.ledger import LedgerOutbox
from kept.residency.cases import hand_over_cases
from kept.residency.copying import Connection
from kept.residency.luggage import Works
from kept.residency.models import ArrivingObject
from kept.residency.tables import case_tables, quoted, shelves, system_tables

_ON_THEIR_WAY = (ParcelRow.__tablename__, LedgerOutbox.__tablename__, ArrivingObject.__tablename__, "departed")
"""Not copied: parcels and entries are waited for instead, and the others are about the cell that is left."""
_COUNT, _HOME = "count", "home"
_VERSIONS = ("parcel_id", "changed_at")
"""Columns that tell which of two versions of a row is the newer: a shelf's, a case's."""


class NotPrepared(KeptError):
    code = "not_prepared"
    kind = Kind.CONFLICT
    message = "{cell} can't take over: {why}"


async def prepare(works: Works, old: Cell, new: Cell) -> None:
    """Make the new cell ready, and send newcomers there. Safe to repeat. Raises NotPrepared."""
    now = works.clock.now()
    if old.region != new.region:
        raise NotPrepared(cell=new.name, why=f"it is in the region {new.region}, and the data of {old.region} stays there.")
    directory = works.cells.directory
    await works.vaults[new.name].start()
    await directory.publish_key(new.name, await works.vaults[new.name].envelope_key(), now=now)
    await works.cells.standings.set(old.name, Standing.LEAVING, reason=f"Its members move to {new.name}.", now=now)
    await works.cells.standings.set(new.name, Standing.SERVING, reason=f"It takes over from {old.name}.", now=now)
    await copy_own(old, new)
    await hand_over_cases(works, old, new)


async def copy_own(old: Cell, new: Cell) -> None:
    """Bring shelves, tombstones and whatever else is the cell's own, but for counters; newer rows win. Safe to repeat."""
    for table in (*shelves(), *(one for one in system_tables() if _is_copied(one))):
        await _merge(old, new, table, newer=_version_of(table))
    for shelf in shelves():
        gone = f"DELETE FROM {quoted(shelf.name)} s USING shelf_gone g WHERE g.shelf = $1 AND g.item_id = s.item_id"  # noqa: S608
        await new.database.fetch(gone, shelf.name)


async def bring_cases_back(works: Works, new: Cell, old: Cell) -> None:
    """What became of cases at the new cell, into the old one: a pivot was aborted. Safe to repeat."""
    for table in case_tables():
        await _merge(new, old, table, newer=_version_of(table))
    await hand_over_cases(works, new, old)


async def add_counters(old: Cell, new: Cell, *, pivot_id: UUID, now: datetime) -> None:
    """Add the counters of the old cell to those of the new one, exactly once however often it is tried."""
    for table in system_tables():
        if _is_counter(table):
            await _merge(old, new, table, newer=None, once=(f"counters:{pivot_id}:{table.name}", pivot_id, now))


async def wait_for_the_last(works: Works, old: Cell, *, seconds: float = 120.0) -> None:
    """Until everything that was on its way from or to the old cell has arrived. Raises NotPrepared."""
    until = asyncio.get_running_loop().time() + seconds
    while found := await _on_their_way(works.cells, old):
        if asyncio.get_running_loop().time() > until:
            raise NotPrepared(cell=old.name, why=f"{found} parcels or entries are still on their way; does the worker run?")
        await asyncio.sleep(0.1)


async def _on_their_way(cells: Cells, old: Cell) -> int:
    found = 0
    for cell in cells:
        own = cell.name == old.name
        where = "" if own else f" WHERE to_cell = '{quoted(old.name)[1:-1]}' AND kind = 'addressed'"
        found += (await cell.database.fetch(f"SELECT count(*) AS n FROM parcel{where}"))[0]["n"]  # noqa: S608
        if own:
            found += (await cell.database.fetch("SELECT count(*) AS n FROM ledger_outbox"))[0]["n"]
            found += (await cell.keys_database.fetch("SELECT count(*) AS n FROM key_entry"))[0]["n"]
    return found


def _is_counter(table: sa.Table) -> bool:
    return _COUNT in table.c and _COUNT not in table.primary_key.columns


def _version_of(table: sa.Table) -> str | None:
    return next((name for name in _VERSIONS if name in table.c), None)


def _is_copied(table: sa.Table) -> bool:
    return not _is_counter(table) and table.name not in _ON_THEIR_WAY


async def _merge(
    old: Cell, new: Cell, table: sa.Table, *, newer: str | None, once: tuple[str, UUID, datetime] | None = None
) -> None:
    """Insert the rows of one table; where there is one already, the newer stays, or counts are added up."""
    names = [column.name for column in table.c]
    columns, key = ", ".join(map(quoted, names)), ", ".join(quoted(one.name) for one in table.primary_key.columns)
    if newer is not None:
        sets = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in names)
        conflict = f"DO UPDATE SET {sets} WHERE {quoted(table.name)}.{newer} < excluded.{newer}"
    elif once is not None:
        conflict = f"DO UPDATE SET {_COUNT} = {quoted(table.name)}.{_COUNT} + excluded.{_COUNT}"
    else:
        conflict = "DO NOTHING"
    source, target = await old.database.pool(), await new.database.pool()
    async with source.acquire() as out, target.acquire() as into, into.transaction():
        if once is not None and not await _first_time(into, once):
            return
        await into.execute(f"CREATE TEMP TABLE coming ON COMMIT DROP AS SELECT * FROM {quoted(table.name)} WITH NO DATA")  # noqa: S608
        await pipe(out, f"SELECT {columns} FROM {quoted(table.name)}", into, "coming", names)  # noqa: S608
        source_rows = f"SELECT {columns} FROM coming"  # noqa: S608
        if once is not None:
            source_rows = await _as_the_new_cell_counts(into, old, new, table)
        await into.execute(
            f"INSERT INTO {quoted(table.name)} ({columns}) {source_rows} ON CONFLICT ({key}) {conflict}"
        )


async def _as_the_new_cell_counts(into: Connection, old: Cell, new: Cell, table: sa.Table) -> str:
    """SQL of the counts that are coming; what was at home in the old cell is at home in the new one now."""
    if _HOME in table.c:
        await into.execute(f"UPDATE coming SET {_HOME} = $2 WHERE {_HOME} = $1", old.name, new.name)  # noqa: S608
    others = ", ".join(quoted(column.name) for column in table.c if column.name != _COUNT)
    names = ", ".join("sum(count)::bigint" if column.name == _COUNT else quoted(column.name) for column in table.c)
    return f"SELECT {names} FROM coming GROUP BY {others}"  # noqa: S608


async def _first_time(into: Connection, once: tuple[str, UUID, datetime]) -> bool:
    marked = "INSERT INTO arriving_object (object_key, move_id, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    return bool(await into.execute(marked, *once) == "INSERT 0 1")


async def pipe(out: Connection, sql: str, into: Connection, table: str, columns: list[str]) -> int:
    """Rows that a query finds, into a table somewhere else, as they come; how many."""
    pieces: asyncio.Queue[bytes | None] = asyncio.Queue(16)

    async def read() -> None:
        try:
            await out.copy_from_query(sql, output=pieces.put, format="binary")
        finally:
            await pieces.put(None)

    async def come() -> AsyncIterator[bytes]:
        while (piece := await pieces.get()) is not None:
            yield piece

    async with asyncio.TaskGroup() as group:
        group.create_task(read())
        done = group.create_task(into.copy_to_table(table, source=come(), columns=columns, format="binary"))
    return int(done.result().removeprefix("COPY "))
