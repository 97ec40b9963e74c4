"""A cell moves to a new store: everybody and everything, verified, certified, and nothing is left behind."""

import asyncio
from uuid import UUID

import pytest

from kept.bench.rows import fill
from kept.cells import Standing
from kept.jobs import registered
from kept.kit import new_id
from kept.ledger import VerifierKey, load_signer
from kept.residency import (
    BadStatement,
    LeftBehind,
    NotPrepared,
    NotVerified,
    abort_pivot,
    begin_pivot,
    emptying,
    hash_of,
    pivoting,
    read_certificate,
    residue_of,
)
from kept.residency.residue import needles_of, search
from tests.fixtures.lot import HereAndNow
from tests.residency.conftest import Town
from tests.residency.test_moving import strange


async def people(town: Town, count: int = 30, each: int = 3) -> list[UUID]:
    members = [await town.house.resident(town.old) for _ in range(count)]
    await town.old.database.fetch("DELETE FROM resident")
    await fill(town.old, members, each=each)
    await town.old.database.fetch("UPDATE job SET state = 'done'")
    return members


async def drained(town: Town) -> None:
    """What worker loops do: carry parcels and ledger entries away."""
    await town.house.carry()
    for cell in town.cells:
        await cell.database.fetch("DELETE FROM ledger_outbox")


async def run(town: Town, pivot_id: UUID) -> None:
    await registered()["pivot"](HereAndNow("eu-2", pivot_id, new_id()), town)


async def row_of(town: Town, pivot_id: UUID) -> dict:
    return (await town.cells.directory.database.fetch("SELECT * FROM pivot WHERE pivot_id = $1", pivot_id))[0]


def key_of(town: Town) -> VerifierKey:
    return load_signer(town.ledger.signing_key, town.ledger.origin).vkey


async def test_a_pivot_moves_everybody_and_leaves_nothing(town: Town, small_clip: bytes) -> None:
    members = await people(town)
    author, other = await town.member(town.old), await town.member(town.house.us)
    video_id = await town.publish(author, small_clip)
    await town.old.database.fetch("INSERT INTO tally (day, name, count) VALUES (now()::date, 'seen', 7)")
    await town.new.database.fetch("INSERT INTO tally (day, name, count) VALUES (now()::date, 'seen', 5)")
    served = "INSERT INTO routing_count (hour, home, outcome, count) VALUES (now(), $1, 'served', $2)"
    await town.old.database.fetch(served, "eu", 3)
    erased = await town.house.resident(town.old)
    await town.vaults["eu"].shred(erased)
    before = {one: await town.rows(town.old, one) for one in [*members, author.member_id]}
    needles = await needles_of(town.old)
    assert len(needles) > 50
    await drained(town)

    pivot_id = await begin_pivot(town, "eu", "eu-2", now=town.now)
    assert (await town.cells.standings.of("eu")) is Standing.SERVING
    await run_with_carrying(town, pivot_id)
    row = await row_of(town, pivot_id)
    assert (row["step"], row["problem"]) == ("done", "")

    for member_id, rows in before.items():
        assert await town.rows(town.new, member_id) == rows
        assert await town.cells.directory.home(member_id) == "eu-2"
    assert await strange(town) == []
    said = read_certificate(row["certificate"], key_of(town))
    assert residue_of(said) == 0
    assert said["verification"]["searched_for"] > 50
    assert said["verification"]["bytes_searched"] > 1_000_000
    assert said["moved"]["members"] == len(members) + 2
    assert said["moved"]["tables"]["resident"]["rows"] == len(members) + 2
    entries = await town.new.database.fetch("SELECT payload FROM ledger_outbox")
    assert any(f"certificate:{hash_of(row['certificate'])}".encode() in one["payload"] for one in entries)

    folders = [*await town.supplied.stores.folders(town.old), town.old.objects.folder]
    assert search(folders, needles)[1] == 0
    counted = await town.new.database.fetch("SELECT count FROM tally WHERE name = 'seen'")
    assert [one["count"] for one in counted] == [12]
    homes = await town.new.database.fetch("SELECT home, count FROM routing_count")
    assert [(one["home"], one["count"]) for one in homes] == [("eu-2", 3)], "they were served at home, and still were"
    assert (await town.cells.standings.of("eu")) is Standing.RETIRED
    assert await town.new.keys_database.fetch("SELECT FROM shredded_key WHERE member_id = $1", erased)
    await town.house.carry()
    assert (await town.seen(other, video_id)).home == "eu-2"


