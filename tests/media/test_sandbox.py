"""What a child that parses media can't do, tried with programs that try it."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from kept.media import Leash, MediaFailed, NotConfined, confinement, find_ffmpeg
from kept.media.jail import TRIAL, Job, landlock
from kept.media.nursery import _START
from kept.media.sandbox import Ended, run
from kept.media.workshop import workshop
from tests.media.recordings import children_running, left_in

LEASH = Leash(seconds=20, cpu_seconds=10, file_bytes=1 << 24, memory_bytes=2 << 30)
TRIED = {
    *("no-network", "no-files", "no-writing", "no-processes", "no-privileges", "no-root", "no-environment"),
    *("no-descriptors", "limits", "dies-with-parent"),
}
SHELL = Path("/bin/sh").resolve()
NEEDS_LANDLOCK = pytest.mark.skipif(landlock.version() == 0, reason="this kernel has no Landlock")


async def attempt(folder: Path, arguments: list[str], leash: Leash = LEASH, program: Path | None = None) -> Ended:
    """Run ffmpeg, or another program, in the sandbox over an input of no interest."""
    source = folder / "source"
    source.write_bytes(b"nothing")
    with workshop(folder) as work:
        return await run(program or find_ffmpeg().path, arguments, source=source, work=work, leash=leash)


def lavfi(source: str, *more: str) -> list[str]:
    return ["-nostdin", "-v", "error", "-f", "lavfi", "-i", source, *more]


@NEEDS_LANDLOCK
async def test_every_protection_stands_an_attempt() -> None:
    held = await confinement()
    assert held >= TRIED if os.geteuid() == 0 else held >= TRIED - {"no-root"}
    assert held >= {"landlock", "system-call-filter", "no-new-privileges"}


@NEEDS_LANDLOCK
@pytest.mark.parametrize("file", ["/etc/shadow", "/etc/passwd", "/proc/self/environ", "key"])
async def test_a_child_reads_no_file_but_its_input(tmp_path: Path, file: str) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"a key that everybody may read by its mode")
    key.chmod(0o644)
    path = str(key) if file == "key" else file
    ended = await attempt(
        tmp_path, ["-nostdin", "-f", "data", "-i", path, "-map", "0", "-c", "copy", "-f", "data", "copy"]
    )
    assert ended.status != 0
    assert "Permission denied" in ended.log or "Operation not permitted" in ended.log


async def test_a_child_opens_no_connection(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        ended = await attempt(tmp_path, ["-nostdin", "-f", "data", "-i", address, "-f", "null", "-"])
        assert ended.status != 0
        with pytest.raises(TimeoutError):
            server.accept()


@NEEDS_LANDLOCK
async def test_a_child_writes_nowhere_but_in_its_folder(tmp_path: Path) -> None:
    elsewhere = tmp_path / "open to all"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    ended = await attempt(tmp_path, lavfi("color", "-frames:v", "1", "-f", "rawvideo", str(elsewhere / "file")))
    assert ended.status != 0
    assert list(elsewhere.iterdir()) == []


async def test_a_child_starts_no_other_program(tmp_path: Path) -> None:
    ended = await attempt(tmp_path, ["-c", "/bin/ls / ; echo still here"], program=SHELL)
    assert "usr" not in ended.log


async def test_a_child_inherits_no_descriptor_and_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEPT_SECRET", "in the environment")
    descriptor = os.open("/etc/hostname", os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    look = "for i in 3 4 5 6 7 8 9 10 11 12 13 14 15; do if { true <&$i; } 2>/dev/null; then echo open $i; fi; done"
    ended = await attempt(tmp_path, ["-c", f"{look}; export -p"], program=SHELL)
    os.close(descriptor)
    assert "open" not in ended.log
    assert "SECRET" not in ended.log
    assert "PATH=" not in ended.log


@pytest.mark.parametrize(
    ("arguments", "change", "why"),
    [
        (lavfi("mandelbrot=s=2000x2000", "-f", "null", "-"), {"cpu_seconds": 1}, "computing"),
        (lavfi("color=s=1000x1000", "-f", "rawvideo", "large"), {"file_bytes": 1 << 20}, "too large"),
        (["-nostdin", "-re", "-f", "lavfi", "-i", "color", "-f", "null", "-"], {"seconds": 0.7}, "too long"),
    ],
)
async def test_a_child_that_takes_too_much_is_ended(
    tmp_path: Path, arguments: list[str], change: dict, why: str
) -> None:
    with pytest.raises(MediaFailed, match=why):
        await attempt(tmp_path, arguments, replace(LEASH, **change))
    assert left_in(tmp_path) == ["source"]


async def test_a_child_gets_no_more_memory_than_it_may_have(tmp_path: Path) -> None:
    hungry = lavfi("color=s=12000x12000", "-frames:v", "1", "-f", "null", "-")
    assert (await attempt(tmp_path, hungry)).status == 0
    ended = await attempt(tmp_path, hungry, replace(LEASH, memory_bytes=350 << 20))
    assert ended.status != 0


async def test_without_limits_nothing_runs(tmp_path: Path) -> None:
    with pytest.raises(NotConfined):
        await attempt(tmp_path, ["-version"], replace(LEASH, memory_bytes=1 << 70))


async def test_a_link_that_a_child_left_is_not_followed(tmp_path: Path) -> None:
    with workshop(tmp_path) as work:
        (work.folder / "poster.webp").symlink_to("/etc/passwd")
        (tmp_path / "elsewhere").write_bytes(b"")
        (work.folder / "second name").hardlink_to(tmp_path / "elsewhere")
        os.mkfifo(work.folder / "pipe")
        for name in ("poster.webp", "second name", "pipe"):
            with pytest.raises(MediaFailed):
                work.open(name)


async def test_a_cancelled_job_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    endless = asyncio.create_task(
        attempt(tmp_path, ["-nostdin", "-re", "-f", "lavfi", "-i", "color", "-f", "null", "-"])
    )
    await asyncio.sleep(0.3)
    assert children_running("lavfi")
    endless.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await endless
    assert left_in(tmp_path) == ["source"]


PARENT = """
import asyncio, sys
from pathlib import Path
from kept.media import Leash, find_ffmpeg
from kept.media.sandbox import run
from kept.media.workshop import workshop

