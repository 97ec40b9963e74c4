"""`kept bench ranking`: a page of the feed that is ranked for its member, beside the page of the newest clips, by how many
clips there are: a thousand, ten thousand, a hundred thousand; with `--long` a million.

A whole platform (`kept up`). Its shelf is filled in bulk with made-up cards of a hundredth as many authors, and with likes;
members follow a hundred of these, have watched three hundred clips and liked fifty. Clients ask for first pages of both kinds
by turns, so that both see the same minute. The index of words, which neither page reads, is dropped, for it would take most
of the time to fill.
"""

import asyncio
import base64
import multiprocessing
import statistics
from typing import Any
from uuid import UUID

import asyncpg

from kept.bench.asking import Spell, post_spell
from kept.bench.running import NotRunning, Platform, platform
from kept.postgres import EmbeddedPostgres

SIZES = (1_000, 10_000, 100_000)
LARGEST = 1_000_000
MEMBERS = 8
CLIENTS = 4
SPELL_SECONDS = 1.5
ROUNDS = 5
FOLLOWED, WATCHED, LIKED = 100, 300, 50
LIMIT_GROWTH = 1.5
"""A page at the largest size costs at most so many times what it costs at the smallest that is full: ten thousand clips."""

PATHS = {"latest": "/api/v1/feed", "for_you": "/api/v1/feed?feed=for_you"}

_ID = "(lpad(to_hex({kind}), 8, '0') || '-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"
_CLIP, _AUTHOR = _ID.format(kind=1, number="n"), _ID.format(kind=2, number="n % ($2::bigint / 100)")
_CARDS = f"""
INSERT INTO shelf_card (owner_id, item_id, parcel_id, handle, caption, placeholder, seconds, width, height, home, renditions,
    curated, recommended, published_at)
SELECT {_AUTHOR}, {_CLIP}, {_CLIP}, 'author' || n % ($2 / 100), 'The best clip of the day #tag' || n % 40, '', 12.5, 1080, 1920,
    'us', '540 720 source', false, true, now() - n * interval '1 second'
FROM generate_series($1::bigint, $2 - 1) AS n
"""  # noqa: S608  our own words
_LIKES = f"""
INSERT INTO shelf_likes (owner_id, item_id, parcel_id, clip_id, cell, likes)
SELECT {_AUTHOR}, {_CLIP}, {_CLIP}, {_CLIP}, 'us', (n * 7919) % 500 FROM generate_series($1::bigint, $2 - 1) AS n
"""  # noqa: S608  our own words
_FOLLOWS = f"""
INSERT INTO follow (owner_id, other_id, turn, since, wants, answer_to, accepted, state)
SELECT $3, {_AUTHOR}, 1, now(), true, 1, true, 'following' FROM generate_series($1::bigint, $1 + {FOLLOWED} - 1) AS n
ON CONFLICT DO NOTHING
"""  # noqa: S608  our own words
_SEEN = f"""
INSERT INTO watched (owner_id, clip_id, author_id, share, times, unwanted, watched_at)
SELECT $3, {_CLIP}, {_AUTHOR}, 0.8, 1, n % 50 = 0, now() - n * interval '1 minute'
FROM generate_series($1::bigint, $1 + {WATCHED} - 1) AS n ON CONFLICT DO NOTHING
"""  # noqa: S608  our own words
_HEARTS = f"""
INSERT INTO liked (owner_id, clip_id, author_id, liked_at)
SELECT $3, {_CLIP}, {_AUTHOR}, now() - n * interval '1 minute'
FROM generate_series($1::bigint, $1 + {LIKED} - 1) AS n ON CONFLICT DO NOTHING
"""  # noqa: S608  our own words


async def run(*, long: bool = False) -> dict[str, Any]:
    """Milliseconds a page of both kinds at each size, their ratios, and how a page grows. Raises NotRunning."""
    sizes = (*SIZES, LARGEST) if long else SIZES
    result: dict[str, Any] = {"name": "ranking", "clients": CLIENTS}
    async with platform() as running:
        tokens = [await asyncio.to_thread(member, running) for _ in range(MEMBERS)]
        connection = await asyncpg.connect(EmbeddedPostgres(running.folder / "postgres").admin_address("kept_us"))
        await connection.execute("DROP INDEX shelf_card_words")
        filled = 0
        for size in sizes:
            await fill(connection, filled, size, [id_of(token) for token in tokens])
            filled = size
            result |= await asyncio.to_thread(_measure, running, tokens, size)
        await connection.close()
    first, last = (result[f"for_you_ms_at_{size}"] for size in (sizes[1], sizes[-1]))
    return result | {"for_you_growth": last / first, "limit_growth": LIMIT_GROWTH}


def member(running: Platform) -> str:
    """The bearer token of a new member who chose to have a feed ranked."""
    token = running.join()
    chosen = running.ask(
        "PUT", "/api/v1/feed/choice", b'{"ranked":true}', authorization=token, content_type="application/json"
    )
    if chosen.status != 204:
        raise NotRunning(why=f"choosing a feed gave {chosen.status}")
    return token


async def fill(connection: "asyncpg.Connection[Any]", since: int, size: int, members: list[UUID]) -> None:
    """Put cards up to `size` on the shelf, and have members follow, watch and like some of the newest."""
    for sql in (_CARDS, _LIKES):
        await connection.execute(sql, since, size, timeout=900)
    for number, member in enumerate(members):
        for sql in (_FOLLOWS, _SEEN, _HEARTS):
            await connection.execute(sql, number * 20, size, member, timeout=300)
    for table in ("shelf_card", "shelf_likes", "follow", "watched", "liked"):
        await connection.execute(f"VACUUM ANALYZE {table}", timeout=900)
    await connection.execute("CHECKPOINT", timeout=900)


def _measure(running: Platform, tokens: list[str], size: int) -> dict[str, Any]:
    """Spells by turns, in a process that does nothing else."""
    spells: dict[str, list[Spell]] = {kind: [] for kind in PATHS}
    with multiprocessing.get_context("spawn").Pool(1) as apart:
        for number in range(ROUNDS + 1):
            for kind, path in PATHS.items():
                requests = [_request(running, path, token) for token in tokens]
                one = apart.apply(post_spell, (running.port, requests, CLIENTS, SPELL_SECONDS))
                if number:  # the first round fills caches
                    spells[kind].append(one)
    if failed := sum(one.failures for each in spells.values() for one in each):
        raise NotRunning(why=f"{failed} requests failed")
    times = {kind: [1000 * one for spell in each for one in spell.seconds] for kind, each in spells.items()}
    found = {f"{kind}_ms_at_{size}": statistics.median(each) for kind, each in times.items()}
    p99 = sorted(times["for_you"])[int(0.99 * len(times["for_you"]))]
    ratio = found[f"for_you_ms_at_{size}"] / found[f"latest_ms_at_{size}"]
    return found | {f"for_you_p99_ms_at_{size}": p99, f"for_you_to_latest_at_{size}": ratio}


def _request(running: Platform, path: str, token: str) -> bytes:
    host = f"Host: 127.0.0.1:{running.port}"
    return f"GET {path} HTTP/1.1\r\n{host}\r\nAuthorization: {token}\r\nAccept: */*\r\n\r\n".encode()


def id_of(token: str) -> UUID:
    """Whose a token is: `Bearer <cell>.<base64url(member id, …)>`."""
    return UUID(bytes=base64.urlsafe_b64decode(token.rpartition(".")[2] + "==")[:16])
