"""What counsel does with a request of an authority, from the day it comes until what it said is destroyed."""

from datetime import timedelta

import pytest

from kept.cells import Standing
from kept.kit import new_id
from kept.kit.settings import BadSettings
from kept.legal import (
    INSTRUMENTS,
    BadCase,
    CaseAltered,
    DataClass,
    Ground,
    NoSuchCase,
    State,
    WrongState,
    asked_in,
    listed_countries,
    narrowed_in,
    preserve,
    prolong,
    refuse,
    tend,
    withdraw,
)
from kept.policy import Actor, Refused, Site, Team
from kept.retention import holds, sweep
from kept.vault import KeyDestroyed
from tests.fixtures.house import NOON
from tests.legal.conftest import LEGAL, Chambers

DAYS = timedelta(days=1)


async def test_a_listed_country_is_refused_as_it_comes_in_and_so_it_stands_in_the_ledger(chambers: Chambers) -> None:
    before = await chambers.events()
    case = await chambers.receive("CN", "national", emergency=True)
    assert (case.state, case.ground, case.listed) == (State.REFUSED, Ground.LISTED, True)
    assert case.closed_at == NOON
    assert (await chambers.events())[len(before) :] == ["legal.received", "legal.refused"]
    payloads = await chambers.eu.database.fetch("SELECT payload FROM ledger_outbox")
    told = b"".join(row["payload"] for row in payloads)
    assert b"CN" not in told
    assert case.number.encode() not in told
    assert (await asked_in(chambers, case)).identifiers == ("@kim",)


async def test_what_was_asked_is_nowhere_in_clear(chambers: Chambers) -> None:
    await chambers.receive("FR", identifiers=("@somebody-in-particular",))
    rows = await chambers.eu.database.fetch("SELECT r::text AS text FROM legal_request r")
    assert "somebody" not in rows[0]["text"]
    assert "An authority" not in rows[0]["text"]


@pytest.mark.parametrize(
    ("instrument", "emergency", "days"),
    [("epoc", False, 10), ("epoc", True, 8 / 24), ("national", False, None), ("us_warrant", True, None)],
)
async def test_the_laws_time_runs_from_the_day_it_came(
    chambers: Chambers, instrument: str, emergency: bool, days: float | None
) -> None:
    case = await chambers.receive("FR", instrument, emergency=emergency)
    assert case.due_at == (None if days is None else NOON + days * DAYS)
    assert case.overdue(NOON + 11 * DAYS) is (days is not None)


async def test_a_document_may_set_an_earlier_time_and_never_a_later_one(chambers: Chambers) -> None:
    assert (await chambers.receive("FR", "epoc", due_at=NOON + 3 * DAYS)).due_at == NOON + 3 * DAYS
    assert (await chambers.receive("FR", "epoc", due_at=NOON + 30 * DAYS)).due_at == NOON + 10 * DAYS
    assert (await chambers.receive("FR", due_at=NOON + 30 * DAYS)).due_at == NOON + 30 * DAYS


