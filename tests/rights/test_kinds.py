"""Corrections, objections, taking data elsewhere, longer clocks: each ends in an outcome, and the database holds it."""

import io
import json
import zipfile
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kept.kit import new_id
from kept.policy import Actor, Refused, Team
from kept.policy import Site as Seat
from kept.rights import (
    ENDED,
    NEXT,
    CantSetRight,
    Ground,
    Kind,
    RightsRequest,
    State,
    TooLate,
    Why,
    correct,
    extend,
    matter_of,
    refuse,
)
from kept.rights.requests import request_of
from kept.rights.states import BEFORE_VERIFIED
from tests.fixtures.site import PASSWORD, Member, Site
from tests.rights.test_requests import ask as ask_plain
from tests.rights.test_requests import work

PRIVACY = Actor.staff(Team.PRIVACY, Seat.IN_REGION)


async def ask(site: Site, by: Member, kind: str, about: str = "", value: str = "") -> Any:
    body = {"kind": kind, "password": PASSWORD, "about": about, "value": value}
    return await site.client.post("/api/v1/rights/requests", json=body, headers=by.headers)


async def found(site: Site, by: Member, request_id: str) -> Any:
    request = await request_of(site.worker.cells.named(by.region), UUID(request_id))
    assert request is not None
    return request


async def test_a_birth_date_is_set_right_by_the_privacy_team_and_what_was_written_is_destroyed(site: Site) -> None:
    me = await site.join()
    asked = (await ask(site, me, "correction", "birth_date", "2010-05-17")).json()
    request, now = await found(site, me, asked["request_id"]), site.runtime.clock.now()
    assert request.state is State.RECEIVED
    with pytest.raises(Refused):
        await correct(site.worker, request, actor=Actor.staff(Team.SUPPORT, Seat.IN_REGION), by="system:test", now=now)
    await correct(site.worker, request, actor=PRIVACY, by="system:test", now=now)
    row = (await request.cell.database.fetch("SELECT band FROM account WHERE owner_id = $1", UUID(me.member_id)))[0]
    assert row["band"] == "teen_16_17"
    with pytest.raises(TooLate):
        await correct(site.worker, await found(site, me, asked["request_id"]), actor=PRIVACY, by="system:test", now=now)
    await work(site)
    assert (await matter_of(site.worker, request.cell, request.request_id)).value == ""
    assert not await request.cell.database.fetch("SELECT FROM rights_matter WHERE request_id = $1", request.request_id)


@pytest.mark.parametrize("value", ["1990-05-17", "1990-13-01", "soon", "1800-01-01", "2020-01-01"])
async def test_a_correction_is_not_done_on_nothing(site: Site, value: str) -> None:
    me = await site.join()
    asked = (await ask(site, me, "correction", "birth_date", value)).json()
    request, now = await found(site, me, asked["request_id"]), site.runtime.clock.now()
    with pytest.raises(CantSetRight):
        await correct(site.worker, request, actor=PRIVACY, by="system:test", now=now)
    assert (await found(site, me, asked["request_id"])).state is State.RECEIVED
    async with request.cell.begin() as tx:
        await refuse(tx, request, Ground.ALREADY_RIGHT, actor=PRIVACY, by="system:test", now=now)
    told = (await site.client.get(f"/api/v1/rights/requests/{asked['request_id']}", headers=me.headers)).json()
    assert (told["state"], told["reason"]) == ("refused", "already_right")


async def test_a_request_says_what_it_is_about(site: Site) -> None:
    me = await site.join()
    for kind, about, value in [("correction", "shoe_size", "44"), ("correction", "email", ""), ("objection", "", "")]:
        assert (await ask(site, me, kind, about, value)).status_code == 422, (kind, about)
    assert (await ask(site, me, "access", "birth_date")).status_code == 422


async def test_an_objection_to_an_optional_use_is_noted_and_one_to_a_needed_use_is_refused_with_the_reason(
    site: Site,
) -> None:
    me = await site.join()
    for use, state, reason in [("functional.service.improve", "done", ""), ("essential.service", "refused", "needed")]:
        asked = (await ask(site, me, "objection", use)).json()
        told = (await site.client.get(f"/api/v1/rights/requests/{asked['request_id']}", headers=me.headers)).json()
        assert (told["state"], told["reason"]) == (state, reason)
    cell = site.worker.cells.named(me.region)
    rows = await cell.database.fetch("SELECT purpose FROM use_objection WHERE owner_id = $1", UUID(me.member_id))
    assert [row["purpose"] for row in rows] == ["functional.service.improve"]


