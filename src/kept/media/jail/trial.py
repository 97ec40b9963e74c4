"""What a confined child finds when it tries what it must not do: the evidence that the confinement holds."""

import os
import resource
import socket
from collections.abc import Callable
from functools import partial

from . import kernel

_OWN_DESCRIPTORS = 2  # the way to the parent, and the work folder


def refused(forbidden_file: str) -> list[str]:
    """The names of the protections that stood a real attempt in this process, just now."""
    return [name for name, holds in _attempts(forbidden_file).items() if holds()]


def _attempts(forbidden_file: str) -> dict[str, Callable[[], bool]]:
    return {
        "no-network": lambda: _fails(lambda: socket.socket(socket.AF_INET).close()) or _fails(_connect),
        "no-files": lambda: all(
            _fails(partial(_read, path)) for path in (forbidden_file, "/etc/passwd", "/proc/self/maps")
        ),
        "no-writing": lambda: _fails(_write_outside),
        "no-processes": lambda: _fails(_fork),
        "no-privileges": lambda: kernel.capabilities() == 0 and kernel.prctl(kernel.PR_GET_NO_NEW_PRIVS) == 1,
        "no-root": lambda: os.geteuid() != 0 and _fails(lambda: os.setuid(0)),
        "no-environment": lambda: not set(os.environ) - {"LC_ALL", "LC_CTYPE", "MALLOC_ARENA_MAX"},
        "no-descriptors": lambda: sum(map(_open, range(3, 64))) <= _OWN_DESCRIPTORS,
        "limits": _limited,
        "dies-with-parent": lambda: kernel.death_signal() != 0,
    }


def _open(descriptor: int) -> bool:
    return not _fails(lambda: os.fstat(descriptor))


def _fails(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False


def _connect() -> None:
    """A datagram socket that gets a route off this machine; nothing is sent. The address is for documents (RFC 5737)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))


def _read(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY))


def _write_outside() -> None:
    path = f"/tmp/kept-trial-{os.getpid()}"  # noqa: S108  making it must fail
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.unlink(path)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def _limited() -> bool:
    kinds = (
        resource.RLIMIT_AS,
        resource.RLIMIT_CPU,
        resource.RLIMIT_FSIZE,
        resource.RLIMIT_NOFILE,
        resource.RLIMIT_NPROC,
    )
    return all(resource.getrlimit(kind)[1] != resource.RLIM_INFINITY for kind in kinds)
