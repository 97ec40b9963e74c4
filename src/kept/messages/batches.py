"""Messages and the ledger: once a second, one entry with the root of a tree over the digests of all that were sent.

    object = batch:<root, 64 hex digits><how many, 8 hex digits>

A batch is kept beside the ledger, so that later the path from one message to the root, and so to the ledger, can be shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell, Tx
from kept.kit import new_id
from kept.ledger import Entry, outbox_insert
from kept.ledger.formats.merkle import inclusion_spans, leaf_hash, root_of
from kept.messages.models import MessageBatch

MOST = 4_096
EVENT = "messages.digested"
_LEAF = 16 + 32

_TAKE = """
DELETE FROM message_digest WHERE message_id IN
    (SELECT message_id FROM message_digest ORDER BY message_id LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING message_id, digest
"""
_FIND = "SELECT root, leaves FROM message_batch WHERE last_id >= $1 AND first_id <= $1 ORDER BY last_id"


@dataclass(frozen=True, slots=True)
class Path:
    """That a digest is number `index` of the `size` under `root` (RFC 6962, 2.1.1)."""

    digest: bytes
    index: int
    size: int
    root: bytes
    hashes: tuple[bytes, ...]

    @property
    def object(self) -> str:
        """By which the ledger's entry is found."""
        return named(self.root, self.size)


async def log_digests(tx: Tx, *, now: datetime) -> int:
    """Put what waits under one entry, up to a batch; returns how many messages that were."""
    found = await tx.connection.exec_driver_sql(_TAKE, (MOST,))
    rows = sorted((row.message_id, bytes(row.digest)) for row in found)
    if not rows:
        return 0
    root = root_of([leaf_hash(digest) for _, digest in rows])
    batch = sa.insert(MessageBatch).values(
        batch_id=new_id(),
        first_id=rows[0][0],
        last_id=rows[-1][0],
        root=root,
        leaves=b"".join(message_id.bytes + digest for message_id, digest in rows),
        made_at=now,
    )
    entry = Entry(EVENT, actor="system:messages", object=named(root, len(rows)))
    await tx.run(batch)
    for statement in outbox_insert([entry], cell=tx.cell.name, now=now):
        await tx.run(statement)
    return len(rows)


async def path_of(cell: Cell, message_id: UUID) -> Path | None:
    """The path from a message to the root of its batch; None while it is in none."""
    for row in await cell.database.fetch(_FIND, message_id):
        leaves = [row["leaves"][at : at + _LEAF] for at in range(0, len(row["leaves"]), _LEAF)]
        ids = [leaf[:16] for leaf in leaves]
        if message_id.bytes in ids:
            digests = [leaf[16:] for leaf in leaves]
            index = ids.index(message_id.bytes)
            return Path(digests[index], index, len(digests), row["root"], _path(index, digests))
    return None


def named(root: bytes, size: int) -> str:
    """The object of the ledger's entry for a batch."""
    return f"batch:{root.hex()}{size:08x}"


def _path(index: int, digests: Sequence[bytes]) -> tuple[bytes, ...]:
    hashes = [leaf_hash(digest) for digest in digests]
    return tuple(root_of(hashes[span.start : span.end]) for span in inclusion_spans(index, len(hashes)))
