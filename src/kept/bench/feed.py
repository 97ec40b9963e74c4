"""`kept bench feed`: pages of the feed and of its API, beside the same server answering a constant.

A whole platform (`kept up`), whose shelf holds 500 made-up cards. 32 clients on connections that stay open ask as fast as
they are answered, each kind by turns in short spells, so that all kinds see the same minute. The clients are a process of
their own, on the same processors as the platform: what it costs to ask is in the figures, for the constant, too.
"""

import asyncio
import contextlib
import multiprocessing
import statistics
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from kept.bench.asking import Spell, spell
from kept.bench.running import NotRunning, Platform, platform
from kept.kit import new_id
from kept.postgres import EmbeddedPostgres

CARDS = 500
CLIENTS = 32
SPELL_SECONDS = 1.5
ROUNDS = 7
LIMIT_SHARE = 0.30
LIMIT_P99_MS = 50.0

PATHS = {"constant": "/healthz", "page": "/", "api": "/api/v1/feed"}

_CARD = """
INSERT INTO shelf_card (owner_id, item_id, parcel_id, handle, caption, placeholder, seconds, width, height, home,
    renditions, curated, recommended, published_at)
VALUES ($1, $2, $3, $4, $5, $6, 12.5, 1080, 1920, 'us', '540 720 source', false, true, $7)
"""
_PLACEHOLDER = "data:image/webp;base64," + "UklGRkAAAABXRUJQVlA4IDQAAADwAQCdASoQABwAPzmGuVOvKSWisAgB4CcJaQAAW" * 5


@dataclass(frozen=True, slots=True)
class Measured:
    """What the spells of one kind came to."""

    rate: float
    p50_ms: float
    p99_ms: float
    failures: int

    @classmethod
    def of(cls, spells: list[Spell]) -> "Measured":
        """The median rate, and the quantiles of all answers."""
        times = sorted(one for each in spells for one in each.seconds)
        rate = statistics.median(len(each.seconds) / each.lasted for each in spells)
        return cls(
            rate,
            1000 * times[len(times) // 2],
            1000 * times[int(len(times) * 0.99)],
            sum(each.failures for each in spells),
        )


async def run() -> dict[str, Any]:
    """Requests a second and latencies of each kind, the shares of the constant, and the limits. Raises NotRunning."""
    async with platform() as running:
        await _fill(running)
        pages = await asyncio.to_thread(_measure, running)
    constant, page, api = (Measured.of(pages[kind]) for kind in PATHS)
    if page.failures or api.failures or constant.failures:
        raise NotRunning(why=f"{page.failures + api.failures + constant.failures} requests failed")
    return {
        "name": "feed",
        "clients": CLIENTS,
        "cards": CARDS,
        "constant_per_second": constant.rate,
        "page_per_second": page.rate,
        "api_per_second": api.rate,
        "page_share": page.rate / constant.rate,
        "api_share": api.rate / constant.rate,
        "limit_share": LIMIT_SHARE,
        "page_p50_ms": page.p50_ms,
        "page_p99_ms": page.p99_ms,
        "api_p50_ms": api.p50_ms,
        "api_p99_ms": api.p99_ms,
        "limit_p99_ms": LIMIT_P99_MS,
        "memory_bytes": pages["memory"][0],
    }


def _measure(running: Platform) -> dict[str, Any]:
    """Spells by turns, in a process that does nothing else."""
    found: dict[str, Any] = {kind: [] for kind in PATHS}
    found["memory"] = [running.memory()]
    with multiprocessing.get_context("spawn").Pool(1) as clients:
        for number in range(ROUNDS + 1):
            for kind, path in PATHS.items():
                one = clients.apply(spell, (running.port, path, CLIENTS, SPELL_SECONDS))
                if number:  # the first round fills caches
                    found[kind].append(one)
    return found


async def _fill(running: Platform) -> None:
    """Put made-up cards on the shelf of the cell that answers visitors."""
    address = EmbeddedPostgres(running.folder / "postgres").address("kept_us")
    connection = await asyncpg.connect(address)
    now = datetime.now(UTC)
    rows = [
        (
            new_id(),
            new_id(),
            new_id(),
            f"author{number}",
            f"Clip number {number}, with words as people write them, and a #tag or two",
            _PLACEHOLDER,
            now - timedelta(minutes=number),
        )
        for number in range(CARDS)
    ]
    try:
        await connection.executemany(_CARD, rows)
    finally:
        with contextlib.suppress(asyncpg.InterfaceError):
            await connection.close()
