"""The feed under load: page and API beside the same server answering a constant, from a second process on loopback.

32 clients ask over connections that stay open, each for its next answer as soon as it has the last; bounded in time.
The shelf holds cards enough for many pages; every request is a signed-in member's and reads its own page.
"""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kept.bench.running import Platform, platform
from kept.kit import Database, new_id
from kept.postgres import EmbeddedPostgres
from kept.videos import ShelfCard

CLIENTS = 32
SECONDS = 4.0
ROUNDS = 2
CARDS = 400

PATHS = {"constant": "/healthz", "api": "/api/v1/feed", "page": "/"}


async def run() -> dict[str, Any]:
    """Requests a second and the 99th percentile, of the constant, the API and the page; the best of a few rounds each."""
    async with platform() as running:
        await _fill(running)
        token = await asyncio.to_thread(running.join)
        best: dict[str, dict[str, float]] = {}
        for _ in range(ROUNDS):
            for name, path in PATHS.items():
                found = await asyncio.to_thread(_load, running.port, path, token)
                if found["per_second"] > best.get(name, {"per_second": 0.0})["per_second"]:
                    best[name] = found
    bare = best["constant"]["per_second"]
    result: dict[str, Any] = {"clients": CLIENTS, "cards_on_the_shelf": CARDS}
    for name, found in best.items():
        result[f"{name}_per_second"] = found["per_second"]
        result[f"{name}_p99_ms"] = found["p99_ms"]
        result[f"{name}_failures"] = int(found["failures"])
        if name != "constant":
            result[f"{name}_ratio_to_constant"] = found["per_second"] / bare
    return result


async def _fill(running: Platform) -> None:
    """Put cards on the shelf of the cell that answers."""
    database = Database(EmbeddedPostgres(running.folder / "postgres").address("kept_us"), pool=1)
    now = datetime.now(UTC)
    rows = [
        {
            "owner_id": new_id(),
            "item_id": new_id(),
            "parcel_id": new_id(),
            "handle": f"author{number % 40}",
            "caption": f"Clip number {number}, with a caption of a usual length #bench",
            "placeholder": "data:image/webp;base64," + "A" * 120,
            "seconds": 12.5,
            "width": 720,
            "height": 1280,
            "home": "us",
            "renditions": "540 720 source",
            "curated": False,
            "published_at": now - timedelta(seconds=number),
            "recommended": True,
        }
        for number in range(CARDS)
    ]
    async with database.begin() as connection:
        await connection.execute(sa.insert(ShelfCard), rows)
    await database.close()


def _load(port: int, path: str, token: str) -> dict[str, float]:
    """Run the clients in a process of their own."""
    command = [sys.executable, "-m", __name__, str(port), path, token]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS * 10 + 30)
    found: dict[str, float] = json.loads(done.stdout)
    return found


@dataclass
class _Tally:
    """What the clients saw."""

    times: list[float]
    failures: int = 0


async def _client(port: int, request: bytes, until: float, tally: _Tally) -> None:
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (begun := loop.time()) < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        tally.times.append(loop.time() - begun)
        tally.failures += not head.startswith(b"HTTP/1.1 200")
    writer.close()


async def _clients(port: int, path: str, token: str) -> dict[str, float]:
    lines = [f"GET {path} HTTP/1.1", f"host: 127.0.0.1:{port}", f"authorization: {token}", "accept: */*", "", ""]
    request = "\r\n".join(lines).encode()
    tally = _Tally([])
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(_client(port, request, loop.time() + 0.5, tally) for _ in range(4)))
    tally = _Tally([])
    begun = loop.time()
    await asyncio.gather(*(_client(port, request, begun + SECONDS, tally) for _ in range(CLIENTS)))
    took = loop.time() - begun
    times = sorted(tally.times)
    p99 = times[int(len(times) * 0.99)] * 1000
    return {"per_second": len(times) / took, "p99_ms": p99, "failures": float(tally.failures)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_clients(int(sys.argv[1]), sys.argv[2], sys.argv[3]))))
