"""The right edge of a log: all that is needed to append to it. Pure.

A size is written in base 256; the digit of level L counts the hashes in that level's partial tile. The partial tiles
together cover every leaf, so they alone give the root, and a signed root authenticates them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kept.ledger.formats.merkle import EMPTY_ROOT, leaf_hash, node_hash, root_of
from kept.ledger.formats.tiles import ENTRIES, WIDTH, Tile, bundle, hashes_at


@dataclass(frozen=True, slots=True)
class Edge:
    """The partial tiles of a log of `size` entries: `entries` of the last bundle, and the hashes at each level."""

    size: int = 0
    entries: tuple[bytes, ...] = ()
    levels: tuple[tuple[bytes, ...], ...] = ()

    @property
    def root(self) -> bytes:
        """Merkle root (RFC 6962) of the whole log."""
        perfect: list[tuple[int, bytes]] = []  # (height, hash) of full subtrees, left to right, heights falling
        for level in reversed(range(len(self.levels))):
            for digest in self.levels[level]:
                height, joined = 8 * level, digest
                while perfect and perfect[-1][0] == height:
                    joined = node_hash(perfect.pop()[1], joined)
                    height += 1
                perfect.append((height, joined))
        if not perfect:
            return EMPTY_ROOT
        root = perfect.pop()[1]
        while perfect:
            root = node_hash(perfect.pop()[1], root)
        return root


def extended(edge: Edge, entries: Sequence[bytes]) -> tuple[Edge, dict[str, bytes]]:
    """The edge after `entries`, and the files that this adds: key to content. Every tile that changed is among them."""
    files: dict[str, bytes] = {}
    rows = [list(level) for level in edge.levels] or [[]]
    waiting = list(edge.entries)
    size = edge.size
    for entry in entries:
        waiting.append(entry)
        rows[0].append(leaf_hash(entry))
        size += 1
        if len(waiting) == WIDTH:
            files[Tile(ENTRIES, size // WIDTH - 1).path] = bundle(waiting)
            waiting = []
            _close_tiles(rows, size, files)
    if waiting and entries:
        files[Tile(ENTRIES, size // WIDTH, len(waiting)).path] = bundle(waiting)
    for level, row in enumerate(rows):
        grown = hashes_at(level, size) > hashes_at(level, edge.size)
        if row and grown:
            files[Tile(level, hashes_at(level, size) // WIDTH, len(row)).path] = b"".join(row)
    return Edge(size, tuple(waiting), tuple(tuple(row) for row in rows)), files


def _close_tiles(rows: list[list[bytes]], size: int, files: dict[str, bytes]) -> None:
    """Write every tile that is full now, lowest first, and hash it into the level above."""
    level = 0
    while len(rows[level]) == WIDTH:
        files[Tile(level, hashes_at(level, size) // WIDTH - 1).path] = b"".join(rows[level])
        if level + 1 == len(rows):
            rows.append([])
        rows[level + 1].append(root_of(rows[level]))
        rows[level] = []
        level += 1
