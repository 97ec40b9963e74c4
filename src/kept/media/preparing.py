"""From an upload to what members may see: a clip without any trace of where it came from, its poster, and a hint of that."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from kept.media import nursery
from kept.media.compliance import Size, compliant
from kept.media.cutting import WHOLE, Cut
from kept.media.errors import MediaFailed
from kept.media.landing import sweep_drafts
from kept.media.limits import Limits
from kept.media.posters import land_poster, picture_outputs, poster
from kept.media.probing import Probe, probe
from kept.media.processing import Progress, land_video, process
from kept.media.stripping import ENCODE, Plan
from kept.media.workshop import sweep_workshops, workshop

_REST = 0.15
"""Seconds after which children get ready for the next clip: first this one is to be published, with both processors."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What came of an upload."""

    probe: Probe
    video: Path
    """MP4, index in front, H.264 and AAC, nothing else in it."""
    poster: Path
    """WebP, at most 540 × 960."""
    placeholder: str
    """Data URI of a tiny WebP, to paint at once; at most 500 characters."""
    compliant: bool
    """Whether picture and sound are those of the upload, bit by bit."""
    size: Size
    """Of the clip as shown."""
    seconds: float
    """Playing time of what was left."""


async def prepare(
    path: Path,
    out_folder: Path,
    limits: Limits | None = None,
    *,
    cut: Cut = WHOLE,
    progress: Progress | None = None,
) -> Prepared:
    """Make `video.mp4` and `poster.webp` in `out_folder` from the upload at `path`, which stays as it is.

    `out_folder` must exist and be this call's alone: what a crash left there is removed. A clip that every browser plays is
    copied without its metadata; any other, or what `cut` leaves of one, is encoded to at most 720 lines. Safe to repeat;
    results appear whole or not at all, and their bytes are synced; their names are not: they are about to get others.

    Raises:
        NotAVideo, NoPicture, Truncated, TooLong, TooLarge: see `probe`.
        BadCut: too little would be left.
        MediaFailed: it can't be processed, or not within the limits.
        DiskFull, NotConfined, NoFfmpeg: not the upload's fault.
    """
    sweep_workshops(out_folder)
    sweep_drafts(out_folder)
    try:
        found = await probe(path, limits)
        return await _prepare(path, out_folder, found, cut.within(found.seconds), progress)
    finally:
        asyncio.get_running_loop().call_later(_REST, nursery.warm)


async def _prepare(path: Path, out_folder: Path, found: Probe, cut: Cut, progress: Progress | None) -> Prepared:
    video, picture = out_folder / "video.mp4", out_folder / "poster.webp"
    plan = Plan.of(found) if cut.leaves_whole(found.seconds) else ENCODE
    kept = WHOLE if cut.leaves_whole(found.seconds) else cut
    try:
        hint = await _make(path, found, plan, video, picture, kept, progress)
    except MediaFailed:
        if not plan.copies:
            raise
        plan = ENCODE  # copying takes the streams as they are, encoding what can be seen and heard of them
        hint = await _make(path, found, plan, video, picture, kept, progress)
    if hint is None or cut.cover is not None:
        hint = await poster(path, picture, found=found, cut=cut)
    untouched = compliant(found) and plan.copies
    return Prepared(found, video, picture, hint, untouched, plan.size(found), cut.length(found.seconds))


async def _make(
    path: Path, found: Probe, plan: Plan, video: Path, picture: Path, cut: Cut, progress: Progress | None
) -> str | None:
    """Clip, poster and hint in one call of ffmpeg; None instead of the hint when it saw black pictures only."""
    outputs = [*plan.outputs(found), *picture_outputs(found, skip_black=True)]
    with workshop(video.parent) as work:
        await process(
            path,
            found,
            outputs,
            work=work,
            leash=plan.leash(found),
            keyframes_only=plan.picture,
            cut=cut,
            progress=progress,
        )
        await asyncio.to_thread(land_video, work, video, found)
        return await asyncio.to_thread(land_poster, work, picture)
