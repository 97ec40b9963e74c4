"""`kept bench pivot`: members moved to a new store, a backup and a restore, beside `pg_dump | psql` of the same rows.

Ours moves rows in batches of members: taken out of the old database and deleted there in a prepared transaction, written
into tables with all their keys and references, read back to the bit and hashed, keys handed over, homes switched, counts
kept, everything durable. `pg_dump | psql` copies the same databases into empty ones, and makes keys and references when all
rows are there; a second baseline is `pg_dump --data-only` into tables that have them, as ours has. A restore decrypts,
decompresses, writes, reads back and compares. Rows are made from the catalogue, in every table that a member has.
"""

import asyncio
import subprocess
import time
from typing import Any

from kept.bench.rows import fill
from kept.bench.stores import opened
from kept.catalog.tables import STORES
from kept.cells import Cell, Home
from kept.kit import Database, new_id
from kept.postgres import EmbeddedPostgres
from kept.residency import back_up, try_restore
from kept.residency.pivoting import move_everybody
from kept.residency.preparing import prepare
from kept.runtime import Runtime

MEMBERS = 4_000
EACH = 4
LIMIT = 0.5
_WINDOWS = """
SELECT max(window_ms) AS longest, percentile_cont(0.5) WITHIN GROUP (ORDER BY window_ms) AS median FROM move_batch
"""


async def run() -> dict[str, Any]:
    """Rows a second of each way, and the ratios."""
    async with opened(["eu-1", "eu-2"]) as (runtime, server):
        return {"name": "pivot"} | await _compare(runtime, server)


async def _compare(runtime: Runtime, server: EmbeddedPostgres) -> dict[str, Any]:
    old, new = runtime.cells.named("eu-1"), runtime.cells.named("eu-2")
    rows = await _people(runtime, old)
    copied = await asyncio.to_thread(_dumped, server, old, [], "bench_whole")
    into = Database(server.ensure_database("bench_rows"))
    async with into.begin() as connection:
        await connection.run_sync(STORES["cell"].metadata.create_all)
    await into.close()
    data_only = await asyncio.to_thread(_dumped, server, old, ["--data-only"], "bench_rows")
    began = time.perf_counter()
    made = await back_up(runtime, old)
    backed_up = time.perf_counter() - began
    began = time.perf_counter()
    await try_restore(runtime, old)
    restored = time.perf_counter() - began
    await prepare(runtime, old, new)
    began = time.perf_counter()
    await move_everybody(runtime, old, new, pivot_id=await _pivot(runtime))
    moved = time.perf_counter() - began
    [window] = await runtime.cells.directory.database.fetch(_WINDOWS)
    return {
        "members": MEMBERS,
        "rows": rows,
        "pg_dump_psql_rows_per_second": rows / copied,
        "pg_dump_data_only_psql_rows_per_second": rows / data_only,
        "pivot_rows_per_second": rows / moved,
        "backup_rows_per_second": rows / backed_up,
        "restore_rows_per_second": rows / restored,
        "backup_bytes": made.size,
        "pivot_ratio": copied / moved,
        "pivot_ratio_to_data_only": data_only / moved,
        "restore_ratio": copied / restored,
        "restore_ratio_to_data_only": data_only / restored,
        "limit": LIMIT,
        "read_only_window_median_ms": window["median"],
        "read_only_window_longest_ms": window["longest"],
    }


async def _people(runtime: Runtime, cell: Cell) -> int:
    """Members with rows in every table, known to directory and vault."""
    members, now = [new_id() for _ in range(MEMBERS)], runtime.clock.now()
    directory = runtime.cells.directory
    await runtime.vaults[cell.name].start()
    sample = Home(members[0], cell.name)
    await directory.claim(sample, handle="bench", login=None, now=now)
    await directory.database.fetch(
        "INSERT INTO member (member_id, cell, claimed_at, confirmed_at) SELECT m, $2, $3, $3 FROM unnest($1::uuid[]) m"
        " ON CONFLICT (member_id) DO UPDATE SET confirmed_at = excluded.confirmed_at",
        members,
        cell.name,
        now,
    )
    for member_id in members:
        await runtime.vaults[cell.name].create(member_id)
    made = await fill(cell, members, each=EACH)
    await cell.database.fetch("ANALYZE")
    return sum(made.values())


async def _pivot(runtime: Runtime) -> Any:
    pivot_id, now = new_id(), runtime.clock.now()
    await runtime.cells.directory.database.fetch(
        "INSERT INTO pivot (pivot_id, old, new, step, members, began_at, changed_at, problem)"
        " VALUES ($1, 'eu-1', 'eu-2', 'moving', $2, $3, $3, '')",
        pivot_id,
        MEMBERS,
        now,
    )
    return pivot_id


def _dumped(server: EmbeddedPostgres, cell: Cell, options: list[str], to: str) -> float:
    """Seconds that `pg_dump | psql` takes, into a database that is made beforehand."""
    target = server.ensure_database(to)
    programs = server.programs
    began = time.perf_counter()
    dump = subprocess.Popen(
        [programs.path("pg_dump"), "--no-owner", "--no-acl", *options, cell.database.address], stdout=subprocess.PIPE
    )
    load = [programs.path("psql"), "-Xq", "-v", "ON_ERROR_STOP=1", target]
    subprocess.run(load, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
    if dump.stdout is not None:
        dump.stdout.close()
    if dump.wait() != 0:
        raise subprocess.CalledProcessError(dump.returncode, "pg_dump")
    return time.perf_counter() - began


