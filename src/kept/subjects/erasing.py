"""Erasing a member from our stores, step by step. Each step may be repeated, and leaves a state from which the next goes on.

1. `shred`: the key goes first, so whatever breaks off later, nothing sealed can be read again, here or in a backup.
2. `hide`: cards go from every shelf; tombstones follow to all cells.
3. `remove_objects`, 4. `remove_rows`: with the entry `member.erased`, by which a restore does it again.
5. `forget_everywhere` (see farewells.py), 6. `leave_directory`, 7. `scrub`, 8. the scan (see residue.py).

A legal hold on everything stops all of it but hiding; a hold on single things keeps these, and the key that they need.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import sqlalchemy as sa

from kept.catalog import CellRow, DirectoryRow
from kept.cells import Cell, ShelfRow, take_off_shelf
from kept.kit import Database, KeptError, Kind
from kept.ledger import outbox_insert
from kept.residency import MemberBusy, Works, erased
from kept.retention import holds
from kept.subjects.deriving import Held, OwnedTable, owned_tables
from kept.subjects.places import DIRECTORY, FILES, KEYS
from kept.subjects.rows import Outcome, What, count_rows, erase_rows, objects_of

PLATFORM = "system:worker"
SMALL = 256 * 1024 * 1024
"""Bytes of a table that is rewritten after an erasure; of a larger one, the space is given free for other rows."""

_BATCH = 200
_MOVING = "SELECT FROM member_move WHERE member_id = $1"
_RUNNING = "SELECT FROM job WHERE owner_id = $1 AND state = 'running'"
_SIZE = "SELECT pg_total_relation_size(to_regclass($1)) AS size"
_LEAVING_PARCELS = "SELECT count(*) AS n FROM parcel WHERE content ->> 'owner_id' = $1"


class NotErasedYet(KeptError):
    """Something could not be asked, or is still there: tried again."""

    code = "not_erased_yet"
    kind = Kind.BUSY
    message = "The erasure is not complete: {what}. It is tried again."


def tables_of_members() -> list[OwnedTable]:
    """The tables of a cell whose rows are members', without the shelves: those are cleared by parcels, in every cell."""
    shelves = {shelf.__tablename__ for shelf in _shelves()}
    return [table for table in owned_tables(CellRow.metadata) if table.name not in shelves]


async def held_of(cell: Cell, member_id: UUID, *, now: datetime) -> Held:
    """What of a member's is held at present."""
    running = [one for one in await holds(cell, member_id=member_id) if one.lifted_at is None and one.ends_at > now]
    items = frozenset(one.item_id for one in running if one.item_id is not None)
    return Held(everything=any(one.item_id is None for one in running), items=items)


async def require_quiet(works: Works, cell: Cell, member_id: UUID) -> None:
    """Nobody moves the member, and no job of theirs runs. Raises MemberBusy."""
    if await works.cells.directory.database.fetch(_MOVING, member_id) or await cell.database.fetch(_RUNNING, member_id):
        raise MemberBusy


async def shred(works: Works, cell: Cell, member_id: UUID, held: Held) -> Outcome:
    """Destroy the member's key: from here on nothing sealed can be read, in caches and backups neither."""
    if held.anything:
        return Outcome(KEYS, What.HELD, left=1)
    shredded = await works.vaults[cell.name].shred(member_id)
    return Outcome(KEYS, What.ERASED if shredded.found else What.NOTHING_FOUND, int(shredded.found))


async def hide(cell: Cell, member_id: UUID, *, now: datetime) -> list[Outcome]:
    """Take everything of the member's off the shelves of every cell; held things, too: a hold keeps, it does not show."""
    outcomes = []
    for shelf in _shelves():
        gone = 0
        while items := await _shown(cell, shelf, member_id):
            async with cell.begin() as tx:
                for item_id in items:
                    await take_off_shelf(tx, shelf, owner_id=member_id, item_id=item_id, now=now)
            gone += len(items)
        outcomes.append(Outcome(shelf.__tablename__, What.ERASED if gone else What.NOTHING_FOUND, gone))
    return outcomes


