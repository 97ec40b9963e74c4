"""A process that is kept running: started again when it ends, and later each time it ends soon after its start."""

import contextlib
import os
import signal
import subprocess
import sys
import time

from kept.kit.processes import die_with_parent

FATAL = 70
"""Exit code of a process that stopped rather than lie (EX_SOFTWARE of sysexits.h): it is not started again."""

_FIRST_WAIT, _LONGEST_WAIT, _LONG_LIFE = 0.25, 30.0, 60.0


class Child:
    """One `kept` command as a process in a group of its own; killed by the kernel if we are."""

    def __init__(self, command: str, *arguments: str, environ: dict[str, str]) -> None:
        self.command = command
        self.exit_code: int | None = None
        """How it ended last, as subprocess tells it."""
        self._line = [sys.executable, "-P", "-m", "kept.app.main", command, *arguments]
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = 0.0
        self.short_lives = 0
        """How often in a row it ended soon after its start."""
        self._again_at = 0.0

    def start(self) -> None:
        """Start it now."""
        self._begun = time.monotonic()
        self._process = subprocess.Popen(
            self._line,
            stdin=subprocess.DEVNULL,
            env=self._environ,
            process_group=0,  # Ctrl-C is for the supervisor, who ends it in good order
            preexec_fn=die_with_parent(signal.SIGKILL),
        )

    def tend(self) -> bool:
        """Look after it: True if it has just ended. Starts it again when its time has come, unless it ended for good."""
        now = time.monotonic()
        if self._process is None:
            if self._again_at <= now and self.exit_code != FATAL:
                self.start()
            return False
        if self._process.poll() is None:
            return False
        self._forget()
        self.short_lives = 0 if now - self._begun > _LONG_LIFE else self.short_lives + 1
        self._again_at = now + min(_FIRST_WAIT * 2**self.short_lives, _LONGEST_WAIT)
        return True

    def has_ended(self) -> bool:
        """Whether it was started and has ended by itself; for a command that does its work and ends."""
        if self._process is not None and self._process.poll() is not None:
            self._forget()
            return True
        return False

    def wait(self) -> int:
        """Wait until it ends by itself; returns its exit code."""
        if self._process is not None:
            self._process.wait()
            self._forget()
        return self.exit_code or 0

    def ask_to_end(self) -> None:
        """Tell it to finish what it does, and end."""
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()

    def end(self, deadline: float) -> None:
        """Wait until it has ended; kill it and all its children at `deadline` (as time.monotonic tells time)."""
        if self._process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        self._forget()

    def _forget(self) -> None:
        """Note how it ended, and leave nothing of its group behind."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            self.exit_code = process.wait()
