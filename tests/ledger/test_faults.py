"""Every effect on store and database fails before and after it happens; then the whole log is verified again."""

import asyncio
import contextlib
import random
from typing import cast

import pytest

from kept.kit import Database
from kept.kit.objects import Objects
from kept.ledger import Log, Sequencer, Waiting, source_of, store_of, verify
from tests.ledger.faults import Faults, FaultyDatabase, FaultyStore, Injected
from tests.ledger.workbench import Workbench, waiting

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def faulty_log(bench: Workbench, faults: Faults) -> Log:
    store = FaultyStore(store_of(bench.objects), faults)
    return bench.log(store=store, database=cast(Database, FaultyDatabase(bench.database, faults)))


async def append_until_done(log: Log, batch: list[Waiting]) -> list[int]:
    try:
        return await log.append(batch)
    except Injected:
        return await log.append(batch)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_whatever_fails_in_an_append_the_log_is_whole(bench: Workbench, after: bool) -> None:
    """The batch closes a tile. The same process tries again; then a new one finds the same places."""
    for at in range(200):
        await bench.renew()
        done, faults, batch = await bench.grown(100, 150), Faults(at, after=after), waiting(20)
        places = await append_until_done(faulty_log(bench, faults), batch)
        assert places == list(range(250, 270))
        assert await bench.log().append(batch) == places
        bench.is_sound([*done, *batch])
        if not faults.fired:
            assert at > 15
            return
    pytest.fail("the faults never ended")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_whatever_fails_when_a_log_begins_it_begins(bench: Workbench, after: bool) -> None:
    for at in range(200):
        await bench.renew()
        faults, batch = Faults(at, after=after), waiting(2)
        await append_until_done(faulty_log(bench, faults), batch)
        bench.is_sound(batch)
        if not faults.fired:
            return
    pytest.fail("the faults never ended")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_process_that_ends_at_a_fault_is_continued_by_the_next(bench: Workbench, after: bool) -> None:
    for at in range(200):
        await bench.renew()
        faults, batch = Faults(at, after=after), waiting(20)
        done = [*await bench.grown(240), *batch]
        try:
            await faulty_log(bench, faults).append(batch)
        except Injected:
            await bench.log().open()
            bench.is_sound(done[: bench.report().size])
            await bench.log().append(batch)
        bench.is_sound(done)
        if not faults.fired:
            return
    pytest.fail("the faults never ended")


async def test_faults_while_recovering_from_faults_lose_nothing(bench: Workbench) -> None:
    dice, done = random.Random(6962), []
    for _ in range(30):
        batch = waiting(dice.randint(1, 90))
        done += batch
        for _ in range(dice.randint(1, 4)):
            faults = Faults(dice.randrange(30), after=dice.random() < 0.5)
            try:
                await faulty_log(bench, faults).append(batch)
                break
            except Injected:
                continue
        else:
            await bench.log().append(batch)
        bench.is_sound(done)
    assert await bench.stopped() is None


async def test_faults_of_a_remote_store_lose_nothing(bench: Workbench) -> None:
    objects, done = Objects("memory:///"), 0
    for at in range(200):
        faults, batch = Faults(at, after=at % 2 == 0), waiting(60)
        await append_until_done(bench.log(store=FaultyStore(store_of(objects), faults)), batch)
        done += 60
        report = await asyncio.to_thread(verify, source_of(objects), vkey=bench.signer.vkey.text)
        assert (report.deviations, report.entries, report.unpublished) == ([], done, 0)
        if not faults.fired:
            return
    pytest.fail("the faults never ended")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_whatever_fails_while_draining_each_entry_is_logged_once(bench: Workbench, after: bool) -> None:
    expected = 0
    for at in range(200):
        faults = Faults(at, after=after)
        for cell, count in (("us", 2), ("eu", 30)):
            expected += len(await bench.happened(cell, count))
        sources = [cast(Database, FaultyDatabase(database, faults)) for database in bench.cells.values()]
        with contextlib.suppress(Injected):
            await Sequencer(faulty_log(bench, faults), sources).drain()
        await Sequencer(bench.log(), list(bench.cells.values())).drain()
        assert not await bench.outbox("us") | await bench.outbox("eu")
        report = bench.report()
        assert (report.deviations, report.entries) == ([], expected)
        if not faults.fired:
            return
    pytest.fail("the faults never ended")