async def remove_objects(works: Works, cell: Cell, member_id: UUID, held: Held) -> Outcome:
    """Delete the files that the member's rows name, and what else is kept beside rows."""
    if held.everything:
        return Outcome(FILES, What.HELD, left=1)
    async with cell.begin() as tx:
        keys = await objects_of(tx.connection, tables_of_members(), member_id, held)
    for key in keys:
        await cell.objects.delete(key)
    if not held.anything:
        for one in works.supplied.luggage:
            await one.drop(member_id, cell)
    return Outcome(FILES, What.ERASED if keys else What.NOTHING_FOUND, len(keys))


async def remove_rows(works: Works, cell: Cell, member_id: UUID, held: Held, *, now: datetime) -> list[Outcome]:
    """Delete the member's rows, and put that on record, in one transaction. Done twice, it is recorded once."""
    tables = tables_of_members()
    try:
        async with cell.begin() as tx:
            await tx.run(sa.text("SET LOCAL lock_timeout = '5s'"))
            there = bool(await count_rows(tx.connection, tables[:1] if held.anything else tables, member_id))
            outcomes = await erase_rows(tx.connection, tables, member_id, held)
            if there and not held.anything:
                entry = erased(works.beacon, member_id, actor=PLATFORM)
                for statement in outbox_insert([entry], cell=cell.name, now=now):
                    await tx.run(statement)
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig and error.orig.__cause__, asyncpg.LockNotAvailableError):
            raise MemberBusy from error
        raise
    return outcomes


async def leave_directory(works: Works, member_id: UUID, held: Held) -> Outcome:
    """Free the handle and the sign-in address; nobody has that id any more. A held member stays known by their id."""
    if held.anything:
        return Outcome(DIRECTORY, What.HELD, left=1)
    known = await works.cells.directory.home(member_id) is not None
    await works.cells.directory.release(member_id)
    return Outcome(DIRECTORY, What.ERASED if known else What.NOTHING_FOUND, int(known))


async def scrub(works: Works, cell: Cell, changed: Sequence[str]) -> list[str]:
    """Make the servers let go of what was deleted: dead rows, statistics, the write-ahead log.

    Small tables are rewritten; returns those that were too large, or in use, and were only given free for other rows.
    """
    stores = works.supplied.stores
    directory = [table.name for table in owned_tables(DirectoryRow.metadata)]
    only_freed = [name for name in changed if not await _vacuum(cell.database, name)]
    only_freed += [name for name in directory if not await _vacuum(works.cells.directory.database, name)]
    if stores is not None:
        await stores.scrub(cell)
    return only_freed


async def parcels_on_their_way(cell: Cell, member_id: UUID) -> int:
    """Tombstones that have not reached every cell yet."""
    rows = await cell.database.fetch(_LEAVING_PARCELS, str(member_id))
    return int(rows[0]["n"])


def _shelves() -> list[type[ShelfRow]]:
    """The shelves of the schema; a class whose table is in no schema has no rows."""
    return [shelf for shelf in ShelfRow.__subclasses__() if shelf.__tablename__ in CellRow.metadata.tables]


async def _shown(cell: Cell, shelf: type[ShelfRow], member_id: UUID) -> list[UUID]:
    sql = f'SELECT item_id FROM "{shelf.__tablename__}" WHERE owner_id = $1 LIMIT $2'  # noqa: S608  our own name
    return [row["item_id"] for row in await cell.database.fetch(sql, member_id, _BATCH)]


async def _vacuum(database: Database, table: str) -> bool:
    """Whether a table was rewritten."""
    name = '"' + table.replace('"', '""') + '"'
    pool = await database.pool()
    async with pool.acquire() as connection:
        small = await connection.fetchval(_SIZE, name) <= SMALL
        if small:
            try:
                await connection.execute("SET lock_timeout = '2s'")
                await connection.execute(f"VACUUM (FULL) {name}")
                return True
            except asyncpg.LockNotAvailableError:
                pass  # somebody has been using it for two seconds: the space is given free below
            finally:
                await asyncio.shield(connection.execute("RESET lock_timeout"))
        await connection.execute(f"VACUUM {name}")
        return False
