"""One sandboxed ffmpeg call, and taking the clip that it made: every clip that we keep passes through here."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kept.media import mp4, sandbox, traces
from kept.media.cutting import WHOLE, Cut
from kept.media.errors import DiskFull, MediaFailed
from kept.media.ffmpeg import PROGRESS, SOURCE_COPY, find_ffmpeg, reading, reporting
from kept.media.landing import landing
from kept.media.limits import Leash
from kept.media.probing import Probe
from kept.media.workshop import Workshop

Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1."""

CLIP = "clip.mp4"
"""What ffmpeg calls the clip in the work folder."""

_LONGEST_REPORT = 4096


async def process(
    source: Path,
    found: Probe,
    outputs: list[str],
    *,
    work: Workshop,
    leash: Leash,
    keyframes_only: bool = False,
    cut: Cut = WHOLE,
    progress: Progress | None = None,
) -> None:
    """Run ffmpeg over `source`, or what `cut` leaves of it, in the sandbox; `outputs` are its arguments after the input.

    Results are in `work`.

    Raises:
        MediaFailed: it failed, or ran out of time, computing, memory or file size.
        DiskFull: there was no room for its results.
        NotConfined, NoFfmpeg: nothing was started.
    """
    program = find_ffmpeg()
    if not program.seeks_descriptors:
        _bring_in(source, work)
    length = None if cut.end is None else cut.length(found.seconds)
    arguments = reading(program, found.container, keyframes_only=keyframes_only, start=cut.start, length=length)
    arguments += [*(reporting() if progress else []), *outputs]
    report = _reporter(work, found.seconds, progress) if progress else None
    with room():
        ended = await sandbox.run(program.path, arguments, source=source, work=work, leash=leash, meanwhile=report)
    if ended.status != 0:
        if os.strerror(errno.ENOSPC) in ended.log or _crowded(work, found):
            raise DiskFull
        raise MediaFailed(why="its contents are damaged or unusual", detail=ended.log)


def land_video(work: Workshop, out: Path, found: Probe) -> None:
    """Write the clip that ffmpeg left to `out`, cleaned, checked, synced. May block for a while.

    Raises:
        MediaFailed: it is not in order, or still tells where it was recorded.
        DiskFull: there was no room.
    """
    try:
        source = work.open(CLIP)
    except FileNotFoundError as error:
        raise MediaFailed(why="nothing came out of it") from error
    try:
        with room(), landing(out) as descriptor:
            mp4.rewrite(source, descriptor)
            mp4.check(descriptor)
            if traces.any_in(descriptor, traces.telling(found)):
                raise MediaFailed(why="some of its private data could not be removed")
    finally:
        os.close(source)


def _bring_in(source: Path, work: Workshop) -> None:
    """Copy the input to where the child may read it."""
    copy = os.open(work.folder / SOURCE_COPY, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with room(), source.open("rb") as file:
            at, size = 0, os.fstat(file.fileno()).st_size
            while at < size:
                at += os.sendfile(copy, file.fileno(), at, size - at)
        if work.user is not None:
            os.fchown(copy, work.user, work.user)
    finally:
        os.close(copy)


def _crowded(work: Workshop, found: Probe) -> bool:
    """Whether the clip would hardly fit on the disk again: then that was the reason, even if no message fitted either."""
    disk = os.statvfs(work.folder)
    return disk.f_bavail * disk.f_frsize < found.bytes


def _reporter(work: Workshop, seconds: float, progress: Progress) -> Callable[[], None]:
    """What tells `progress` how far ffmpeg is, from the last line of its report that says so; never backwards."""
    best = 0.0

    def report() -> None:
        nonlocal best
        lines = work.tail(PROGRESS, _LONGEST_REPORT).split(b"\n")[:-1]  # the last may be cut
        done = [line.partition(b"=")[2] for line in lines if line.startswith(b"out_time_us=")]
        if done and done[-1].isdigit():
            best = max(best, min(1.0, int(done[-1]) / 1e6 / seconds))
            progress(best)

    return report


@contextmanager
def room() -> Iterator[None]:
    """Tell a full disk from other faults: raises DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull from error
        raise
