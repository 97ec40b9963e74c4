"""From the outboxes of all cells into the log: each entry exactly once, whoever is killed and whatever is down."""

import asyncio
import random
import subprocess
import sys
import time
from typing import cast

import pytest

from kept.kit import Database, new_id
from kept.ledger import Gap, Log, Sequencer
from kept.ledger.sequencer import BATCH
from tests.ledger.workbench import NOON, Workbench, waiting


def sequencer(bench: Workbench, log: Log | None = None) -> Sequencer:
    return Sequencer(log or bench.log(), list(bench.cells.values()), pool=0.25)


async def emptied(bench: Workbench, *cells: str) -> None:
    """Wait until nothing waits there any more, ten seconds at most."""
    for _ in range(1000):
        if not set().union(*[await bench.outbox(cell) for cell in cells]):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the outbox is not emptied")


async def test_what_happened_in_every_cell_is_logged_and_leaves_the_outbox(bench: Workbench) -> None:
    await bench.happened("us", 3)
    await bench.happened("eu", 300)
    assert await sequencer(bench).drain() == 303
    assert not await bench.outbox("us") | await bench.outbox("eu")
    report = bench.report()
    assert (report.deviations, report.cells) == ([], {"us": 3, "eu": 300})
    assert await sequencer(bench).drain() == 0


async def test_a_large_backlog_is_logged_in_batches(bench: Workbench) -> None:
    await bench.happened("eu", BATCH + 10)
    line = sequencer(bench)
    assert [await line.drain() for _ in range(3)] == [BATCH, 10, 0]
    assert (bench.report().deviations, bench.report().entries) == ([], BATCH + 10)


async def test_entries_of_a_cell_are_logged_in_the_order_in_which_they_happened(bench: Workbench) -> None:
    await bench.happened("eu", 10)
    cell = bench.cells["eu"]
    await cell.fetch("CREATE TABLE mixed AS SELECT * FROM ledger_outbox ORDER BY entry_id DESC")
    await cell.fetch("TRUNCATE ledger_outbox")
    await cell.fetch("INSERT INTO ledger_outbox SELECT * FROM mixed")
    ids = sorted(await bench.outbox("eu"))
    log = bench.log()
    await sequencer(bench, log).drain()
    assert [await log.position_of(one) for one in ids] == list(range(10))


async def test_an_entry_is_in_the_log_within_a_second(bench: Workbench) -> None:
    running = asyncio.create_task(sequencer(bench).run())
    await asyncio.sleep(0.3)
    for _ in range(3):
        await bench.happened("eu", 1)
        start = time.monotonic()
        await emptied(bench, "eu")
        assert time.monotonic() - start < 1.0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert bench.report().entries == 3


async def test_a_cell_that_is_down_does_not_keep_the_others_waiting(bench: Workbench) -> None:
    await bench.happened("eu", 4)
    down = Database("postgresql://nobody@127.0.0.1:9/nothing")
    broken = bench.database  # it has no outbox
    line = Sequencer(bench.log(), [down, broken, bench.cells["eu"]])
    assert await line.drain() == 4
    assert bench.report().entries == 4


async def test_what_is_no_entry_of_ours_stays_outside_and_does_not_stop_the_rest(bench: Workbench) -> None:
    await bench.happened("eu", 2)
    foreign = new_id()
    cell = bench.cells["eu"]
    await cell.fetch("INSERT INTO ledger_outbox VALUES ($1, $2, $3)", foreign, b'{"email":"ada@example.org"}', NOON)
    assert await sequencer(bench).drain() == 2
    assert await bench.outbox("eu") == {foreign}
    assert (bench.report().deviations, bench.report().entries) == ([], 2)


async def test_entries_that_are_not_committed_yet_wait_for_nobody(bench: Workbench) -> None:
    async with bench.cells["eu"].begin() as connection:
        one = waiting(1)[0]
        insert = "INSERT INTO ledger_outbox VALUES ('{}', '\\x{}', now())"
        await connection.exec_driver_sql(insert.format(one.entry_id, one.payload.hex()))
        await bench.happened("eu", 1)
        assert await sequencer(bench).drain() == 1
    assert await sequencer(bench).drain() == 1
    assert bench.report().entries == 2


async def test_what_another_sequencer_is_logging_is_left_to_it(bench: Workbench) -> None:
    await bench.happened("eu", 1)
    async with bench.cells["eu"].begin() as connection:
        await connection.exec_driver_sql("SELECT FROM ledger_outbox FOR UPDATE")
        await bench.happened("eu", 1)
        async with asyncio.timeout(2):
            assert await sequencer(bench).drain() == 1
    assert await sequencer(bench).drain() == 1


async def test_a_sequencer_that_finds_a_log_unsound_ends(bench: Workbench) -> None:
    await bench.grown(5)
    (bench.folder / "tile/0/000.p/5").unlink()
    await bench.happened("eu", 1)
    with pytest.raises(Gap):
        await sequencer(bench).run()
    assert len(await bench.outbox("eu")) == 1
    stop = await bench.stopped()
    assert stop is not None


async def test_a_log_whose_store_is_down_is_tried_again(bench: Workbench) -> None:
    from kept.ledger import store_of
    from tests.ledger.faults import Faults, FaultyStore

    await bench.happened("eu", 5)
    log = bench.log(store=FaultyStore(store_of(bench.objects), Faults(4, after=False)))
    running = asyncio.create_task(Sequencer(log, list(bench.cells.values()), pool=0.01).run())
    await emptied(bench, "eu")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (bench.report().deviations, bench.report().entries) == ([], 5)


async def test_two_sequencers_share_the_work(bench: Workbench) -> None:
    for _ in range(10):
        await bench.happened("us", 20)
        await bench.happened("eu", 20)
    running = [asyncio.create_task(Sequencer(bench.log(), list(bench.cells.values()), pool=0.01).run()) for _ in range(2)]
    await emptied(bench, "us", "eu")
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert (bench.report().deviations, bench.report().entries) == ([], 400)


async def test_kill_9_at_any_moment_loses_and_doubles_nothing(bench: Workbench) -> None:
    dice, happened = random.Random(9), set()
    addresses = [bench.database.address, *(cell.address for cell in bench.cells.values())]
    for _ in range(4):
        command = [sys.executable, "-m", "tests.ledger.worker_to_kill", str(bench.folder), *addresses]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        await cast(asyncio.StreamReader, process.stdout).readline()
        end = time.monotonic() + dice.uniform(0.05, 0.5)
        while time.monotonic() < end:
            happened |= await bench.happened(dice.choice(["us", "eu"]), dice.randint(1, 60))
        process.kill()
        await process.wait()
    assert bench.report().deviations == []
    assert bench.report().entries > 0
    log = bench.log()
    await sequencer(bench, log).drain()
    report = bench.report()
    assert (report.deviations, report.unpublished) == ([], 0)
    assert not await bench.outbox("us") | await bench.outbox("eu")
    logged = {row["entry_id"] for row in await bench.database.fetch("SELECT entry_id FROM log_entry")}
    assert report.entries == len(logged)
    assert happened <= logged
