"""`kept bench app`: what people wait for, beside the bare server in the same minute. Ends by itself, within two minutes or so.

A whole platform (`kept up`), in two parts. First a real Chromium, if there is one, opens the site and swipes through four
clips that were uploaded (`app_browser.py`). Then a thousand viewers, each on a connection of its own, open pages at a lively
person's pace: one every eight seconds or so, by lot a page of For you, of the newest clips, of comments, of notices, or
the bare server's constant. They are signed in as forty members, each of whom follows a hundred authors and watched three
hundred clips, like those of `kept bench ranking`, before a shelf of ten thousand made-up cards. The viewers are one process, on
the same processors as the platform; beside them, now and then, it asks the database for eight rows and nothing else.

What is printed of each page is its p50 and p99, their ratios to the constant's and the bare query's, and what p99 is beyond
the constant's.
"""

import asyncio
import multiprocessing
import random
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from kept.bench.app_browser import first_frames
from kept.bench.asking import exchange
from kept.bench.ranking import fill, id_of, member
from kept.bench.running import NotRunning, Platform, platform
from kept.bench.upload import publish
from kept.kit import new_id
from kept.media import phone_clip
from kept.postgres import EmbeddedPostgres

VIEWERS = 1_000
MEMBERS = 40
CARDS = 10_000
CLIPS = 4
CLIP_SECONDS = 4.0
PAUSE = 8.0
"""Seconds between two pages of a viewer, on average; half of it at least."""
WARM_SECONDS, SECONDS = 8.0, 40.0
COMMENTS, NOTICES = 40, 30
BARE_EVERY = 0.05
LIMIT_P99_MS = 250.0

SHARES = {"for_you": 35, "latest": 25, "comments": 20, "notices": 10, "constant": 10}
"""Of a hundred pages."""

_BARE = (
    "SELECT item_id, handle, caption FROM shelf_card WHERE recommended ORDER BY published_at DESC, item_id DESC LIMIT 8"
)
_COMMENT = """
INSERT INTO shelf_comment (owner_id, item_id, parcel_id, clip_id, text, written_at) VALUES ($1, $2, $2, $3, $4, $5)
"""
_NOTICE = """
INSERT INTO notice (owner_id, notice_id, kind, actor_id, clip_id, amount, told_at) VALUES ($1, $2, 'liked', $3, $4, 1, $5)
"""


