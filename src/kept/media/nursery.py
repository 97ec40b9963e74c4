"""Children that are started ahead of their job, so that a job doesn't wait for an interpreter to start.

A waiting child is a fresh interpreter with an empty environment and one socket; it has seen no data of anybody's. It gets
one job, confines itself, does it and ends. One of each kind waits; it ends with this process, or when told to.
"""

import atexit
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from importlib.util import find_spec
from pathlib import Path

_JAIL = Path(__file__).parent
_START = "import sys; sys.path.append(sys.argv.pop(1)); from jail.main import main; main()"
_ENVIRONMENT = {"LC_ALL": "C", "MALLOC_ARENA_MAX": "2"}  # one heap a thread would eat the address space


class Trade(Enum):
    """What a child has learnt before it waits."""

    RUNNING = "running"
    PROBING = "probing"


class Child:
    """One child process and the socket to it."""

    def __init__(self, trade: Trade) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        packages = _packages() if trade is Trade.PROBING else ""
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _START, str(_JAIL), packages],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        self.control = ours

    @property
    def waiting(self) -> bool:
        """Whether it is alive to take a job."""
        return self.process.poll() is None

    def end(self) -> int:
        """Kill it if it still runs, and reap it. Returns its exit status; a negative one is the signal that ended it."""
        self.control.close()
        self.process.kill()
        return self.process.wait()


_lock = threading.Lock()
_waiting: dict[tuple[int, Trade], Child] = {}  # by process id, for a fork inherits the table but not the children


def take(trade: Trade) -> Child:
    """A child for one job: the waiting one, or else a new one. The caller must `end` it."""
    with _lock:
        child = _waiting.pop((os.getpid(), trade), None)
    if child is not None and child.waiting:
        return child
    if child is not None:
        child.end()
    return Child(trade)


def warm() -> None:
    """Have one child of each kind wait; takes a few milliseconds, the child gets ready meanwhile."""
    with _lock:
        for trade in Trade:
            place = (os.getpid(), trade)
            if place in _waiting and not _waiting[place].waiting:
                _waiting.pop(place).end()
            if place not in _waiting:
                with suppress(OSError):  # no room for a process now: then the next job starts its own
                    _waiting[place] = Child(trade)


def cool() -> None:
    """End the children that wait."""
    for child in _ours():
        child.end()


def _ours() -> Iterator[Child]:
    with _lock:
        places = [place for place in _waiting if place[0] == os.getpid()]
        children = [_waiting.pop(place) for place in places]
    yield from children


def _packages() -> str:
    """The folder that PyAV is in; found without importing it."""
    spec = find_spec("av")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("av")
    return str(Path(spec.origin).parent.parent)


atexit.register(cool)
