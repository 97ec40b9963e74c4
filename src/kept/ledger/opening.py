"""What is checked before a process writes for the first time: that head, checkpoint and tiles are one history.

| database                  | published         | means                                                    |
|---------------------------|-------------------|----------------------------------------------------------|
| no head, or head of 0     | nothing           | a new log                                                |
| no head                   | a checkpoint      | Forked: the database was emptied or restored             |
| head of n entries         | n entries         | sound, if the roots and the right edge agree             |
| head of n, pending from m | m entries         | a writer was killed before it published: finish its work |
| head of n, pending from m | n entries         | a writer was killed while it tidied: finish that         |
| head of n                 | more than n       | Forked: the database was restored from an older backup   |
| head of n                 | less, not pending | Gap: files were lost                                     |
"""

from datetime import datetime

from kept.kit import Database
from kept.ledger.edge import Edge, extended
from kept.ledger.errors import BadSignature, Forked, Gap
from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.merkle import leaf_hash, root_of
from kept.ledger.formats.note import BadNote, Signer, VerifierKey
from kept.ledger.formats.tiles import (
    ENTRIES,
    HASH_BYTES,
    WIDTH,
    BadBundle,
    Tile,
    hashes_at,
    levels_of,
    split_hashes,
    unbundle,
)
from kept.ledger.head import Head, Pending, begin_head, lock_all, read_head
from kept.ledger.publication import Unpublished, publish_held
from kept.ledger.store import CHECKPOINT, HEAD, VKEY, Store


async def open_edge(database: Database, store: Store, signer: Signer, now: datetime, key: str = CHECKPOINT) -> Edge:
    """The checked edge to append to; whatever a killed writer left is published first, and a new log is begun.

    `key`: the file that shows what is signed, the checkpoint or the head.

    Head and pending entries are locked meanwhile: what another writer does can't be mistaken for a fork.

    Raises:
        Forked, Gap, BadSignature, StoreOverwrites: the log is not sound; nothing was written.
        HeadMoved: another writer began the log at the same moment.
    """
    await store.probe()
    if await read_head(database, signer.vkey.name) is None:
        await _begin(database, store, signer, now)
    pool = await database.pool()
    async with pool.acquire() as connection, connection.transaction():
        head, pending = await lock_all(connection, signer.vkey.name)
        if _signed(head.note.encode(), signer.vkey, "the stored head") != head.checkpoint:
            raise BadSignature("the stored head's note says something else than its row")
        published = await _published(store, signer.vkey)
        _check_order(head.checkpoint, published, pending)
        await store.create({VKEY: signer.vkey.text.encode()})
        if published is None:
            await store.replace(CHECKPOINT, head.note.encode())
            await store.replace(key, head.note.encode())
            return Edge()
        if pending is None or published == head.checkpoint:
            edge = await read_edge(store, head.checkpoint.size, head.checkpoint.root)
            files: dict[str, bytes] = {}
        else:
            before = await read_edge(store, published.size, published.root)
            edge, files = extended(before, unbundle(pending.data))
            if (edge.size, edge.root) != (head.checkpoint.size, head.checkpoint.root):
                raise Forked("the pending entries do not lead to the stored head")
        if pending is not None:
            await publish_held(connection, store, Unpublished(pending.start, edge, head.note, files, key))
        elif published != await _shown(store, key, signer.vkey):
            await store.replace(key, head.note.encode())  # the other file was used before
    return edge


async def _begin(database: Database, store: Store, signer: Signer, now: datetime) -> None:
    """Sign and store the head of an empty log, if nothing was ever published."""
    published = await _published(store, signer.vkey)
    if published is not None:
        if await read_head(database, signer.vkey.name) is not None:
            return  # another writer has begun it since we looked
        raise Forked(f"{published.size} entries are published, but the database holds no head")
    empty = Checkpoint(signer.vkey.name, 0, Edge().root)
    await begin_head(database, Head(empty, empty.signed(signer)), now)


