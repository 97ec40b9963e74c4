"""`kept bench messages`: messages over HTTP beside bare two-row inserts of the same durability in the same minute.

A whole platform (`kept up`) with members who write to each other: each message is authenticated, checked by the policy,
sealed twice, stored in two mailboxes, and digested for the ledger. Bare means one statement that inserts two rows of the
same size into a table with nothing but a primary key, on the same server, sent by a client that does nothing else. Clients
are a process of their own. Each kind by turns in short spells, so that all see the same minute.
"""

import asyncio
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from typing import Any

import asyncpg
import uvloop

from kept.bench.asking import Spell, post_spell
from kept.bench.message_pages import pages
from kept.bench.message_sizes import sizes
from kept.bench.running import NotRunning, Platform, platform
from kept.kit import new_id
from kept.postgres import EmbeddedPostgres

CLIENTS = (1, 8, 32)
SPELL_SECONDS = 1.5
ROUNDS = 4
LIMIT_RATIO = 0.25
LIMIT_P99_MS = 100.0
ARRIVALS = 60
TEXT = "See you on Sunday at the market, ten o'clock, by the fountain? I bring the blue bowl. "
PACE = {"KEPT_MESSAGES_PER_MINUTE": "6000000", "KEPT_MESSAGES_BURST": "1000000"}

_PAIR = (
    "CREATE TABLE IF NOT EXISTS bare_pair (owner_id uuid, item_id uuid, body bytea, PRIMARY KEY (owner_id, item_id))"
)
_INSERT = "INSERT INTO bare_pair VALUES ($1, $2, $3), ($4, $2, $5)"
_BODY = bytes(63 + 17 + len(TEXT))


async def run(*, long: bool = False) -> dict[str, Any]:
    """Rates, ratios, latencies and arrival times; with `long`, also the cost of a message by how many are stored."""
    async with platform(**PACE) as running:
        people = await asyncio.to_thread(_join, running, 2 * max(CLIENTS))
        address = EmbeddedPostgres(running.folder / "postgres").address("kept_us")
        connection = await asyncpg.connect(address)
        await connection.execute(_PAIR)
        await connection.close()
        result = await asyncio.to_thread(_rates, running, people, address)
        result |= await _arrivals(running, people)
        result |= await pages(running, people)
        if long:
            result |= await sizes(running, people, requests_of(running.port, people), address)
    return {"name": "messages", "limit_ratio": LIMIT_RATIO, "limit_p99_ms": LIMIT_P99_MS} | result


def bare_spell(address: str, clients: int, seconds: float) -> Spell:
    """Bare inserts by so many connections at once. Blocks; for a process of its own."""
    return uvloop.run(_bare(address, clients, seconds))


