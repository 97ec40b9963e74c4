"""Reading the right edge back from the store, and making sure that it is the one under a signed root.

Checked before a process writes for the first time: what it appends must continue what people have seen.
"""

from kept.ledger.edge import Edge
from kept.ledger.errors import Forked, Gap
from kept.ledger.merkle import leaf_hash, root_of
from kept.ledger.store import Store
from kept.ledger.tiles import ENTRIES, HASH_BYTES, WIDTH, BadBundle, Tile, hashes_at, levels_of, split_hashes, unbundle


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
    return split_hashes((await _fetch(store, tile))[: tile.width * HASH_BYTES])


async def _entries(store: Store, tile: Tile) -> tuple[bytes, ...]:
    try:
        return tuple(unbundle(await _fetch(store, tile))[: tile.width])
    except BadBundle as error:
        raise Forked(f"{tile.path} is damaged") from error


async def _fetch(store: Store, tile: Tile) -> bytes:
    """A tile, or the full tile that it has become since. Raises Gap."""
    data = await store.get(tile.path)
    if data is None and not tile.is_full:
        data = await store.get(tile.full.path)
    if data is None:
        raise Gap(f"{tile.path} is missing")
    if tile.level != ENTRIES and len(data) < tile.width * HASH_BYTES:
        raise Gap(f"{tile.path} is cut short")
    return data
