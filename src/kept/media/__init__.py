"""media: files in, files out. What a clip is, the clip without its metadata, its poster, its lighter forms.

Owns the sandbox: whatever parses media runs in a child process that can reach nothing but its input and its work folder.
Knows no members, no database, no keys, and never parses an upload in its own process. Start reading at `preparing.py` (the
one verb that the processing job calls), then `sandbox.py` (what a child may do) and `mp4.py` (what a result may hold).
"""

from kept.media.compliance import Size, compliant
from kept.media.cutting import SHORTEST, WHOLE, Cut
from kept.media.errors import (
    BadCut,
    DiskFull,
    MediaFailed,
    NoFfmpeg,
    NoPicture,
    NotAVideo,
    NotConfined,
    TooLarge,
    TooLong,
    Truncated,
)
from kept.media.ffmpeg import find_ffmpeg
from kept.media.hashing import sha256_file
from kept.media.limits import Leash, Limits
from kept.media.mp4 import check_file
from kept.media.nursery import cool, warm
from kept.media.posters import poster
from kept.media.preparing import Prepared, prepare
from kept.media.probing import Probe, probe
from kept.media.renditions import rendition
from kept.media.sandbox import confinement
from kept.media.specimen import phone_clip
from kept.media.stripping import strip

__all__ = [
    "SHORTEST",
    "WHOLE",
    "BadCut",
    "Cut",
    "DiskFull",
    "Leash",
    "Limits",
    "MediaFailed",
    "NoFfmpeg",
    "NoPicture",
    "NotAVideo",
    "NotConfined",
    "Prepared",
    "Probe",
    "Size",
    "TooLarge",
    "TooLong",
    "Truncated",
    "check_file",
    "compliant",
    "confinement",
    "cool",
    "find_ffmpeg",
    "phone_clip",
    "poster",
    "prepare",
    "probe",
    "rendition",
    "sha256_file",
    "strip",
    "warm",
]
