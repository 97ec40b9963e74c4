"""WebP files (RIFF; developers.google.com/speed/webp/docs/riff_container): only the picture is kept."""

import struct

from kept.media.errors import MediaFailed

_PICTURES = (b"VP8 ", b"VP8L")


def only_picture(data: bytes) -> bytes:
    """The same still picture without any chunk beside it: Exif, XMP, colour profile, or what follows the end.

    Raises:
        MediaFailed: this is no still WebP picture.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise MediaFailed(why="its processing left something unexpected", detail="not WebP")
    at = 12
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        if kind in _PICTURES and at + 8 + size <= len(data):
            picture: bytes = data[at : at + 8 + size] + b"\0" * (size & 1)
            head: bytes = struct.pack("<4sI4s", b"RIFF", 4 + len(picture), b"WEBP")
            return head + picture
        at += 8 + size + (size & 1)
    raise MediaFailed(why="its processing left something unexpected", detail="WebP without a picture")
