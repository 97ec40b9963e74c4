"""`kept bench witness`: how soon an act is under a cosigned checkpoint, and what a cosignature costs.

Entry to checkpoint: a committed outbox row, the writer and the rounds of cosigning as the worker runs them, two of three
witnesses, each a process of its own; until what is published satisfies the policy and covers the entry. Limit: 2 s.
Round trips: one witness asked for one checkpoint after the other, each with its consistency proof; by turns with a bare
process that takes the same bodies by HTTP and syncs them to the same disk.
"""

import asyncio
import base64
import contextlib
import http.client
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kept.bench.ledger import make_tables
from kept.bench.running import NotRunning
from kept.bench.stores import server_of_its_own
from kept.kit import Database, SystemClock, new_id
from kept.kit.objects import Objects
from kept.ledger import (
    HEAD,
    Checkpoint,
    Cosigning,
    Entry,
    Log,
    NotCosigned,
    Quorum,
    Sequencer,
    Signer,
    outbox_insert,
    source_of,
    store_of,
)
from kept.ledger.cosigning import Asker
from kept.ledger.edge import Edge, extended
from kept.ledger.reading import Tree

LIMIT_SECONDS = 2.0
WITNESSES = 3
ENTRIES = 40
"""Entries that are waited for, one after the other."""
ROUNDS = 4
ASKED = 100
"""Checkpoints a round."""
PATIENCE = 30.0

_SIGNER = Signer("bench.example/log", os.urandom(32))


async def run() -> dict[str, Any]:
    """Both measurements, on a durable database server and a folder of their own."""
    with server_of_its_own() as (server, folder):
        ledger, cell = (Database(server.ensure_database(name)) for name in ("ledger", "cell"))
        await make_tables(ledger, cell)
        with ExitStack() as stack:
            lines = [stack.enter_context(_witness(folder, f"w{number}")) for number in range(WITNESSES)]
            waits = await _entries_to_checkpoints(ledger, cell, folder, _policy(lines))
        await ledger.close()
        await cell.close()
        trips = await asyncio.to_thread(_round_trips, folder)
    return {"name": "witness"} | _told(waits) | trips


def _told(waits: list[float]) -> dict[str, Any]:
    return {
        "entry_to_cosigned_checkpoint_seconds_median": statistics.median(waits),
        "entry_to_cosigned_checkpoint_seconds_worst": max(waits),
        "limit_seconds": LIMIT_SECONDS,
        "within_limit": f"{sum(wait <= LIMIT_SECONDS for wait in waits)} of {len(waits)}",
        "witnesses": f"2 of {WITNESSES}",
    }


def _policy(lines: list[str]) -> Quorum:
    names = " ".join(f"w{number}" for number in range(WITNESSES))
    text = f"log {_SIGNER.vkey.text}\n{''.join(lines)}group two 2 {names}\nquorum two\n"
    return Quorum.parse(text.encode())


