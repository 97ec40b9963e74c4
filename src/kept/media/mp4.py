"""MP4 (ISO/IEC 14496-12, -14, -15): writing a file that holds only what we know, and checking that a file is such a one.

What members get is written here, not by ffmpeg: the index is rebuilt from the boxes that playing needs, with times, names
and languages blanked, and placed in front; then the samples, all of them and nothing else. A place for metadata (udta, meta,
uuid, free, …) can't slip through, because what is not listed is not copied. A file is clean if cleaning it changes nothing.
"""

import os
import struct
from pathlib import Path

from kept.media.boxes import Place, box, boxes, file_boxes, refuse
from kept.media.errors import MediaFailed
from kept.media.samples import refuse_strays

LONGEST_INDEX = 32 * 1024 * 1024

# Which boxes may be in which; the others are dropped. Boxes that are no key here hold numbers, not boxes.
_INSIDE: dict[bytes, tuple[bytes, ...]] = {
    b"moov": (b"mvhd", b"trak"),
    b"trak": (b"tkhd", b"edts", b"mdia"),
    b"edts": (b"elst",),
    b"mdia": (b"mdhd", b"hdlr", b"minf"),
    b"minf": (b"vmhd", b"smhd", b"dinf", b"stbl"),
    b"dinf": (b"dref",),
    b"stbl": (b"stsd", b"stts", b"ctts", b"stss", b"stsc", b"stsz", b"stco", b"sgpd", b"sbgp"),
    b"avc1": (b"avcC", b"pasp", b"colr"),
    b"mp4a": (b"esds",),
}
_ENTRY_HEAD = {
    b"avc1": 78,
    b"mp4a": 28,
}  # bytes of a sample entry before its boxes (ISO/IEC 14496-12, 12.1.3 and 12.2.3)
_FILE_TYPE = struct.pack(">I4s4sI16s", 32, b"ftyp", b"isom", 512, b"isomiso2avc1mp41")
_ONE_REFERENCE = struct.pack(">III4sI", 0, 1, 12, b"url ", 1)  # dref: the samples are in this file
_UNDETERMINED = 0x55C4  # 'und', packed (ISO 639-2)


def rewrite(source: int, out: int) -> None:
    """Write a clean MP4 to descriptor `out`, with the pictures and sounds of the one behind descriptor `source`.

    Raises:
        MediaFailed: `source` is no complete MP4 of one movie, or has data that belong to no sample.
    """
    places = dict(file_boxes(source))
    if b"moov" not in places or b"mdat" not in places:
        refuse("it has no index or no samples")
    index = _index(source, places[b"moov"])
    start, end = places[b"mdat"]
    refuse_strays(index, start, end)
    front = len(_FILE_TYPE) + len(index) + 8
    head = _FILE_TYPE + _shift(index, front - start) + struct.pack(">I4s", 8 + end - start, b"mdat")
    with os.fdopen(os.dup(out), "wb") as file:
        file.write(head)
    while start < end:
        sent = os.sendfile(out, source, start, end - start)
        if sent == 0:
            refuse("its samples end early")
        start += sent


def check(descriptor: int) -> None:
    """Refuse a file that holds anything but the boxes and samples that playing needs.

    Raises:
        MediaFailed: says which box in `detail`.
    """
    places = list(file_boxes(descriptor))
    if [kind for kind, _ in places] != [b"ftyp", b"moov", b"mdat"]:
        refuse(f"its boxes are {[kind.decode('latin-1') for kind, _ in places]}")
    if os.pread(descriptor, len(_FILE_TYPE), 0) != _FILE_TYPE:
        refuse("its type is not the one that we write")
    index = _index(descriptor, places[1][1])
    if os.pread(descriptor, len(index), len(_FILE_TYPE)) != index:
        refuse("its index holds more than playing needs")
    refuse_strays(index, *places[2][1])


def check_file(path: Path) -> None:
    """`check` for a file by its path."""
    with path.open("rb") as file:
        check(file.fileno())


def _index(source: int, place: Place) -> bytes:
    start, end = place
    if end - start > LONGEST_INDEX:
        refuse("its index is too long")
    content = os.pread(source, end - start, start)
    try:
        return box(b"moov", _clean(b"moov", content))
    except (struct.error, IndexError) as error:
        raise MediaFailed(why="its index is damaged", detail=str(error)) from error


def _clean(kind: bytes, content: bytes) -> bytes:
    """The content of a box as we keep it."""
    if kind in _ENTRY_HEAD:
        head = _ENTRY_HEAD[kind]
        return _entry_head(kind, content[:head]) + _kept(kind, content[head:])
    if kind in _INSIDE:
        return _kept(kind, content)
    if kind in (b"mvhd", b"tkhd", b"mdhd"):
        return _timeless(kind, content)
    if kind == b"hdlr":
        return struct.pack(">II4s12xB", 0, 0, content[8:12], 0)
    if kind == b"dref":
        return _ONE_REFERENCE
    if kind == b"stsd":
        entries = [(entry, inner) for entry, inner in boxes(content[8:]) if entry in _ENTRY_HEAD]
        if len(entries) != 1:
            refuse("a track is neither one H.264 picture nor one AAC sound")
        return struct.pack(">II", 0, 1) + box(entries[0][0], _clean(*entries[0]))
    return content


def _kept(kind: bytes, content: bytes) -> bytes:
    return b"".join(
        box(inner, _clean(inner, inside))
        for inner, inside in boxes(content)
        if inner in _INSIDE[kind] and not (inner == b"colr" and inside[:4] != b"nclx")  # others hold colour profiles
    )


def _timeless(kind: bytes, content: bytes) -> bytes:
    """A header without the times of making and changing, and without a language."""
    clean, times = bytearray(content), 16 if content[0] == 1 else 8
    clean[4 : 4 + times] = bytes(times)
    if kind == b"mdhd":
        struct.pack_into(">HH", clean, 4 + times + (12 if content[0] == 1 else 8), _UNDETERMINED, 0)
    return bytes(clean)


def _entry_head(kind: bytes, head: bytes) -> bytes:
    """A sample entry without the name of who compressed it, and without what was reserved for vendors."""
    if len(head) != _ENTRY_HEAD[kind]:
        refuse("a track's description is cut short")
    clean = bytearray(head)
    clean[0:6] = bytes(6)
    clean[8 : 24 if kind == b"avc1" else 16] = bytes(16 if kind == b"avc1" else 8)
    if kind == b"avc1":
        clean[42:74] = bytes(32)
    return bytes(clean)


def _shift(index: bytes, by: int) -> bytes:
    """The index with every chunk `by` bytes further on."""

    def moved(kind: bytes, content: bytes) -> bytes:
        if kind == b"stco":
            count = struct.unpack_from(">I", content, 4)[0]
            offsets = struct.unpack_from(f">{count}I", content, 8)
            return content[:8] + struct.pack(f">{count}I", *(offset + by for offset in offsets))
        if kind in _INSIDE and kind not in _ENTRY_HEAD:
            return b"".join(box(inner, moved(inner, inside)) for inner, inside in boxes(content))
        return content

    return box(b"moov", moved(b"moov", index[8:]))
