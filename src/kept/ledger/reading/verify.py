"""Checking a whole log from its first entry, offline, with nothing of the writer's but its public key.

Everything is computed anew from the entry bundles: leaf hashes, every tile of every level, the root. Then the signature,
the form of each entry, and, where files can be listed, that nothing else lies about. Reads each file once.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import rfc8785

from kept.ledger.entry import BadEntry, Leaf, read
from kept.ledger.files import CHECKPOINT, HEAD, VKEY
from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.merkle import leaf_hash, root_of
from kept.ledger.formats.note import BadNote, VerifierKey
from kept.ledger.formats.tiles import (
    ENTRIES,
    WIDTH,
    BadBundle,
    NotATile,
    Tile,
    hashes_at,
    levels_of,
    parse_path,
    tiles_at,
    unbundle,
)
from kept.ledger.reading.sources import Source, fetch_tile, narrowed

MOST_DEVIATIONS = 100
"""Deviations that are spelled out; a log that is damaged everywhere needs no longer list."""
_NOT_THE_LOG = (".staging/", "probe/")


@dataclass(slots=True)
class Report:
    """What was found. `good` means: from the first entry to the signed head, every byte is accounted for."""

    source: str
    origin: str = ""
    size: int = 0
    """Entries under the checkpoint."""
    root: bytes = b""
    vkey: str = ""
    pinned: bool = False
    """Whether the caller brought the key. A log that brings its own can be replaced as a whole."""
    entries: int = 0
    """Entries read and found to be what their leaf hash says."""
    events: Counter[str] = field(default_factory=Counter)
    cells: Counter[str] = field(default_factory=Counter)
    first_at: str = ""
    last_at: str = ""
    unpublished: int = 0
    """Files beyond the checkpoint: a writer is at work, or was killed."""
    deviations: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether there is a log and nothing deviates."""
        return not self.deviations

    def deviates(self, what: str) -> None:
        """Note a deviation."""
        if len(self.deviations) < MOST_DEVIATIONS:
            self.deviations.append(what)


def verify(source: Source, *, vkey: str | None = None) -> Report:
    """Check the log in `source` against `vkey`, or against the key that it publishes itself.

    Deviations are reported, not raised. Raises CannotRead when `source` does not answer.
    """
    report = Report(source.name, pinned=vkey is not None)
    key = _key(source, vkey, report)
    head = _head(source, key, report) if key else None
    if head is None:
        return report
    report.origin, report.size, report.root, report.vkey = head.origin, head.size, head.root, key.text if key else ""
    tile_roots = _check_entries(source, head.size, report)
    _check_levels(source, head, tile_roots, report)
    _check_leftovers(source, head.size, report)
    return report


def _key(source: Source, vkey: str | None, report: Report) -> VerifierKey | None:
    published = source.fetch("vkey")
    try:
        text = vkey if vkey is not None else (published or b"").decode()
        key = VerifierKey.parse(text)
    except (BadNote, UnicodeDecodeError):
        report.deviates("vkey: there is no verifier key" if published is None else "vkey: this is no verifier key")
        return None
    if published is not None and published != key.text.encode():
        report.deviates("vkey: the log publishes another key than the one given")
    return key


def _head(source: Source, key: VerifierKey, report: Report) -> Checkpoint | None:
    note = source.fetch("checkpoint")
    if note is None:
        report.deviates("checkpoint: it is missing")
        return None
    try:
        return open_checkpoint(note, key)
    except BadNote as error:
        report.deviates(f"checkpoint: {error}")
        return None


def _check_entries(source: Source, size: int, report: Report) -> list[bytes]:
    """Check every bundle and its tile of leaf hashes. Returns the subtree hash of each, left to right."""
    roots = []
    seen: dict[bytes, int] = {}
    for tile in tiles_at(ENTRIES, size):
        leaves = _check_bundle(source, tile, seen, report)
        roots.append(root_of(leaves))
        _check_tile(source, Tile(0, tile.index, tile.width), leaves, report)
    return roots


def _check_bundle(source: Source, tile: Tile, seen: dict[bytes, int], report: Report) -> list[bytes]:
    try:
        data = fetch_tile(source, tile)
        entries = unbundle(data or b"")
    except BadBundle as error:
        report.deviates(f"{tile.path}: {error}")
        return []
    if len(entries) != tile.width:
        what = "is missing" if data is None else f"holds {len(entries)} entries instead of {tile.width}"
        report.deviates(f"{tile.path}: it {what}")
    for at, payload in enumerate(entries):
        _check_entry(payload, tile.index * WIDTH + at, seen, report)
    return [leaf_hash(payload) for payload in entries]


def _check_entry(payload: bytes, index: int, seen: dict[bytes, int], report: Report) -> None:
    try:
        leaf = read(payload)
        if rfc8785.dumps(json.loads(payload)) != payload:
            raise BadEntry(why="is not in canonical form")
    except (BadEntry, ValueError) as error:
        report.deviates(f"entry {index}: {error}")
        return
    first = seen.setdefault(leaf.id.bytes, index)
    if first != index:
        report.deviates(f"entry {index}: it has the id of entry {first}")
    _count(leaf, report)


def _count(leaf: Leaf, report: Report) -> None:
    report.entries += 1
    report.events[leaf.event] += 1
    report.cells[leaf.cell] += 1
    report.first_at = min(report.first_at or leaf.at, leaf.at)
    report.last_at = max(report.last_at, leaf.at)


def _check_levels(source: Source, head: Checkpoint, tile_roots: list[bytes], report: Report) -> None:
    """Check the tiles above the leaves, and the root."""
    if root_of(tile_roots) != head.root:
        report.deviates(f"checkpoint: its root is not that of the {head.size} entries")
    row = tile_roots[: hashes_at(1, head.size)]
    for level in levels_of(head.size)[1:]:
        above = []
        for tile in tiles_at(level, head.size):
            hashes = row[tile.index * WIDTH : tile.index * WIDTH + tile.width]
            _check_tile(source, tile, hashes, report)
            if tile.is_full:
                above.append(root_of(hashes))
        row = above


def _check_tile(source: Source, tile: Tile, hashes: Sequence[bytes], report: Report) -> None:
    data = fetch_tile(source, tile)
    if data != b"".join(hashes):
        report.deviates(f"{tile.path}: it {'is missing' if data is None else 'does not hash what is below it'}")


def _check_leftovers(source: Source, size: int, report: Report) -> None:
    """Where files can be listed: the partial tiles of earlier checkpoints agree, and there is nothing else."""
    for key in source.keys() or ():
        if key in (CHECKPOINT, VKEY) or key.startswith(_NOT_THE_LOG):
            continue
        if key == HEAD:
            continue
        try:
            tile = parse_path(key)
        except NotATile:
            report.deviates(f"{key}: this file is not part of a log")
            continue
        if tile.index * WIDTH + tile.width > hashes_at(tile.level, size):
            report.unpublished += 1
        elif not tile.is_full:
            _check_partial(source, tile, size, report)


def _check_partial(source: Source, tile: Tile, size: int, report: Report) -> None:
    """A partial tile begins the tile that is in its place now, which has been checked."""
    width = min(WIDTH, hashes_at(tile.level, size) - tile.index * WIDTH)
    now, found = fetch_tile(source, Tile(tile.level, tile.index, width)), source.fetch(tile.path)
    if now is None or found is None:
        return  # said already, or tidied away while we look
    try:
        same = narrowed(now, tile) == found
    except BadBundle:
        return  # said already
    if not same:
        report.deviates(f"{tile.path}: it does not begin the tile that it became")
