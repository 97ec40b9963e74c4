"""The gateway: only under a grant, only what it names, masked unless it says otherwise, and on record before it is seen."""

from datetime import timedelta
from uuid import UUID

import pytest

from kept.access import (
    MOST_ROWS,
    NoSuchRequest,
    NotGranted,
    State,
    TooMuch,
    break_glass,
    is_overdue,
    looks_at,
    review,
    unreviewed,
)
from kept.access.proving import NotOnRecord
from kept.access.wanting import Wanted
from kept.catalog import Purpose
from kept.kit import new_id
from kept.policy import Refused
from kept.staff import change_site, colleague
from tests.access.office import SECURITY, Office

EMAIL, BORN, BODY = "account.email", "account.birth_date", "message.body"


async def born(office: Office) -> UUID:
    return (await office.here.join("DE")).member_id


async def granted(office: Office, member: UUID, *fields: str, by: str = "ed", **more: object) -> UUID:
    request_id = await office.ask(by, *fields, members=[member], **more)
    assert await office.answer("sue", request_id) is State.GRANTED
    return request_id


async def test_what_was_granted_is_shown_masked_once_the_log_has_it(office: Office) -> None:
    member = await born(office)
    request_id = await granted(office, member, BORN, "account.handle")
    with pytest.raises(NotOnRecord):
        await office.read("ed", request_id, "account", member)
    await office.record(cosigned=False)
    with pytest.raises(NotOnRecord):
        await office.read("ed", request_id, "account", member)
    await office.record()
    page = await office.read("ed", request_id, "account", member)
    assert page.masked
    assert dict(zip(page.columns, page.rows[0], strict=True))["birth_date"] == "1990-•••"
    assert len(page.rows) == 1


async def test_without_a_mask_only_if_that_was_asked_for(office: Office) -> None:
    member = await born(office)
    request_id = await granted(office, member, BORN, clear=True)
    await office.record()
    page = await office.read("ed", request_id, "account", member)
    assert (page.columns, page.rows, page.masked) == (("birth_date",), (("1990-05-17",),), False)


async def test_the_member_sees_who_looked_and_what_for(office: Office) -> None:
    member = await born(office)
    request_id = await granted(office, member, BORN)
    await office.record()
    await office.read("ed", request_id, "account", member)
    (look,) = await looks_at(office.here.runtime.cells.named("eu"), member)
    assert (look.team, look.site, look.purpose, look.fields) == ("engineering", "DE", Purpose.SERVICE, (BORN,))
    assert (look.rows, look.masked, look.read_at) == (1, True, office.now)


async def test_a_grant_covers_its_asker_people_fields_time_and_place_alone(office: Office) -> None:
    member, other = await born(office), await born(office)
    request_id = await granted(office, member, BORN)
    await office.record()
    with pytest.raises(NoSuchRequest):
        await office.read("erin", request_id, "account", member)
    with pytest.raises(NotGranted, match="other people"):
        await office.read("ed", request_id, "account", other)
    with pytest.raises(NotGranted, match="other fields"):
        await office.read("ed", request_id, "message", member)
    directory, ed = office.here.runtime.cells.directory, office.staff["ed"].staff_id
    await change_site(directory, ed, "FR", actor=SECURITY, by="system:operator", now=office.now)
    office.staff["ed"] = await colleague(directory, "ed")
    with pytest.raises(NotGranted, match="another place"):
        await office.read("ed", request_id, "account", member)
    await change_site(directory, ed, "DE", actor=SECURITY, by="system:operator", now=office.now)
    office.staff["ed"] = await colleague(directory, "ed")
    await office.read("ed", request_id, "account", member)
    office.here.clock.advance(timedelta(hours=1))
    with pytest.raises(NotGranted, match="time is over"):
        await office.read("ed", request_id, "account", member)


