"""The server's processes: started so that they end with us, found by owner and mark, never by a bare number in a file.

Every one of them holds the server's lock, from the first to the last.
"""

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

_ASK, _INSIST = 30.0, 10.0  # seconds a leftover server gets to end by itself, and then after SIGQUIT


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


def outlive_leftovers(layout: Layout, uid: int) -> None:
    """Wait until no process of an earlier server is left, and end those that don't go by themselves.

    After the end of whoever started it a server shuts down by itself; after the end of the postmaster its children do,
    but one in the middle of a long statement takes its time.

    Raises:
        ServerFailed: something that can't be ended holds the server's lock.
    """
    lock, begun = FolderLock(layout.server_lock), time.monotonic()
    steps = [(0.2, signal.SIGINT), (_ASK, signal.SIGQUIT), (_ASK + _INSIST, signal.SIGKILL)]
    while lock.is_held() or any(_processes(layout.mark, uid)):
        waited = time.monotonic() - begun
        if steps and waited > steps[0][0]:
            _end(layout, uid, steps.pop(0)[1])
        if waited > _ASK + 2 * _INSIST:
            raise ServerFailed(what="take the place of an earlier one", log=layout.log, tail=log_tail(layout.log))
        time.sleep(0.02)
    (layout.data / "postmaster.pid").unlink(missing_ok=True)  # its number may be another process's by now


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


def _end(layout: Layout, uid: int, how: signal.Signals) -> None:
    """Signal the postmaster; if it is gone, its orphans, who understand SIGINT as 'cancel' and SIGTERM as 'end'."""
    found = list(_processes(layout.mark, uid))
    masters = [pid for pid, is_master in found if is_master]
    for pid in masters or [pid for pid, _ in found]:
        try:
            os.kill(pid, signal.SIGTERM if how is signal.SIGINT and not masters else how)
        except ProcessLookupError:
            continue


def _processes(mark: str, uid: int) -> Iterator[tuple[int, bool]]:
    """Process ids of a server, and for each whether it is the postmaster."""
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            line = Path(entry.path, "cmdline").read_bytes() if entry.stat().st_uid == uid else b""
        except (FileNotFoundError, ProcessLookupError):
            continue
        is_master = line.split(b"\0")[0].endswith(b"/postgres") and f"cluster_name={mark}".encode() in line
        if is_master or line.startswith(f"postgres: {mark}:".encode()):
            yield int(entry.name), is_master
