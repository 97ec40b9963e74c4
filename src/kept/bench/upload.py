"""`kept bench upload`: from the first byte sent to the first byte played, beside the bare work that the same takes.

Ours is a whole platform (`kept up`): a client begins an upload by tus, sends a phone's clip (15 s, 1080 × 1920, H.264 and
AAC) over HTTP, asks until it is published, and fetches the beginning of the film. In it are the upload, written and hashed
and synced; the job and its steps; the sandboxed probe, the film without metadata, the poster; the publication with its
ledger entry. Bare is what `kept bench media` takes for bare: ffmpeg to look, SHA-256, ffmpeg to copy, ffmpeg for a poster,
fsync. Both by turns, in the same minutes; renditions, which follow publication, are waited for in between.
"""

import asyncio
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from kept.bench.media import bare_seconds
from kept.bench.running import NotRunning, Platform, platform
from kept.media import phone_clip

ROUNDS = 8
LIMIT = 1.5
ASK_EVERY = 0.01
FIRST_ASKED = 0.75
"""Share of the shortest processing so far after which we ask: questions take from the processors that do the work."""
PAUSE = 0.6
"""Seconds after which children that get ready for the next clip are ready."""

TUS = {"tus_resumable": "1.0.0"}


async def run() -> dict[str, Any]:
    """Milliseconds of each way, their ratio and its limit. Raises NotRunning."""
    folder = Path(tempfile.mkdtemp(prefix="kept-bench-"))
    try:
        clip = await asyncio.to_thread(phone_clip, folder / "phone.mp4")
        async with platform() as running:
            return {"name": "upload"} | await asyncio.to_thread(_compare, running, clip, folder)
    finally:
        shutil.rmtree(folder)


def _compare(running: Platform, clip: Path, folder: Path) -> dict[str, Any]:
    data, token = clip.read_bytes(), running.join()
    bare: list[float] = []
    ours: list[dict[str, float]] = []
    for _ in range(ROUNDS + 1):
        bare.append(bare_seconds(clip, folder))
        shortest = min((one["published"] - one["uploaded"] for one in ours), default=0.0)
        ours.append(_published(running, data, token, FIRST_ASKED * shortest))
        _rest(running)
    del bare[0], ours[0]  # the first of each reads programs from the disk
    whole = [one["playable"] for one in ours]
    best = min(ours, key=lambda one: one["playable"])
    return {
        "clip_bytes": len(data),
        "bare_ms": min(bare) * 1000,
        "ours_ms": min(whole) * 1000,
        "of_it_upload_ms": best["uploaded"] * 1000,
        "of_it_processing_ms": (best["published"] - best["uploaded"]) * 1000,
        "ratio_to_bare": min(whole) / min(bare),
        "ratio_by_medians": statistics.median(whole) / statistics.median(bare),
        "limit": LIMIT,
    }


def _published(running: Platform, data: bytes, token: str, wait: float) -> dict[str, float]:
    """Seconds from the first request until the upload was complete, the clip published, and its film came."""
    began = time.perf_counter()
    begun = running.ask("POST", "/api/v1/uploads", authorization=token, upload_length=str(len(data)), **TUS)
    part = {"content_type": "application/offset+octet-stream", "upload_offset": "0"}
    done = running.ask("PATCH", begun.headers["location"], data, authorization=token, **part, **TUS)
    uploaded = time.perf_counter() - began
    place = f"/api/v1/videos/{done.headers['video-id']}"
    time.sleep(wait)
    video = _when_published(running, place, token)
    published = time.perf_counter() - began
    film = running.ask("GET", video["media"], range="bytes=0-65535")
    playable = time.perf_counter() - began
    if film.status != 206:
        raise NotRunning(why=f"the film gave {film.status}")
    running.ask("DELETE", place, authorization=token)
    return {"uploaded": uploaded, "published": published, "playable": playable}


def publish(running: Platform, data: bytes, token: str, clips: int) -> list[UUID]:
    """Upload a clip so many times, and wait until all are published and nothing is encoded any more. Raises NotRunning."""
    part, found = {"content_type": "application/offset+octet-stream", "upload_offset": "0"}, []
    for _ in range(clips):
        begun = running.ask("POST", "/api/v1/uploads", authorization=token, upload_length=str(len(data)), **TUS)
        done = running.ask("PATCH", begun.headers["location"], data, authorization=token, **part, **TUS)
        found.append(UUID(done.headers["video-id"]))
    for clip in found:
        _when_published(running, f"/api/v1/videos/{clip}", token)
    _rest(running)
    return found


def _when_published(running: Platform, place: str, token: str) -> dict[str, Any]:
    while True:
        video: dict[str, Any] = running.ask("GET", place, authorization=token).json()
        if video["state"] == "published":
            return video
        if video["state"] != "processing":
            raise NotRunning(why=f"the clip is {video['state']}: {video['reason']}")
        time.sleep(ASK_EVERY)


def _rest(running: Platform) -> None:
    """Wait until nothing is encoded any more, and a little longer."""
    time.sleep(PAUSE)
    while running.encoders():
        time.sleep(0.1)
    time.sleep(PAUSE)
