"""The files of a log: c2sp.org/tlog-tiles. Paths, which tiles a size has, and the encoding of entry bundles.

A tile is `width` consecutive hashes of one level; each hash of level L stands for 256**L leaves. A bundle holds the
entries themselves, side by side with level 0.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kept.kit import KeptError, Kind

WIDTH = 256
"""Hashes in a full tile, entries in a full bundle."""
HASH_BYTES = 32
ENTRIES = -1
"""The level of entry bundles; their path says `entries`."""
LARGEST_ENTRY = 65_535
"""Bytes: the length of an entry is a uint16."""

_PATH = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class NotATile(KeptError):
    code = "not_a_tile"
    kind = Kind.NOT_FOUND
    message = "There is no such part of the ledger."


class BadBundle(KeptError):
    code = "bad_bundle"
    kind = Kind.INVALID
    message = "An entry bundle of the ledger can't be read: {why}"


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile or, at level `ENTRIES`, one entry bundle."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """`tile/<L>/<N>[.p/<W>]`; N in groups of three digits, all but the last behind an `x`."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "".join(f"x{group}/" for group in groups[:-1]) + groups[-1]
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{number}" + ("" if self.is_full else f".p/{self.width}")

    @property
    def is_full(self) -> bool:
        """A full tile never changes, and is hashed into the level above."""
        return self.width == WIDTH

    @property
    def full(self) -> "Tile":
        """The tile that this one becomes."""
        return Tile(self.level, self.index)


def parse_path(path: str) -> Tile:
    """The tile at `path`. Raises NotATile for anything that is not exactly what `Tile.path` writes."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise NotATile
    level = ENTRIES if match[1] == "entries" else int(match[1])
    tile = Tile(level, int(match[2].replace("x", "").replace("/", "")), int(match[3] or WIDTH))
    if tile.path != path or tile.width > WIDTH:
        raise NotATile
    return tile


def tiles_at(level: int, size: int) -> Iterator[Tile]:
    """The tiles that a log of `size` entries has at one level, left to right; empty tiles do not exist."""
    full, rest = divmod(hashes_at(level, size), WIDTH)
    for index in range(full):
        yield Tile(level, index)
    if rest:
        yield Tile(level, full, rest)


def hashes_at(level: int, size: int) -> int:
    """How many hashes a log of `size` entries has at one level: those of full subtrees only."""
    return size >> 8 * max(level, 0)


def levels_of(size: int) -> range:
    """The levels of hash tiles that a log of `size` entries has."""
    return range(-(-size.bit_length() // 8))


def closed_tiles(old: int, new: int) -> Iterator[Tile]:
    """The full tiles and bundles that a log gains when it grows from `old` entries to `new`."""
    for level in (ENTRIES, *levels_of(new)):
        for index in range(hashes_at(level, old) // WIDTH, hashes_at(level, new) // WIDTH):
            yield Tile(level, index)


def split_hashes(data: bytes) -> tuple[bytes, ...]:
    """The hashes of a tile."""
    return tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as stored: each behind its length, a big-endian uint16. OverflowError for one over `LARGEST_ENTRY`."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises BadBundle where a length leads past the end."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise BadBundle(why=f"it ends inside entry {len(entries)}")
        entries.append(data[start:at])
    return entries
