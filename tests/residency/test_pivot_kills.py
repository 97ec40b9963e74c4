"""`kill -9` at every step of a pivot, and a pivot while members write: nobody is missing, nothing is lost, it is certified."""

import asyncio
import random

import pytest
import sqlalchemy as sa

from kept.cells import HomeMoved
from kept.kit import new_id
from kept.ledger import EntryDetail
from kept.residency import begin_pivot, read_certificate, residue_of
from tests.residency.conftest import Town
from tests.residency.test_kills import killed
from tests.residency.test_moving import strange
from tests.residency.test_pivoting import drained, key_of, people, row_of, run_with_carrying

PIVOTING = "kept.residency.pivoting"
EFFECTS = [
    f"{PIVOTING}:prepare",
    "kept.residency.deciding:switch",
    "kept.residency.moving:_let_go",
    f"{PIVOTING}:require_left",
    f"{PIVOTING}:carry_tombstones",
    f"{PIVOTING}:add_counters",
    "kept.residency.emptying:_make_anew",
    f"{PIVOTING}:empty",
    f"{PIVOTING}:scan",
    "kept.residency.certificate:write_certificate",
]


@pytest.mark.slow
@pytest.mark.parametrize("effect", EFFECTS)
async def test_a_pivot_killed_after_any_effect_goes_on_to_its_certificate(town: Town, effect: str) -> None:
    members = await people(town, 5, each=2)
    await town.old.database.fetch("INSERT INTO tally (day, name, count) VALUES (now()::date, 'seen', 7)")
    before = {one: await town.rows(town.old, one) for one in members}
    await drained(town)
    pivot_id = await begin_pivot(town, "eu", "eu-2", now=town.now)
    await drained(town)
    killed(town, effect, "pivot", str(pivot_id))
    await run_with_carrying(town, pivot_id)
    row = await row_of(town, pivot_id)
    assert row["step"] == "done", row["problem"]
    for member_id, rows in before.items():
        assert await town.rows(town.new, member_id) == rows
        assert await town.cells.directory.home(member_id) == "eu-2"
    said = read_certificate(row["certificate"], key_of(town))
    assert (residue_of(said), said["moved"]["members"]) == (0, len(members))
    counted = await town.new.database.fetch("SELECT count FROM tally WHERE name = 'seen'")
    assert [one["count"] for one in counted] == [7], "counters are added exactly once"
    assert await strange(town) == []


async def test_members_who_write_meanwhile_lose_nothing(town: Town) -> None:
    members = await people(town, 60, each=2)
    await drained(town)
    stored: list = []
    stop = asyncio.Event()
    told = {"again": 0}

    async def write() -> None:
        """What an edge does: find the home, write, and once more where the home has moved."""
        while not stop.is_set():
            member_id, entry_id = random.choice(members), new_id()
            row = {"owner_id": member_id, "entry_id": entry_id, "salt": b"s", "details": b"{}", "created_at": town.now}
            while True:
                cell = await town.cells.home_of(member_id)
                try:
                    async with cell.begin() as tx:
                        await tx.run(sa.insert(EntryDetail).values(**row))
                    stored.append((member_id, entry_id))
                    break
                except HomeMoved:
                    told["again"] += 1
            await asyncio.sleep(0.002)

    writers = [asyncio.create_task(write()) for _ in range(4)]
    await asyncio.sleep(0.3)
    pivot_id = await begin_pivot(town, "eu", "eu-2", now=town.now)
    await run_with_carrying(town, pivot_id)
    stop.set()
    await asyncio.gather(*writers)
    assert (await row_of(town, pivot_id))["step"] == "done"
    rows = await town.new.database.fetch("SELECT owner_id, entry_id FROM entry_detail")
    assert len(stored) > 50
    assert set(stored) <= {(row["owner_id"], row["entry_id"]) for row in rows}
    assert await strange(town) == []
