"""`kept bench export`: the copy of a person's data, beside `COPY (SELECT …) TO STDOUT` of the same rows into a ZIP.

Twice. On a schema that is not ours (`neutral.py`): `rows_of`, which hides what is secret and numbers other people, and the JSON
files that an archive is made of. And in our own stores: the whole archive, with what was sealed opened, the page for people,
and everything counted again by other statements. Bare writes CSV as the server gives it, other people's ids and all; of
what is sealed, the ciphertext. Both compress alike, and by turns. Nobody keeps what comes out.
"""

import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

from kept.bench.neutral import Base
from kept.bench.neutral_rows import make_people
from kept.bench.peak import Peak
from kept.bench.rows import fill
from kept.bench.stores import opened, server_of_its_own
from kept.catalog import CellRow
from kept.kit import Database, new_id
from kept.postgres import EmbeddedPostgres
from kept.rights import Kind
from kept.rights.archive import Made, archive
from kept.rights.writing import Sink, write_rows, zip_into
from kept.runtime import Runtime
from kept.subjects import Others, OwnedTable, count_rows, owned_tables, rows_of

ROWS = (10_000, 100_000)
"""How many rows a person has in the neutral schema."""
EACH = 3_000
"""How many they have in each of our own tables."""
ROUNDS = 5
LIMIT = 0.5

Work = Callable[[], Awaitable[int]]
"""Something that writes a copy; how many bytes it came to."""


async def run() -> dict[str, Any]:
    """Rows a second, ratios and memory, in both schemas."""
    found: dict[str, Any] = {"name": "export", "limit_ratio": LIMIT}
    with server_of_its_own() as (server, _):
        for rows in ROWS:
            told = await neutral(server, rows)
            found |= {f"{key}_of_{rows}": value for key, value in told.items()}
    return found | {f"own_stores_{key}": value for key, value in (await own_stores(EACH)).items()}


async def neutral(server: EmbeddedPostgres, rows: int) -> dict[str, Any]:
    """What somebody with so many rows costs to copy, who is one of two among a crowd."""
    name = f"bench-{rows}"
    server.ensure_database(name)
    database, tables = Database(server.admin_address(name)), owned_tables(Base.metadata)
    try:
        async with database.begin() as connection:
            who = (await make_people(connection, 2, rows))[0]
        await database.fetch("VACUUM (ANALYZE)")
        return await _compare(rows, lambda: _bare(database, tables, who), lambda: _files(database, tables, who))
    finally:
        await database.close()
        server.drop_database(name)


async def own_stores(each: int) -> dict[str, Any]:
    """What somebody costs to copy who has so many rows in each of our tables."""
    async with opened(["eu"]) as (runtime, _):
        cell, member_id = runtime.cells.named("eu"), new_id()
        await runtime.vaults["eu"].create(member_id)
        await fill(cell, [member_id], each=each, files=1, vault=runtime.vaults["eu"])
        await cell.database.fetch("ANALYZE")
        tables = owned_tables(CellRow.metadata)
        async with cell.database.begin() as connection:
            rows = sum((await count_rows(connection, tables, member_id)).values())
        return await _compare(
            rows, lambda: _bare(cell.database, tables, member_id), lambda: _archive(runtime, member_id, rows)
        )


async def _compare(rows: int, bare: Work, kept: Work) -> dict[str, Any]:
    seconds: dict[Work, list[float]] = {bare: [], kept: []}
    sizes, grown = {}, 0
    for number in range(ROUNDS + 1):
        for work in (bare, kept) if number % 2 else (kept, bare):
            with Peak() as peak:
                began = time.perf_counter()
                sizes[work] = await work()
                took = time.perf_counter() - began
            if number:  # the first round fills caches
                seconds[work].append(took)
                grown = max(grown, peak.grown if work is kept else 0)
    return {
        "rows": rows,
        "bare_rows_per_second": rows / statistics.median(seconds[bare]),
        "kept_rows_per_second": rows / statistics.median(seconds[kept]),
        "ratio": statistics.median(one / other for one, other in zip(seconds[bare], seconds[kept], strict=True)),
        "bare_bytes": sizes[bare],
        "kept_bytes": sizes[kept],
        "memory_grown_bytes": grown,
    }


async def _bare(database: Database, tables: list[OwnedTable], who: UUID) -> int:
    sink, size = Sink(), 0
    pool = await database.pool()
    with zip_into(sink) as out:
        async with pool.acquire() as connection:
            for table in tables:
                with out.open(f"{table.name}.csv", "w", force_zip64=True) as file:

                    async def write(data: bytes, write: Callable[[bytes], int] = file.write) -> None:
                        nonlocal size
                        write(data)
                        size += len(sink.take())

                    query = f'SELECT * FROM "{table.name}" WHERE "{table.owner}" = $1'  # noqa: S608  names of our own
                    await connection.copy_from_query(query, who, output=write, format="csv", header=True)
    return size + len(sink.take())


async def _files(database: Database, tables: list[OwnedTable], who: UUID) -> int:
    sink, others, size = Sink(), Others(), 0
    with zip_into(sink) as out:
        async with database.begin() as connection:
            for table in tables:
                rows = rows_of(connection, table, who, others=others)
                size += await _length(write_rows(out, sink, f"{table.name}.json", rows))
    return size + len(sink.take())


async def _archive(runtime: Runtime, member_id: UUID, rows: int) -> int:
    made = Made()
    cell, now = runtime.cells.named("eu"), runtime.clock.now()
    pieces = archive(runtime, cell, member_id, made, kind=Kind.ACCESS, language="en", now=now)
    size = await _length(pieces)
    assert sum(made.rows.values()) >= rows  # noqa: S101  else something else was measured
    return size


async def _length(pieces: AsyncIterator[bytes]) -> int:
    return sum([len(piece) async for piece in pieces])
