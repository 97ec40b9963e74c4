"""Counsel, the worker, the operator's list and a hand in the database, in any order: a listed country never gets anything."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kept.kit import KeptError
from kept.kit.settings import Availability
from kept.legal import OF_LISTED, Case, Ground, State, keep_lists, preserve, prolong, refuse, tend, withdraw
from kept.retention import holds
from tests.fixtures.house import build, tear_down
from tests.legal.conftest import LEGAL, LISTED, Chambers

COUNTRIES = ("CN", "RU", "FR", "DE")
INSTRUMENTS = ("national", "epoc", "epoc_pr")
NUMBERS = st.integers(0, 30)


class Counsel(RuleBasedStateMachine):
    """`truth` is what each request's country really was when it came in."""

    base: Chambers
    loop: asyncio.AbstractEventLoop

    def do(self, what: Coroutine[Any, Any, Any]) -> Any:
        """Run it; what it refuses, it refuses."""
        try:
            return self.loop.run_until_complete(what)
        except (KeptError, asyncpg.IntegrityConstraintViolationError):
            return None

    def which(self, number: int) -> Case:
        return self.cases[number % len(self.cases)]

    @initialize()
    def begin(self) -> None:
        self.here, self.listed = self.base, set(LISTED)
        self.cases: list[Case] = []
        self.truth: dict[UUID, str] = {}
        self.do(self.base.eu.database.fetch("DELETE FROM legal_request"))
        self.do(self.base.eu.database.fetch("DELETE FROM legal_hold"))
        self.do(keep_lists(self.here.cells, self.here.settings, now=self.here.now))
        self.member = self.do(self.base.resident(self.base.eu))

    @rule(country=st.sampled_from(COUNTRIES), instrument=st.sampled_from(INSTRUMENTS))
    def receive(self, country: str, instrument: str) -> None:
        case = self.do(self.here.receive(country, instrument))
        assert case.state is (State.REFUSED if country in self.listed else State.RECEIVED)
        self.cases.append(case)
        self.truth[case.case_id] = country

    @rule(country=st.sampled_from(COUNTRIES))
    def receive_and_preserve(self, country: str) -> None:
        self.receive(country, "epoc_pr")
        self.validate(len(self.cases) - 1)
        self.hold(len(self.cases) - 1, preserve)

    @precondition(lambda self: self.cases)
    @rule(number=NUMBERS)
    def validate(self, number: int) -> None:
        case = self.which(number)
        found = self.do(self.here.find_valid(case.number, self.member))
        assert found is None or self.truth[case.case_id] not in self.listed

    @precondition(lambda self: self.cases)
    @rule(number=NUMBERS, verb=st.sampled_from([preserve, prolong]))
    def hold(self, number: int, verb: Callable[..., Any]) -> None:
        case = self.which(number)
        found = self.do(verb(self.here, case.number, actor=LEGAL, now=self.here.now))
        assert found is None or self.truth[case.case_id] not in self.listed

    @precondition(lambda self: self.cases)
    @rule(number=NUMBERS)
    def close(self, number: int) -> None:
        number_of = self.which(number).number
        if number % 2:
            self.do(refuse(self.here, number_of, ground=Ground.TOO_BROAD, actor=LEGAL, now=self.here.now))
        else:
            self.do(withdraw(self.here, number_of, actor=LEGAL, now=self.here.now))

    @rule(country=st.sampled_from(COUNTRIES), on=st.booleans())
    def list_it(self, country: str, on: bool) -> None:
        self.listed = self.listed | {country} if on else self.listed - {country}
        self.here = self.base.listing(*self.listed)
        self.do(keep_lists(self.here.cells, self.here.settings, now=self.here.now))

    @precondition(lambda self: self.cases)
    @rule(
        number=NUMBERS,
        other=NUMBERS,
        country=st.sampled_from(COUNTRIES),
        state=st.sampled_from([State.VALIDATED, State.VALIDATED, *State]),
        says=st.sampled_from([False, False, True]),
        borrow=st.sampled_from([False, False, True]),
    )
    def forge(self, number: int, other: int, country: str, state: State, says: bool, borrow: bool) -> None:
        """A hand in the database writes whatever it likes into a row, also the seals of another."""
        mine, theirs = self.which(number).case_id, self.which(other if borrow else number).case_id
        sql = """UPDATE legal_request r SET country = $3, listed = $4, state = $5, asked = o.asked,
            narrowed = coalesce(o.narrowed, o.asked) FROM legal_request o WHERE r.case_id = $1 AND o.case_id = $2"""
        self.do(self.here.eu.database.fetch(sql, mine, theirs, country, says, state))

    @rule(country=st.sampled_from(COUNTRIES), says=st.booleans())
    def forge_the_list(self, country: str, says: bool) -> None:
        self.do(self.here.eu.database.fetch("UPDATE legal_country SET listed = $2 WHERE country = $1", country, says))

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.here.clock.advance(timedelta(days=days))

    @invariant()
    def nothing_for_a_listed_country(self) -> None:
        """After the worker's next look, whatever came before."""
        self.loop.run_until_complete(tend(self.here))
        rows = self.do(self.here.eu.database.fetch("SELECT case_id, number, country, listed, state FROM legal_request"))
        for row in rows:
            assert row["listed"] is (row["country"] in self.listed)
            assert not row["listed"] or row["state"] in OF_LISTED
        numbers = {row["number"]: self.truth[row["case_id"]] for row in rows}
        held = self.do(holds(self.here.eu))
        running = [one for one in held if one.lifted_at is None and one.ends_at > self.here.now]
        assert not [one for one in running if numbers[one.case_ref] in self.listed]


@pytest.fixture
def quiet_chambers(fresh_database: Callable[..., str], templates: dict[str, str]) -> Iterator[None]:
    """A house on a loop of its own, which the machine's rules run on."""
    loop, folder = asyncio.new_event_loop(), Path(tempfile.mkdtemp(prefix="kept-legal-"))
    availability = Availability(refused_governments=list(LISTED))
    house = loop.run_until_complete(build(fresh_database, templates, folder, availability=availability))
    Counsel.base = Chambers(**{name: getattr(house, name) for name in house.__dataclass_fields__})
    Counsel.loop = loop
    yield
    loop.run_until_complete(tear_down(house))
    loop.close()
    shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.usefixtures("quiet_chambers")
def test_in_whatever_order_a_listed_country_gets_nothing() -> None:
    some = settings(
        max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(Counsel, settings=some)
