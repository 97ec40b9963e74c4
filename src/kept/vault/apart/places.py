"""Where the vault's socket is: made for its owner alone, or for everybody who is then asked for their number."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

WAITING = 64
"""Who may wait to be accepted."""


@contextlib.contextmanager
def spelled(path: Path) -> Iterator[str]:
    """A spelling of a socket's path that is short enough for an address (107 bytes, unix(7)), for as long as the block.

    Raises:
        FileNotFoundError: there is no folder for it.
    """
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def bound_socket(path: Path, *, owner: int, open_to_all: bool) -> socket.socket:
    """A listening socket at `path`. One that a process left behind when it was killed is replaced."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with spelled(path) as short:
            listening.bind(short)
    finally:
        os.umask(before)
    if owner != os.geteuid():
        os.chown(path, owner, -1)
    if open_to_all:
        path.chmod(0o666)
    listening.listen(WAITING)
    return listening
