"""Files as phones, browsers and attackers make them; small, made on the spot with the same ffmpeg."""

import shlex
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

from kept.media import find_ffmpeg

PLACE = "+48.8577+002.2950/"
"""Where all our recordings were made; must be in no byte of any result."""

SECRETS = (PLACE, "48.8577", "Pear Phone 7", "PearCo", "Secret chapter")

_PICTURE = ["-f", "lavfi", "-i", "testsrc2=s={size}:r={fps}"]
_SOUND = ["-f", "lavfi", "-i", "sine=440:r=48000"]
_H264 = shlex.split("-c:v libx264 -preset ultrafast -g 30 -pix_fmt yuv420p -c:a aac -b:a 64k")
_TAGS = {"location": PLACE, "make": "PearCo", "model": "Pear Phone 7", "creation_time": "2026-05-01T10:00:00Z"}


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg; it must succeed."""
    command = [str(find_ffmpeg().path), "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


def tags() -> list[str]:
    return [word for name, value in _TAGS.items() for word in ("-metadata", f"{name}={value}")]


def plain(path: Path, *, seconds: float = 2, size: str = "180x320", fps: int = 30, codecs: list[str] = _H264) -> Path:
    """A clip with picture and sound and whatever codecs the file name and `codecs` say."""
    picture = [word.format(size=size, fps=fps) for word in _PICTURE]
    ffmpeg(*picture, *_SOUND, "-t", str(seconds), *tags(), *codecs, path)
    return path


def phone(path: Path, *, seconds: float = 2, size: str = "320x180", rotation: int = -90) -> Path:
    """A phone's MP4: lying pixels with an upright matrix, the place in a tag, an XMP box, notes in the picture's own stream,
    a chapter, a timecode, and a track of timed metadata that repeats the place."""
    folder = path.parent
    flat, chapters = folder / "flat.mp4", folder / "chapters.txt"
    note = "086f3693-b7b3-4f2c-9653-21492feee5b8+shot at " + PLACE
    plain(flat, seconds=seconds, size=size)
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=Secret chapter\n")
    inputs = ["-display_rotation", str(rotation), "-i", flat, "-i", chapters]
    inputs += ["-map", "0:v", "-map", "0:a", "-map_chapters", "1"]
    notes = ["-bsf:v", f"h264_metadata=sei_user_data={note}"]
    ffmpeg(*inputs, "-c", "copy", *notes, *tags(), "-movflags", "use_metadata_tags", path)
    data = _with_timed_metadata(path.read_bytes(), f"GPS {PLACE} ".encode())
    xmp = _box(b"uuid", bytes(16) + f"<x:xmpmeta>{PLACE}</x:xmpmeta>".encode())
    path.write_bytes(data + xmp + _box(b"free", PLACE.encode()))
    flat.unlink()
    chapters.unlink()
    return path


def recorder(path: Path, *, seconds: float = 2) -> Path:
    """What a browser's MediaRecorder makes: WebM, VP9 and Opus, written as it goes, so without a duration."""
    vp9 = shlex.split("-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 300k -c:a libopus -live 1 -f webm")
    return plain(path, seconds=seconds, codecs=vp9)


def children_running(word: str, parent: int | None = None) -> list[str]:
    """Commands of the children of this process, or of `parent`, that contain `word`."""
    found = []
    for child in psutil.Process(parent).children():
        with suppress(psutil.Error):  # it ended meanwhile
            found.append(" ".join(child.cmdline()))
    return [command for command in found if word in command]


def left_in(folder: Path) -> list[str]:
    """Names of everything in a folder."""
    return sorted(entry.name for entry in folder.iterdir())


def pixels(path: Path, width: int, height: int, *, at: float = 0) -> bytes:
    """The picture at `at` seconds, shrunk: three bytes a pixel, red, green, blue."""
    command = [str(find_ffmpeg().path), "-nostdin", "-v", "error", "-ss", str(at), "-i", str(path)]
    command += ["-frames:v", "1", "-vf", f"format=rgb24,scale={width}:{height}:flags=area"]
    return subprocess.run([*command, "-f", "rawvideo", "-"], check=True, capture_output=True).stdout


def top_boxes(data: bytes) -> list[str]:
    """Kinds of the boxes of an MP4."""
    kinds, at = [], 0
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        kinds.append(kind.decode())
        at += length
    return kinds


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _with_timed_metadata(data: bytes, note: bytes) -> bytes:
    """Add a `mebx` track with one sample, as phones do; the index must be the last box of the file."""
    at, places = 0, {}
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        places[kind] = (at, length)
        at += length
    start, length = places[b"moov"]
    assert start + length == len(data)
    track = _metadata_track(len(note), 0)
    offset = len(data) + len(track) + 8
    track = _metadata_track(len(note), offset)
    return data[:start] + _box(b"moov", data[start + 8 :] + track) + _box(b"mdat", note)


def _metadata_track(size: int, offset: int) -> bytes:
    full = struct.pack(">I", 0)
    matrix = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    header = _box(b"tkhd", struct.pack(">IIIIII", 3, 0, 0, 9, 0, 1000) + bytes(16) + matrix + bytes(8))
    table = _box(b"stsd", full + struct.pack(">I", 1) + _box(b"mebx", bytes(6) + b"\0\1"))
    table += _box(b"stts", full + struct.pack(">III", 1, 1, 1000)) + _box(
        b"stsc", full + struct.pack(">IIII", 1, 1, 1, 1)
    )
    table += _box(b"stsz", full + struct.pack(">III", 0, 1, size)) + _box(b"stco", full + struct.pack(">II", 1, offset))
    reference = _box(b"dinf", _box(b"dref", full + struct.pack(">I", 1) + _box(b"url ", struct.pack(">I", 1))))
    inside = _box(b"minf", _box(b"nmhd", full) + reference + _box(b"stbl", table))
    media = _box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 1000, 1000, 0x55C4, 0))
    media += _box(b"hdlr", full + struct.pack(">I4s12xB", 0, b"meta", 0)) + inside
    return _box(b"trak", header + _box(b"mdia", media))
