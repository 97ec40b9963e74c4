"""No verb of this floor, of anybody, in any state, and no look of the worker's, gives a listed country anything."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import product

import asyncpg
import pytest

from kept.disclosure import ask_for_production, confirm_key, enter_key, fingerprint, open_package
from kept.kit import KeptError, new_id
from kept.legal import OF_LISTED, Case, State
from kept.staff import Seat
from tests.disclosure.bench import Bench

PEOPLE = ("lea", "leo", "sue", "pat")
Verb = Callable[[Bench, Case, Seat], Awaitable[object]]


async def _download(at: Bench, case: Case, by: Seat) -> None:
    package = await open_package(at.works, case.number, seat=by, now=at.now)
    raise AssertionError(f"{package.size} bytes for a listed country")


VERBS: dict[str, Verb] = {
    "enter": lambda at, case, by: enter_key(at.works, case.number, str(at.key.to_public()), seat=by, now=at.now),
    "confirm": lambda at, case, by: confirm_key(
        at.works, case.number, fingerprint(str(at.key.to_public())), seat=by, now=at.now
    ),
    "ask": lambda at, case, by: ask_for_production(at.works, case.number, seat=by, now=at.now),
    "download": _download,
}
PUT = """UPDATE legal_request SET state = $2, narrowed = asked, recipient = $3, recipient_by = $4, confirmed_by = $5,
    grant_id = $6, valid_at = now(), produced_at = now(), package = $7 WHERE case_id = $1"""


async def test_whatever_stands_in_its_row_nobody_brings_it_further(bench: Bench) -> None:
    allowed = await bench.valid(await bench.member())
    grant_id = await bench.agreed(allowed)  # somebody else's grant, borrowed by the hand in the database
    run = bench.works.cells.named("eu").database.fetch
    public = str(bench.key.to_public())
    for country in ("CN", "RU"):
        case = await bench.received(country)
        for state, package in product(State, (None, "packages/x")):
            with contextlib.suppress(asyncpg.IntegrityConstraintViolationError):
                await run(PUT, case.case_id, state, public, new_id(), new_id(), grant_id, package)
            for name, verb in product(PEOPLE, VERBS.values()):
                with contextlib.suppress(KeptError):
                    await verb(bench, case, bench.office.seat(name))
            await bench.work()
            found = await bench.case(case.number)
            assert found.state in OF_LISTED
            assert found.production.package is None
    objects = [key async for key in bench.works.cells.named("eu").objects.keys("packages")]
    assert [key for key in objects if str(allowed.case_id) not in key] == []


@pytest.mark.parametrize("state", [State.PRODUCING, State.PRODUCED])
async def test_another_country_in_the_row_gives_nothing_either(bench: Bench, state: State) -> None:
    """A hand in the database calls it French, borrows seals and a grant: what is sealed says whose it is."""
    allowed = await bench.valid(await bench.member())
    grant_id = await bench.agreed(allowed)
    case = await bench.received("CN")
    run = bench.works.cells.named("eu").database.fetch
    forged = PUT.replace("SET state", "SET country = 'FR', listed = false, ground = '', closed_at = NULL, state")
    package = "packages/x" if state is State.PRODUCED else None
    await run(forged, case.case_id, state, str(bench.key.to_public()), new_id(), new_id(), grant_id, package)
    bench.office.here.clock.advance(timedelta(minutes=1))
    with contextlib.suppress(KeptError):
        await bench.work()
    with contextlib.suppress(KeptError):
        await bench.work()
    keys = [key async for key in bench.works.cells.named("eu").objects.keys("packages")]
    assert [key for key in keys if str(case.case_id) in key] == []


@pytest.mark.parametrize("column", ["recipient", "recipient_by", "confirmed_by", "grant_id", "valid_at"])
@pytest.mark.parametrize("state", [State.PRODUCING, State.PRODUCED])
async def test_the_database_lets_nothing_be_produced_without_each_of_these(
    bench: Bench, column: str, state: State
) -> None:
    case = await bench.valid(await bench.member())
    run = bench.works.cells.named("eu").database.fetch
    await run(PUT, case.case_id, state, "age1", new_id(), new_id(), new_id(), None)
    with pytest.raises(asyncpg.CheckViolationError):
        await run(f"UPDATE legal_request SET {column} = NULL WHERE case_id = $1", case.case_id)  # noqa: S608


async def test_who_entered_the_key_is_not_who_confirmed_it_says_the_database_too(bench: Bench) -> None:
    case = await bench.valid(await bench.member())
    me = new_id()
    with pytest.raises(asyncpg.CheckViolationError):
        await bench.works.cells.named("eu").database.fetch(
            PUT, case.case_id, State.PRODUCING, "age1", me, me, new_id(), None
        )


async def test_there_is_a_package_only_where_it_was_produced(bench: Bench) -> None:
    case = await bench.valid(await bench.member())
    for state in State:
        if state is not State.PRODUCED:
            values = (case.case_id, state, "age1", new_id(), new_id(), new_id(), "packages/x")
            with pytest.raises(asyncpg.CheckViolationError):
                await bench.works.cells.named("eu").database.fetch(PUT, *values)
