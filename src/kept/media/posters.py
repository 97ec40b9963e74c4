"""The picture that stands for a clip before it plays, and a hint of it that is small enough to come with the page."""

import asyncio
import os
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

from kept.media.compliance import fitted, picture_filters
from kept.media.cutting import WHOLE, Cut
from kept.media.errors import MediaFailed
from kept.media.ffmpeg import to_webp
from kept.media.landing import landing
from kept.media.limits import encoding
from kept.media.probing import Probe, probe
from kept.media.processing import process, room
from kept.media.webp import only_picture
from kept.media.workshop import Workshop, workshop

_POSTER, _HINT = "poster.webp", "hint.webp"
_POSTER_BOX, _HINT_BOX = (540, 960), (16, 28)
_POSTER_QUALITY, _HINT_QUALITY = 75, 20
_LONGEST_POSTER = 4 * 1024 * 1024
_LONGEST_HINT = 350  # as a data URI: under 500 characters
_SKIP_BLACK = "blackframe=0:32,metadata=select:key=lavfi.blackframe.pblack:value=95:function=less,"


async def poster(path: Path, out: Path, *, found: Probe | None = None, cut: Cut = WHOLE) -> str:
    """Write the first picture that is not black to `out` (WebP, at most 540 × 960), or the one that the author chose.

    Returns a much smaller one (at most 16 × 28) as a data URI of at most 500 characters.

    Raises:
        MediaFailed: no picture can be decoded. Further: as `prepare`.
    """
    found = found or await probe(path)
    seen = cut if cut.cover is None else replace(cut, start=cut.cover)
    for skip_black in (cut.cover is None, False):
        with workshop(out.parent) as work:
            outputs = picture_outputs(found, skip_black=skip_black)
            await process(path, found, outputs, work=work, leash=encoding(found.seconds), cut=seen)
            hint = await asyncio.to_thread(land_poster, work, out)
        if hint is not None:
            return hint
    raise MediaFailed(why="none of its pictures can be decoded")


def picture_outputs(found: Probe, *, skip_black: bool) -> list[str]:
    """ffmpeg arguments for the poster and the hint: the first picture, or the first one that is not black."""
    size, small = fitted(found, *_POSTER_BOX), fitted(found, *_HINT_BOX)
    chain = _SKIP_BLACK if skip_black else ""
    graph = (
        f"[0:V:0]{chain}{picture_filters(found, size)},split[poster][big];[big]scale={small.width}:{small.height}[hint]"
    )
    poster = to_webp("[poster]", _POSTER, _POSTER_QUALITY)
    return ["-filter_complex", graph, *poster, *to_webp("[hint]", _HINT, _HINT_QUALITY)]


def land_poster(work: Workshop, out: Path) -> str | None:
    """Write the poster that ffmpeg left to `out`; returns the hint as a data URI. None when every picture was black."""
    poster, hint = work.read(_POSTER, _LONGEST_POSTER), work.read(_HINT, _LONGEST_POSTER)
    if not poster or not hint:
        return None
    with room(), landing(out) as descriptor, os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(only_picture(poster))
    small = only_picture(hint)
    if len(small) > _LONGEST_HINT:
        raise MediaFailed(why="its processing left something unexpected", detail=f"hint of {len(small)} bytes")
    return "data:image/webp;base64," + b64encode(small).decode()
