"""`kept witness` as people run it: a process, over HTTP, killed and started again."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from kept.audit.memory import origin_hash
from kept.ledger.formats.note import open_note
from tests.audit.auditing import LOG, head_of, request
from tests.witness.running import Running, dying_witness, witness

ENTRIES = [b"entry %d" % number for number in range(200)]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with witness(tmp_path_factory.mktemp("witness"), "--name", "witness.example/w1", "--about", "Run by us.") as one:
        yield one


@pytest.fixture(scope="module", autouse=True)
def one_checkpoint(running: Running) -> None:
    assert running.add(request(ENTRIES[:5], 0))[0] == 200


def test_a_checkpoint_is_cosigned_over_http(running: Running) -> None:
    status, content_type, body = running.add(request(ENTRIES[:5], 5))
    assert (status, content_type) == (200, "text/plain; charset=utf-8")
    assert open_note(head_of(ENTRIES[:5]).text.encode() + b"\n" + body, [running.key])
    status, _, served = running.ask("GET", f"/{origin_hash(LOG.vkey.name)}/checkpoint")
    assert (status, len(open_note(served, [LOG.vkey, running.key]).signatures)) == (200, 2)


def test_a_conflict_names_the_size_in_the_type_that_logs_look_for(running: Running) -> None:
    assert running.add(request(ENTRIES[:9], 0)) == (409, "text/x.tlog.size", b"5\n")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200), ("GET", "/add-checkpoint", 405), ("POST", "/", 405), ("GET", "/key", 404),
        ("GET", "/../key", 404), ("GET", f"/{'0' * 64}/checkpoint", 404), ("DELETE", "/add-checkpoint", 405),
    ],
)  # fmt: skip
def test_other_requests_get_plain_answers(running: Running, method: str, path: str, status: int) -> None:
    assert running.ask(method, path)[0] == status


def test_its_page_says_who_it_is_and_what_it_has_seen(running: Running) -> None:
    page = running.ask("GET", "/")[2].decode()
    assert "witness.example/w1" in page
    assert "Run by us." in page
    assert running.key.text in page
    assert "log.example/a: 5 entries cosigned, last at 20" in page


def test_a_request_over_16_kib_is_refused_and_the_connection_closed(running: Running) -> None:
    assert running.add(bytes(16_385))[0] == 413
    assert running.add(bytes(16_384))[0] == 400


@pytest.mark.parametrize("said", [b"", b"hello\r\n\r\n", b"GET / HTTP/1.1\r\nx: " + b"y" * 20_000, b"\x16\x03\x01\x02"])
def test_what_is_not_http_does_no_harm(running: Running, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(4096)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert running.ask("GET", "/")[0] == 200


def test_a_connection_serves_many_requests(running: Running) -> None:
    body = request(ENTRIES[:5], 5)
    head = f"POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    with (
        socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection,
        connection.makefile("rb") as file,
    ):
        for _ in range(3):
            connection.sendall(head + body)
            assert file.readline().startswith(b"HTTP/1.1 200")
            fields = list(iter(file.readline, b"\r\n"))
            length = next(int(line.split()[1]) for line in fields if line.startswith(b"content-length"))
            file.read(length)


def test_a_witness_stays_small(running: Running) -> None:
    assert psutil.Process(running.process.pid).memory_info().rss < 45 * 1024 * 1024


def test_its_keys_are_for_itself_alone(tmp_path: Path) -> None:
    with witness(tmp_path / "w", "--ml-dsa"):
        for name in ("key", "key-ml-dsa-44"):
            assert stat.S_IMODE((tmp_path / "w" / name).stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "w").stat().st_mode) == 0o700
    os.chmod(tmp_path / "w" / "key", 0o644)
    ended = _ends("--state", str(tmp_path / "w"))
    assert ended.returncode == 70
    assert "can be read by others" in ended.stderr


def test_a_witness_that_cannot_start_says_why(tmp_path: Path, running: Running) -> None:
    assert "HOST:PORT" in _ends("--state", str(tmp_path / "w"), "--listen", "nowhere").stderr
    assert "verifier key" in _ends("--state", str(tmp_path / "w"), "--log", "nonsense").stderr
    taken = _ends("--state", str(tmp_path / "w"), "--listen", f"127.0.0.1:{running.port}")
    assert taken.returncode == 1
    assert "can't listen" in taken.stderr


def test_a_witness_keeps_its_name_and_its_memory_through_a_restart(tmp_path: Path) -> None:
    with witness(tmp_path / "w", "--name", "witness.example/w1") as first:
        assert first.add(request(ENTRIES[:5], 0))[0] == 200
    with witness(tmp_path / "w") as second:
        assert second.key == first.key
        assert second.add(request(ENTRIES[:9], 0))[2] == b"5\n"
    renamed = _ends("--state", str(tmp_path / "w"), "--name", "another")
    assert "belongs to the witness witness.example/w1" in renamed.stderr


def test_killed_between_remembering_and_answering_it_cosigns_no_other_history(tmp_path: Path) -> None:
    with witness(tmp_path / "w") as one:
        assert one.add(request(ENTRIES[:5], 0))[0] == 200
    with dying_witness(tmp_path / "w") as dying:
        with pytest.raises(OSError, match=r"closed|reset"):
            dying.add(request(ENTRIES[:9], 5))
        assert dying.process.wait(10) == -9
    forged = [*ENTRIES[:8], b"forged"]
    with witness(tmp_path / "w") as again:
        assert again.add(request(forged, 5))[:2] == (409, "text/x.tlog.size")
        assert again.add(request(forged, 9))[0] == 422
        assert again.add(request(ENTRIES[:9], 9))[0] == 200  # the honest log learns the size, and gets its cosignature


def test_two_processes_on_one_folder_never_cosign_two_histories(tmp_path: Path) -> None:
    """Twenty histories that part after five entries, asked for at two witnesses at once: one of them is cosigned."""
    with witness(tmp_path / "w") as one, witness(tmp_path / "w") as two:
        assert one.add(request(ENTRIES[:5], 0))[0] == 200
        forks = [[*ENTRIES[:5], *(b"%d" % fork for _ in range(fork + 1))] for fork in range(20)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda fork: (one, two)[len(fork) % 2].add(request(fork, 5)), forks))
    assert sorted(status for status, _, _ in answers) == [200, *[409] * 19]


def _ends(*words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-P", "-m", "kept.witness", *words]
    return subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)