async def test_counsel_narrows_it_and_can_not_widen_it(chambers: Chambers) -> None:
    one, two = await chambers.resident(chambers.eu), await chambers.resident(chambers.us)
    case = await chambers.receive("US", "us_subpoena", classes=(DataClass.SUBSCRIBER, DataClass.CONTENT))
    wrong = [
        ({"accounts": [one, two]}, "1 accounts"),
        ({"accounts": []}, "1 accounts"),
        ({"accounts": [new_id()]}, "exist"),
        ({"classes": [DataClass.CONTENT]}, "reaches: subscriber"),
        ({"classes": [DataClass.TRAFFIC]}, "reaches: subscriber"),
        ({"classes": []}, "reaches"),
        ({"finding": " "}, "lawful"),
    ]
    from kept.legal import validate

    right = {"accounts": [one], "classes": [DataClass.SUBSCRIBER], "finding": "It is."}
    for more, why in wrong:
        with pytest.raises(BadCase, match=why):
            await validate(chambers, case.number, **right | more, actor=LEGAL, now=NOON)  # type: ignore[arg-type]
    found = await validate(chambers, case.number.lower(), **right, actor=LEGAL, now=NOON)  # type: ignore[arg-type]
    assert found.state is State.VALIDATED
    left = await narrowed_in(chambers, found)
    assert (left.accounts, left.classes, left.country) == ((one,), (DataClass.SUBSCRIBER,), "US")
    with pytest.raises(WrongState):
        await validate(chambers, case.number, **right, actor=LEGAL, now=NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("country", "instrument"), [("DK", "epoc"), ("US", "epoc"), ("FR", "us_warrant"), ("GB", "epoc_pr")]
)
async def test_an_instrument_of_another_country_is_not_found_valid(
    chambers: Chambers, country: str, instrument: str
) -> None:
    case = await chambers.receive(country, instrument)
    with pytest.raises(BadCase, match="can't issue"):
        await chambers.find_valid(case.number, await chambers.resident(chambers.eu))
    assert (
        await refuse(chambers, case.number, ground=Ground.NOT_COMPETENT, actor=LEGAL, now=NOON)
    ).state is State.REFUSED


async def test_what_has_ended_stays_as_it_ended(chambers: Chambers) -> None:
    for end in ("refuse", "withdraw"):
        case = await chambers.receive()
        for _ in range(2):
            if end == "refuse":
                going = refuse(chambers, case.number, ground=Ground.TOO_BROAD, actor=LEGAL, now=NOON)
            else:
                going = withdraw(chambers, case.number, actor=LEGAL, now=NOON)
            if (await chambers.case(case.number)).state is State.RECEIVED:
                ended = await going
            else:
                with pytest.raises(WrongState):
                    await going
        assert ended.closed_at == NOON
        with pytest.raises(WrongState):
            await chambers.find_valid(case.number, await chambers.resident(chambers.eu))
    with pytest.raises(BadCase):
        await refuse(chambers, case.number, ground=Ground.LISTED, actor=LEGAL, now=NOON)


@pytest.mark.parametrize("team", [team for team in Team if team is not Team.LEGAL])
async def test_only_the_legal_team_does_any_of_it(chambers: Chambers, team: Team) -> None:
    case, member = await chambers.receive(), await chambers.resident(chambers.eu)
    somebody = Actor.staff(team, Site.IN_REGION)
    with pytest.raises(Refused):
        await chambers.find_valid(case.number, member, actor=somebody)
    with pytest.raises(Refused):
        await refuse(chambers, case.number, ground=Ground.RIGHTS, actor=somebody, now=NOON)
    with pytest.raises(Refused):
        await withdraw(chambers, case.number, actor=Actor.staff(Team.LEGAL, Site.LISTED), now=NOON)
    assert (await chambers.case(case.number)).state is State.RECEIVED


async def test_data_is_preserved_for_a_valid_request_once_longer_and_then_let_go(chambers: Chambers) -> None:
    member, other = await chambers.resident(chambers.us), await chambers.resident(chambers.eu)
    case = await chambers.validated("US", "us_preservation", member)
    second = await chambers.validated("FR", "epoc_pr", other)
    found = await preserve(chambers, case.number, actor=LEGAL, now=NOON)
    await preserve(chambers, second.number, actor=LEGAL, now=NOON)
    assert found.preserved_until == NOON + 90 * DAYS
    [held] = await holds(chambers.us)
    assert (held.member_id, held.case_ref, held.ends_at) == (member, case.number, NOON + 90 * DAYS)
    with pytest.raises(BadCase, match="already"):
        await preserve(chambers, case.number, actor=LEGAL, now=NOON)
    longer = await prolong(chambers, case.number, actor=LEGAL, now=NOON + 80 * DAYS)
    assert (longer.preserved_until, longer.prolonged) == (NOON + 180 * DAYS, True)
    with pytest.raises(BadCase, match="prolonged"):
        await prolong(chambers, case.number, actor=LEGAL, now=NOON + 90 * DAYS)
    chambers.clock.advance(timedelta(days=61))
    await tend(chambers)
    assert (await chambers.case(second.number)).state is State.EXPIRED
    assert (await chambers.case(case.number)).state is State.VALIDATED
    await withdraw(chambers, case.number, actor=LEGAL, now=chambers.now)
    await tend(chambers)
    assert all(one.lifted_at or one.ends_at <= chambers.now for one in await holds(chambers.us))


