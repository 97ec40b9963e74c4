"""One owner for a folder: an advisory lock that the kernel gives back when its last holder ends, however it ends."""

import fcntl
import os
import time
from pathlib import Path

from kept.postgres.errors import AlreadyRunning


class FolderLock:
    """An exclusive flock(2) on a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.descriptor: int | None = None

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a child has to inherit to hold the lock with us, for subprocess's `pass_fds`."""
        return () if self.descriptor is None else (self.descriptor,)

    def acquire(self, *, patience: float = 0.3) -> None:
        """Take the lock, waiting `patience` seconds: long enough for one who only asks whether it is held.

        Raises:
            AlreadyRunning: somebody else holds it.
        """
        if self.descriptor is not None:
            return
        deadline = time.monotonic() + patience
        while not self._try(fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise AlreadyRunning(folder=self.file.parent)
            time.sleep(0.02)

    def release(self) -> None:
        """Let go of our own hold; a child that inherited the lock keeps it."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def is_held(self) -> bool:
        """Whether anybody holds the lock now."""
        if self.descriptor is not None:
            return True
        if not self.file.exists() or self._try(fcntl.LOCK_SH):
            self.release()
            return False
        return True

    def _try(self, mode: int) -> bool:
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self.descriptor = descriptor
        return True
