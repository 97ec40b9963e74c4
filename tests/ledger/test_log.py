"""The writer: what it appends is published, signed and verifiable, whoever writes and however the batches fall."""

import asyncio

import pytest

from kept.kit.objects import Objects
from kept.ledger import BadEntry, HeadMoved, Waiting, source_of, store_of, verify
from kept.ledger.store import FolderStore, RemoteStore
from tests.ledger.workbench import ORIGIN, Workbench, waiting


async def test_a_new_log_publishes_an_empty_head_and_its_key(bench: Workbench) -> None:
    head = await bench.log().open()
    assert (head.origin, head.size) == (ORIGIN, 0)
    assert bench.stored() == ["checkpoint", "vkey"]
    assert (bench.folder / "vkey").read_text() == bench.signer.vkey.text
    bench.is_sound([])


async def test_what_is_appended_is_published_and_verifies(bench: Workbench) -> None:
    log, done = bench.log(), []
    for size in (1, 3, 252, 256, 1, 600, 1):
        batch = waiting(size)
        assert await log.append(batch) == list(range(len(done), len(done) + size))
        done += batch
        bench.is_sound(done)
    assert bench.payloads() == [one.payload for one in done]


async def test_an_entry_that_comes_again_keeps_its_place(bench: Workbench) -> None:
    log, batch = bench.log(), waiting(5)
    await log.append(batch)
    fresh = waiting(1)
    assert await log.append([batch[3], *fresh, *fresh, batch[0]]) == [3, 5, 5, 0]
    assert await log.append(batch[:2]) == [0, 1]
    assert await log.position_of(fresh[0].entry_id) == 5
    assert await log.position_of(waiting(1)[0].entry_id) is None
    bench.is_sound([*batch, *fresh])


async def test_a_restart_goes_on_where_it_ended(bench: Workbench) -> None:
    done = []
    for size in (1, 255, 10, 246, 300):
        done += await bench.grown(size)
        bench.is_sound(done)


async def test_partial_tiles_are_kept_until_the_tile_is_full(bench: Workbench) -> None:
    log = bench.log()
    await log.append(waiting(5))
    await log.append(waiting(5))
    assert {"tile/0/000.p/5", "tile/0/000.p/10", "tile/entries/000.p/5"} <= set(bench.stored())
    await log.append(waiting(250))
    assert [key for key in bench.stored() if key.startswith(("tile/0", "tile/e"))] == [
        "tile/0/000", "tile/0/001.p/4", "tile/entries/000", "tile/entries/001.p/4",
    ]  # fmt: skip


async def test_an_entry_that_is_not_ours_is_refused_and_nothing_logged(bench: Workbench) -> None:
    log, (one, two) = bench.log(), waiting(2)
    for bad in (Waiting(one.entry_id, b"{}"), Waiting(one.entry_id, two.payload), Waiting(one.entry_id, one.payload + b" ")):
        with pytest.raises(BadEntry):
            await log.append([two, bad])
    await log.append([one])
    bench.is_sound([one])


async def test_two_writers_lose_and_double_nothing(bench: Workbench) -> None:
    async def write(batches: list[list[Waiting]]) -> int:
        log, moved = bench.log(), 0
        for batch in batches:
            while True:
                try:
                    await log.append(batch)
                    break
                except HeadMoved:
                    moved += 1
        return moved

    batches = [[waiting(7) for _ in range(15)] for _ in range(3)]
    moved = await asyncio.gather(*map(write, batches))
    assert sum(moved) > 0
    assert await bench.stopped() is None
    bench.is_sound([one for writer in batches for batch in writer for one in batch])


async def test_two_writers_may_begin_a_log_at_once(bench: Workbench) -> None:
    class Overtaken(FolderStore):
        """Another writer begins the log after we have looked into the database, and before we look at the files."""

        first = True

        async def get(self, key: str) -> bytes | None:
            if self.first:
                self.first = False
                await bench.log().open()
            return await super().get(key)

    late = bench.log(store=Overtaken(bench.folder, bench.objects))
    batch = waiting(3)
    await late.append(batch)
    assert await bench.stopped() is None
    bench.is_sound(batch)


async def test_a_log_verifies_at_any_moment_while_it_is_written(bench: Workbench) -> None:
    async def write() -> None:
        log = bench.log()
        for _ in range(60):
            await log.append(waiting(23))

    writing = asyncio.create_task(write())
    sizes = []
    while not writing.done():
        report = await asyncio.to_thread(bench.report)
        sizes += [report.size] if report.origin else []
        assert report.deviations == [] or not report.origin
    await writing
    assert len(set(sizes)) > 3


async def test_callers_of_one_writer_take_turns(bench: Workbench) -> None:
    log, batches = bench.log(), [waiting(9) for _ in range(8)]
    places = await asyncio.gather(*map(log.append, batches))
    assert sorted(place for batch in places for place in batch) == list(range(72))
    bench.is_sound([one for batch in batches for one in batch])


async def test_a_cancelled_append_is_taken_up_again(bench: Workbench) -> None:
    log, done = bench.log(), []
    for pause in (0.0, 0.001, 0.002, 0.004, 0.006, 0.01, 0.015):
        batch = waiting(20)
        task = asyncio.create_task(log.append(batch))
        await asyncio.sleep(pause)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await log.append(batch)
        done += batch
        bench.is_sound(done)


async def test_any_object_store_with_conditional_writes_will_do(bench: Workbench) -> None:
    objects, done = Objects("memory:///"), []
    for size in (5, 300, 1):
        log = bench.log(store=store_of(objects))
        done += (batch := waiting(size))
        await log.append(batch)
    assert isinstance(store_of(objects), RemoteStore)
    report = await asyncio.to_thread(verify, source_of(objects))
    assert (report.good, report.size, report.entries) == (True, 306, 306)
    assert "tile/0/000.p/5" not in [key async for key in objects.keys()]  # noqa: SIM118
