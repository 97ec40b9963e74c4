"""The server's processes: started so that they end with us, found by owner and mark, never by a bare number in a file.

Every one of them holds the server's lock, from the first to the last.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from kept.kit.processes import die_with_parent
from kept.postgres.account import Account
from kept.postgres.errors import ServerFailed
from kept.postgres.layout import Layout
from kept.postgres.locks import FolderLock
from kept.postgres.programs import Programs

ENVIRON = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""What the server gets of our environment: nothing, for an environment holds secrets and is inherited."""

_ASK, _INSIST = 30.0, 10.0  # seconds that a server gets to end by itself, and then after SIGQUIT
_HUNG = 1.0
_MASTER = "postmaster"


def spawn(layout: Layout, account: Account, programs: Programs, lock: FolderLock) -> subprocess.Popen[bytes]:
    """Start the server; it and all its children inherit `lock` (acquired) and hold it to the last of them."""
    command = [programs.path("postgres"), "-D", str(layout.data), "-c", f"config_file={layout.config}"]
    command += ["-c", f"hba_file={layout.access}", "-c", f"cluster_name={layout.mark}"]
    with layout.log.open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=ENVIRON,
            process_group=0,  # Ctrl-C is for the supervisor, who ends the server last
            pass_fds=lock.descriptors,
            preexec_fn=die_with_parent(signal.SIGINT),  # 'fast shutdown': roll back, write everything, end
            umask=0o077,
            **account.popen,
        )


def end_server(layout: Layout, uid: int) -> None:
    """Wait until no process of the server is left, and end those that don't go by themselves.

    The end of whoever started it has told it to shut down, and the end of the postmaster tells its children; but one in
    the middle of a long statement takes its time. PostgreSQL 18 can hang when it is told to shut down while it recovers:
    the startup process goes, and the checkpointer waits for ever; an immediate shutdown then costs nothing.

    Raises:
        ServerFailed: something that can't be ended holds the server's lock.
    """
    lock, begun = FolderLock(layout.server_lock), time.monotonic()
    steps = [(0.2, signal.SIGINT), (_ASK, signal.SIGQUIT), (_ASK + _INSIST, signal.SIGKILL)]
    while lock.is_held() or any(_processes(layout.mark, uid)):
        waited = time.monotonic() - begun
        hung = len(steps) == 2 and waited > _HUNG and _hangs(layout.mark, uid)
        if steps and (hung or waited > steps[0][0]):
            _signal(layout, uid, steps.pop(0)[1])
        if waited > _ASK + 2 * _INSIST:
            raise ServerFailed(what="take the place of an earlier one", log=layout.log, tail=log_tail(layout.log))
        time.sleep(0.01 if waited < _HUNG else 0.2)
    layout.forget_server()


def server_state(layout: Layout, pid: int) -> str:
    """What the server with this process id says of itself: starting, ready, stopping; empty before it says anything."""
    try:
        lines = (layout.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return ""
    return lines[7].strip() if len(lines) > 7 and lines[0].strip() == str(pid) else ""


def log_tail(log: Path, lines: int = 12) -> str:
    """The end of the server's log."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def _signal(layout: Layout, uid: int, how: signal.Signals) -> None:
    """Signal the postmaster; if it is gone, its orphans, who understand SIGINT as 'cancel' and SIGTERM as 'end'."""
    found = list(_processes(layout.mark, uid))
    masters = [pid for pid, title in found if title == _MASTER]
    for pid in masters or [pid for pid, _ in found]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM if how is signal.SIGINT and not masters else how)


def _hangs(mark: str, uid: int) -> bool:
    """Whether nobody is left but a postmaster and a checkpointer that checkpoints nothing, and it stays so."""
    for _ in range(5):
        if sorted(title for _, title in _processes(mark, uid)) != ["checkpointer", _MASTER]:
            return False
        time.sleep(0.05)
    return True


def _processes(mark: str, uid: int) -> Iterator[tuple[int, str]]:
    """The server's processes: for each its number and what it calls itself."""
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            line = Path(entry.path, "cmdline").read_bytes() if entry.stat().st_uid == uid else b""
        except (FileNotFoundError, ProcessLookupError):
            continue
        if line.split(b"\0")[0].endswith(b"/postgres") and f"cluster_name={mark}".encode() in line:
            yield int(entry.name), _MASTER
        elif line.startswith(f"postgres: {mark}: ".encode()):
            yield int(entry.name), line.decode(errors="replace").partition(f"{mark}: ")[2].strip(" \0")
