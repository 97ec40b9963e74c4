"""Showing a head that is signed and stored: tiles first, the checkpoint when they are durable, tidying last."""

from collections.abc import Mapping
from dataclasses import dataclass

from kept.kit import Database
from kept.ledger.edge import Edge
from kept.ledger.formats.tiles import closed_tiles
from kept.ledger.head import Connection, take_pending
from kept.ledger.store import CHECKPOINT, Store


@dataclass(frozen=True, slots=True)
class Unpublished:
    """What is pending: entries from index `start` up to `edge`, under the signed `note`, and the files they need."""

    start: int
    edge: Edge
    note: str
    files: Mapping[str, bytes]
    """Empty when the note is published already, and only the tidying is left."""
    key: str = CHECKPOINT
    """The file that shows the note: the checkpoint, or the head where the checkpoint waits for its witnesses."""


async def publish(database: Database, store: Store, todo: Unpublished) -> None:
    """As `publish_held`, in a transaction of its own."""
    pool = await database.pool()
    async with pool.acquire() as connection, connection.transaction():
        await publish_held(connection, store, todo)


async def publish_held(connection: Connection, store: Store, todo: Unpublished) -> None:
    """Write the files, publish the checkpoint, delete the partial tiles that became full and the pending entries.

    The pending row is held until the transaction ends, so that no other writer publishes an older checkpoint over a
    newer one; where it is gone, another writer has done all this. Can be repeated after a failure at any step: a file
    that is there with the same content is left, and one with other content raises Forked.
    """
    if not await take_pending(connection, todo.start):
        return
    if todo.files:
        await store.create(todo.files)
        await store.replace(todo.key, todo.note.encode())
    for tile in closed_tiles(todo.start, todo.edge.size):
        await store.drop_partials(tile.path)
