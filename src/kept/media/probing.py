"""What a file is, before anything is done with it: `probe` looks into it and refuses what is no clip that we take."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kept.media import sandbox
from kept.media.errors import MediaFailed, NoPicture, NotAVideo, TooLarge, TooLong, Truncated
from kept.media.ffmpeg import VIDEO_CODECS
from kept.media.limits import MIB, Limits

_FRAMES_OF_A_VIDEO = 2
_OVERSHOOT_SECONDS = 0.5  # recorders stop a little late
_OF_THE_FORMAT = {"major_brand", "minor_version", "compatible_brands"}
_PROBLEMS = {"not_a_video": NotAVideo, "no_picture": NoPicture, "truncated": Truncated}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The facts about a clip, counted over all its packets rather than believed from its header."""

    container: str
    """`mov` (MP4, MOV, 3GP) or `matroska` (WebM, MKV)."""
    video_codec: str
    profile: str
    level: int
    """H.264 level times ten."""
    pixel_format: str
    width: int
    """Pixels as stored, before `rotation`."""
    height: int
    rotation: int
    """Degrees counterclockwise that the picture is turned for showing: 0 to 359."""
    mirrored: bool
    pixel_aspect: float
    hdr: bool
    seconds: float
    frames: int
    hidden_frames: int
    """Pictures in the file that an edit list takes out of the show: trimmed away, and yet there."""
    video_bytes: int
    keyframe_seconds: float
    """Longest time between two keyframes."""
    audio_codec: str
    """Empty without sound."""
    audio_channels: int
    other_streams: int
    """Tracks beside one picture and one sound: timed metadata, subtitles, timecodes, further sounds."""
    bytes: int
    tags: list[tuple[str, str]] = field(default_factory=list, repr=False)
    """Metadata found, by name; private (places, devices, times), so `repr` leaves it out."""

    @property
    def fps(self) -> float:
        """Pictures a second, on average."""
        return self.frames / self.seconds

    @property
    def video_bitrate(self) -> float:
        """Bits a second of the picture, on average."""
        return 8 * self.video_bytes / self.seconds

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height as shown: with square pixels, upright."""
        width, height = round(self.width * self.pixel_aspect), self.height
        return (height, width) if self.rotation % 180 == 90 else (width, height)

    @property
    def tag_names(self) -> tuple[str, ...]:
        """Which kinds of metadata it carries, without their values."""
        return tuple(
            sorted({name.lower() for name, value in self.tags if name not in _OF_THE_FORMAT and value != "und"})
        )


async def probe(path: Path, limits: Limits | None = None) -> Probe:
    """Look into the file at `path`, in a sandbox.

    Raises:
        NotAVideo: no MP4, MOV or WebM with a codec that we read.
        NoPicture: sound or a still only.
        Truncated: it ends early, or its packets are damaged.
        TooLong, TooLarge: more than `limits` allow.
        MediaFailed: it could not be read within the time and memory that it gets.
        NotConfined: the sandbox could not be had.
    """
    limits = limits or Limits()
    size = os.stat(path).st_size
    if size == 0:
        raise NotAVideo
    if size > limits.max_bytes:
        raise TooLarge(size=f"{size // MIB} MB", limit=f"{limits.max_bytes // MIB} MB")
    answer = await sandbox.inquire(path, most_packets=limits.max_frames)
    found = _understood({**answer, "bytes": size}, limits)
    _refuse(found, limits)
    return found


def _understood(answer: dict[str, Any], limits: Limits) -> Probe:
    problem = answer.get("problem")
    if problem == "too_many":
        raise TooLong(seconds=f"more than {limits.max_seconds:g}", limit=f"{limits.max_seconds:g}")
    if problem is not None:
        raise _PROBLEMS.get(problem, NotAVideo)
    try:
        return msgspec.convert(answer, Probe)
    except msgspec.ValidationError as error:
        raise MediaFailed(why="reading it ended unexpectedly", detail=str(error)) from error


def _refuse(found: Probe, limits: Limits) -> None:
    if found.video_codec not in VIDEO_CODECS:
        raise NotAVideo
    if found.frames < _FRAMES_OF_A_VIDEO or found.seconds <= 0:
        raise NoPicture
    if found.seconds > limits.max_seconds + _OVERSHOOT_SECONDS:
        raise TooLong(seconds=f"{found.seconds:.0f}", limit=f"{limits.max_seconds:g}")
    if found.fps > limits.max_fps:
        raise MediaFailed(why=f"it has more than {limits.max_fps:g} pictures a second")
    sides = (found.width, found.height, *found.shown_size)
    if max(sides) > limits.max_side:
        raise TooLarge(size=f"{found.width} × {found.height} pixels", limit=f"{limits.max_side} on the longer side")
    if min(sides) < limits.min_side:
        raise MediaFailed(why="its picture is too small to be seen")
