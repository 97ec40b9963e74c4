"""The folder that one child works in: its own, under a name of its own, gone afterwards, whatever happened in it.

What a child leaves is taken with suspicion: only plain files with one name are opened, links never.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kept.media.errors import MediaFailed
from kept.media.stranger import stranger

_PREFIX = ".work-"
_LONGEST_LOG = 4096


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder that one child may write."""

    folder: Path
    user: int | None
    """User that the child becomes; None where we have no right to choose one."""

    def open(self, name: str) -> int:
        """A descriptor for reading what the child left under `name`.

        Raises:
            FileNotFoundError: it left nothing there.
            MediaFailed: it is no plain file.
        """
        try:
            descriptor = os.open(self.folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise MediaFailed(why="its processing left something unexpected", detail=str(error)) from error
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_nlink != 1:
            os.close(descriptor)
            raise MediaFailed(why="its processing left something unexpected", detail=f"{name} is no plain file")
        return descriptor

    def read(self, name: str, most: int) -> bytes:
        """What the child wrote to `name`, at most `most` bytes of it; nothing if there is no such file."""
        try:
            descriptor = self.open(name)
        except FileNotFoundError:
            return b""
        with os.fdopen(descriptor, "rb") as file:
            return file.read(most)

    def tail(self, name: str, most: int) -> bytes:
        """The last `most` bytes that the child wrote to `name`; nothing if there is no such file."""
        try:
            descriptor = self.open(name)
        except FileNotFoundError:
            return b""
        with os.fdopen(descriptor, "rb") as file:
            file.seek(max(0, os.fstat(descriptor).st_size - most))
            return file.read(most)

    def log(self) -> str:
        """The end of what the child had to say."""
        return self.tail("log", _LONGEST_LOG).decode("utf-8", "replace")


@contextmanager
def workshop(parent: Path) -> Iterator[Workshop]:
    """A work folder inside `parent`, on the same file system as the results; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    try:
        user = stranger()
        if user is not None:
            os.chown(folder, user, user)
        yield Workshop(folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_workshops(parent: Path) -> None:
    """Remove work folders that a crash left in `parent`. Only for whoever owns `parent` alone."""
    for folder in parent.glob(f"{_PREFIX}*"):
        shutil.rmtree(folder, ignore_errors=True)
