"""Checking what a log has gained since the part that is known: every entry, every tile, and the root, and nothing twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kept.kit import KeptError, Kind
from kept.ledger.edge import Edge, extended
from kept.ledger.entry import BadEntry, read
from kept.ledger.formats.checkpoint import Checkpoint
from kept.ledger.formats.tiles import (
    ENTRIES,
    WIDTH,
    BadBundle,
    Tile,
    hashes_at,
    levels_of,
    parse_path,
    split_hashes,
    unbundle,
)
from kept.ledger.reading.sources import Source, fetch_tile

_AT_ONCE = 64
"""Bundles between two steps."""


class Deviates(KeptError):
    code = "ledger_deviates"
    kind = Kind.CONFLICT
    message = "The ledger deviates from what it signed: {why}"


@dataclass(frozen=True, slots=True)
class Growth:
    """A step: the edge after it, the files that it adds, and what its entries say."""

    edge: Edge
    files: dict[str, bytes]
    events: Counter[str]
    first_at: str
    last_at: str


def growth(source: Source, edge: Edge, head: Checkpoint) -> Iterator[Growth]:
    """Steps from the known `edge` up to `head`, a signed head; the last has its root. All that is yielded is checked
    against the published tiles; only the end of the iteration says that it is under the signed root.

    Raises:
        Deviates: entries or tiles are missing, or do not lead to `head`. CannotRead: nobody answers.
    """
    if head.size < edge.size:
        raise Deviates(why=f"it had {edge.size} entries, and now signs {head.size}")
    while edge.size < head.size:
        last = min(head.size, (edge.size // WIDTH + _AT_ONCE) * WIDTH)
        fresh = _entries(source, edge, last)
        edge, files = extended(edge, fresh)
        for key, data in files.items():
            if edge.size < head.size and ".p/" in key:
                continue  # inside the log, this tile is wider by now
            if fetch_tile(source, parse_path(key)) != data:
                raise Deviates(why=f"{key} is missing or does not hash what is below it")
        yield _step(edge, files, fresh)
    if edge.root != head.root:
        raise Deviates(why=f"the signed root of {head.size} entries is not theirs")


def known_edge(source: Source, head: Checkpoint) -> Edge:
    """The edge of a log that has been checked up to `head`. Raises Deviates."""
    levels = []
    for level in levels_of(head.size):
        index, width = divmod(hashes_at(level, head.size), WIDTH)
        levels.append(split_hashes(fetch_tile(source, Tile(level, index, width)) or b"") if width else ())
    index, width = divmod(head.size, WIDTH)
    entries = _bundle(source, Tile(ENTRIES, index, width)) if width else []
    edge = Edge(head.size, tuple(entries), tuple(levels))
    if edge.root != head.root:
        raise Deviates(why=f"the tiles do not lead to the root of {head.size} entries")
    return edge


def _entries(source: Source, edge: Edge, last: int) -> list[bytes]:
    """Entries `edge.size` up to `last`."""
    found: list[bytes] = []
    for index in range(edge.size // WIDTH, -(-last // WIDTH)):
        found += _bundle(source, Tile(ENTRIES, index, min(WIDTH, last - index * WIDTH)))
    known = len(edge.entries)
    if tuple(found[:known]) != edge.entries:
        raise Deviates(why=f"entries before number {edge.size} are not what they were")
    return found[known:]


def _bundle(source: Source, tile: Tile) -> list[bytes]:
    try:
        entries = unbundle(fetch_tile(source, tile) or b"")
    except BadBundle as error:
        raise Deviates(why=f"{tile.path}: {error}") from error
    if len(entries) != tile.width:
        raise Deviates(why=f"{tile.path} is missing or holds {len(entries)} entries instead of {tile.width}")
    return entries


def _step(edge: Edge, files: dict[str, bytes], fresh: list[bytes]) -> Growth:
    try:
        leaves = [read(payload) for payload in fresh]
    except BadEntry as error:
        raise Deviates(why=str(error)) from error
    times = [leaf.at for leaf in leaves]
    return Growth(edge, files, Counter(leaf.event for leaf in leaves), min(times), max(times))