@dataclass(slots=True)
class Load:
    """What came of the viewers' minute: seconds by kind of page, of the bare query, and how many answers were no 200."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in (*SHARES, "query")})
    failures: int = 0
    lasted: float = 0.0


async def run() -> dict[str, Any]:
    """Milliseconds of each page, their ratios, and the limits; what a browser saw, if there is one. Raises NotRunning."""
    async with platform() as running:
        clips = await asyncio.to_thread(_publish, running)
        result: dict[str, Any] = {"name": "app"} | await first_frames(running)
        tokens = [await asyncio.to_thread(member, running) for _ in range(MEMBERS)]
        await _fill(running, tokens, clips)
        address = EmbeddedPostgres(running.folder / "postgres").address("kept_us")
        requests = {kind: _requests(running, kind, tokens, clips) for kind in SHARES}
        with multiprocessing.get_context("spawn").Pool(1) as apart:
            pace = (VIEWERS, PAUSE, WARM_SECONDS, SECONDS)
            load = await asyncio.to_thread(apart.apply, load_of, (running.port, address, requests, *pace))
    if load.failures:
        raise NotRunning(why=f"{load.failures} requests failed")
    return result | {"viewers": VIEWERS, "cards": CARDS} | summary(load) | {"limit_p99_ms": LIMIT_P99_MS}


def summary(load: Load) -> dict[str, Any]:
    """Milliseconds and ratios, each page beside the constant and the bare query of the same minute."""
    p50, p99 = ({kind: _at(share, times) for kind, times in load.seconds.items()} for share in (0.5, 0.99))
    found: dict[str, Any] = {"pages_per_second": sum(len(load.seconds[kind]) for kind in SHARES) / load.lasted}
    for kind in p50:
        found |= {f"{kind}_pages": len(load.seconds[kind]), f"{kind}_p50_ms": p50[kind], f"{kind}_p99_ms": p99[kind]}
    for kind in SHARES:
        if kind != "constant":
            found |= {
                f"{kind}_p50_to_constant": p50[kind] / p50["constant"],
                f"{kind}_p99_to_constant": p99[kind] / p99["constant"],
                f"{kind}_p50_to_query": p50[kind] / p50["query"],
                f"{kind}_p99_beyond_constant_ms": p99[kind] - p99["constant"],
            }
    return found


def _publish(running: Platform) -> list[UUID]:
    """Have a member upload clips, and wait until their renditions are there. Raises NotRunning."""
    folder = Path(tempfile.mkdtemp(prefix="kept-bench-"))
    try:
        data, token = phone_clip(folder / "phone.mp4", CLIP_SECONDS).read_bytes(), running.join()
    finally:
        shutil.rmtree(folder)
    return publish(running, data, token, CLIPS)


async def _fill(running: Platform, tokens: list[str], clips: list[UUID]) -> None:
    """A full shelf, comments under the clips, and notices of likes, by members to members."""
    members, now = [id_of(token) for token in tokens], datetime.now(UTC)
    connection = await asyncpg.connect(EmbeddedPostgres(running.folder / "postgres").admin_address("kept_us"))
    try:
        await fill(connection, 0, CARDS, members)
        words = "What a blue! And the light on the water, at six in the morning."
        said = [(members[n % len(members)], new_id(), clip, words, now) for clip in clips for n in range(COMMENTS)]
        told = [
            (one, new_id(), members[(place + n + 1) % len(members)], clips[n % len(clips)], now)
            for place, one in enumerate(members)
            for n in range(NOTICES)
        ]
        await connection.executemany(_COMMENT, said)
        await connection.executemany(_NOTICE, told)
        await connection.execute("VACUUM ANALYZE shelf_comment, notice")
    finally:
        await connection.close()


def _requests(running: Platform, kind: str, tokens: list[str], clips: list[UUID]) -> list[bytes]:
    """A page of a kind as it is asked for by each member."""
    paths = {
        "for_you": ["/api/v1/feed?feed=for_you"],
        "latest": ["/api/v1/feed"],
        "comments": [f"/api/v1/clips/{clip}/comments" for clip in clips],
        "notices": ["/api/v1/notices"],
        "constant": ["/healthz"],
    }[kind]
    head = f"HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nAccept: */*\r\nAuthorization:"
    return [f"GET {path} {head} {token}\r\n\r\n".encode() for token in tokens for path in paths]


def load_of(
    port: int,
    address: str,
    requests: Mapping[str, list[bytes]],
    viewers: int,
    pause: float,
    warm: float,
    seconds: float,
) -> Load:
    """Have `viewers` open pages, one each `pause` seconds, until `seconds` after they have `warm`ed up. Blocks; for a process
    of its own."""
    return uvloop.run(_load(port, address, requests, viewers, pause, warm, seconds))


async def _load(
    port: int,
    address: str,
    requests: Mapping[str, list[bytes]],
    viewers: int,
    pause: float,
    warm: float,
    seconds: float,
) -> Load:
    found, counts = Load(lasted=seconds), time.perf_counter() + warm
    until = counts + seconds
    people = [_viewer(port, requests, random.Random(number), pause, counts, until, found) for number in range(viewers)]  # noqa: S311  pace
    await asyncio.gather(_bare(address, counts, until, found), *people)
    return found


async def _viewer(
    port: int,
    requests: Mapping[str, list[bytes]],
    lot: random.Random,
    pause: float,
    counts: float,
    until: float,
    found: Load,
) -> None:
    kinds, shares = list(SHARES), list(SHARES.values())
    await asyncio.sleep(lot.uniform(0, pause))
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        while (asked := time.perf_counter()) < until:
            kind = lot.choices(kinds, shares)[0]
            is_good = await exchange(reader, writer, lot.choice(requests[kind]))
            if asked >= counts:
                found.seconds[kind].append(time.perf_counter() - asked)
            found.failures += not is_good
            await asyncio.sleep(min(lot.uniform(0.5, 1.5) * pause, max(0.0, until - time.perf_counter())))
    finally:
        writer.close()


async def _bare(address: str, counts: float, until: float, found: Load) -> None:
    connection = await asyncpg.connect(address)
    try:
        while (asked := time.perf_counter()) < until:
            rows = await connection.fetch(_BARE)
            assert rows  # noqa: S101  else nothing was measured
            if asked >= counts:
                found.seconds["query"].append(time.perf_counter() - asked)
            await asyncio.sleep(BARE_EVERY)
    finally:
        await connection.close()


def _at(share: float, seconds: list[float]) -> float:
    """Milliseconds within which that share was answered."""
    return 1000 * sorted(seconds)[int(share * len(seconds))]
