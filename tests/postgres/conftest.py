"""Servers that tests may kill: each in a folder of its own, durable as in production."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kept.postgres import EmbeddedPostgres
from kept.postgres.layout import Layout
from tests.conftest import swift_folder

HOLDING = Path(__file__).with_name("holding.py")
Hold = Callable[[Path], "subprocess.Popen[str]"]


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """The folder of a server that was started and stopped, to copy: making one takes longer than most tests."""
    folder = swift_folder()
    server = EmbeddedPostgres(folder)
    server.start()
    server.stop()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(reachable_folder: Path, made_once: Path) -> Iterator[EmbeddedPostgres]:
    """A running durable server of the test's own."""
    subprocess.run(["cp", "-a", made_once, reachable_folder / "postgres"], check=True)
    server = EmbeddedPostgres(reachable_folder / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Starts a server in another process, and waits for what it says first (`.first`)."""
    begun: list[subprocess.Popen[str]] = []

    def start(folder: Path) -> "subprocess.Popen[str]":
        process = subprocess.Popen([sys.executable, str(HOLDING), str(folder)], stdout=subprocess.PIPE, text=True)
        begun.append(process)
        assert process.stdout is not None
        process.first = process.stdout.readline().strip()  # type: ignore[attr-defined]
        return process

    yield start
    for process in begun:
        process.terminate()
        process.communicate(timeout=30)


def processes_of(folder: Path) -> list[int]:
    """Process ids of the server in this folder, whoever their parent is."""
    mark = Layout(folder).mark.encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def postmaster_of(folder: Path) -> int:
    """The process id in the server's own note."""
    return int((Layout(folder).data / "postmaster.pid").read_text().split()[0])


def until(claim: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def run(address: str, statement: str) -> list[tuple[object, ...]]:
    """Execute one statement, commit, and return its rows."""
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []
