"""Lighter forms of a clip: H.264 and AAC that every browser plays, at 540 or 720 lines."""

import asyncio
from pathlib import Path

from kept.media import ffmpeg
from kept.media.compliance import Size, audio_complies, picture_filters, scaled
from kept.media.limits import encoding
from kept.media.probing import Probe, probe
from kept.media.processing import CLIP, Progress, land_video, process
from kept.media.workshop import workshop

_RATES = {540: (26, 1_600), 720: (25, 3_200)}  # shorter side: constant rate factor, most kilobits a second


async def rendition(
    path: Path, out: Path, height: int, *, found: Probe | None = None, progress: Progress | None = None
) -> Size:
    """Write a form of the clip at `path` to `out` whose shorter side is at most `height` (540 or 720); returns its size.

    `progress` is told how much is done, from 0 to 1, a few times a second. Nothing but picture and sound comes along.

    Raises:
        KeyError: another height.
        MediaFailed, DiskFull, NotConfined, NoFfmpeg: as `prepare`; without `found`, the errors of `probe`, too.
    """
    found = found or await probe(path)
    outputs = [*encoded_picture(found, height), *sound(found, copy=audio_complies(found)), *ffmpeg.to_mp4(CLIP)]
    with workshop(out.parent) as work:
        await process(path, found, outputs, work=work, leash=encoding(found.seconds), progress=progress)
        await asyncio.to_thread(land_video, work, out, found)
    return scaled(found, height)


def encoded_picture(found: Probe, height: int) -> list[str]:
    """ffmpeg arguments that encode the picture at `height`."""
    crf, rate = _RATES[height]
    return ffmpeg.video_encode(picture_filters(found, scaled(found, height)), crf=crf, most_kilobits=rate)


def sound(found: Probe, *, copy: bool) -> list[str]:
    """ffmpeg arguments for the sound, if there is one."""
    if not found.audio_codec:
        return []
    return ffmpeg.audio_copy() if copy else ffmpeg.audio_encode()
