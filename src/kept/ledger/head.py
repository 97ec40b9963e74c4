"""The head in the ledger's database: read, begun, moved by compare-and-swap; and why it stands still, if it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import asyncpg

from kept.kit import Database
from kept.ledger.entry import Waiting
from kept.ledger.errors import Forked, HeadMoved
from kept.ledger.formats.checkpoint import Checkpoint
from kept.ledger.formats.tiles import bundle

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"


@dataclass(frozen=True, slots=True)
class Head:
    """A head as stored: what it says and the note that says it."""

    checkpoint: Checkpoint
    note: str


@dataclass(frozen=True, slots=True)
class Pending:
    """Entries under the head, from index `start`, that tiles may not show yet; `data` is encoded like a bundle."""

    start: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the log is not being written."""

    code: str
    reason: str
    stopped_at: datetime


async def read_head(database: Database, origin: str) -> Head | None:
    """The newest head; None before the log's first. Raises Forked if the database holds another log."""
    rows = await database.fetch("SELECT origin, size, root, note FROM log_head")
    if not rows:
        return None
    if [row["origin"] for row in rows] != [origin]:
        raise Forked(f"the database holds the log {rows[0]['origin']}, not {origin}")
    return _head(rows[0])


async def begin_head(database: Database, head: Head, now: datetime) -> None:
    """Store the first head, of an empty log. Raises HeadMoved if another writer has done so."""
    rows = await database.fetch(
        "INSERT INTO log_head (origin, size, root, note, signed_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING RETURNING origin",
        head.checkpoint.origin,
        head.checkpoint.size,
        head.checkpoint.root,
        head.note,
        now,
    )
    if not rows:
        raise HeadMoved


async def lock_all(connection: Connection, origin: str) -> tuple[Head, Pending | None]:
    """The head and what a killed writer left between it and the tiles; both stay as they are until the transaction ends.

    A writer that is publishing is waited for.
    """
    head = await connection.fetchrow(
        "SELECT origin, size, root, note FROM log_head WHERE origin = $1 FOR UPDATE", origin
    )
    if head is None:
        raise HeadMoved
    pending = await connection.fetchrow("SELECT start, entries FROM log_pending FOR UPDATE")
    return _head(head), None if pending is None else Pending(pending["start"], pending["entries"])


async def lock_head(connection: Connection, seen: Checkpoint) -> None:
    """Keep other writers out until the transaction ends. Raises HeadMoved if one has been here since `seen`."""
    row = await connection.fetchrow("SELECT size, root FROM log_head WHERE origin = $1 FOR UPDATE", seen.origin)
    if row is None or (row["size"], row["root"]) != (seen.size, seen.root):
        raise HeadMoved


async def positions(connection: Connection, entry_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Where those of `entry_ids` that are logged already are."""
    query = "SELECT entry_id, position FROM log_entry WHERE entry_id = ANY($1::uuid[])"
    rows = await connection.fetch(query, entry_ids)
    return {row["entry_id"]: row["position"] for row in rows}


async def move_head(
    connection: Connection, seen: Checkpoint, head: Head, fresh: Sequence[Waiting], now: datetime
) -> None:
    """Store the next head with the entries that it adds: compare-and-swap, index and pending data, in one transaction.

    Raises:
        HeadMoved: the head is not `seen` any more.
    """
    moved = await connection.execute(
        "UPDATE log_head SET size = $3, root = $4, note = $5, signed_at = $6"
        " WHERE origin = $7 AND size = $1 AND root = $2",
        seen.size,
        seen.root,
        head.checkpoint.size,
        head.checkpoint.root,
        head.note,
        now,
        seen.origin,
    )
    if moved != "UPDATE 1":
        raise HeadMoved
    await connection.execute(
        "INSERT INTO log_entry (entry_id, position, logged_at)"
        " SELECT id, $2 + nth - 1, $3 FROM unnest($1::uuid[]) WITH ORDINALITY AS fresh(id, nth)",
        [one.entry_id for one in fresh],
        seen.size,
        now,
    )
    await connection.execute(
        "INSERT INTO log_pending (start, entries, created_at) VALUES ($1, $2, $3)",
        seen.size,
        bundle([one.payload for one in fresh]),
        now,
    )


async def take_pending(connection: Connection, start: int) -> bool:
    """Delete the pending data, which other writers wait for until the transaction ends; False if it is gone."""
    # Losing this deletion in a crash is harmless: the tiles are written once more, byte by byte the same.
    await connection.execute("SET LOCAL synchronous_commit = off")
    return bool(await connection.execute("DELETE FROM log_pending WHERE start = $1", start) == "DELETE 1")


async def say_stopped(database: Database, origin: str, error: Exception, now: datetime) -> None:
    """Leave word of why the writer stopped, for pages, readiness and operators."""
    await database.fetch(
        "INSERT INTO log_stop (origin, code, reason, stopped_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (origin) DO UPDATE SET code = excluded.code, reason = excluded.reason,"
        " stopped_at = excluded.stopped_at",
        origin,
        type(error).__name__,
        str(error),
        now,
    )


async def say_sound(database: Database, origin: str) -> None:
    """Take back the word: the log was opened and found sound."""
    await database.fetch("DELETE FROM log_stop WHERE origin = $1", origin)


async def stopped(database: Database, origin: str) -> Stop | None:
    """Why the log is not being written; None while it is."""
    rows = await database.fetch("SELECT code, reason, stopped_at FROM log_stop WHERE origin = $1", origin)
    return Stop(rows[0]["code"], rows[0]["reason"], rows[0]["stopped_at"]) if rows else None


def _head(row: asyncpg.Record) -> Head:
    return Head(Checkpoint(row["origin"], row["size"], row["root"]), row["note"])
