"""What we take, and what a child may use up while it works on it."""

import os
from dataclasses import dataclass, replace

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Which clips are taken."""

    max_seconds: float = 180.0
    max_bytes: int = 512 * MIB
    max_side: int = 4096
    """Longest side of the picture, in pixels."""
    min_side: int = 32
    """Shortest side of the picture, in pixels."""
    max_fps: float = 250.0

    @property
    def max_frames(self) -> int:
        """Where counting frames ends."""
        return int((self.max_seconds + 1) * self.max_fps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leash:
    """What one child may use; whichever runs out first ends it.

    Processor time is the measure of a clip; time on the wall is there for a child that hangs.
    """

    seconds: float = 30.0
    cpu_seconds: int = 30
    memory_bytes: int = 1024 * MIB
    """Address space, which is more than what is used: every thread reserves some."""
    file_bytes: int = 0
    """Largest file that it may write."""
    open_files: int = 32
    threads: int = 64
    niceness: int = 0


PROBING = Leash(seconds=60.0, cpu_seconds=15, open_files=16, threads=4, file_bytes=0)
_COPYING = Leash(seconds=180.0, cpu_seconds=30, memory_bytes=1536 * MIB)
_ENCODING = Leash(memory_bytes=3072 * MIB, file_bytes=512 * MIB, niceness=5)

_ENCODING_BASE, _ENCODING_PACE = 60.0, 12.0  # seconds of computing: to begin with, and for each second of the clip
_OTHERS = 3  # the clock on the wall runs this much longer, for others use the machine, too


def copying(clip_bytes: int) -> Leash:
    """The leash for copying a clip of that size out of one container into another."""
    return replace(_COPYING, file_bytes=2 * clip_bytes + 16 * MIB)


def encoding(clip_seconds: float) -> Leash:
    """The leash for encoding a clip of that length: enough for a slow, busy machine, and yet finite."""
    seconds = _ENCODING_BASE + _ENCODING_PACE * clip_seconds
    return replace(_ENCODING, seconds=_OTHERS * seconds, cpu_seconds=int(seconds))


def codec_threads() -> int:
    """Threads that a codec may use: more than four cost memory and hardly help at these sizes."""
    return min(os.cpu_count() or 1, 4)
