"""Which clips can be shown as they were recorded, and what has to be made of the others. Pure decisions.

Every browser plays H.264 up to High at level 4.2 with AAC in MP4; the rest of the rule keeps such a clip light enough to be
served to phones before smaller renditions exist. A picture that is only turned by a right angle, as phones record it, stays
as it is: players turn it.
"""

from dataclasses import dataclass

from kept.media.probing import Probe

_PROFILES = frozenset({"Constrained Baseline", "Baseline", "Main", "High"})
_PIXELS = frozenset({"yuv420p", "yuvj420p"})
_SHORT_SIDE, _LONG_SIDE = 1080, 1920
_FPS = 60.5
_KEYFRAME_SECONDS = 4.05
_BITRATE = 8_500_000
_LEVEL = 42
_CHANNELS = 2


@dataclass(frozen=True, slots=True)
class Size:
    """A picture's size in pixels, both even."""

    width: int
    height: int


def compliant(found: Probe) -> bool:
    """Whether picture and sound can be shown as they were recorded."""
    return video_complies(found) and audio_complies(found)


def video_complies(found: Probe) -> bool:
    """Whether the picture can be copied."""
    short, long = sorted((found.width, found.height))
    return (
        found.video_codec == "h264"
        and found.profile in _PROFILES
        and 0 < found.level <= _LEVEL
        and found.pixel_format in _PIXELS
        and short <= _SHORT_SIDE
        and long <= _LONG_SIDE
        and found.fps <= _FPS
        and found.keyframe_seconds <= _KEYFRAME_SECONDS
        and found.video_bitrate <= _BITRATE
        and found.hidden_frames == 0
        and found.rotation % 90 == 0
        and not found.mirrored
        and not found.hdr
        and found.pixel_aspect == 1
    )


def audio_complies(found: Probe) -> bool:
    """Whether the sound, if there is one, can be copied."""
    return not found.audio_codec or (found.audio_codec == "aac" and found.audio_channels <= _CHANNELS)


def scaled(found: Probe, short_side: int) -> Size:
    """The size of a rendition: the shorter side at most `short_side`, never larger than shown, at most 16:9 times as long."""
    width, height = found.shown_size
    longest = short_side * _LONG_SIDE / _SHORT_SIDE
    factor = min(1.0, short_side / min(width, height), longest / max(width, height))
    return Size(*(max(2, round(side * factor / 2) * 2) for side in (width, height)))


def fitted(found: Probe, width: int, height: int) -> Size:
    """The largest size of the same shape that fits into a box; never larger than shown."""
    shown = found.shown_size
    factor = min(1.0, width / shown[0], height / shown[1])
    return Size(*(max(2, round(side * factor / 2) * 2) for side in shown))


def picture_filters(found: Probe, size: Size) -> str:
    """ffmpeg filters that bring a picture to `size`, 8-bit, with square pixels, at most 60 a second; HDR becomes SDR."""
    steps = ["fps=60"] if found.fps > _FPS else []
    steps.append(f"scale={size.width}:{size.height}:flags=bicubic")
    if found.hdr:
        steps += ["zscale=t=linear:npl=203", "format=gbrpf32le", "zscale=p=bt709", "tonemap=mobius:desat=0"]
        steps += ["zscale=t=bt709:m=bt709:r=tv"]
    return ",".join([*steps, "setsar=1", "format=yuv420p"])
