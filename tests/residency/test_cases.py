"""Cases travel with their cell, rows and keys: what is sealed about them opens where they are, and nowhere else any more."""

import pytest

from kept.legal import (
    DataClass,
    NewRequest,
    State,
    asked_in,
    case_of,
    enter,
    keep_lists,
    narrowed_in,
    preserve,
    tend,
    validate,
    withdraw,
)
from kept.policy import Actor, Site, Team
from kept.residency import abort_pivot, back_up, begin_pivot, pivoting, restore
from kept.residency.residue import needles_of
from kept.vault import NoSuchKey
from tests.residency.conftest import Town
from tests.residency.test_backups import lost, sequenced
from tests.residency.test_pivoting import drained, people, row_of, run, run_with_carrying

LEGAL = Actor.staff(Team.LEGAL, Site.IN_REGION)
SOUGHT = (DataClass.SUBSCRIBER,)


async def entered(town: Town, cell: str = "eu", instrument: str = "epoc_pr") -> str:
    """A valid request, in a cell, about a member of the old one; its number."""
    new = NewRequest(instrument, "FR", "An authority", "A law, § 7", ("@kim",), SOUGHT)
    case = await enter(town, cell, new, actor=LEGAL, now=town.now)
    member = await town.house.resident(town.old)
    found = {"accounts": [member], "classes": SOUGHT, "finding": "Lawful."}
    await validate(town, case.number, **found, actor=LEGAL, now=town.now)  # type: ignore[arg-type]
    return case.number


async def test_a_case_goes_with_its_cell_and_opens_there_and_nowhere_else(town: Town) -> None:
    number = await entered(town)
    old = await case_of(town.cells, number)
    await keep_lists(town.cells, town.settings, now=town.now)
    await drained(town)
    assert len([one for one in await needles_of(town.old) if one in bytes(old.asked or b"")]) == 1
    pivot_id = await begin_pivot(town, "eu", "eu-2", now=town.now)
    await run_with_carrying(town, pivot_id)
    assert (await row_of(town, pivot_id))["step"] == "done"
    case = await case_of(town.cells, number)
    assert (case.cell.name, case.state, case.asked) == ("eu-2", State.VALIDATED, old.asked)
    assert (await asked_in(town, case)).identifiers == ("@kim",)
    found = await preserve(town, number, actor=LEGAL, now=town.now)
    assert found.preserved_until is not None
    with pytest.raises(NoSuchKey):
        await town.vaults["eu"].seal(old.case_id, "legal_request.asked", old.case_id, b"x")


async def test_while_a_cell_moves_its_cases_are_acted_upon_at_the_new_one_and_come_back_if_it_is_aborted(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, other = await entered(town), await entered(town)
    await people(town, 4)
    await drained(town)
    pivot_id = await begin_pivot(town, "eu", "eu-2", now=town.now)
    move, new = pivoting.move_members, []

    async def and_meanwhile(*args, **named):
        if not new:
            assert (await case_of(town.cells, number)).cell.name == "eu-2"
            town.clock.advance(pivoting.datetime.resolution)
            await withdraw(town, number, actor=LEGAL, now=town.now)
            new.append(await entered(town, "eu-2"))
            await abort_pivot(town, "eu", now=town.now)
        return await move(*args, **named)

    monkeypatch.setattr(pivoting, "move_members", and_meanwhile)
    await run(town, pivot_id)
    assert (await row_of(town, pivot_id))["step"] == "aborted"
    await tend(town)
    told = {one: await case_of(town.cells, one) for one in (number, other, *new)}
    assert {case.cell.name for case in told.values()} == {"eu"}
    assert [case.state for case in told.values()] == [State.WITHDRAWN, State.VALIDATED, State.VALIDATED]
    for case in told.values():
        assert (await narrowed_in(town, case)).country == "FR"
    assert await town.new.database.fetch("SELECT FROM legal_request") == []
    assert await town.new.keys_database.fetch("SELECT FROM member_key") == []


async def test_a_lost_cell_comes_back_with_its_cases_and_what_was_destroyed_since_stays_destroyed(town: Town) -> None:
    number, done = await entered(town), await entered(town)
    await withdraw(town, done, actor=LEGAL, now=town.now)
    await sequenced(town)
    made = await back_up(town, town.old)
    keys = await back_up(town, town.old, kind="keys")
    ended = "UPDATE legal_request SET closed_at = closed_at - interval '4 years' WHERE number = $1"
    await town.old.database.fetch(ended, done)
    await tend(town)
    await sequenced(town)
    await lost(town)
    await town.old.keys_database.fetch("TRUNCATE member_key, shredded_key")
    await restore(town, town.old, backup_id=made.backup_id, keys=keys.backup_id)
    await tend(town)
    case, destroyed = await case_of(town.cells, number), await case_of(town.cells, done)
    assert (case.state, (await narrowed_in(town, case)).finding) == (State.VALIDATED, "Lawful.")
    held = await town.old.keys_database.fetch("SELECT FROM member_key WHERE owner_id = $1", destroyed.case_id)
    assert (destroyed.state, held) == (State.WITHDRAWN, [])
    assert await town.old.keys_database.fetch("SELECT FROM shredded_key WHERE member_id = $1", destroyed.case_id)
