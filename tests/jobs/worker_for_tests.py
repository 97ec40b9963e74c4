"""A worker process for the tests: three steps that write to a file, and may kill their own process on the way."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from kept.app.logs import configure_logging
from kept.cells import Cell, Cells, Directory
from kept.jobs import Job, Step, job
from kept.jobs.runner import Runner
from kept.kit import Database

JOBS, LOG, DIE_AT, *ADDRESSES = sys.argv[1:]


async def write(word: str) -> str:
    """Write a word, and die if this is the place: after the effect, before the engine knows of it."""
    with Path(LOG).open("a") as log:
        log.write(word + "\n")
        log.flush()
    if word == DIE_AT:
        os.kill(os.getpid(), signal.SIGKILL)
    return word


@job("three_steps")
async def three_steps(running: Job, _runtime: Any) -> None:
    """One, two, three."""
    for number, word in enumerate(("one", "two", "three")):
        await running.step(word, write, word, percent=number * 33)


async def _fail() -> None:
    await write("attempt")
    raise RuntimeError("canary-of-somebody")


@job("always_fails")
async def always_fails(running: Job, _runtime: Any) -> None:
    """Tried three times."""
    await running.step("fails", _fail, retry=Step(attempts=3, wait=0.01))


async def _slowly() -> None:
    await write("unhurried")
    await asyncio.sleep(3)


@job("unhurried", hurry=False)
async def unhurried(running: Job, _runtime: Any) -> None:
    """Takes its time."""
    await running.step("slowly", _slowly)


async def main() -> None:
    """Run until told to stop."""
    configure_logging()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    cells = Cells(
        [
            Cell(name, name, Database(address), Database(address), None)  # type: ignore[arg-type]
            for name, address in zip(("us", "eu"), ADDRESSES, strict=True)
        ],
        Directory(Database(ADDRESSES[0])),
        {},
    )
    runner = Runner(cells, None, address=JOBS)
    await runner.start()
    task = asyncio.create_task(runner.run())
    await stop.wait()
    task.cancel()
    await runner.stop()
    await cells.close()


asyncio.run(main())
