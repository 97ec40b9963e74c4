"""A cell that moves to a new store: what became of a request there is what became of it last."""

from datetime import timedelta

from kept.access import State, end
from kept.catalog import Purpose
from kept.residency.preparing import _version_of, copy_own
from kept.residency.tables import case_tables
from tests.access.office import Office


async def test_a_grant_that_was_ended_meanwhile_does_not_come_to_life_in_the_new_store(office: Office) -> None:
    cells = office.here.runtime.cells
    old, new = cells.named("eu"), cells.named("us")
    member = (await office.here.join("DE")).member_id
    request_id = await office.ask("ed", "account.email", members=[member], purpose=Purpose.SUPPORT)
    await copy_own(old, new)
    assert (await office.find(request_id, "us")).state is State.WAITING
    office.here.clock.advance(timedelta(minutes=1))
    await office.answer("sue", request_id)
    await copy_own(old, new)
    assert (await office.find(request_id, "us")).runs(office.now)
    assert (await office.find(request_id, "us")).votes
    office.here.clock.advance(timedelta(minutes=1))
    async with old.begin() as tx:
        await end(tx, office.seat("ed"), request_id, now=office.now)
    await copy_own(old, new)
    assert not (await office.find(request_id, "us")).runs(office.now)


def test_of_every_case_that_changes_the_newer_version_can_be_told() -> None:
    unversioned = {table.name for table in case_tables() if _version_of(table) is None}
    assert unversioned == {"access_approval"}, "whatever is never changed needs no version"
