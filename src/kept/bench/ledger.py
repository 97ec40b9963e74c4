"""How fast the ledger is: what a batch costs beside bare hashing and writing, and what an act pays for being recorded.

Everything durable depends on the disk's mood: the rate of fdatasync in the same minute stands beside the figures.
"""

import asyncio
import os
import statistics
import time
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.bench.stores import server_of_its_own
from kept.catalog import CellRow, LedgerRow
from kept.cells import Cell, Resident
from kept.jobs import enqueue
from kept.kit import Database, SystemClock, new_id
from kept.kit.objects import Objects
from kept.ledger import Entry, Log, Sequencer, Signer, Waiting, outbox_insert, store_of
from kept.videos import Upload, Video, VideoState

BATCH = 4096
BATCHES = 12
ACTS = 800
"""Pairs of one bare and one recorded act."""


async def run() -> dict[str, Any]:
    """Both measurements, on a durable database server and a folder of their own."""
    with server_of_its_own() as (server, folder):
        ledger, cell = (Database(server.ensure_database(name)) for name in ("ledger", "cell"))
        await make_tables(ledger, cell)
        result = await _bulk(ledger, cell, folder) | await _acts(
            Cell("eu", "eu", cell, cell, Objects(str(folder / "objects")))
        )
        await ledger.close()
        await cell.close()
    return {"name": "ledger"} | result


async def make_tables(ledger: Database, cell: Database) -> None:
    """The tables of a ledger and of a cell, in two empty databases."""
    async with ledger.begin() as connection:
        await connection.run_sync(LedgerRow.metadata.create_all)
    async with cell.begin() as connection:
        await connection.run_sync(CellRow.metadata.create_all)


async def _bulk(ledger: Database, cell: Database, folder: Path) -> dict[str, Any]:
    """Batches into the log, each integrated, signed, synced and published before the next; bare work in between."""
    clock = SystemClock()
    log = Log(ledger, store_of(Objects(str(folder / "log"))), Signer("bench.example/log", os.urandom(32)), clock)
    await log.open()
    logged = bare = drained = 0.0
    for _ in range(BATCHES):
        await _wait_in_outbox(cell, BATCH)
        batch = await _read_outbox(cell)
        began = time.perf_counter()
        await log.append(batch)
        logged += time.perf_counter() - began
        began = time.perf_counter()
        await asyncio.to_thread(_hash_and_write, [one.payload for one in batch], folder / "bare")
        bare += time.perf_counter() - began
        await cell.fetch("TRUNCATE ledger_outbox")
        await _wait_in_outbox(cell, BATCH)
        began = time.perf_counter()
        await Sequencer(log, [cell]).drain()
        drained += time.perf_counter() - began
    count = BATCH * BATCHES
    return {
        "entries_per_second": count / logged,
        "bare_hash_and_write_per_second": count / bare,
        "ratio": bare / logged,
        "drained_from_outbox_per_second": count / drained,
        "batch": BATCH,
        "fdatasync_per_second": await asyncio.to_thread(_fdatasync_rate, folder),
    }


async def _acts(cell: Cell) -> dict[str, Any]:
    """Two acts, each alone and with its ledger row, in turns, each a synced transaction of its own.

    One is an act of the platform, of three statements; the other, an insert and nothing else, is the least that there can be.
    """
    member_id = new_id()
    async with cell.begin() as tx:
        await tx.run(sa.insert(Resident).values(member_id=member_id, since=SystemClock().now()))
    bare, recorded = await _by_turns(cell, member_id, alone=False)
    insert, recorded_insert = await _by_turns(cell, member_id, alone=True)
    return {
        "act_ms": bare * 1000,
        "recorded_act_ms": recorded * 1000,
        "slowdown_of_the_act": recorded / bare - 1,
        "slowdown_of_a_lone_insert": recorded_insert / insert - 1,
    }


async def _by_turns(cell: Cell, member_id: UUID, *, alone: bool) -> tuple[float, float]:
    """Median seconds without and with a ledger row."""
    bare, recorded = [], []
    for number in range(ACTS + 50):
        first = await _act(cell, member_id, record=number % 2 == 0, alone=alone)
        second = await _act(cell, member_id, record=number % 2 == 1, alone=alone)
        if number >= 50:  # statements are compiled and prepared by then
            recorded.append(first if number % 2 == 0 else second)
            bare.append(second if number % 2 == 0 else first)
    return statistics.median(bare), statistics.median(recorded)


async def _act(cell: Cell, member_id: UUID, *, record: bool, alone: bool) -> float:
    """Seconds of an act as the platform does it: an upload is complete and becomes a clip, and its processing is asked for.

    `alone`: only the clip's row is written.
    """
    now, video_id = SystemClock().now(), new_id()
    began = time.perf_counter()
    upload = sa.delete(Upload).where(Upload.owner_id == member_id, Upload.upload_id == video_id)
    insert = sa.insert(Video).values(
        owner_id=member_id,
        video_id=video_id,
        state=VideoState.PROCESSING,
        reason="",
        changed_at=now,
        changed_by=member_id,
        caption="From the harbour, before the storm #sea",
        size=11_850_542,
        sha256=video_id.bytes * 2,
        placeholder="",
        created_at=now,
    )
    entries = [Entry("video.received", actor=member_id.hex, subject=member_id.hex, object=f"video:{video_id}")]
    async with cell.begin() as tx:
        if not alone:
            await tx.run(upload.returning(Upload.upload_id))
        await tx.act(insert.returning(Video.video_id), *(entries if record else []), now=now)
        if not alone:
            await enqueue(tx, "process_video", owner_id=member_id, subject_id=video_id, now=now)
    return time.perf_counter() - began


async def _wait_in_outbox(cell: Database, count: int) -> None:
    entries = [Entry("thing.made", actor=new_id().hex, object=f"thing:{new_id()}") for _ in range(count)]
    async with cell.begin() as connection:
        for statement in outbox_insert(entries, cell="eu", now=SystemClock().now()):
            await connection.execute(statement)


async def _read_outbox(cell: Database) -> list[Waiting]:
    rows = await cell.fetch("SELECT entry_id, payload FROM ledger_outbox ORDER BY entry_id")
    return [Waiting(row["entry_id"], row["payload"]) for row in rows]


def _hash_and_write(payloads: list[bytes], file: Path) -> None:
    """The least that a log can do: hash every entry and every node above, append both to a file, sync."""
    row = [sha256(b"\x00" + payload).digest() for payload in payloads]
    hashes = list(row)
    while len(row) > 1:
        row = [sha256(b"\x01" + row[at] + row[at + 1]).digest() for at in range(0, len(row) - 1, 2)]
        hashes += row
    with file.open("ab") as opened:
        opened.write(b"".join([*payloads, *hashes]))
        opened.flush()
        os.fdatasync(opened.fileno())


def _fdatasync_rate(folder: Path) -> float:
    """Overwrites of 4 KiB that the disk makes durable in a second, one after the other."""
    with (folder / "sync").open("wb") as file:
        file.write(bytes(4096))
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < 0.5:
            file.seek(0)
            file.write(os.urandom(4096))
            file.flush()
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - began)
