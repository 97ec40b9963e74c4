"""Real `kept` processes on data folders of their own."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import swift_folder

KEPT = (sys.executable, "-P", "-m", "kept.app.main")


def kept(*arguments: str | Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end."""
    return subprocess.run([*KEPT, *arguments], capture_output=True, text=True, check=False, env=clean_environ(**environ))


def clean_environ(**more: str) -> dict[str, str]:
    """Our environment without settings, and `more`."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")} | more


class Up:
    """A running `kept up`."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [*KEPT, "up", "--port", "0", "--data", str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=clean_environ(**environ),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(iter(self.process.stdout.readline, ""))

    @property
    def text(self) -> str:
        return "".join(self.said)

    def wait_until_ready(self) -> str:
        """Its address, once it says that it runs."""
        until(lambda: "is running at" in self.text or self.process.poll() is not None, 90, self)
        assert "is running at" in self.text, self.text
        return self.text.split("is running at ")[1].split()[0]

    def child(self, command: str) -> int:
        """Process id of `kept serve`, `kept work` or the database server (`postgres`)."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                line = (entry / "cmdline").read_bytes().decode().split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == str(self.process.pid) and (command in line or line[0].endswith(f"/{command}")):
                return int(entry.name)
        return 0

    def processes(self) -> list[int]:
        """Every process that names this data folder, or was told of it by its environment."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if os.fsencode(self.folder) in told and int(entry.name) != os.getpid():
                found.append(int(entry.name))
        return found

    def stop(self) -> int:
        """Tell it to stop, as a service manager does; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def close(self) -> None:
        """Read what it said to the end; it must have ended."""
        self._reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()


def until(claim: Callable[[], bool], seconds: float = 60, up: Up | None = None) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, up.text if up else "it never came true"
        time.sleep(0.05)


def answers(address: str, path: str = "/readyz") -> int:
    """The status of a GET; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(address + path, timeout=10) as answer:  # noqa: S310  an address of ours
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.fixture(scope="session")
def first_run() -> Iterator[Up]:
    """The first run of an installation, stopped by Ctrl-C: its folder is filled, and may be copied."""
    folder = swift_folder()
    folder.chmod(0o711)
    up = Up(folder / "data")
    up.wait_until_ready()
    up.process.send_signal(signal.SIGINT)
    up.process.wait(60)
    yield up
    up.close()
    shutil.rmtree(folder)


@pytest.fixture
def filled_folder(first_run: Up, reachable_folder: Path) -> Path:
    """A data folder of the test's own, in which an installation has run."""
    subprocess.run(["cp", "-a", first_run.folder, reachable_folder / "data"], check=True)
    return reachable_folder / "data"


@pytest.fixture
def start_up(filled_folder: Path) -> Iterator[Callable[..., Up]]:
    """Starts `kept up` on the filled folder; what still runs at the end of the test is stopped."""
    begun: list[Up] = []

    def start(**environ: str) -> Up:
        begun.append(Up(filled_folder, **environ))
        return begun[-1]

    yield start
    for up in begun:
        if up.process.poll() is None:
            up.stop()
        up.close()