def requests_of(port: int, people: list[tuple[str, str]], *, key: bool = False) -> list[bytes]:
    """Requests to send a message, each from one of the first half of the people to one of the second."""
    half = len(people) // 2
    made = []
    for (_, token), (handle, _) in zip(people[:half], people[half:], strict=True):
        body = json.dumps({"to": handle, "text": TEXT}).encode()
        named = "Idempotency-Key: %KEY%\r\n" if key else ""
        head = (
            f"POST /api/v1/messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {token}\r\n{named}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def _rates(running: Platform, people: list[tuple[str, str]], address: str) -> dict[str, Any]:
    plain, keyed = requests_of(running.port, people), requests_of(running.port, people, key=True)
    found: dict[tuple[str, int], list[Spell]] = {}
    syncs = []
    with multiprocessing.get_context("spawn").Pool(1) as apart:
        for number in range(ROUNDS + 1):
            syncs.append(syncs_per_second(running))
            for clients in CLIENTS:
                spells = {
                    "bare": apart.apply(bare_spell, (address, clients, SPELL_SECONDS)),
                    "sends": apart.apply(post_spell, (running.port, plain, clients, SPELL_SECONDS)),
                }
                if clients == max(CLIENTS):
                    spells["keyed"] = apart.apply(post_spell, (running.port, keyed, clients, SPELL_SECONDS))
                for kind, one in spells.items():
                    if one.failures:
                        raise NotRunning(why=f"{one.failures} of {len(one.seconds)} {kind} failed")
                    if number:  # the first round fills caches
                        found.setdefault((kind, clients), []).append(one)
    return _told(found) | {"fdatasyncs_per_second": statistics.median(syncs)}


def _told(found: dict[tuple[str, int], list[Spell]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for clients in CLIENTS:
        rates = {kind: [len(one.seconds) / one.lasted for one in found[kind, clients]] for kind in ("bare", "sends")}
        result[f"bare_per_second_{clients}"] = statistics.median(rates["bare"])
        result[f"sends_per_second_{clients}"] = statistics.median(rates["sends"])
        ratios = [ours / bare for ours, bare in zip(rates["sends"], rates["bare"], strict=True)]
        result[f"ratio_{clients}"] = statistics.median(ratios)
        times = sorted(one for each in found["sends", clients] for one in each.seconds)
        result[f"p50_ms_{clients}"] = 1000 * times[len(times) // 2]
        result[f"p99_ms_{clients}"] = 1000 * times[int(len(times) * 0.99)]
    most = max(CLIENTS)
    result[f"keyed_per_second_{most}"] = statistics.median(
        len(one.seconds) / one.lasted for one in found["keyed", most]
    )
    return result


async def _bare(address: str, clients: int, seconds: float) -> Spell:
    found = Spell()
    connections = [await asyncpg.connect(address) for _ in range(clients)]

    async def one(connection: "asyncpg.Connection[asyncpg.Record]", until: float) -> None:
        owner, peer = new_id(), new_id()
        while (asked := time.perf_counter()) < until:
            await connection.fetch(_INSERT, owner, new_id(), _BODY, peer, _BODY)
            found.seconds.append(time.perf_counter() - asked)

    began = time.perf_counter()
    await asyncio.gather(*(one(connection, began + seconds) for connection in connections))
    found.lasted = time.perf_counter() - began
    for connection in connections:
        await connection.close()
    return found


async def _arrivals(running: Platform, people: list[tuple[str, str]]) -> dict[str, Any]:
    """From the first byte of a request to the moment that the recipient's page has the message."""
    (_, sender), (recipient, listener) = people[0], people[-1]
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port, limit=1 << 20)
    writer.write(
        f"GET /api/v1/messages/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {listener}\r\n\r\n".encode()
    )
    await reader.readuntil(b": here")
    body = json.dumps({"to": recipient, "text": TEXT})
    times = []
    for _ in range(ARRIVALS):
        began = time.perf_counter()
        asking = asyncio.to_thread(
            running.ask, "POST", "/api/v1/messages", body, authorization=sender, content_type="application/json"
        )
        answered = asyncio.create_task(asking)
        async with asyncio.timeout(10):
            event = await reader.readuntil(b'"}}')
        times.append(time.perf_counter() - began)
        message_id = (await answered).json()["message_id"]
        assert message_id.encode() in event  # noqa: S101  else something else was measured
        await asyncio.sleep(0.03)
    writer.close()
    times.sort()
    return {"arrival_p50_ms": 1000 * times[len(times) // 2], "arrival_p95_ms": 1000 * times[int(len(times) * 0.95)]}


def _join(running: Platform, count: int) -> list[tuple[str, str]]:
    """(handle, bearer token) of new members."""
    made = []
    for _ in range(count):
        token = running.join()
        made.append((running.ask("GET", "/api/v1/me", authorization=token).json()["handle"], token))
    return made


def syncs_per_second(running: Platform) -> float:
    """How often the disk under the platform syncs 8 KiB in this minute: what durable figures hang on."""
    with tempfile.TemporaryFile(dir=running.folder) as file:
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < 0.3:
            os.pwrite(file.fileno(), bytes(8192), 0)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - began)