async def main():
    with workshop(Path(sys.argv[1])) as work:
        endless = ["-nostdin", "-re", "-f", "lavfi", "-i", "color", "-f", "null", "-"]
        await run(find_ffmpeg().path, endless, source=Path("/dev/null"), work=work, leash=Leash(file_bytes=1 << 20))

asyncio.run(main())
"""


def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    try:
        family = psutil.Process(parent.pid)
        deadline = time.monotonic() + 20
        while not children_running("lavfi", parent.pid):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        children = family.children(recursive=True)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


@NEEDS_LANDLOCK
@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="no interpreter that an ordinary user may start")
def test_an_ordinary_user_s_child_is_confined_too(tmp_path: Path) -> None:
    forbidden = Path("/usr/bin/python3")  # readable for everybody, and yet not for the child
    import kept.media

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    folder = Path(kept.media.__file__).parent
    child = subprocess.Popen(
        ["/usr/bin/python3", "-B", "-I", "-S", "-c", _START, str(folder), ""],
        stdin=theirs.fileno(), env={}, cwd="/", user=12_345, group=12_345, extra_groups=[],
    )  # fmt: skip
    theirs.close()
    job = Job(TRIAL, os.getpid(), None, 5, 1 << 30, 0, 32, 8, 0, arguments=(str(forbidden),))
    work = os.open(tmp_path, os.O_RDONLY)
    socket.send_fds(ours, [json.dumps(job).encode()], [work])
    held = json.loads(ours.recv(1 << 16))["held"]
    ours.close()
    os.close(work)
    assert child.wait(5) == 0
    assert set(held) >= TRIED


WITHOUT_ROOT = """
import asyncio, os, sys
from pathlib import Path
from kept.media import confinement, cool, prepare

async def work(folder):
    Path(folder).mkdir()
    made = [await prepare(Path(clip), Path(folder)) for clip in sys.argv[2:]]
    return made, await confinement()

asyncio.run(work(sys.argv[1] + "/by root"))  # imports everything that is needed, while its folders can be read
cool()
os.setgroups([]); os.setgid(12_345); os.setuid(12_345)
sys.executable = "/usr/bin/python3"
made, held = asyncio.run(work(sys.argv[1] + "/by another"))
cool()
print(*[one.compliant for one in made], *sorted(held))
"""


@NEEDS_LANDLOCK
@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
@pytest.mark.skipif(not os.access("/usr/bin/python3", os.X_OK), reason="no interpreter that an ordinary user may start")
def test_clips_are_prepared_by_an_ordinary_user_too(reachable_folder: Path, phone: Path, recorder: Path) -> None:
    clips = [reachable_folder / clip.name for clip in (phone, recorder)]
    for copy, clip in zip(clips, (phone, recorder), strict=True):
        copy.write_bytes(clip.read_bytes())
        copy.chmod(0o644)
    reachable_folder.chmod(0o777)
    command = [sys.executable, "-c", WITHOUT_ROOT, str(reachable_folder), *map(str, clips)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.split()
    assert told[:2] == ["True", "False"]
    assert {"no-files", "no-network", "no-processes"} <= set(told)
    assert "own-user" not in told
