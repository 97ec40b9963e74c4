"""Whatever SQL the program's own role runs: of a listed country, a request is received or refused, and nothing else."""

import asyncio

import pytest
import sqlalchemy as sa
from asyncpg import IntegrityConstraintViolationError as Held

from kept.legal import OF_LISTED, CaseAltered, Ground, State, keep_lists, preserve, tend
from kept.policy import Refused
from tests.legal.conftest import LEGAL, LISTED, Chambers

ELSEWHERE = [state for state in State if state not in OF_LISTED]
MOVE = "UPDATE legal_request SET state = $1, narrowed = asked WHERE case_id = $2"


@pytest.mark.parametrize("state", ELSEWHERE)
@pytest.mark.parametrize("country", LISTED)
async def test_no_update_brings_it_anywhere_else(chambers: Chambers, country: str, state: State) -> None:
    case = await chambers.receive(country)
    run = chambers.eu.database.fetch
    attacks = [
        (MOVE, (state, case.case_id)),
        (MOVE.replace("SET", "SET listed = false,"), (state, case.case_id)),
        (MOVE.replace("SET", "SET listed = NULL,"), (state, case.case_id)),
        (MOVE.replace("SET", "SET country = NULL,"), (state, case.case_id)),
        (MOVE.replace("SET", "SET country = 'XX', listed = false,"), (state, case.case_id)),
        (MOVE.replace("SET", "SET country = lower(country), listed = false,"), (state, case.case_id)),
        (MOVE.replace("SET", "SET country = country || ' ', listed = false,"), (state, case.case_id)),
    ]
    for sql, values in attacks:
        with pytest.raises(Held):
            await run(sql, *values)
    assert (await chambers.case(case.number)).state is State.REFUSED


@pytest.mark.parametrize("state", [*ELSEWHERE, "disclosed", "VALIDATED", "", "produced"])
async def test_no_insert_brings_it_anywhere_else(chambers: Chambers, state: str) -> None:
    case = await chambers.receive("CN")
    for listed in ("true", "false", "NULL"):
        copy = f"""INSERT INTO legal_request SELECT (r).* FROM (SELECT jsonb_populate_record(l, jsonb_build_object(
            'case_id', gen_random_uuid(), 'state', '{state}', 'listed', {listed}, 'narrowed', '\\x00')) AS r
            FROM legal_request l WHERE case_id = $1) made"""  # noqa: S608
        with pytest.raises(Held):
            await chambers.eu.database.fetch(copy, case.case_id)


async def test_another_country_in_the_row_is_detected_and_never_acted_upon(chambers: Chambers) -> None:
    member = await chambers.resident(chambers.eu)
    case = await chambers.receive("CN", "epoc_pr")
    other = "UPDATE legal_request SET country = 'FR', listed = false, state = 'received', ground = '', closed_at = NULL"
    await chambers.eu.database.fetch(f"{other} WHERE case_id = $1", case.case_id)
    with pytest.raises(CaseAltered):
        await chambers.find_valid(case.number, member)
    await chambers.eu.database.fetch(MOVE, State.VALIDATED, case.case_id)
    with pytest.raises(CaseAltered):
        await preserve(chambers, case.number, actor=LEGAL, now=chambers.now)
    assert await chambers.eu.database.fetch("SELECT FROM legal_hold") == []


async def test_deleting_it_and_putting_it_back_for_another_country_is_detected(chambers: Chambers) -> None:
    member = await chambers.resident(chambers.eu)
    case, allowed = await chambers.receive("CN", "epoc_pr"), await chambers.validated("FR", "epoc_pr", member)
    await _put_back(chambers, case.case_id)
    with pytest.raises(CaseAltered):
        await chambers.find_valid(case.number, member)
    # Another case's seals, which open under another key.
    borrowed = """UPDATE legal_request SET state = 'validated', asked = o.asked, narrowed = o.narrowed
        FROM legal_request o WHERE legal_request.case_id = $1 AND o.case_id = $2"""
    await chambers.eu.database.fetch(borrowed, case.case_id, allowed.case_id)
    with pytest.raises(CaseAltered):
        await preserve(chambers, case.number, actor=LEGAL, now=chambers.now)


async def _put_back(chambers: Chambers, case_id: object) -> None:
    async with chambers.eu.database.begin() as connection:
        kept = (
            await connection.execute(sa.text("SELECT * FROM legal_request WHERE case_id = :id"), {"id": case_id})
        ).one()
        await connection.execute(sa.text("DELETE FROM legal_request WHERE case_id = :id"), {"id": case_id})
        row = dict(kept._mapping) | {
            "country": "FR",
            "listed": False,
            "state": "received",
            "ground": "",
            "closed_at": None,
        }
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        await connection.execute(sa.text(f"INSERT INTO legal_request ({names}) VALUES ({marks})"), row)  # noqa: S608