async def run_with_carrying(town: Town, pivot_id: UUID) -> None:
    """The job, while a worker's loops carry what there is to carry."""
    async def carry() -> None:
        while True:
            await town.house.carry()
            await town.old.database.fetch("DELETE FROM ledger_outbox")
            await asyncio.sleep(0.05)

    carrying = asyncio.create_task(carry())
    try:
        await run(town, pivot_id)
    finally:
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)


async def test_nothing_is_deleted_while_anything_is_left(town: Town) -> None:
    members = await people(town, 3)
    before = await town.rows(town.old, members[0])
    with pytest.raises(NotVerified):
        await emptying.empty(town, town.old, now=town.now)
    assert await town.rows(town.old, members[0]) == before
    await town.cells.directory.database.fetch("UPDATE member SET cell = 'eu-2'")  # homes switched behind our back
    with pytest.raises(NotVerified):
        await emptying.empty(town, town.old, now=town.now)
    assert await town.rows(town.old, members[0]) == before


async def test_a_pivot_that_is_aborted_brings_everybody_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    members = await people(town, 12)
    before = {one: await town.rows(town.old, one) for one in members}
    pivot_id = await begin_pivot(town, "eu", "eu-2", now=town.now)
    monkeypatch.setattr(pivoting, "Pace", lambda: pivoting.__dict__["_pace"])
    pivoting.__dict__["_pace"] = small = pivoting_pace()
    move = pivoting.move_members

    async def abort_after_some(*args, **named):
        moved = await move(*args, **named)
        if named["pivot_id"] == pivot_id and (await row_of(town, pivot_id))["step"] == "moving":
            await abort_pivot(town, "eu", now=town.now)
        return moved

    monkeypatch.setattr(pivoting, "move_members", abort_after_some)
    await run(town, pivot_id)
    assert small.members < len(members)
    assert (await row_of(town, pivot_id))["step"] == "aborted"
    for member_id, rows in before.items():
        assert await town.rows(town.old, member_id) == rows
        assert await town.rows(town.new, member_id) == {}
    assert (await town.cells.standings.of("eu")) is Standing.SERVING
    assert (await town.cells.standings.of("eu-2")) is Standing.SPARE
    assert await strange(town) == []


def pivoting_pace():
    from kept.residency.pacing import Pace

    class Small(Pace):
        def took(self, seconds: float) -> None:
            self.members = 2

    return Small(2)


async def test_no_certificate_is_issued_while_anything_is_left(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(town, 3)
    await drained(town)
    empty = pivoting.empty

    async def and_forget_one(*args, **named):
        await empty(*args, **named)
        (town.old.objects.folder / "copy").write_bytes((await needles_of(town.new))[0])

    monkeypatch.setattr(pivoting, "empty", and_forget_one)
    pivot_id = await begin_pivot(town, "eu", "eu-2", now=town.now)
    with pytest.raises(LeftBehind):
        await run_with_carrying(town, pivot_id)
    row = await row_of(town, pivot_id)
    assert row["certificate"] is None
    assert "no certificate" in row["problem"]


async def test_data_does_not_pivot_to_another_region(town: Town) -> None:
    with pytest.raises(NotPrepared):
        await begin_pivot(town, "eu", "us", now=town.now)


async def test_a_certificate_that_was_altered_is_refused(town: Town) -> None:
    await drained(town)
    pivot_id = await begin_pivot(town, "eu", "eu-2", now=town.now)
    await run_with_carrying(town, pivot_id)
    text = (await row_of(town, pivot_id))["certificate"]
    assert read_certificate(text, key_of(town))["moved"]["members"] == 0
    with pytest.raises(BadStatement):
        read_certificate(text.replace('"members":0', '"members":9'), key_of(town))
