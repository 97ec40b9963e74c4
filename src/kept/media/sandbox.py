"""Running what parses media: in a child process that can reach nothing but its input and its work folder.

Each child has an empty environment, no descriptor of ours, hard limits on processor time, memory, file size, open files and
threads, a time limit, no network, no right to new privileges or processes, and is killed when this process ends. A process
of root's becomes a user that exists for this job only. Landlock and a system-call filter hold where the kernel has them.
`confinement` tells which of these hold here, by trying. The child's side is the folder `jail`.
"""

import asyncio
import json
import os
import signal
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kept.media.errors import MediaFailed, NotConfined
from kept.media.jail import PROBE, RUN, TRIAL, Job
from kept.media.limits import PROBING, Leash
from kept.media.nursery import Child, Trade, take
from kept.media.stranger import stranger
from kept.media.workshop import Workshop, workshop

_LONGEST_ANSWER = 1 << 17
_LOOK_AGAIN = 0.2
_START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit status, and the end of its messages."""

    status: int
    log: str


async def run(
    program: Path,
    arguments: list[str],
    *,
    source: Path,
    work: Workshop,
    leash: Leash,
    meanwhile: Callable[[], None] | None = None,
) -> Ended:
    """Run `program` with `source` as its descriptor 0 and `work` as its folder; wait for it to end.

    `meanwhile` is called a few times a second while it runs.

    Raises:
        MediaFailed: it ran out of time, processor time, memory or file size, or crashed.
        NotConfined: it was not started, because it could not be confined.
    """
    job = _job(RUN, leash, work.user, program=str(program), arguments=tuple(arguments))
    child = take(Trade.RUNNING)
    try:
        async with asyncio.timeout(leash.seconds):
            await _hand_over(child, job, _open_both(source, work.folder))
            if await _answer(child) is None:
                raise NotConfined(why="a child process ended before its job")
            await _exit(child, meanwhile)
    except TimeoutError as error:
        raise MediaFailed(why="it took too long") from error
    finally:
        status = child.end()
    _refuse_signal(status, work.log())
    return Ended(status, work.log())


async def inquire(source: Path, *, most_packets: int, leash: Leash = PROBING) -> dict[str, Any]:
    """What a probing child finds in `source`: see `jail/look.py`. It can open nothing at all; the answer is not trusted.

    Raises:
        MediaFailed: it ran out of something, or crashed.
        NotConfined: it could not be confined, and so did not look.
    """
    job = _job(PROBE, leash, stranger(), most_packets=most_packets)
    return await _asked(Trade.PROBING, job, [os.open(source, os.O_RDONLY | os.O_CLOEXEC)], leash)


async def confinement() -> frozenset[str]:
    """Names of the protections that hold for a child on this machine: those applied, and those that stood an attempt.

    Among them `no-network`, `no-files`, `no-writing`, `no-processes`, `no-privileges`, `no-root`, `no-environment`, `limits`
    and `dies-with-parent` are tried; `landlock`, `system-call-filter`, `network-namespace`, `own-user` say by what means.
    """
    with tempfile.NamedTemporaryFile() as forbidden, workshop(Path(forbidden.name).parent) as work:
        job = _job(TRIAL, PROBING, work.user, arguments=(forbidden.name,))
        folder = os.open(work.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        answer = await _asked(Trade.RUNNING, job, [folder], PROBING)
    return frozenset(answer["held"])


async def _asked(trade: Trade, job: Job, descriptors: list[int], leash: Leash) -> dict[str, Any]:
    child = take(trade)
    try:
        async with asyncio.timeout(leash.seconds):
            await _hand_over(child, job, descriptors)
            answer = await _answer(child)
            await _exit(child)
    except TimeoutError as error:
        raise MediaFailed(why="it took too long") from error
    finally:
        status = child.end()
    if answer is None:
        _refuse_signal(status, "")
        raise MediaFailed(why="reading it ended unexpectedly", detail=f"status {status}")
    return answer


def _job(verb: str, leash: Leash, user: int | None, **more: Any) -> Job:
    return Job(
        verb=verb,
        parent=os.getpid(),
        user=user,
        cpu_seconds=leash.cpu_seconds,
        memory_bytes=leash.memory_bytes,
        file_bytes=leash.file_bytes,
        open_files=leash.open_files,
        threads=leash.threads,
        niceness=leash.niceness,
        **more,
    )


def _open_both(source: Path, folder: Path) -> list[int]:
    first = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return [first, os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    except OSError:
        os.close(first)
        raise


async def _hand_over(child: Child, job: Job, descriptors: list[int]) -> None:
    """Send the job and its descriptors, which are closed on our side."""
    try:
        socket.send_fds(child.control, [json.dumps(job).encode()], descriptors)
    except OSError as error:
        raise NotConfined(why="a child process ended before its job") from error
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


async def _answer(child: Child) -> dict[str, Any] | None:
    """What the child says; None when it ended without a word."""
    loop = asyncio.get_running_loop()
    try:
        message = await loop.sock_recv(child.control, _LONGEST_ANSWER)
    except ConnectionError:
        return None
    if not message:
        return None
    try:
        answer = json.loads(message)
    except ValueError:
        return None
    if not isinstance(answer, dict):
        return None
    if "refused" in answer:
        raise NotConfined(why=answer["refused"])
    return answer


async def _exit(child: Child, meanwhile: Callable[[], None] | None = None) -> None:
    """Wait until the child's process has ended."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    watch = os.pidfd_open(child.process.pid)

    def note() -> None:
        if not ended.done():
            ended.set_result(None)

    loop.add_reader(watch, note)
    try:
        while meanwhile is not None and not ended.done():
            await asyncio.wait([ended], timeout=_LOOK_AGAIN)
            meanwhile()
        await ended
    finally:
        loop.remove_reader(watch)
        os.close(watch)


_REASONS = {
    signal.SIGXFSZ: "it would become too large",
    signal.SIGKILL: "it needs too much computing or memory",
}


def _refuse_signal(status: int, log: str) -> None:
    if status < 0:
        why = _REASONS.get(signal.Signals(-status), "reading it ended unexpectedly")
        raise MediaFailed(why=why, detail=f"signal {-status}: {log}")
