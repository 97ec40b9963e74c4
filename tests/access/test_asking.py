"""Who may ask for what, and who must agree: by the data's level, the people's teams and regions, and nothing else."""

from datetime import timedelta
from uuid import UUID

import pytest

from kept.access import BadRequest, NoSuchRequest, State, end
from kept.access.approving import AlreadyAnswered
from kept.access.asking import NotYours
from kept.catalog import Purpose
from kept.policy import Refused
from kept.staff import leave
from tests.access.office import SECURITY, Office

EMAIL, BODY, STATE = "account.email", "message.body", "account.created_at"


async def somebody(office: Office, country: str = "DE") -> UUID:
    return (await office.here.join(country)).member_id


async def test_confidential_data_needs_one_yes_of_the_regions_security_team(office: Office) -> None:
    request_id = await office.ask("erin", EMAIL, members=[await somebody(office)], purpose=Purpose.SUPPORT)
    assert (await office.find(request_id)).state is State.WAITING
    for name in ("uma", "lea", "pat", "tess", "ed"):
        with pytest.raises(Refused):
            await office.answer(name, request_id)
    assert await office.answer("sue", request_id) is State.GRANTED
    request = await office.find(request_id)
    assert request.until == office.now + timedelta(minutes=60)
    assert [vote.oversees for vote in request.votes] == [True]


@pytest.mark.parametrize("second", ["lea", "pat", "tess"])
@pytest.mark.parametrize("security_first", [True, False])
async def test_restricted_data_needs_two_teams_and_a_case(office: Office, second: str, security_first: bool) -> None:
    member = await somebody(office)
    with pytest.raises(BadRequest, match="case"):
        await office.ask("ed", BODY, members=[member])
    request_id = await office.ask("ed", BODY, members=[member], case_ref="T-1")
    first, then = ("sue", second) if security_first else (second, "sue")
    assert await office.answer(first, request_id) is State.WAITING
    assert await office.answer(then, request_id) is State.GRANTED


async def test_two_of_one_team_are_not_two_teams_nor_does_the_askers_own_count(office: Office) -> None:
    request_id = await office.ask("ed", BODY, members=[await somebody(office)], case_ref="T-1")
    assert await office.answer("sue", request_id) is State.WAITING
    assert await office.answer("sam", request_id) is State.WAITING
    for name in ("uma", "erin"):  # security has spoken; engineering asks
        with pytest.raises(Refused):
            await office.answer(name, request_id)


async def test_nobody_answers_themselves_or_twice(office: Office) -> None:
    request_id = await office.ask("sue", EMAIL, members=[await somebody(office)], purpose=Purpose.SECURITY)
    with pytest.raises(Refused, match="own"):
        await office.answer("sue", request_id)
    restricted = await office.ask("ed", BODY, members=[await somebody(office)], case_ref="T-1")
    await office.answer("sue", restricted)
    with pytest.raises(AlreadyAnswered):
        await office.answer("sue", restricted)


async def test_a_no_ends_it_and_needs_words(office: Office) -> None:
    request_id = await office.ask("erin", EMAIL, members=[await somebody(office)], purpose=Purpose.SUPPORT)
    assert await office.answer("sue", request_id, yes=False) is State.DECLINED
    with pytest.raises(NoSuchRequest):
        await office.answer("sam", request_id)


async def test_whoever_sits_in_a_listed_country_or_for_another_purpose_gets_nowhere(office: Office) -> None:
    member = await somebody(office)
    with pytest.raises(Refused, match="place of work"):
        await office.ask("rob", EMAIL, members=[member], purpose=Purpose.SUPPORT)
    with pytest.raises(Refused, match="purpose"):
        await office.ask("ed", EMAIL, members=[member], purpose=Purpose.PERSONALIZE)
    with pytest.raises(BadRequest, match="anybody reads"):
        await office.ask("ed", "credential_password.hash", members=[member])
    with pytest.raises(BadRequest, match="not at home"):
        await office.ask("ed", EMAIL, members=[await somebody(office, "US")], purpose=Purpose.SUPPORT)


async def test_internal_data_is_granted_at_once_for_a_purpose_that_fits(office: Office) -> None:
    request_id = await office.ask("erin", STATE, members=[await somebody(office)])
    assert (await office.find(request_id)).state is State.GRANTED


async def test_the_yes_of_somebody_who_left_no_longer_counts(office: Office) -> None:
    request_id = await office.ask("ed", BODY, members=[await somebody(office)], case_ref="T-1")
    await office.answer("sue", request_id)
    directory = office.here.runtime.cells.directory
    await leave(directory, office.staff["sue"].staff_id, actor=SECURITY, by="system:operator", now=office.now)
    assert await office.answer("lea", request_id) is State.WAITING
    assert await office.answer("sam", request_id) is State.GRANTED


async def test_a_request_of_somebody_who_left_is_granted_by_nobody(office: Office) -> None:
    request_id = await office.ask("ed", EMAIL, members=[await somebody(office)], purpose=Purpose.SUPPORT)
    directory = office.here.runtime.cells.directory
    await leave(directory, office.staff["ed"].staff_id, actor=SECURITY, by="system:operator", now=office.now)
    with pytest.raises(NoSuchRequest):
        await office.answer("sue", request_id)


async def test_it_waits_for_a_week_and_the_clock_begins_with_the_yes(office: Office) -> None:
    member = await somebody(office)
    early = await office.ask("ed", EMAIL, members=[member], purpose=Purpose.SUPPORT, minutes=5)
    office.here.clock.advance(timedelta(days=6, hours=23))
    late = await office.ask("ed", EMAIL, members=[member], purpose=Purpose.SUPPORT)
    assert await office.answer("sue", early) is State.GRANTED
    assert (await office.find(early)).until == office.now + timedelta(minutes=5)
    office.here.clock.advance(timedelta(days=7))
    with pytest.raises(NoSuchRequest):
        await office.answer("sue", late)
    assert (await office.find(late)).status(office.now) == "lapsed"


async def test_it_is_taken_back_by_its_asker_or_ended_by_the_regions_security(office: Office) -> None:
    runtime, member = office.here.runtime, await somebody(office)
    for name, allowed in (("ed", True), ("sue", True), ("erin", False), ("uma", False)):
        request_id = await office.ask("ed", EMAIL, members=[member], purpose=Purpose.SUPPORT)
        await office.answer("sam", request_id)
        async with runtime.cells.named("eu").begin() as tx:
            if allowed:
                await end(tx, office.seat(name), request_id, now=office.now)
            else:
                with pytest.raises(NotYours):
                    await end(tx, office.seat(name), request_id, now=office.now)
        assert (await office.find(request_id)).runs(office.now) is not allowed


async def test_each_step_is_in_the_ledger_and_names_nobody(office: Office) -> None:
    member = await somebody(office)
    request_id = await office.ask("ed", EMAIL, members=[member], purpose=Purpose.SUPPORT)
    await office.answer("sue", request_id)
    rows = await office.here.runtime.cells.named("eu").database.fetch("SELECT payload FROM ledger_outbox")
    text = b"\n".join(row["payload"] for row in rows).decode()
    for event in ("access.requested", "access.approved", "access.granted", "access.authorised"):
        assert f'"event":"{event}"' in text
    assert str(member) not in text
    assert office.here.runtime.beacon.pseudonym(member) in text
    assert "arrives" not in text