async def test_messages_are_read_by_two_teams_yes_and_name_others_by_numbers(office: Office) -> None:
    member, peer = await born(office), await born(office)
    vault, cell = office.here.runtime.vaults["eu"], office.here.runtime.cells.named("eu")
    message_id = new_id()
    sealed = await vault.seal(member, "message.body", message_id, b"meet me at the harbour")
    await office.here.run(
        "eu",
        "INSERT INTO message (owner_id, message_id, peer_id, mine, state, body, sent_at, arrived_at)"
        " VALUES ($1, $2, $3, true, 'sent', $4, $5, $5)",
        member,
        message_id,
        peer,
        bytes(sealed),
        office.now,
    )
    request_id = await office.ask("ed", BODY, "message.peer_id", members=[member], case_ref="T-7", clear=True)
    await office.answer("sue", request_id)
    await office.record()
    with pytest.raises(NotGranted):
        await office.read("ed", request_id, "message", member)
    await office.answer("lea", request_id)
    await office.record()
    page = await office.read("ed", request_id, "message", member)
    assert dict(zip(page.columns, page.rows[0], strict=True)) == {
        "peer_id": "person 1",
        "body": "meet me at the harbour",
    }
    assert len(await looks_at(cell, member)) == 1


async def test_a_grant_is_good_for_so_many_rows(office: Office) -> None:
    member = await born(office)
    request_id = await granted(office, member, BORN)
    await office.record()
    await office.here.run("eu", "UPDATE access_request SET rows_read = $1", MOST_ROWS - 1)
    await office.read("ed", request_id, "account", member)
    with pytest.raises(TooMuch):
        await office.read("ed", request_id, "account", member)


async def broken(office: Office, by: str, *fields: str, case_ref: str = "") -> UUID:
    runtime = office.here.runtime
    member = await born(office)
    wanted = Wanted((member,), fields, Purpose.SERVICE, "somebody is in danger just now", case_ref)
    async with runtime.cells.named("eu").begin() as tx:
        request_id = await break_glass(tx, office.seat(by), wanted, beacon=runtime.beacon, now=office.now)
    await office.record()
    if fields == (BORN,):
        await office.read(by, request_id, "account", member)
    return request_id


async def test_the_glass_is_broken_by_security_alone_and_never_for_what_is_restricted(office: Office) -> None:
    for name in ("ed", "lea", "tess"):
        with pytest.raises(Refused):
            await broken(office, name, BORN)
    with pytest.raises(Refused):
        await broken(office, "sue", BODY, case_ref="T-1")
    await broken(office, "sue", BORN)


async def test_an_emergency_is_looked_at_by_somebody_else_within_a_day(office: Office) -> None:
    request_id = await broken(office, "sue", BORN)
    runtime, cell = office.here.runtime, office.here.runtime.cells.named("eu")
    (waiting,) = await unreviewed(cell)
    assert not is_overdue(waiting, office.now)
    assert is_overdue(waiting, office.now + timedelta(hours=25))
    for name in ("sue", "uma", "lea"):
        async with cell.begin() as tx:
            with pytest.raises(Refused):
                await review(tx, office.seat(name), request_id, "it was one, and short", now=office.now)
    async with runtime.cells.named("eu").begin() as tx:
        await review(tx, office.seat("sam"), request_id, "it was one, and short", now=office.now)
    assert not await unreviewed(cell)


async def test_what_could_not_be_shown_is_not_said_to_have_been_seen(office: Office) -> None:
    member = await born(office)
    request_id = await granted(office, member, BORN)
    await office.record(cosigned=False)
    with pytest.raises(NotOnRecord):
        await office.read("ed", request_id, "account", member)
    assert not await looks_at(office.here.runtime.cells.named("eu"), member)
    assert (await office.find(request_id)).rows_read == 0


async def test_nobody_reads_for_a_use_that_the_member_objected_to(office: Office) -> None:
    member = await born(office)
    request_id = await office.ask("ed", "account.handle", members=[member])  # nobody has to agree to that
    await office.read("ed", request_id, "account", member)
    objected = "INSERT INTO use_objection (owner_id, purpose, since) VALUES ($1, $2, $3)"
    await office.here.run("eu", objected, member, Purpose.SERVICE.value, office.now)
    with pytest.raises(NotGranted, match="objected"):
        await office.read("ed", request_id, "account", member)