def _check_order(head: Checkpoint, published: Checkpoint | None, pending: Pending | None) -> None:
    """The rows of the table above."""
    begins = head.size if pending is None else pending.start
    if published is None:
        if head.size:
            raise Gap(f"the stored head has {head.size} entries, but no checkpoint is published")
        return
    if published.size > head.size:
        raise Forked(f"{published.size} entries are published, but the stored head has {head.size}")
    if published.size == head.size and published != head:
        raise Forked(f"two roots are signed for size {head.size}")
    if published.size not in (begins, head.size):
        raise Gap(f"entries {published.size} to {begins} are under the stored head, but neither published nor pending")


async def _published(store: Store, key: VerifierKey) -> Checkpoint | None:
    """What readers and a later start of ours may know: the larger of checkpoint and head."""
    checkpoint, head = [await _shown(store, name, key) for name in (CHECKPOINT, HEAD)]
    if checkpoint is None or head is None:
        return checkpoint or head
    if checkpoint.size == head.size and checkpoint != head:
        raise Forked(f"checkpoint and head of {head.size} entries have two roots")
    return max(checkpoint, head, key=lambda one: one.size)


async def _shown(store: Store, name: str, key: VerifierKey) -> Checkpoint | None:
    note = await store.get(name)
    return None if note is None else _signed(note, key, f"the published {name}")


def _signed(note: bytes, key: VerifierKey, what: str) -> Checkpoint:
    try:
        return open_checkpoint(note, key)
    except BadNote as error:
        raise BadSignature(f"{what}: {error}") from error


async def read_edge(store: Store, size: int, root: bytes) -> Edge:
    """The edge of the log of `size` entries, with the full tiles beside it checked up to the root.

    Raises:
        Gap: a tile or bundle is missing or too short.
        Forked: they are not those of the tree under `root`.
    """
    levels = []
    for level in levels_of(size):
        index, width = divmod(hashes_at(level, size), WIDTH)
        levels.append(await _hashes(store, Tile(level, index, width)) if width else ())
    index, width = divmod(size, WIDTH)
    entries = await _entries(store, Tile(ENTRIES, index, width)) if width else ()
    edge = Edge(size, entries, tuple(levels))
    if edge.root != root:
        raise Forked(f"the tiles at the right edge are not those of the signed root at size {size}")
    if tuple(map(leaf_hash, entries)) != (levels[0] if levels else ()):
        raise Forked(f"the last entry bundle does not hash to its tile at size {size}")
    await _check_neighbours(store, edge)
    return edge


async def _check_neighbours(store: Store, edge: Edge) -> None:
    """The last full tile of each level hashes into the level above: into the edge, or into a tile checked next."""
    for level in levels_of(edge.size):
        last = hashes_at(level, edge.size) // WIDTH - 1
        if last < 0:
            return
        tile = Tile(level, last)
        hashes = await _hashes(store, tile)
        if root_of(hashes) != await _above(store, edge, tile):
            raise Forked(f"{tile.path} does not hash into the level above it")
        if level == 0:
            entries = await _entries(store, Tile(ENTRIES, last))
            if tuple(map(leaf_hash, entries)) != hashes:
                raise Forked(f"{Tile(ENTRIES, last).path} does not hash to {tile.path}")


async def _above(store: Store, edge: Edge, tile: Tile) -> bytes:
    """The hash of a full tile as the level above has it."""
    parent, at = divmod(tile.index, WIDTH)
    partial = hashes_at(tile.level + 1, edge.size) // WIDTH
    if parent == partial:
        return edge.levels[tile.level + 1][at]
    return (await _hashes(store, Tile(tile.level + 1, parent)))[at]


async def _hashes(store: Store, tile: Tile) -> tuple[bytes, ...]:
    data, expected = await _fetch(store, tile), tile.width * HASH_BYTES
    if len(data) != expected:
        raise Gap(f"{tile.path} has {len(data)} bytes instead of {expected}")
    return split_hashes(data)


async def _entries(store: Store, tile: Tile) -> tuple[bytes, ...]:
    try:
        return tuple(unbundle(await _fetch(store, tile)))
    except BadBundle as error:
        raise Forked(f"{tile.path} is damaged") from error


async def _fetch(store: Store, tile: Tile) -> bytes:
    data = await store.get(tile.path)
    if data is None:
        raise Gap(f"{tile.path} is missing")
    return data
