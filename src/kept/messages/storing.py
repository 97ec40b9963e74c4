"""Storing messages: both copies, both sides of the conversation, the digest and the notice to those who listen, in one
statement, and for all that are sent at the same moment together.

Notices make PostgreSQL commit one transaction after the other (it keeps them in the order of commits), so a statement a
message would wait for the disk once a message. Rows are written in the order of their keys, so that two statements that
meet in the same conversations wait for each other and never in a circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from kept.cells import Cell, Tx
from kept.kit.gathering import Gathering
from kept.messages.errors import KeyUsedOtherwise
from kept.messages.notices import CHANNEL, Kind, Notice
from kept.vault import Sealed

MOST = 100
"""Messages in a statement: their notice has to fit PostgreSQL's 8,000 bytes."""

_STORE = """
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[],
        $9::timestamptz[])
    AS g(message_id, sender_id, recipient_id, sent, received, digest, key_index, request_index, at)
), keyed AS (
    INSERT INTO message_key (owner_id, key_index, request_index, message_id, made_at)
    SELECT sender_id, key_index, request_index, message_id, at FROM given WHERE key_index IS NOT NULL ORDER BY 1, 2
    ON CONFLICT DO NOTHING RETURNING message_id
), fresh AS (
    SELECT * FROM given WHERE key_index IS NULL OR message_id IN (SELECT message_id FROM keyed)
), copies AS (
    SELECT sender_id AS owner_id, recipient_id AS peer_id, true AS mine, sent AS body, message_id, at FROM fresh
    UNION ALL
    SELECT recipient_id, sender_id, false, received, message_id, at FROM fresh WHERE received IS NOT NULL
), stored AS (
    INSERT INTO message (owner_id, message_id, peer_id, mine, state, body, sent_at, arrived_at)
    SELECT owner_id, message_id, peer_id, mine, 'sent', body, at, at FROM copies
), held AS (
    INSERT INTO conversation AS c (owner_id, peer_id, state, last_id, last_at, unread)
    SELECT owner_id, peer_id, CASE WHEN bool_or(mine) OR EXISTS (
            SELECT FROM follow f WHERE f.owner_id = copies.owner_id AND f.other_id = copies.peer_id
            AND f.state = 'following' AND f.ended_at IS NULL) THEN 'open' ELSE 'request' END,
        (array_agg(message_id ORDER BY message_id DESC))[1], max(at), count(*) FILTER (WHERE NOT mine)
    FROM copies GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (owner_id, peer_id) DO UPDATE SET
        state = least(c.state, excluded.state), last_id = greatest(c.last_id, excluded.last_id),
        last_at = greatest(c.last_at, excluded.last_at), unread = c.unread + excluded.unread
), digested AS (
    INSERT INTO message_digest (message_id, digest, made_at) SELECT message_id, digest, at FROM fresh
)
SELECT message_id FROM fresh, (SELECT pg_notify($10, $11)) AS noticed
"""
_REPEATED = "SELECT request_index, message_id, made_at FROM message_key WHERE owner_id = $1 AND key_index = $2"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, sealed and ready to be stored. `received` is None when the recipient's home is another cell."""

    message_id: UUID
    sender_id: UUID
    recipient_id: UUID
    sent: Sealed
    received: Sealed | None
    digest: bytes
    at: datetime
    key_index: bytes | None = None
    request_index: bytes | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is stored; the first one, where the request was repeated."""

    message_id: UUID
    sent_at: datetime


def storing(cell: Cell) -> Gathering[Letter, bool]:
    """Stores letters in a cell, many at once; False for one whose key was used before."""

    async def store(letters: Sequence[Letter]) -> Sequence[bool | BaseException]:
        try:
            rows = await cell.database.fetch(_STORE, *_columns(letters))
        except asyncpg.PostgresError:
            if len(letters) == 1:
                raise
            return [
                one for letter in letters for one in await _alone(letter)
            ]  # one of them is no reason to lose the rest
        fresh = {row["message_id"] for row in rows}
        return [letter.message_id in fresh for letter in letters]

    async def _alone(letter: Letter) -> Sequence[bool | BaseException]:
        try:
            return await store([letter])
        except asyncpg.PostgresError as error:
            return [error]

    return Gathering(store, most=MOST)


async def store_in(tx: Tx, letter: Letter) -> bool:
    """As `storing`, for one letter in a transaction that does more than that."""
    found = await tx.connection.exec_driver_sql(_STORE, _columns([letter]))
    return bool(found.all())


async def repeated(cell: Cell, letter: Letter) -> Sent:
    """The answer to a request whose key was used before. Raises KeyUsedOtherwise: for another message."""
    rows = await cell.database.fetch(_REPEATED, letter.sender_id, letter.key_index)
    if not rows or rows[0]["request_index"] != letter.request_index:
        raise KeyUsedOtherwise
    return Sent(rows[0]["message_id"], rows[0]["made_at"])


def _columns(letters: Sequence[Letter]) -> tuple[object, ...]:
    owners = [(one.message_id, (one.sender_id, one.recipient_id)) for one in letters]
    return (
        [one.message_id for one in letters],
        [one.sender_id for one in letters],
        [one.recipient_id for one in letters],
        [bytes(one.sent) for one in letters],
        [None if one.received is None else bytes(one.received) for one in letters],
        [one.digest for one in letters],
        [one.key_index for one in letters],
        [one.request_index for one in letters],
        [one.at for one in letters],
        CHANNEL,
        Notice.written(Kind.MESSAGE, owners),
    )
