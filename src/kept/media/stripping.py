"""Removing everything from a clip that is neither picture nor sound.

Nothing else comes through ffmpeg, the file is then written anew from known boxes only (`mp4.py`), and its bytes are searched
for the place that the upload told (`traces.py`).
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from kept.media import ffmpeg
from kept.media.compliance import Size, audio_complies, scaled, video_complies
from kept.media.limits import Leash, copying, encoding
from kept.media.probing import Probe, probe
from kept.media.processing import CLIP, land_video, process
from kept.media.renditions import encoded_picture, sound
from kept.media.workshop import workshop

_ENCODED_HEIGHT = 720


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a clip is copied; the rest is encoded."""

    picture: bool
    sound: bool

    @classmethod
    def of(cls, found: Probe) -> "Plan":
        """Copy what every browser plays."""
        return cls(video_complies(found), audio_complies(found))

    @property
    def copies(self) -> bool:
        """Whether anything is copied, so that encoding it may still help."""
        return self.picture or self.sound

    def outputs(self, found: Probe) -> list[str]:
        """ffmpeg arguments that make the clip."""
        picture = ffmpeg.video_copy() if self.picture else encoded_picture(found, _ENCODED_HEIGHT)
        return [*picture, *sound(found, copy=self.sound), *ffmpeg.to_mp4(CLIP)]

    def leash(self, found: Probe) -> Leash:
        """What making it may use up."""
        return copying(found.bytes) if self.picture else encoding(found.seconds)

    def size(self, found: Probe) -> Size:
        """How large the clip is shown."""
        return Size(*found.shown_size) if self.picture else scaled(found, _ENCODED_HEIGHT)


ENCODE = Plan(picture=False, sound=False)


async def strip(path: Path, out: Path, *, found: Probe | None = None) -> None:
    """Write picture and sound of the clip at `path` to `out`, copied where every browser plays them, else encoded.

    Raises:
        MediaFailed, DiskFull, NotConfined, NoFfmpeg: as `prepare`; without `found`, the errors of `probe`, too.
    """
    found = found or await probe(path)
    plan = Plan.of(found)
    with workshop(out.parent) as work:
        await process(path, found, plan.outputs(found), work=work, leash=plan.leash(found))
        await asyncio.to_thread(land_video, work, out, found)
