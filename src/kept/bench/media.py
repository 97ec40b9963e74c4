"""`kept bench media`: from an upload to a clip that can be shown, beside the bare commands that the same takes.

Bare means what anybody would type: ffmpeg to look at the file, SHA-256, ffmpeg to copy it without its metadata, ffmpeg for a
poster, fsync of both. No sandbox, no check of the file before or after, no placeholder. Ours is `prepare` and the hash.
The clip is a phone's: 15 s, 1080 × 1920, about 7 Mbit/s, H.264 and AAC.
"""

import asyncio
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from kept.media import confinement, cool, find_ffmpeg, phone_clip, prepare, rendition, sha256_file, warm

ROUNDS = 12
"""Bare and ours by turns, of which the best of each counts: others use the machine, too."""
PAUSE = 0.4
"""Seconds after a round of ours, so that the children which get ready for the next don't slow the bare round."""
LIMIT = 1.5

_COPY = "-map 0:v:0 -map 0:a:0 -dn -c copy -map_metadata -1 -map_chapters -1 -bsf:v filter_units=remove_types=6".split()  # noqa: SIM905
_POSTER = "-frames:v 1 -vf scale=540:960 -c:v libwebp -compression_level 2 -map_metadata -1".split()  # noqa: SIM905


async def run() -> dict[str, Any]:
    """Milliseconds of each way, their ratio and its limit; then what a cold start and the renditions take."""
    folder = Path(tempfile.mkdtemp(prefix="kept-bench-"))
    try:
        clip = await asyncio.to_thread(phone_clip, folder / "phone.mp4")
        result = await _compare(clip, folder) | await _cold(clip, folder) | await _renditions(clip, folder)
        held = await confinement()
    finally:
        cool()
        shutil.rmtree(folder)
    return {"name": "media"} | result | {"confinement": " ".join(sorted(held))}


async def _compare(clip: Path, folder: Path) -> dict[str, Any]:
    bare, ours = [], []
    for number in range(ROUNDS + 1):
        bare.append(await asyncio.to_thread(bare_seconds, clip, folder))
        ours.append(await _prepared(clip, folder / str(number)))
        await asyncio.sleep(PAUSE)
    del bare[0], ours[0]  # the first of each reads programs from the disk
    return {
        "clip_bytes": os.stat(clip).st_size,
        "bare_ms": min(bare) * 1000,
        "ours_ms": min(ours) * 1000,
        "ratio_to_bare": min(ours) / min(bare),
        "ratio_by_medians": statistics.median(ours) / statistics.median(bare),
        "limit": LIMIT,
    }


async def _cold(clip: Path, folder: Path) -> dict[str, Any]:
    """The first clip after a start, when no child waits yet."""
    times = []
    for number in range(4):
        cool()
        times.append(await _prepared(clip, folder / f"cold{number}"))
    warm()
    return {"cold_ms": min(times) * 1000}


async def _renditions(clip: Path, folder: Path) -> dict[str, Any]:
    seconds = {}
    for height in (540, 720):
        began = time.perf_counter()
        await rendition(clip, folder / f"{height}.mp4", height)
        seconds[f"rendition_{height}_seconds"] = time.perf_counter() - began
    return seconds


async def _prepared(clip: Path, out: Path) -> float:
    os.mkdir(out)
    began = time.perf_counter()
    await asyncio.gather(prepare(clip, out), asyncio.to_thread(sha256_file, clip))
    await asyncio.to_thread(_sync, out)
    spent = time.perf_counter() - began
    shutil.rmtree(out)
    return spent


def _bare(clip: Path, folder: Path) -> None:
    program, out, poster = str(find_ffmpeg().path), folder / "bare.mp4", folder / "bare.webp"
    start = [program, "-nostdin", "-v", "error", "-y", "-i", str(clip)]
    subprocess.run([program, "-nostdin", "-i", str(clip)], check=False, capture_output=True)
    sha256_file(clip)
    subprocess.run([*start, *_COPY, "-movflags", "+faststart", str(out)], check=True, capture_output=True)
    subprocess.run([*start, *_POSTER, str(poster)], check=True, capture_output=True)
    for path in (out, poster, folder):
        _sync(path)
    out.unlink()
    poster.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def bare_seconds(clip: Path, folder: Path) -> float:
    """What the bare commands take. Blocks."""
    began = time.perf_counter()
    _bare(clip, folder)
    return time.perf_counter() - began
