"""Part of `kept bench messages`: opening a page of 50 messages beside its bare query, and how often a key is at hand."""

import random
import statistics
import time
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from kept.accounts import Session, resume
from kept.bench.running import Platform
from kept.kit import Database, load_settings, new_id
from kept.kit.settings import Messages as Pace
from kept.messages import BODY, Content, page, send
from kept.postgres import EmbeddedPostgres
from kept.runtime import Runtime, open_runtime
from kept.vault import KeyHolder, Reason, open_kms
from kept.videos import ExactHashGate

PAGE = 50
ROUNDS = 400
LIMIT_PAGE_RATIO = 2.0
MIX_MEMBERS = 500
MIX_MESSAGES = 50_000
LIMIT_HIT_RATE = 0.99

_BARE = """
SELECT message_id, peer_id, mine, state, body, sent_at, arrived_at FROM message WHERE owner_id = $1 AND peer_id = $2
ORDER BY message_id DESC LIMIT $3
"""


async def pages(running: Platform, people: list[tuple[str, str]]) -> dict[str, Any]:
    """Both measurements, in this process, on the platform's stores."""
    runtime = _opened(running)
    try:
        half = len(people) // 2
        now = runtime.clock.now()
        writer = await resume(runtime.accounts, people[1][1].removeprefix("Bearer "), now=now)
        reader = await resume(runtime.accounts, people[half + 1][1].removeprefix("Bearer "), now=now)
        for number in range(2 * PAGE):
            await send(
                runtime.messages, writer, reader.handle, Content(text=f"{number} " * 30), now=runtime.clock.now()
            )
        return await _pages(runtime, reader, writer.member_id) | await _mix(runtime, running)
    finally:
        await runtime.close()


async def _pages(runtime: Runtime, reader: Session, peer_id: UUID) -> dict[str, Any]:
    bare, ours = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        rows = await reader.cell.database.fetch(_BARE, reader.member_id, peer_id, PAGE)
        between = time.perf_counter()
        found, _ = await page(runtime.messages, reader, peer_id, limit=PAGE)
        ended = time.perf_counter()
        bare.append(between - began)
        ours.append(ended - between)
        assert len(rows) == len(found) == PAGE  # noqa: S101  else nothing was measured
    bare_ms, page_ms = 1000 * statistics.median(bare), 1000 * statistics.median(ours)
    return {
        "bare_page_ms": bare_ms,
        "page_ms": page_ms,
        "page_ratio": page_ms / bare_ms,
        "limit_page_ratio": LIMIT_PAGE_RATIO,
    }


class _Counting(Database):
    """A key store that counts how often a member's key is asked for."""

    asked = 0

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """As `Database.fetch`."""
        self.asked += "FROM member_key" in statement
        return await super().fetch(statement, *values)


async def _mix(runtime: Runtime, running: Platform) -> dict[str, Any]:
    """Members of whom some write much and most write little (Zipf), within the life of a cached key, from a cold start.

    A message is sealed for both; every fourth time, the one who gets it opens the conversation.
    """
    store = _Counting(EmbeddedPostgres(running.folder / "postgres").address("kept_us_keys"))
    vault = KeyHolder("us", "us", store, open_kms(runtime.settings), runtime.clock, runtime.beacon)
    rng, members = random.Random(4), [new_id() for _ in range(MIX_MEMBERS)]  # noqa: S311  a mix, not a secret
    for member_id in members:
        await vault.create(member_id)
    await vault.close()
    vault = KeyHolder("us", "us", store, open_kms(runtime.settings), runtime.clock, runtime.beacon)
    weights = [1 / (rank + 10) for rank in range(MIX_MEMBERS)]
    store.asked = uses = 0
    pairs = zip(
        rng.choices(members, weights, k=MIX_MESSAGES), rng.choices(members, weights, k=MIX_MESSAGES), strict=True
    )
    for number, (sender_id, recipient_id) in enumerate(pairs):
        sealed = [await vault.seal(one, BODY, sender_id, b"x") for one in (sender_id, recipient_id)]
        uses += 2
        if number % 4 == 0:
            await vault.open_many(recipient_id, BODY, [(sender_id, sealed[1])], reason=Reason.OWNER)
            uses += 1
    await vault.close()
    await store.close()
    return {
        "key_uses": uses,
        "key_reads": store.asked,
        "key_cache_hit_rate": 1 - store.asked / uses,
        "limit_hit_rate": LIMIT_HIT_RATE,
    }


def _opened(running: Platform) -> Runtime:
    """The platform's stores, opened here, too."""
    settings = msgspec.structs.replace(
        load_settings(environ={}), data=str(running.folder), messages=Pace(per_minute=6e6, burst=1_000_000)
    )
    return open_runtime(settings, EmbeddedPostgres(running.folder / "postgres").address, gates=(ExactHashGate(),))