async def test_nothing_is_preserved_for_what_asks_for_data_or_is_not_found_valid(chambers: Chambers) -> None:
    asks = await chambers.validated("FR", "epoc")
    with pytest.raises(BadCase, match="no preservation"):
        await preserve(chambers, asks.number, actor=LEGAL, now=NOON)
    raw, listed = await chambers.receive("FR", "epoc_pr"), await chambers.receive("CN", "epoc_pr")
    for case in (raw, listed):
        with pytest.raises(Refused):
            await preserve(chambers, case.number, actor=LEGAL, now=NOON)
    assert [one for cell in chambers.cells for one in await holds(cell)] == []


async def test_what_was_said_is_destroyed_long_after_the_end_and_the_figure_stays(chambers: Chambers) -> None:
    case = await chambers.receive("CN")
    chambers.clock.advance(timedelta(days=365 * 3 + 1))
    await tend(chambers)
    found = await chambers.case(case.number)
    assert (found.state, found.country, found.asked) == (State.REFUSED, "CN", None)
    with pytest.raises(KeyDestroyed):
        await chambers.vaults["eu"].create(case.case_id)
    assert (await chambers.events())[-1] == "member.erased"
    with pytest.raises(CaseAltered):
        await asked_in(chambers, found)
    await chambers.receive("CN")
    chambers.clock.advance(timedelta(days=365 * 3))
    assert (await sweep(chambers.cells, now=chambers.now))[1].gone["legal_request"] == 1, (
        "the second is to be emptied first"
    )
    await tend(chambers)
    chambers.clock.advance(timedelta(days=365 * 3))
    assert (await sweep(chambers.cells, now=chambers.now))[1].gone["legal_request"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"instrument": "letter"},
        {"country": "XX"},
        {"country": "fr"},
        {"country": "Freedonia"},
        {"identifiers": ()},
        {"identifiers": ("",)},
        {"classes": ()},
        {"due_at": NOON - DAYS},
        {"gag_until": NOON},
    ],
)
async def test_a_request_that_is_not_complete_is_not_taken(chambers: Chambers, wrong: dict[str, object]) -> None:
    with pytest.raises(BadCase):
        await chambers.receive(**wrong)  # type: ignore[arg-type]
    assert await chambers.eu.database.fetch("SELECT FROM legal_request") == []


async def test_a_cell_that_is_left_takes_no_cases(chambers: Chambers) -> None:
    case = await chambers.receive()
    await chambers.cells.standings.set("eu", Standing.LEAVING, reason="A test.", now=NOON)
    with pytest.raises(BadCase, match="no cases"):
        await chambers.receive()
    with pytest.raises(NoSuchCase):
        await chambers.case(case.number)


@pytest.mark.parametrize("code", ["XX", "CHN", "", "C N", "Russia"])
def test_a_list_that_names_no_country_stops_the_program(chambers: Chambers, code: str) -> None:
    with pytest.raises(BadSettings):
        listed_countries(chambers.listing("CN", code).settings)
    assert listed_countries(chambers.listing("cn", " kp").settings) == {"CN", "KP"}


def test_what_the_law_says_of_each_instrument() -> None:
    preserving = {one.key: (one.preserve, one.prolong) for one in INSTRUMENTS.values() if one.preserve}
    assert preserving == {"epoc_pr": (60 * DAYS, 30 * DAYS), "us_preservation": (90 * DAYS, 90 * DAYS)}
    assert INSTRUMENTS["us_order"].reaches == set(DataClass) - {DataClass.CONTENT}
    assert len(INSTRUMENTS["epoc"].states or ()) == 26