async def test_the_list_can_not_be_told_another_answer_while_a_request_is_elsewhere(chambers: Chambers) -> None:
    await chambers.validated("FR")
    with pytest.raises(Held):
        await chambers.eu.database.fetch("UPDATE legal_country SET listed = true WHERE country = 'FR'")
    with pytest.raises(Held):
        await chambers.eu.database.fetch("DELETE FROM legal_country WHERE country = 'FR'")


async def test_a_list_that_was_softened_behind_our_back_is_the_settings_again_before_anybody_acts(
    chambers: Chambers,
) -> None:
    member = await chambers.resident(chambers.eu)
    case = await chambers.receive("CN")
    await chambers.eu.database.fetch("UPDATE legal_country SET listed = false WHERE country = 'CN'")
    reopened = "UPDATE legal_request SET state = 'received', ground = '', closed_at = NULL WHERE case_id = $1"
    await chambers.eu.database.fetch(reopened, case.case_id)
    with pytest.raises(Refused):
        await chambers.find_valid(case.number, member)
    found = await chambers.case(case.number)
    assert (found.state, found.listed) == (State.REFUSED, True)
    await chambers.eu.database.fetch("UPDATE legal_country SET listed = false WHERE country = 'CN'")
    await chambers.eu.database.fetch(MOVE, State.VALIDATED, case.case_id)
    await tend(chambers)
    found = await chambers.case(case.number)
    assert (found.state, found.stood) == (State.REFUSED, State.VALIDATED)


async def test_a_country_that_is_listed_stops_its_requests_at_once(chambers: Chambers) -> None:
    member = await chambers.resident(chambers.eu)
    valid = await chambers.validated("FR", "epoc_pr", member)
    await preserve(chambers, valid.number, actor=LEGAL, now=chambers.now)
    received = await chambers.receive("FR")
    taken_back = await chambers.receive("FR")
    await chambers.eu.database.fetch(
        "UPDATE legal_request SET state = 'withdrawn', closed_at = $2 WHERE case_id = $1",
        taken_back.case_id,
        chambers.now,
    )
    german = await chambers.validated("DE")
    before = await chambers.events()
    harder = chambers.listing(*LISTED, "FR")
    assert await keep_lists(harder.cells, harder.settings, now=chambers.now) == 3
    stood = {}
    for case in (valid, received, taken_back):
        found = await chambers.case(case.number)
        assert (found.state, found.ground, found.listed, found.preserved_until) == ("refused", "listed", True, None)
        stood[case.number] = found.stood
    assert list(stood.values()) == [State.VALIDATED, State.RECEIVED, State.WITHDRAWN]
    assert (await chambers.case(german.number)).state is State.VALIDATED
    held = await chambers.eu.database.fetch("SELECT lifted_at FROM legal_hold")
    assert [row["lifted_at"] for row in held] == [chambers.now]
    new = (await chambers.events())[len(before) :]
    assert sorted(new) == sorted(["legal.refused"] * 3 + ["hold.lifted", "legal.list_changed"])
    # And off the list again: what was refused stays refused.
    await keep_lists(chambers.cells, chambers.settings, now=chambers.now)
    found = await chambers.case(valid.number)
    assert (found.state, found.listed) == (State.REFUSED, False)
    with pytest.raises(Exception, match="can't become validated"):
        await chambers.find_valid(valid.number, member)


async def test_a_request_that_hides_under_another_country_is_found_and_stopped(chambers: Chambers) -> None:
    member = await chambers.resident(chambers.eu)
    case = await chambers.validated("FR", "epoc_pr", member)
    await preserve(chambers, case.number, actor=LEGAL, now=chambers.now)
    await chambers.eu.database.fetch("UPDATE legal_request SET country = 'DE'")
    harder = chambers.listing(*LISTED, "FR")
    assert await keep_lists(harder.cells, harder.settings, now=chambers.now) == 0
    await tend(harder)
    found = await chambers.case(case.number)
    assert (found.state, found.ground, found.preserved_until) == (State.REFUSED, Ground.ALTERED, None)
    [held] = await chambers.eu.database.fetch("SELECT lifted_at FROM legal_hold")
    assert held["lifted_at"] == chambers.now


async def test_whoever_validates_while_the_list_grows_is_too_late_or_stopped(chambers: Chambers) -> None:
    first, second = await chambers.receive("FR"), await chambers.receive("FR")
    harder = chambers.listing(*LISTED, "FR")
    async with chambers.eu.database.begin() as connection:
        going = "UPDATE legal_request SET state = 'validated', narrowed = asked WHERE case_id = :id"
        await connection.execute(sa.text(going), {"id": first.case_id})
        listing = asyncio.create_task(keep_lists(harder.cells, harder.settings, now=chambers.now))
        await asyncio.sleep(0.3)
        assert not listing.done(), "it waits for what is at work on a request"
    assert await listing == 2
    for case in (first, second):
        assert (await chambers.case(case.number)).state is State.REFUSED
    with pytest.raises(Held):
        await chambers.eu.database.fetch(MOVE, State.VALIDATED, second.case_id)
