"""Jobs finish, whatever dies on the way. The engine is the real one, in a process that is really killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kept.jobs import JobState, enqueue, progress_of
from kept.kit import new_id
from tests.fixtures.house import House

WORKER = Path(__file__).with_name("worker_for_tests.py")


async def start(house: House, jobs: str, log: Path, die_at: str = "") -> "subprocess.Popen[bytes]":
    addresses = [cell.database.address for cell in (house.us, house.eu)]
    return subprocess.Popen([sys.executable, str(WORKER), jobs, str(log), die_at, *addresses])


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")


async def ask(house: House, kind: str = "three_steps") -> object:
    subject = new_id()
    async with house.eu.begin() as tx:
        await enqueue(tx, kind, owner_id=new_id(), subject_id=subject, now=house.clock.now())
        await enqueue(tx, kind, owner_id=new_id(), subject_id=subject, now=house.clock.now())
    return subject


def lines(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


@pytest.mark.parametrize("die_at", ["", "one", "two", "three"])
async def test_a_job_is_resumed_after_its_last_finished_step(
    house: House, fresh_database: Callable[..., str], tmp_path: Path, die_at: str
) -> None:
    jobs, log = fresh_database("kept_jobs"), tmp_path / "log"
    worker = await start(house, jobs, log, die_at)
    try:
        subject = await ask(house)
        if die_at:
            await until(lambda: worker.poll() is not None)
            assert worker.returncode == -signal.SIGKILL
            worker = await start(house, jobs, log)
        await until(lambda: "three" in lines(log))
        for _ in range(600):
            [progress] = await progress_of(house.eu, subject)  # type: ignore[arg-type]
            if progress.state is JobState.DONE:
                break
            await asyncio.sleep(0.05)
        assert (progress.state, progress.percent) == (JobState.DONE, 100)
        assert list(dict.fromkeys(lines(log))) == ["one", "two", "three"]
        assert all(lines(log).count(step) <= (2 if step == die_at else 1) for step in ("one", "two", "three"))
    finally:
        os.kill(worker.pid, signal.SIGTERM)
        worker.wait(20)


async def test_a_failing_job_is_retried_and_then_says_so(
    house: House, fresh_database: Callable[..., str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    jobs, log = fresh_database("kept_jobs"), tmp_path / "log"
    worker = await start(house, jobs, log)
    try:
        subject = await ask(house, "always_fails")
        good = await ask(house)
        await until(lambda: lines(log).count("attempt") == 3 and "three" in lines(log))
        for _ in range(100):
            [progress] = await progress_of(house.eu, subject)  # type: ignore[arg-type]
            if progress.state is JobState.FAILED:
                break
            await asyncio.sleep(0.05)
        assert progress.state is JobState.FAILED
        told = capfd.readouterr().err
        assert "RuntimeError" in told
        assert "canary" not in told, "what an error says may be somebody's"
        assert (await progress_of(house.eu, good))[0].kind == "three_steps"  # type: ignore[arg-type]
    finally:
        os.kill(worker.pid, signal.SIGTERM)
        worker.wait(20)


async def test_what_nobody_waits_for_takes_no_place_of_what_somebody_waits_for(
    house: House, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    jobs, log = fresh_database("kept_jobs"), tmp_path / "log"
    for _ in range(5):
        await ask(house, "unhurried")
    worker = await start(house, jobs, log)
    try:
        await until(lambda: "unhurried" in lines(log))
        await ask(house)
        await until(lambda: "three" in lines(log))
        assert lines(log).count("unhurried") < 5, "the slow ones went first"
    finally:
        os.kill(worker.pid, signal.SIGTERM)
        worker.wait(20)
