"""The log and its witnesses: real witnesses over HTTP, quick ones, dead ones, slow ones, and those that tell of a fork."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kept.audit import Memory, Witness
from kept.kit import SystemClock
from kept.ledger import (
    HEAD,
    BadPolicy,
    Cosigner,
    CosignerKey,
    Cosigning,
    Forked,
    Log,
    NotCosigned,
    Quorum,
    load_quorum,
    source_of,
    store_of,
)
from tests.ledger.workbench import SIGNER, Workbench, waiting

Answers = Callable[[bytes], tuple[int, str, bytes]]


@contextmanager
def listening(answers: Answers) -> Iterator[str]:
    """A witness's address, where `answers` decides what is said."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            status, kind, body = answers(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class Town:
    """Witnesses for one log, each in a folder of its own."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self.lines: list[str] = []
        self.alarms: list[str] = []

    def witness(self, name: str, *, delay: float = 0.0, answers: Answers | None = None) -> Witness:
        """A witness that answers over HTTP after `delay` seconds, or whatever `answers` says."""
        cosigner = Cosigner(f"witness.example/{name}", name.encode().ljust(32, b"\0"))
        memory = Memory(self._folder / name, cosigner.vkey)
        one = Witness(memory, [cosigner], [SIGNER.vkey], SystemClock(), self.alarms.append)

        def honest(body: bytes) -> tuple[int, str, bytes]:
            time.sleep(delay)
            answer = one.add_checkpoint(body)
            return answer.status, answer.content_type, answer.body

        self._knows(name, cosigner.vkey, self._stack.enter_context(listening(answers or honest)))
        return one

    def dead_witness(self, name: str) -> None:
        """A witness whose port takes connections and never answers."""
        deaf = self._stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        key = Cosigner(f"witness.example/{name}", name.encode().ljust(32, b"\0")).vkey
        self._knows(name, key, f"http://127.0.0.1:{deaf.getsockname()[1]}")

    def _knows(self, name: str, key: CosignerKey, url: str) -> None:
        self.lines.append(f"witness {name} {key.text} {url}\n")

    def quorum(self, *rules: str) -> Quorum:
        return Quorum.parse(("".join(self.lines) + "".join(f"{rule}\n" for rule in rules)).encode()).of_log(SIGNER.vkey)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with ExitStack() as stack:
        yield Town(tmp_path, stack)


def writer(bench: Workbench) -> Log:
    return Log(bench.database, store_of(bench.objects), SIGNER, bench.clock, publish_as=HEAD)


def cosigning(bench: Workbench, log: Log, quorum: Quorum, **options: Any) -> Cosigning:
    return Cosigning(log, quorum, bench.database, store_of(bench.objects), source_of(bench.folder), **options)


async def round_of(work: Cosigning) -> bool:
    """One round, and no more."""
    try:
        return await work.round()
    finally:
        work.close()


def checkpoint(bench: Workbench) -> bytes:
    return (bench.folder / "checkpoint").read_bytes()


@contextmanager
def running(work: Cosigning) -> Iterator["asyncio.Task[None]"]:
    task = asyncio.get_running_loop().create_task(work.run())
    yield task
    task.cancel()
    work.close()


async def until(what: Callable[[], object], seconds: float = 8.0) -> float:
    """Wait until `what` does not raise NotCosigned and is not false; returns the seconds that it took."""
    began = time.monotonic()
    while True:
        with suppress(NotCosigned):
            if what():
                return time.monotonic() - began
        assert time.monotonic() - began < seconds
        await asyncio.sleep(0.02)


async def test_an_entry_is_under_a_cosigned_checkpoint_within_two_seconds(bench: Workbench, town: Town) -> None:
    town.witness("w1")
    quorum, log = town.quorum("quorum w1"), writer(bench)
    with running(cosigning(bench, log, quorum)):
        for size in (1, 2, 300, 301):
            await log.append(waiting(size - (quorum.check(checkpoint(bench)).size if size > 1 else 0)))
            took = await until(lambda size=size: quorum.check(checkpoint(bench)).size == size)  # type: ignore[misc]
            assert took < 2.0
    assert bench.report(vkey=SIGNER.vkey.text).deviations == []
    assert town.alarms == []


async def test_a_dead_witness_beside_a_living_one_costs_nothing_but_a_grace(bench: Workbench, town: Town) -> None:
    town.witness("w1")
    town.dead_witness("w2")
    quorum, log = town.quorum("group any-of-us any w1 w2", "quorum any-of-us"), writer(bench)
    with running(cosigning(bench, log, quorum)):
        for size in (5, 10):
            began = time.monotonic()
            await log.append(waiting(5))
            assert time.monotonic() - began < 1.0
            assert await until(lambda size=size: quorum.check(checkpoint(bench)).size == size) < 2.0  # type: ignore[misc]


async def test_without_its_witness_the_log_goes_on_and_says_that_nobody_vouches(bench: Workbench, town: Town) -> None:
    town.dead_witness("w1")
    quorum, log = town.quorum("quorum w1"), writer(bench)
    with running(cosigning(bench, log, quorum, patience=0.3)):
        await log.append(waiting(5))
        alone = Quorum((SIGNER.vkey,), (), {}, "none")
        await until(lambda: alone.check(checkpoint(bench)).size == 5)
        with pytest.raises(NotCosigned):
            quorum.check(checkpoint(bench))


async def test_every_witness_of_a_quorum_of_all_signs_the_same_checkpoint(bench: Workbench, town: Town) -> None:
    town.witness("w1")
    town.witness("w2", delay=0.3)
    quorum, log = town.quorum("group both all w1 w2", "quorum both"), writer(bench)
    with running(cosigning(bench, log, quorum)):
        for _ in range(4):
            await log.append(waiting(3))
            await asyncio.sleep(0.1)
        assert await until(lambda: quorum.check(checkpoint(bench)).size == 12) < 2.0


async def test_a_checkpoint_never_goes_back(bench: Workbench, town: Town) -> None:
    town.witness("w1", delay=0.05)
    quorum, log = town.quorum("quorum w1"), writer(bench)
    sizes = []
    with running(cosigning(bench, log, quorum, patience=0.0)):
        for _ in range(20):
            await log.append(waiting(2))
            sizes.append(int(checkpoint(bench).split(b"\n")[1]))
        await until(lambda: quorum.check(checkpoint(bench)).size == 40)
    assert sizes == sorted(sizes)


@pytest.mark.parametrize(("status", "kind"), [(422, "text/plain"), (409, "text/plain"), (409, "")])
async def test_a_fork_alarm_of_a_witness_stops_the_writer(bench: Workbench, town: Town, status: int, kind: str) -> None:
    town.witness("w1", answers=lambda _: (status, kind, b"another history\n"))
    log = writer(bench)
    with running(cosigning(bench, log, town.quorum("quorum w1"))) as task:
        await log.append(waiting(5))
        with pytest.raises(Forked, match="another history"):
            await asyncio.wait_for(task, 5)
    with pytest.raises(Forked):
        await log.append(waiting(1))
    stop = await bench.stopped()
    assert stop is not None
    assert stop.code == "Forked"


async def test_a_log_put_back_to_an_earlier_state_is_stopped_by_its_witness(bench: Workbench, town: Town) -> None:
    town.witness("w1")
    quorum, log = town.quorum("quorum w1"), writer(bench)
    with running(cosigning(bench, log, quorum)):
        await log.append(waiting(9))
        await until(lambda: quorum.check(checkpoint(bench)).size == 9)
    await bench.renew()
    again = writer(bench)
    await again.append(waiting(5))
    work = cosigning(bench, again, quorum)
    with pytest.raises(Forked, match="has cosigned 9 entries"):
        for _ in range(3):
            await work.round()
    await again.append(waiting(4))
    with pytest.raises(Forked, match="another history"):
        await round_of(work)
    assert any("FORK" in alarm for alarm in town.alarms)


@pytest.mark.parametrize("status", [200, 403, 404, 400, 500])
async def test_what_else_a_witness_answers_is_waited_out(bench: Workbench, town: Town, status: int) -> None:
    town.witness("w1", answers=lambda _: (status, "text/plain", b"\xe2\x80\x94 nobody AAAA\n"))
    log = writer(bench)
    await log.append(waiting(5))
    assert await round_of(cosigning(bench, log, town.quorum("quorum w1"))) is False
    await log.append(waiting(1))
    assert await bench.stopped() is None


async def test_a_restart_finds_head_and_checkpoint_apart_and_goes_on(bench: Workbench, town: Town) -> None:
    first = writer(bench)
    await first.append(waiting(5))  # no witness has been asked: the checkpoint is still that of the empty log
    assert bench.report().size == 0
    second = writer(bench)
    await second.append(waiting(5))
    plain = bench.log()  # an operator took the witnesses out of the settings
    await plain.append(waiting(5))
    assert (bench.report().size, bench.report().deviations) == (15, [])
    town.witness("w1")
    quorum, third = town.quorum("quorum w1"), writer(bench)
    await third.append(waiting(1))
    assert await round_of(cosigning(bench, third, quorum))
    assert quorum.check(checkpoint(bench)).size == 16


async def test_a_policy_file_is_read_for_this_log_or_refused(tmp_path: Path, town: Town) -> None:
    with pytest.raises(BadPolicy, match="No such file"):
        load_quorum(tmp_path / "policy", SIGNER.vkey)
    town.witness("w1")
    (tmp_path / "policy").write_text("".join(town.lines) + "quorum w1\n")
    assert load_quorum(tmp_path / "policy", SIGNER.vkey).logs == (SIGNER.vkey,)
    (tmp_path / "policy").write_text("quorum w1\n")
    with pytest.raises(BadPolicy, match="policy: line 1"):
        load_quorum(tmp_path / "policy", SIGNER.vkey)