async def test_what_goes_along_is_what_the_member_gave_for_programs_alone(site: Site, phone_clip: bytes) -> None:
    me = await site.join()
    await site.publish(me, phone_clip)
    asked = (await ask_plain(site, me, "portability")).json()
    await work(site)
    path = f"/api/v1/rights/requests/{asked['request_id']}/download"
    answer = await site.client.post(path, json={"password": PASSWORD}, headers=me.headers)
    archive = zipfile.ZipFile(io.BytesIO((await site.client.get(answer.json()["url"])).content))
    names = archive.namelist()
    assert "index.html" not in names
    [account] = json.loads(archive.read("data/account.json"))
    assert account["birth_date"] == "1990-05-17"
    assert "band" not in account, "worked out about them, and not given by them"
    assert "data/credential_password.json" not in names
    assert "data/video.json" in names
    assert any(name.startswith("media/") for name in names)


async def test_a_clock_is_extended_once_in_time_and_with_a_reason(site: Site) -> None:
    me = await site.join("DE")
    asked = (await ask(site, me, "correction", "country", "AT")).json()
    request, now = await found(site, me, asked["request_id"]), site.runtime.clock.now()
    async with request.cell.begin() as tx:
        due = await extend(tx, request, Why.COMPLEX, actor=PRIVACY, by="system:test", now=now)
    assert due > request.due_at + timedelta(days=58)
    told = (await site.client.get(f"/api/v1/rights/requests/{asked['request_id']}", headers=me.headers)).json()
    assert told["extended"] == "complex"
    with pytest.raises(TooLate):
        async with request.cell.begin() as tx:
            await extend(tx, request, Why.COMPLEX, actor=PRIVACY, by="system:test", now=now)
    other = await found(site, me, (await ask(site, me, "correction", "handle", "kim")).json()["request_id"])
    with pytest.raises(TooLate):
        async with other.cell.begin() as tx:
            await extend(tx, other, Why.NUMEROUS, actor=PRIVACY, by="system:test", now=other.due_at)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'ready', verified_at = NULL",
        "verified_by = ''",
        "state = 'erasing'",
        "state = 'done', done_at = now()",
        "state = 'refused', done_at = now()",
        "state = 'done', outcomes = '[{}]'",
        "ground = 'needed'",
        "extended_at = now()",
        "state = 'joined', done_at = now()",
    ],
)
async def test_the_database_itself_turns_away_what_a_request_can_not_be(site: Site, change: str) -> None:
    me = await site.join()
    asked = (await ask(site, me, "correction", "country", "AT")).json()
    cell = site.worker.cells.named(me.region)
    wrong = f"UPDATE rights_request SET {change} WHERE request_id = $1"  # noqa: S608  constants

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await cell.database.fetch(wrong, UUID(asked["request_id"]))


async def test_the_database_takes_every_way_that_there_is_and_no_other(site: Site) -> None:
    """Each kind in each state, verified or not, refused with a reason or not, with an outcome or with none."""
    cell = site.worker.cells.named("us")
    row = {column.name: None for column in RightsRequest.__table__.c}
    now = site.runtime.clock.now()
    row |= {"regime": "gdpr", "channel": "post", "secret_hash": b"x", "asked_at": now, "due_at": now, "changed_at": now}
    row |= {"round_id": new_id(), "needles": [], "receipt": "", "about": "", "agent": "", "also": [], "extended_why": ""}
    async with cell.database.engine.connect() as connection:
        for kind, state, verified, ground, outcomes in product(Kind, State, (True, False), ("", "needed"), ([], [{}])):
            ended = now if state in ENDED else None
            one = row | {"request_id": new_id(), "kind": kind, "state": state, "ground": ground, "outcomes": outcomes}
            one |= {"verified_by": "documents" if verified else "", "verified_at": now if verified else None}
            one |= {"done_at": ended, "joined_id": new_id() if state is State.JOINED else None}
            may = (
                state in NEXT[kind]
                and (verified or state in BEFORE_VERIFIED)
                and (state is State.REFUSED) == bool(ground)
                and (bool(outcomes) or state not in (State.READY, State.EXPIRED, State.DONE))
            )
            attempt = await connection.begin_nested()
            try:
                await connection.execute(sa.insert(RightsRequest).values(one))
                taken = True
            except IntegrityError:
                taken = False
            await attempt.rollback()
            assert taken is may, (kind, state, verified, ground, outcomes)
        await connection.rollback()
