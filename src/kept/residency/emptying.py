"""The end of an old store: what is still in it must be nothing, then its tables are made anew, its keys and files deleted.

Tables are dropped and made again in one transaction, which gives their files back to the file system: a deletion row by row
would leave what was deleted in the pages until they are written over.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from kept.catalog import CellRow, KeyRow
from kept.cells import Cell
from kept.kit import KeptError, Kind
from kept.residency.luggage import Works
from kept.residency.tables import quoted, travelling
from kept.vault.models import AuthorisedOpening, KeyStore

LOCK_SECONDS = 20


class NotVerified(KeptError):
    """Promise `residency.pivot`: no deletion before everything is verified to be at the new home."""

    code = "not_verified"
    kind = Kind.CONFLICT
    message = "{cell} is not empty of its members' data ({what}), so nothing of it was deleted."


async def require_left(works: Works, old: Cell) -> None:
    """That nobody lives in a cell, and none of its rows, keys or objects is anybody's. Raises NotVerified."""
    homes = await works.cells.directory.database.fetch("SELECT count(*) AS n FROM member WHERE cell = $1", old.name)
    if homes[0]["n"]:
        raise NotVerified(cell=old.name, what=f"{homes[0]['n']} members live there")
    moves = "SELECT count(*) AS n FROM member_move WHERE from_cell = $1 OR to_cell = $1"
    under_way = (await works.cells.directory.database.fetch(moves, old.name))[0]["n"]
    if under_way:
        raise NotVerified(cell=old.name, what=f"{under_way} members are on their way")
    for table, rows in (await rows_in(old)).items():
        if rows:
            raise NotVerified(cell=old.name, what=f"{rows} rows in {table}")
    keys = (await old.keys_database.fetch("SELECT count(*) AS n FROM member_key"))[0]["n"]
    if keys:
        raise NotVerified(cell=old.name, what=f"{keys} members' keys")


async def rows_in(cell: Cell) -> dict[str, int]:
    """Rows that are anybody's, by table."""
    union = " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, count(*) AS n FROM {quoted(table.name)}"  # noqa: S608
        for table in travelling()
        if table.name != "job"
    )
    return {row["name"]: row["n"] for row in await cell.database.fetch(union)}


async def carry_tombstones(works: Works, old: Cell, new: Cell) -> None:
    """Whoever was erased stays erased at the new home; and what was opened for others stays on record there."""
    for row in await old.keys_database.fetch("SELECT member_id FROM shredded_key"):
        stone = await new.keys_database.fetch("SELECT FROM shredded_key WHERE member_id = $1", row["member_id"])
        if not stone:
            await works.vaults[new.name].shred(row["member_id"])
    async with old.keys_database.begin() as out, new.keys_database.begin() as into:
        opened = (await out.execute(sa.select(AuthorisedOpening.__table__))).mappings().all()
        if opened:
            rows = [dict(row) for row in opened]
            await into.execute(insert(AuthorisedOpening).on_conflict_do_nothing(), rows)


async def empty(works: Works, old: Cell, *, now: datetime) -> None:
    """Delete everything that is in a cell's stores. Safe to repeat. Raises NotVerified."""
    await require_left(works, old)
    async for key in old.objects.keys():
        await old.objects.delete(key)
    await _make_anew(old.database.engine, CellRow.metadata)
    counted = (await old.keys_database.fetch("SELECT coalesce(max(generation), 0) AS n FROM key_store"))[0]["n"]
    store = sa.insert(KeyStore).values(cell=old.name, region=old.region, generation=counted + 1, retired_at=now)
    told = sa.select(sa.func.pg_notify("key_shredded", ""))
    await _make_anew(old.keys_database.engine, KeyRow.metadata, store, told)
    if works.supplied.stores is not None:
        await works.supplied.stores.scrub(old)


async def _make_anew(engine: AsyncEngine, metadata: sa.MetaData, *then: sa.Executable) -> None:
    async with engine.begin() as connection:
        await connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        for statement in then:
            await connection.execute(statement)


