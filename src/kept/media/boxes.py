"""Walking MP4 boxes (ISO/IEC 14496-12, 4.2): a length, a kind, a content. Over files that our own processing made.

Knows no meaning; `mp4.py` does. Every length is checked before it is followed.
"""

import os
import struct
from collections.abc import Iterator
from typing import NoReturn

from kept.media.errors import MediaFailed

Place = tuple[int, int]
"""Where a content starts in a file, and where it ends."""


def refuse(what: str) -> NoReturn:
    """Raise what a file gets that is not as it should be; `what` is for the operator's log."""
    raise MediaFailed(why="its processing left something unexpected", detail=what)


def box(kind: bytes, content: bytes) -> bytes:
    """One box."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes in `content`: kind and content. Raises MediaFailed when they don't fill it exactly."""
    at = 0
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at) if at + 8 <= len(content) else (0, b"")
        if length < 8 or at + length > len(content):
            refuse(f"box {kind!r} has a wrong length")
        yield kind, content[at + 8 : at + length]
        at += length


def file_boxes(source: int) -> Iterator[tuple[bytes, Place]]:
    """The boxes of the file behind descriptor `source`: kind and place. An empty one without meaning is passed over."""
    at, size = 0, os.fstat(source).st_size
    while at < size:
        head = os.pread(source, 16, at)
        if len(head) < 8:
            refuse("a box is cut short")
        length, kind = struct.unpack_from(">I4s", head)
        content = 8
        if length == 1 and len(head) == 16:
            length, content = struct.unpack_from(">Q", head, 8)[0], 16
        if length < content or at + length > size:
            refuse(f"box {kind!r} has a wrong length")
        if not (kind == b"free" and length == 8):
            yield kind, (at + content, at + length)
        at += length
