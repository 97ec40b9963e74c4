"""What is past its time goes, what is held stays, and what was not looked at is not claimed."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.catalog import data_map
from kept.catalog.law import Since
from kept.cells import Cell
from kept.kit import new_id
from kept.ledger import Entry, outbox_insert
from kept.messages import MessageGone
from kept.policy import Actor, Refused, Site, Team
from kept.retention import BadHold, NewHold, NoSuchHold, holds, last_sweeps, lift_hold, place_hold, rules, scan, sweep
from tests.fixtures.house import NOON, House

LEGAL = Actor.staff(Team.LEGAL, Site.IN_REGION)
FORTNIGHT = timedelta(days=14)
PSEUDONYM = "a" * 43


async def mark(cell: Cell, owner: UUID, *, at: timedelta) -> UUID:
    """A row that is kept for a fortnight, made `at` from now."""
    item = new_id()
    async with cell.begin() as tx:
        await tx.run(sa.insert(MessageGone).values(owner_id=owner, message_id=item, gone_at=NOON + at))
    return item


async def hold(house: House, member_id: UUID, *, item: UUID | None = None, days: int = 30, case: str = "2026/17") -> UUID:
    wanted = NewHold(member_id, case, NOON + timedelta(days=days) / 2, NOON + timedelta(days=days), item)
    async with house.us.begin() as tx:
        return await place_hold(tx, wanted, actor=LEGAL, subject=PSEUDONYM, now=NOON)


async def left(house: House) -> int:
    return len(await house.us.database.fetch("SELECT FROM message_gone"))


async def test_what_is_past_its_time_goes_to_the_second(house: House) -> None:
    one = await house.resident(house.us)
    await mark(house.us, one, at=-FORTNIGHT - timedelta(seconds=1))
    await mark(house.us, one, at=-FORTNIGHT)
    swept = await sweep(house.cells, now=NOON)
    assert [one.gone["message_gone"] for one in swept] == [1, 0]
    assert await left(house) == 1


async def test_many_go_in_batches_and_a_second_sweep_finds_nothing(house: House) -> None:
    one = await house.resident(house.us)
    for _ in range(7):
        await mark(house.us, one, at=-FORTNIGHT * 2)
    assert (await sweep(house.cells, now=NOON, batch=3))[0].gone["message_gone"] == 7
    assert not (await sweep(house.cells, now=NOON, batch=3))[0].gone


async def test_a_held_member_and_a_held_thing_survive_the_sweep_and_are_named(house: House) -> None:
    held, other = await house.resident(house.us), await house.resident(house.us)
    await mark(house.us, held, at=-FORTNIGHT * 2)
    thing = await mark(house.us, other, at=-FORTNIGHT * 2)
    await mark(house.us, other, at=-FORTNIGHT * 2)
    await hold(house, held)
    await hold(house, other, item=thing)
    assert (await sweep(house.cells, now=NOON))[0].gone["message_gone"] == 1
    assert await left(house) == 2
    looked = {(one.where, one.table): one for one in [one async for one in scan(house.cells, now=NOON)]}
    assert (looked["us", "message_gone"].late, looked["us", "message_gone"].held) == (0, 2)


async def test_a_lifted_hold_and_one_that_ended_hold_nothing(house: House) -> None:
    one, two = await house.resident(house.us), await house.resident(house.us)
    for owner in (one, two):
        await mark(house.us, owner, at=-FORTNIGHT * 2)
    lifted = await hold(house, one)
    await hold(house, two, days=10)
    async with house.us.begin() as tx:
        await lift_hold(tx, lifted, actor=LEGAL, now=NOON)
    assert (await sweep(house.cells, now=NOON))[0].gone["message_gone"] == 1
    assert (await sweep(house.cells, now=NOON + timedelta(days=10)))[0].gone["message_gone"] == 1
    async with house.us.begin() as tx:
        with pytest.raises(NoSuchHold):
            await lift_hold(tx, lifted, actor=LEGAL, now=NOON)


async def test_a_scan_allows_an_hour_and_no_more(house: House) -> None:
    one = await house.resident(house.us)
    await mark(house.us, one, at=-FORTNIGHT - timedelta(minutes=59))
    assert sum([found.late async for found in scan(house.cells, now=NOON)]) == 0
    assert sum([found.late async for found in scan(house.cells, now=NOON + timedelta(minutes=2))]) == 1


async def test_only_the_legal_team_holds(house: House) -> None:
    member_id = await house.resident(house.us)
    wanted = NewHold(member_id, "2026/17", NOON + timedelta(days=1), NOON + timedelta(days=2))
    for team in Team:
        async with house.us.begin() as tx:
            if team is Team.LEGAL:
                await place_hold(tx, wanted, actor=LEGAL, subject=PSEUDONYM, now=NOON)
            else:
                with pytest.raises(Refused):
                    await place_hold(tx, wanted, actor=Actor.staff(team, Site.IN_REGION), subject=PSEUDONYM, now=NOON)
    assert [one.case_ref for one in await holds(house.us, member_id=member_id)] == ["2026/17"]


@pytest.mark.parametrize(
    ("case", "review", "ends"),
    [("", 1, 2), ("Jane Roe", 1, 2), ("2026/17", 0, 2), ("2026/17", 3, 2), ("2026/17", 1, 800)],
    ids=["no case", "a name", "a review now", "a review after the end", "for years"],
)
async def test_a_hold_without_case_review_or_end_is_refused(house: House, case: str, review: int, ends: int) -> None:
    wanted = NewHold(await house.resident(house.us), case, NOON + timedelta(days=review), NOON + timedelta(days=ends))
    async with house.us.begin() as tx:
        with pytest.raises(BadHold):
            await place_hold(tx, wanted, actor=LEGAL, subject=PSEUDONYM, now=NOON)


async def test_nobody_is_held_where_they_do_not_live(house: House) -> None:
    wanted = NewHold(await house.resident(house.eu), "2026/17", NOON + timedelta(days=1), NOON + timedelta(days=2))
    with pytest.raises(BadHold):
        async with house.us.begin() as tx:
            await place_hold(tx, wanted, actor=LEGAL, subject=PSEUDONYM, now=NOON)


async def test_holds_and_sweeps_are_on_record(house: House) -> None:
    member_id = await house.resident(house.us)
    await mark(house.us, member_id, at=-FORTNIGHT * 2)
    await sweep(house.cells, now=NOON)
    await hold(house, member_id)
    rows = await house.us.database.fetch("SELECT payload FROM ledger_outbox")
    text = b" ".join(bytes(row["payload"]) for row in rows)
    assert b"retention.swept" in text
    assert b"hold.placed" in text
    assert {one and one.began_at for one in (await last_sweeps(house.cells)).values()} == {NOON}


async def test_every_table_with_a_clock_is_swept_or_is_the_logs_or_the_vaults(house: House) -> None:
    swept = {(rule.store, rule.table) for store in ("cell", "directory", "keys", "ledger") for rule in rules(store)}
    for entry in data_map():
        keep = entry.law.keep
        assert keep is not None
        vaults = entry.store == "keys" and keep.since is Since.WITHDRAWAL
        expected = keep.clock is not None and entry.store != "ledger" and not vaults
        assert ((entry.store, entry.name) in swept) is expected, entry.name


async def test_what_is_still_to_be_done_is_in_use_however_old_it_is(house: House) -> None:
    owner, old = await house.resident(house.us), NOON - timedelta(days=400)
    for state in ("waiting", "running", "done", "failed"):
        await house.us.database.fetch(
            "INSERT INTO job (job_id, kind, owner_id, subject_id, state, step, percent, asked_at, updated_at)"
            " VALUES ($1, 'a', $2, $1, $3, '', 0, $4, $4)",
            new_id(),
            owner,
            state,
            old,
        )
    for kind in ("put", "remove", "addressed"):
        await house.us.database.fetch(
            "INSERT INTO parcel (to_cell, parcel_id, kind, what, content, made_at) VALUES ('eu', $1, $2, 'x', '{}', $3)",
            new_id(),
            kind,
            old,
        )
    async with house.us.begin() as tx:
        for statement in outbox_insert([Entry("thing.happened", actor="system:test")], cell="us", now=NOON):
            await tx.run(statement)
    await house.us.database.fetch("UPDATE ledger_outbox SET created_at = $1", NOON - timedelta(days=3651))
    waiting = len(await house.us.database.fetch("SELECT FROM ledger_outbox"))
    assert (await sweep(house.cells, now=NOON))[0].gone == {"job": 2, "parcel": 1}
    jobs = await house.us.database.fetch("SELECT state FROM job")
    assert {row["state"] for row in jobs} == {"waiting", "running"}
    assert len(await house.us.database.fetch("SELECT FROM ledger_outbox")) == waiting + 1  # and that of the sweep
    assert sum([one.late async for one in scan(house.cells, now=NOON)]) == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ages=st.lists(st.integers(-3, 3), max_size=8), held=st.lists(st.booleans(), min_size=8, max_size=8))
async def test_exactly_what_is_late_and_not_held_goes(house: House, ages: list[int], held: list[bool]) -> None:
    await house.us.database.fetch("DELETE FROM message_gone")
    kept = 0
    for age, is_held in zip(ages, held, strict=False):
        one = await house.resident(house.us)
        await mark(house.us, one, at=-FORTNIGHT - timedelta(hours=age))
        if is_held:
            await hold(house, one)
        kept += is_held or age <= 0
    await sweep(house.cells, now=NOON, batch=2)
    assert await left(house) == kept
