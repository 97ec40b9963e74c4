"""The writer stops rather than sign a second history, says why to everybody, and goes on when the log is sound again."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from kept.kit import Fatal
from kept.kit.objects import Objects
from kept.ledger import BadSignature, Checkpoint, Forked, Gap, HeadMoved, Log, Signer, StoreOverwrites, store_of
from kept.ledger.formats.merkle import leaf_hash
from kept.ledger.formats.tiles import bundle
from kept.ledger.publication import publish
from tests.ledger.faults import Faults, FaultyStore, Injected
from tests.ledger.workbench import NOON, ORIGIN, Workbench, waiting

Tamper = Callable[[Workbench], Awaitable[None]]


async def stops(bench: Workbench, log: Log, error: type[Fatal], *, why: str) -> None:
    """`log` refuses to write, for good; the reason is there for all to see, and no file has changed."""
    before = {key: (bench.folder / key).read_bytes() for key in bench.stored()}
    for _ in range(2):
        with pytest.raises(error, match=why):
            await log.append(waiting(1))
    assert {key: (bench.folder / key).read_bytes() for key in bench.stored()} == before
    stop = await bench.stopped()
    assert stop is not None
    assert (stop.code, stop.stopped_at) == (error.__name__, NOON)
    assert stop.reason in str(stop.reason)


def saved(bench: Workbench) -> Path:
    copy = bench.folder.with_suffix(".saved")
    shutil.copytree(bench.folder, copy)
    return copy


def put_back(bench: Workbench, copy: Path) -> None:
    shutil.rmtree(bench.folder)
    copy.rename(bench.folder)


async def test_a_database_restored_from_before_is_a_fork(bench: Workbench) -> None:
    await bench.grown(300)
    await bench.run("CREATE TABLE old AS SELECT * FROM log_head")
    await bench.grown(10)
    await bench.run("DELETE FROM log_head; INSERT INTO log_head SELECT * FROM old")
    await stops(bench, bench.log(), Forked, why="310 entries are published, but the stored head has 300")


async def test_an_emptied_database_is_a_fork(bench: Workbench) -> None:
    await bench.grown(5)
    await bench.run("DELETE FROM log_head; DELETE FROM log_entry")
    await stops(bench, bench.log(), Forked, why="5 entries are published, but the database holds no head")


async def test_two_histories_signed_by_our_own_key_are_a_fork(bench: Workbench) -> None:
    await bench.grown(300)
    await bench.run("CREATE TABLE old AS SELECT * FROM log_head")
    copy = saved(bench)
    await bench.grown(4)
    await bench.run("DELETE FROM log_head; INSERT INTO log_head SELECT * FROM old")
    put_back(bench, copy)
    other = bench.folder.with_suffix(".other")
    shutil.copytree(bench.folder, other)
    await bench.grown(4)
    put_back(bench, other)
    (bench.folder / "checkpoint").write_text(Checkpoint(ORIGIN, 304, bytes(32)).signed(bench.signer))
    await stops(bench, bench.log(), Forked, why="two roots are signed for size 304")


async def test_a_full_tile_with_other_content_is_a_fork(bench: Workbench) -> None:
    log = bench.log()
    await log.append(waiting(250))
    (bench.folder / "tile/0/000").write_bytes(bytes(8192))
    with pytest.raises(Forked, match="tile/0/000 is there already"):
        await log.append(waiting(10))
    assert bench.report().size == 250
    await stops(bench, bench.log(), Forked, why="tile/0/000")


@pytest.mark.parametrize(
    ("batches", "lost"),
    [
        ([5], "tile/0/000.p/5"), ([5], "tile/entries/000.p/5"), ([5], "checkpoint"), ([256], "tile/1/000.p/1"),
        ([256], "tile/0/000"), ([256], "tile/entries/000"), ([300], "tile/0/000"), ([300], "tile/0/001.p/44"),
        ([300], "tile/1/000.p/1"), ([300], "tile/entries/000"), ([300], "tile/entries/001.p/44"),
    ],
)  # fmt: skip
async def test_a_missing_tile_is_a_gap_until_it_is_back(bench: Workbench, batches: list[int], lost: str) -> None:
    """The writer that saw it never writes again; the next one finds the log sound."""
    done, dead = await bench.grown(*batches), bench.log()
    kept = (bench.folder / lost).read_bytes()
    (bench.folder / lost).unlink()
    await stops(bench, dead, Gap, why="missing|no checkpoint is published")
    (bench.folder / lost).write_bytes(kept)
    await stops(bench, dead, Gap, why="missing|no checkpoint is published")
    done += await bench.grown(1)
    assert await bench.stopped() is None
    bench.is_sound(done)


@pytest.mark.parametrize(
    "damaged", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"]
)
async def test_a_damaged_tile_at_the_edge_is_found_before_writing(bench: Workbench, damaged: str) -> None:
    await bench.grown(300)
    data = bytearray((bench.folder / damaged).read_bytes())
    data[min(len(data) // 2 + 20, len(data) - 1)] ^= 1  # inside an entry, not at its length
    (bench.folder / damaged).write_bytes(data)
    await stops(bench, bench.log(), Forked, why="tile|root")


async def test_an_edge_that_was_replaced_as_a_whole_is_found_before_writing(bench: Workbench) -> None:
    await bench.grown(300)
    replace_entries(bench, "001.p/44", 44)
    await stops(bench, bench.log(), Forked, why="not those of the signed root")


async def test_a_full_tile_that_was_replaced_with_its_bundle_is_found_before_writing(bench: Workbench) -> None:
    await bench.grown(300)
    replace_entries(bench, "000", 256)
    await stops(bench, bench.log(), Forked, why="tile/0/000 does not hash into the level above")


def replace_entries(bench: Workbench, tile: str, count: int) -> None:
    """Another history in this place: tile and bundle agree with one another."""
    others = [one.payload for one in waiting(count)]
    (bench.folder / "tile/0" / tile).write_bytes(b"".join(map(leaf_hash, others)))
    (bench.folder / "tile/entries" / tile).write_bytes(bundle(others))


async def test_a_tile_that_was_cut_is_a_gap(bench: Workbench) -> None:
    await bench.grown(300)
    (bench.folder / "tile/0/001.p/44").write_bytes(b"")
    await stops(bench, bench.log(), Gap, why="0 bytes instead of 1408")


async def test_files_of_an_older_backup_are_a_gap(bench: Workbench) -> None:
    await bench.grown(300)
    copy = saved(bench)
    await bench.grown(5)
    put_back(bench, copy)
    await stops(bench, bench.log(), Gap, why="entries 300 to 305 are under the stored head, but neither published nor pending")


async def test_a_checkpoint_that_another_key_signed_is_a_bad_signature(bench: Workbench) -> None:
    await bench.grown(5)
    stranger = Signer(ORIGIN, bytes(32))
    await stops(bench, bench.log(signer=stranger), BadSignature, why="the stored head: .* no known key")
    note = (bench.folder / "checkpoint").read_text()
    (bench.folder / "checkpoint").write_text(note.replace("\n5\n", "\n6\n"))
    await stops(bench, bench.log(), BadSignature, why="the published checkpoint: .* is bad")


async def test_a_head_that_was_changed_by_hand_is_a_bad_signature(bench: Workbench) -> None:
    await bench.grown(5)
    await bench.run("UPDATE log_head SET size = 4")
    await stops(bench, bench.log(), BadSignature, why="says something else than its row")


async def test_pending_entries_that_were_changed_are_a_fork(bench: Workbench) -> None:
    await bench.grown(5)
    faults = Faults(10, after=False)
    log = bench.log(store=FaultyStore(store_of(bench.objects), faults))
    for _ in range(20):
        try:
            await log.append(waiting(3))
        except Injected:
            break
    assert faults.fired.startswith(("create tile", "replace"))
    await bench.run("UPDATE log_pending SET entries = set_byte(entries, 100, 64)")
    await stops(bench, bench.log(), Forked, why="do not lead to the stored head")


async def test_a_database_of_another_log_is_a_fork(bench: Workbench) -> None:
    await bench.grown(5)
    with pytest.raises(Forked, match="the database holds the log log"):
        await bench.log(signer=Signer("log.example/other", bytes(32))).open()


async def test_a_store_that_overwrites_is_not_written_to(bench: Workbench) -> None:
    class Careless(Objects):
        async def create(self, key: str, data: bytes) -> bool:
            await self.put(key, data)
            return True

    log = bench.log(store=store_of(Careless(str(bench.folder))))
    with pytest.raises(StoreOverwrites):
        await log.append(waiting(1))
    assert bench.stored() == []


async def test_a_writer_that_comes_late_does_not_publish_over_a_newer_checkpoint(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stalls after its head is stored; another one publishes for it and goes on; then it wakes."""
    late: list[tuple[Any, ...]] = []

    async def stall(*todo: Any) -> None:
        late.append(todo)
        raise Injected

    slow, done = bench.log(), waiting(5)
    await slow.append(done[:1])
    monkeypatch.setattr("kept.ledger.log.publish", stall)
    with pytest.raises(Injected):
        await slow.append(done[1:3])
    monkeypatch.undo()
    await bench.log().append(done[3:])
    await publish(*late[0])
    assert bench.report().size == 5
    await slow.append(done)
    bench.is_sound(done)


def signatures(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `signer` signs from now on."""
    signed: list[str] = []
    line = Signer.line
    monkeypatch.setattr(Signer, "line", lambda self, text: (signed.append(text), line(self, text))[1])
    return signed


async def test_a_writer_that_another_one_overtook_signs_nothing_says_so_and_goes_on(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, fast = bench.log(), bench.log()
    done = waiting(4)
    await slow.append(done[:1])
    await fast.append(done[1:2])
    signed = signatures(bench.signer, monkeypatch)
    with pytest.raises(HeadMoved):
        await slow.append(done[2:])
    assert signed == []
    await slow.append(done[2:])
    assert len(signed) == 1
    assert await bench.stopped() is None
    bench.is_sound(done)
