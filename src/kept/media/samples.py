"""Which bytes of an MP4 belong to samples: all of them have to, for bytes that no player reads could hide anything."""

import struct
from collections.abc import Iterator
from itertools import accumulate

from kept.media.boxes import boxes, refuse


def refuse_strays(index: bytes, start: int, end: int) -> None:
    """Check that the samples that `index` (a moov box) lists fill the file from `start` to `end`, without gap or overlap.

    Raises:
        MediaFailed: they don't.
    """
    chunks = sorted(chunk for table in _tables(index[8:]) for chunk in _chunks(table))
    at = start
    for offset, size in chunks:
        if offset != at:
            break
        at += size
    if at != end:
        refuse(f"bytes of no sample at {at}")


def _tables(moov: bytes) -> Iterator[dict[bytes, bytes]]:
    """The sample tables of each track, by kind."""
    for kind, trak in boxes(moov):
        if kind == b"trak":
            content = trak
            for step in (b"mdia", b"minf", b"stbl"):
                content = dict(boxes(content)).get(step, b"")
            yield dict(boxes(content))


def _chunks(table: dict[bytes, bytes]) -> Iterator[tuple[int, int]]:
    """(offset, size) of each chunk: stco says where they are, stsc how many samples each has, stsz how large these are."""
    if any(kind not in table for kind in (b"stco", b"stsc", b"stsz")):
        refuse("a sample table is missing")
    offsets = _numbers(table[b"stco"], 4, 1)
    runs = _numbers(table[b"stsc"], 4, 3)
    one_size, count = struct.unpack_from(">II", table[b"stsz"], 4)
    sizes = (one_size,) * count if one_size else _numbers(table[b"stsz"], 8, 1)
    ends = (0, *accumulate(sizes))
    sample, run = 0, 0
    for number, offset in enumerate(offsets, start=1):
        while 3 * run + 3 < len(runs) and runs[3 * run + 3] <= number:
            run += 1
        after = sample + runs[3 * run + 1]
        if after >= len(ends):
            refuse("more samples than sizes")
        yield offset, ends[after] - ends[sample]
        sample = after


def _numbers(content: bytes, at: int, columns: int) -> tuple[int, ...]:
    """A table of 32-bit numbers that follows its own length."""
    count = struct.unpack_from(">I", content, at)[0] * columns
    if at + 4 + 4 * count != len(content):
        refuse("a sample table has a wrong length")
    return struct.unpack_from(f">{count}I", content, at + 4)
