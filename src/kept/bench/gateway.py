"""`kept bench gateway`: parcels between two regions that run apart, beside plain HTTP and a plain insert in the same minutes.

Two platforms (`kept up` twice) on one durable database server. A parcel is read, checked, signed, sent, verified, checked
again, applied to the shelf, answered, counted and dropped; bare means: the same rows by POST to a process that inserts them
in one statement, a batch a transaction, with nothing read, checked, signed, applied or dropped. By turns.
"""

import asyncio
import statistics
import sys
import time
from typing import Any

import asyncpg
import httpx
import msgspec

from kept.bench.bare_gateway import TABLE
from kept.bench.running import NotRunning, free_port
from kept.bench.two_regions import TwoRegions, two_regions
from kept.cells import PARCELS

PARCELS_A_ROUND = 4_096
ROUNDS = 3
BATCH = 256
ARRIVALS = 60
PATIENCE = 60.0

_CONTENT = """
jsonb_build_object('owner_id', $1::text, 'item_id', i::text, 'handle', 'bench', 'caption', repeat('A caption. ', 8),
    'placeholder', repeat('x', 400), 'seconds', 12.5, 'width', 576, 'height', 1024, 'home', 'eu',
    'renditions', 'source p360', 'curated', false, 'published_at', '2026-11-23T12:00:00Z', 'recommended', true)
"""
_FILL = f"""
INSERT INTO parcel (to_cell, parcel_id, kind, what, content, made_at)
SELECT 'us', uuidv7(), 'put', 'shelf_card', {_CONTENT}, now() FROM (SELECT uuidv7() AS i FROM generate_series(1, $2::int)) s
RETURNING parcel_id, content::text
"""  # noqa: S608  constants


async def run() -> dict[str, Any]:
    """Rates of both, their ratio, and how long a parcel takes from its commit to being visible in the other region."""
    async with two_regions() as regions:
        owner = await asyncio.to_thread(_member, regions)
        eu = await asyncpg.connect(regions.addresses["eu"]["data"])
        us = await asyncpg.connect(regions.addresses["us"]["data"])
        port = free_port()
        command = [sys.executable, "-m", "kept.bench.bare_gateway", regions.addresses["us"]["data"], str(port)]
        bare = await asyncio.create_subprocess_exec(*command)
        try:
            await us.execute(TABLE)
            carried, plain = [], []
            for _ in range(ROUNDS):
                rows, seconds = await _carried(eu, us, owner)
                carried.append(len(rows) / seconds)
                plain.append(await _posted(rows, port))
            arrivals = [await _arrival(eu, us, owner) for _ in range(ARRIVALS)]
        finally:
            bare.kill()
            await bare.wait()
            await eu.close()
            await us.close()
    return {
        "name": "gateway",
        "parcels_per_second": statistics.median(carried),
        "bare_post_and_insert_per_second": statistics.median(plain),
        "ratio": statistics.median(carried) / statistics.median(plain),
        "visible_elsewhere_ms_median": statistics.median(arrivals) * 1000,
        "visible_elsewhere_ms_p99": sorted(arrivals)[int(len(arrivals) * 0.99)] * 1000,
        "parcels_a_round": PARCELS_A_ROUND,
        "batch": BATCH,
    }


def _member(regions: TwoRegions) -> str:
    body = {"handle": "bench.author", "password": "plum-harbour-sixty-lanterns", "birth_date": "1990-05-17"}
    told = msgspec.json.encode(body | {"country": "DE", "accept_terms": "current"})
    answer = regions.running["eu"].ask("POST", "/api/v1/accounts", told, content_type="application/json")
    if answer.status != 201:
        raise NotRunning(why=f"signing up gave {answer.status}")
    return str(answer.json()["member_id"])


async def _carried(eu: Any, us: Any, owner: str) -> tuple[list[Any], float]:
    """Let many parcels wait, say so, and see how long they take to be gone from here, and so to be there."""
    async with eu.transaction():
        rows = await eu.fetch(_FILL, owner, PARCELS_A_ROUND)
        await eu.execute(f"NOTIFY {PARCELS}")
    begun = time.perf_counter()
    await _until_none(eu, "parcel")
    seconds = time.perf_counter() - begun
    await us.execute("DELETE FROM shelf_card")
    return rows, seconds


async def _posted(rows: list[Any], port: int) -> float:
    """The same rows to the bare process; rows a second."""
    batches = [
        msgspec.msgpack.encode([(str(row[0]), row[1]) for row in rows[start : start + BATCH]])
        for start in range(0, len(rows), BATCH)
    ]
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        url = f"http://127.0.0.1:{port}/"
        await client.post(url, content=batches[0])
        begun = time.perf_counter()
        for batch in batches[1:]:
            (await client.post(url, content=batch)).raise_for_status()
        return (len(rows) - BATCH) / (time.perf_counter() - begun)


async def _arrival(eu: Any, us: Any, owner: str) -> float:
    """Seconds from the commit of one parcel until the other region's database shows it."""
    async with eu.transaction():
        await eu.fetch(_FILL, owner, 1)
        await eu.execute(f"NOTIFY {PARCELS}")
    begun = time.perf_counter()
    while not await us.fetchval("SELECT EXISTS (SELECT FROM shelf_card)"):
        if time.perf_counter() - begun > PATIENCE:
            raise NotRunning(why="a parcel did not arrive")
        await asyncio.sleep(0.001)
    took = time.perf_counter() - begun
    await _until_none(eu, "parcel")
    await us.execute("DELETE FROM shelf_card")
    return took


async def _until_none(cell: Any, table: str) -> None:
    """Wait until a table is empty. Raises NotRunning."""
    begun = time.perf_counter()
    while await cell.fetchval(f'SELECT EXISTS (SELECT FROM "{table}")'):  # noqa: S608  constants
        if time.perf_counter() - begun > PATIENCE:
            raise NotRunning(why="parcels did not arrive")
        await asyncio.sleep(0.002)
