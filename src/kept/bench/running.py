"""A platform of the benchmark's own: `kept up` on a port and a folder that are gone afterwards."""

import asyncio
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from kept.kit import KeptError, Kind, new_id

START_SECONDS = 120.0
PASSWORD = "plum-harbour-sixty-lanterns"  # noqa: S105  of members that live as long as the benchmark

CHEAP = {"KEPT_ACCOUNTS_ARGON2_MEMORY_KIB": "8192"}
"""Signing up is not what is measured."""


class NotRunning(KeptError):
    code = "bench_platform_down"
    kind = Kind.BUSY
    message = "The platform to measure did not come up: {why}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Platform:
    """A running platform and its processes."""

    port: int
    process: "subprocess.Popen[bytes]"
    folder: Path

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request on a connection of its own; underscores in header names stand for hyphens. Blocks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Answer(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def join(self) -> str:
        """The bearer token of a new member."""
        account = {"handle": f"bench{new_id().hex[-12:]}", "password": PASSWORD, "birth_date": "1990-05-17"}
        body = json.dumps(account | {"country": "US", "accept_terms": "current"})
        answer = self.ask("POST", "/api/v1/accounts", body, content_type="application/json")
        if answer.status != 201:
            raise NotRunning(why=f"signing up gave {answer.status}")
        return f"Bearer {answer.json()['token']}"

    def encoders(self) -> list[psutil.Process]:
        """Programs that the platform has at work on media."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return [child for child in psutil.Process(self.process.pid).children(recursive=True) if _encodes(child)]
        return []

    def memory(self) -> int:
        """Bytes that all its processes but the database server hold (proportional set size)."""
        total = 0
        for one in (psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += 0 if "postgres" in one.name() else one.memory_full_info().pss
        return total


@asynccontextmanager
async def platform(**settings: str) -> AsyncIterator[Platform]:
    """Run one, with settings as the environment gives them (`KEPT_…`). Raises NotRunning."""
    with _started(settings) as running:
        await asyncio.to_thread(wait_until_ready, running)
        yield running


@contextmanager
def _started(settings: Mapping[str, str]) -> Iterator[Platform]:
    parent = Path(tempfile.mkdtemp(prefix="kept-bench-"))
    parent.chmod(0o711)  # the database's own user passes through
    port = free_port()
    command = [sys.executable, "-m", "kept.app.main", "up", "--data", str(parent / "data"), "--port", str(port)]
    with (parent / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **CHEAP, **settings}, stdout=log, stderr=log)
    try:
        yield Platform(port, process, parent / "data")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(parent)


def wait_until_ready(running: Platform) -> None:
    until = time.monotonic() + START_SECONDS
    while running.process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if running.ask("GET", "/readyz").status == 200:
                return
        time.sleep(0.1)
    raise NotRunning(why="it was not ready in time")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _encodes(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return "ffmpeg" in process.name()
    return False
