"""A witness as a process, and how tests talk to it."""

import contextlib
import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kept.ledger import CosignerKey
from tests.audit.auditing import LOG

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Running:
    """A witness process; `url` is where it answers."""

    process: subprocess.Popen[str]
    key: CosignerKey
    url: str

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str, bytes]:
        """Status, content type and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.headers["content-type"], answer.read()

    def add(self, body: bytes) -> tuple[int, str, bytes]:
        return self.ask("POST", "/add-checkpoint", body)


@contextlib.contextmanager
def witness(folder: Path, *words: str) -> Iterator[Running]:
    """`python -m kept.witness` with its folder, for the log of the tests."""
    line = ["-m", "kept.witness", "--state", str(folder), "--listen", "127.0.0.1:0", "--log", LOG.vkey.text, *words]
    with _started([sys.executable, "-P", *line]) as running:
        yield running


@contextlib.contextmanager
def dying_witness(folder: Path) -> Iterator[Running]:
    with _started([sys.executable, "-m", "tests.witness.witness_to_kill", str(folder), LOG.vkey.text]) as running:
        yield running


@contextlib.contextmanager
def _started(line: list[str]) -> Iterator[Running]:
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ))
    try:
        assert process.stdout
        words = process.stdout.readline().split()
        yield Running(process, CosignerKey.parse(words[2]), words[3])
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
