"""Part of `kept bench messages --long`: what a message costs when there are a thousand, and when there are a million."""

import asyncio
import base64
import multiprocessing
import time
from typing import Any
from uuid import UUID

import asyncpg

from kept.bench.asking import post_spell
from kept.bench.running import Platform
from kept.postgres import EmbeddedPostgres

SIZES = (1_000, 10_000, 100_000, 1_000_000)
CLIENTS = 8
SPELL_SECONDS = 3.0
PEERS = 50

_FILL = """
INSERT INTO message (owner_id, message_id, peer_id, mine, state, body, sent_at, arrived_at)
SELECT owners[1 + n % cardinality(owners)],
    (lpad(to_hex(1700000000000 + n * 40), 12, '0') || '7' || left(md5(n::text), 3) || 'a' || right(md5(n::text), 15))::uuid,
    owners[1 + (n / 7) % cardinality(owners)], n % 2 = 0, 'sent',
    decode('01' || repeat(md5(n::text), 10), 'hex'), to_timestamp(1700000000 + n / 25), to_timestamp(1700000000 + n / 25)
FROM generate_series($2::bigint, $3::bigint) AS n, (SELECT $1::uuid[] AS owners) AS who
"""


async def sizes(
    running: Platform, people: list[tuple[str, str]], requests: list[bytes], address: str
) -> dict[str, Any]:
    """Messages a second and milliseconds a message by how many copies are stored, filled in bulk."""
    owners = [_member_of(token) for _, token in people]
    connection = await asyncpg.connect(address)
    result: dict[str, Any] = {}
    filled = 0
    with multiprocessing.get_context("spawn").Pool(1) as apart:
        for size in SIZES:
            began = time.perf_counter()
            await connection.execute(_FILL, owners, filled, size - 1, timeout=300)
            await connection.execute("VACUUM ANALYZE message", timeout=300)
            await _settle(running)
            filled = size
            result[f"fill_seconds_{size}"] = time.perf_counter() - began
            args = (running.port, requests, CLIENTS, SPELL_SECONDS)
            for _ in range(2):  # caches, and pages changed for the first time after a checkpoint
                await asyncio.to_thread(apart.apply, post_spell, args)
            one = await asyncio.to_thread(apart.apply, post_spell, args)
            result[f"sends_per_second_at_{size}"] = len(one.seconds) / one.lasted
            result[f"ms_per_send_at_{size}"] = 1000 * sum(one.seconds) / len(one.seconds)
    await connection.close()
    first, last = (result[f"ms_per_send_at_{size}"] for size in (SIZES[0], SIZES[-1]))
    return result | {"growth": last / first}


async def _settle(running: Platform) -> None:
    """Let the server write out what was filled in, else each first change of a page is what is measured."""
    connection = await asyncpg.connect(EmbeddedPostgres(running.folder / "postgres").admin_address("kept_us"))
    await connection.execute("CHECKPOINT", timeout=300)
    await connection.close()


def _member_of(token: str) -> UUID:
    """Whose a token is: `<cell>.<base64url(member id, …)>`."""
    return UUID(bytes=base64.urlsafe_b64decode(token.rpartition(".")[2] + "==")[:16])
