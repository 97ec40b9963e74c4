"""Byte ranges (RFC 9110, 14): which part of a file a request asks for. Pure decisions.

Of several ranges only the first is taken, which 14.2 allows; players ask for one.
"""

import re
from dataclasses import dataclass

_BYTES = re.compile(r"\s*bytes\s*=\s*([^,]*)", re.IGNORECASE)
_SPEC = re.compile(r"\s*([0-9]*)\s*-\s*([0-9]*)\s*")


@dataclass(frozen=True, slots=True)
class Slice:
    """Bytes `start` up to, not including, `end` of a file of `size` bytes; `whole` when no range was asked for."""

    start: int
    end: int
    size: int
    whole: bool = False

    @property
    def length(self) -> int:
        """How many bytes that is."""
        return self.end - self.start

    @property
    def content_range(self) -> str:
        """The header of a 206."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


def slice_of(size: int, range_header: str | None, if_range: str | None, etag: str) -> Slice | None:
    """The part to send; None when the range can't be satisfied (416).

    A header that is no byte range, or an `If-Range` that names another version, means the whole file (14.2, 13.1.5). A
    date in `If-Range` names no version of ours: files are told apart by their hash.
    """
    whole = Slice(0, size, size, whole=True)
    if range_header is None or (if_range is not None and if_range.strip() != etag):
        return whole
    unit = _BYTES.match(range_header)
    spec = _SPEC.fullmatch(unit[1]) if unit else None
    if spec is None or not (spec[1] or spec[2]):
        return whole
    return _satisfied(size, spec[1], spec[2], whole)


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the client has this version already (13.1.2, weak comparison)."""
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags


def _satisfied(size: int, first: str, last: str, whole: Slice) -> Slice | None:
    if len(first) > 18 or len(last) > 18:  # beyond any file, and int() of a text of any length is slow
        return None if first else whole
    if not first:
        length = min(int(last), size)
        return Slice(size - length, size, size) if length else None
    start = int(first)
    if last and int(last) < start:
        return whole
    end = min(int(last) + 1, size) if last else size
    return Slice(start, end, size) if start < size else None
