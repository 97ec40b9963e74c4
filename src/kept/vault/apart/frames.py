"""Frames: length (4 bytes, big-endian), then that many bytes of MessagePack; never longer than `LONGEST`."""

import asyncio

from kept.kit import KeptError, Kind

LONGEST = 8 * 1024 * 1024
"""Bytes. A draft of a text, a thousand members, a case's messages: all fit; who has more asks twice."""


class FrameTooLong(KeptError):
    """Nothing was sent."""

    code = "frame_too_long"
    kind = Kind.TOO_LARGE
    message = "That is too much at once for the vault."


class BadFrame(Exception):
    """What comes in is none of ours; the connection is of no more use."""


def framed(payload: bytes) -> bytes:
    """A payload as a frame. Raises FrameTooLong."""
    if len(payload) > LONGEST:
        raise FrameTooLong
    return len(payload).to_bytes(4, "big") + payload


async def next_frame(reader: asyncio.StreamReader) -> bytes | None:
    """The next payload; None at the end. Raises BadFrame: too long, or cut off."""
    try:
        size = int.from_bytes(await reader.readexactly(4), "big")
        if size > LONGEST:
            raise BadFrame("too long")
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise BadFrame("cut off") from error
        return None