@contextmanager
def _process(*words: str) -> Iterator[str]:
    """The first line that a process prints. Raises NotRunning."""
    process = subprocess.Popen(
        [sys.executable, "-m", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise NotRunning(why=f"{words[0]} said nothing")
        yield line
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _witness(folder: Path, name: str) -> Iterator[str]:
    """A witness with nothing in its memory; its line for the policy."""
    state, own = folder / name, f"bench.example/{name}"
    words = ("--state", str(state), "--log", _SIGNER.vkey.text, "--listen", "127.0.0.1:0", "--name", own)
    with _process("kept.witness", *words) as line:
        _, _, vkey, url = line.split()
        yield f"witness {name} {vkey} {url}\n"


async def _entries_to_checkpoints(ledger: Database, cell: Database, folder: Path, quorum: Quorum) -> list[float]:
    """Seconds of each entry from its commit until a cosigned checkpoint that covers it can be read."""
    objects = Objects(str(folder / "log"))
    store, source = store_of(objects), source_of(objects)
    log = Log(ledger, store, _SIGNER, SystemClock(), publish_as=HEAD)
    work = [Sequencer(log, [cell]).run(), Cosigning(log, quorum, ledger, store, source).run()]
    tasks = [asyncio.create_task(one) for one in work]
    try:
        checkpoint = folder / "log" / "checkpoint"
        await _wait(cell, checkpoint, quorum, 1)  # connections are open by then
        waits = []
        for number in range(ENTRIES):
            await asyncio.sleep(random.uniform(0, 0.5))  # noqa: S311  at any moment of the writer's rounds
            waits.append(await _wait(cell, checkpoint, quorum, number + 2))
        return waits
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _wait(cell: Database, checkpoint: Path, quorum: Quorum, size: int) -> float:
    async with cell.begin() as connection:
        entry = Entry("thing.made", actor=new_id().hex, object=f"thing:{new_id()}")
        for statement in outbox_insert([entry], cell="eu", now=SystemClock().now()):
            await connection.execute(statement)
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE:
        with contextlib.suppress(NotCosigned, FileNotFoundError):
            if quorum.check(await asyncio.to_thread(checkpoint.read_bytes)).size >= size:
                return time.perf_counter() - began
        await asyncio.sleep(0.005)
    raise NotRunning(why="no cosigned checkpoint came")


class _Files:
    """A log in memory, with every partial tile that it ever had."""

    name = "memory"

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def fetch(self, key: str) -> bytes | None:
        return self.files.get(key)

    def keys(self) -> None:
        return None


def _heads(count: int) -> list[tuple[Checkpoint, list[bytes]]]:
    """Checkpoints of a log that grows by an entry at a time, each with the proof that it continues the one before."""
    edge, files, heads = Edge(), _Files(), []
    for _ in range(count):
        edge, more = extended(edge, [os.urandom(200)])
        files.files |= more
        head = Checkpoint(_SIGNER.vkey.name, edge.size, edge.root)
        heads.append((head, Tree(files, edge.size).consistency(edge.size - 1) if edge.size > 1 else []))
    return heads


def _round_trips(folder: Path) -> dict[str, Any]:
    """Checkpoints a second, of a witness and of the bare process, by turns; proofs and signatures are made before."""
    asked = [(head.signed(_SIGNER), head, proof) for head, proof in _heads(ROUNDS * ASKED + 1)]
    witnessed, plain = [], []
    with _witness(folder, "one") as line, _process("kept.bench.bare_witness", str(folder / "bare")) as url:
        _, _, _, address = line.split()
        asker = Asker(address, [witness.key for witness in Quorum.parse(f"{line}quorum none\n".encode()).witnesses])
        parts = urlsplit(url.strip())
        bare = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        _ask(asker, asked[:1])
        for start in range(1, len(asked), ASKED):
            witnessed.append(_ask(asker, asked[start : start + ASKED]))
            plain.append(_post(bare, asked[start : start + ASKED]))
        asker.close()
        bare.close()
    return {
        "witness_round_trips_per_second": statistics.median(witnessed),
        "bare_http_and_fsync_per_second": statistics.median(plain),
        "ratio": statistics.median(witnessed) / statistics.median(plain),
    }


def _ask(asker: Asker, asked: list[tuple[str, Checkpoint, list[bytes]]]) -> float:
    began = time.perf_counter()
    for note, head, proof in asked:
        if not asker.ask(note, head, lambda _, proof=proof: proof)[1]:  # type: ignore[misc]
            raise NotRunning(why="the witness did not cosign")
    return len(asked) / (time.perf_counter() - began)


def _post(bare: http.client.HTTPConnection, asked: list[tuple[str, Checkpoint, list[bytes]]]) -> float:
    bodies = [
        f"old {head.size - 1}\n{''.join(base64.b64encode(digest).decode() + chr(10) for digest in proof)}\n{note}"
        for note, head, proof in asked
    ]
    began = time.perf_counter()
    for body in bodies:
        bare.request("POST", "/", body.encode())
        bare.getresponse().read()
    return len(asked) / (time.perf_counter() - began)
