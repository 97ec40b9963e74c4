"""Which ffmpeg we use, and the arguments it gets: fixed lists, never a shell, never a word from a member.

The input is always descriptor 0, under a whitelist of one protocol, one container and the codecs that phones and browsers
record with: a playlist, an address or a file name inside a clip leads nowhere.
"""

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from kept.media.errors import NoFfmpeg
from kept.media.limits import codec_threads

SOURCE_COPY = "source"
"""Name of the input in the work folder, for an ffmpeg that can't seek in a descriptor."""

PROGRESS = "progress"
"""File in the work folder that ffmpeg reports its progress to."""

VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4"})
_AUDIO_CODECS = "aac,mp3float,mp3,opus,vorbis,flac,alac,pcm_s16le,pcm_s16be,pcm_s24le,ac3"
_CODECS = ",".join([*sorted(VIDEO_CODECS), "libaom-av1", "libvpx-vp9", _AUDIO_CODECS])

# No tag, chapter, data track or attachment comes along, and no mark of the program that wrote the file.
_NOTHING_ELSE = ["-map_metadata", "-1", "-map_chapters", "-1", "-dn", "-sn", "-fflags", "+bitexact"]
# H.264, 7.4.1: only slices and parameter sets. Other units hold notes (SEI: time, place, device, encoder) or padding.
_ONLY_PICTURE = ["-bsf:v", "filter_units=pass_types=1|5|7|8"]


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    """An ffmpeg program."""

    path: Path
    seeks_descriptors: bool
    """Whether it has the `fd` protocol (6.0 and newer)."""

    @property
    def source(self) -> str:
        """How it is told to read its input."""
        return "fd:" if self.seeks_descriptors else f"file:{SOURCE_COPY}"


@cache
def find_ffmpeg() -> Ffmpeg:
    """The system's ffmpeg, or else the one that came with imageio-ffmpeg.

    Raises:
        NoFfmpeg: there is neither.
    """
    try:
        path = Path(shutil.which("ffmpeg") or imageio_ffmpeg.get_ffmpeg_exe()).resolve()
        command = [str(path), "-hide_banner", "-protocols"]
        listed = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise NoFfmpeg from error
    return Ffmpeg(path, "fd" in listed.stdout.split())


def reading(
    program: Ffmpeg, container: str, *, keyframes_only: bool = False, start: float = 0.0, length: float | None = None
) -> list[str]:
    """Arguments that open the input as `container` (`mov` or `matroska`, as the probe found it), from `start` on."""
    protocol = program.source.split(":")[0]
    return [
        *("-nostdin", "-hide_banner", "-nostats", "-v", "error", "-y"),
        *("-filter_threads", "2", "-filter_complex_threads", "2"),
        *("-protocol_whitelist", protocol, "-format_whitelist", container, "-codec_whitelist", _CODECS),
        *("-max_streams", "32", "-f", container, "-threads", str(codec_threads())),
        *(["-skip_frame", "nokey"] if keyframes_only else []),
        *(["-ss", f"{start:.3f}"] if start > 0 else []),
        *(["-t", f"{length:.3f}"] if length is not None else []),
        *("-i", program.source),
    ]


def video_copy() -> list[str]:
    """The picture as it is, without what is no picture."""
    return ["-map", "0:V:0", "-c:v", "copy", *_ONLY_PICTURE]


def video_encode(chain: str, *, crf: int, most_kilobits: int) -> list[str]:
    """The picture as H.264 High, after the filters `chain`, with a keyframe every two seconds."""
    return [
        *("-map", "0:V:0", "-vf", chain, "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"),
        *("-crf", str(crf), "-maxrate", f"{most_kilobits}k", "-bufsize", f"{2 * most_kilobits}k"),
        *("-force_key_frames", "expr:gte(t,n_forced*2)", "-fps_mode", "vfr", "-threads", str(codec_threads())),
        *("-flags:v", "+bitexact", "-a53cc", "0", *_ONLY_PICTURE),
    ]


def audio_copy() -> list[str]:
    """The first sound as it is."""
    return ["-map", "0:a:0", "-c:a", "copy"]


def audio_encode() -> list[str]:
    """The first sound as stereo AAC."""
    return ["-map", "0:a:0", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000", "-flags:a", "+bitexact"]


def to_mp4(name: str) -> list[str]:
    """Ends an output: an MP4 in the work folder."""
    return [*_NOTHING_ELSE, "-f", "mp4", name]


def to_webp(pad: str, name: str, quality: int) -> list[str]:
    """One still picture from the filter output `pad`."""
    picture = ["-c:v", "libwebp", "-q:v", str(quality), "-compression_level", "2", "-frames:v", "1"]
    return ["-map", pad, *picture, *_NOTHING_ELSE, "-f", "webp", name]


def reporting() -> list[str]:
    """Have progress written to PROGRESS, a few times a second."""
    return ["-progress", f"file:{PROGRESS}", "-stats_period", "0.2"]
