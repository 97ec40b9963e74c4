"""The states of a request: no way leads out of an end, none is a dead end, and every clock is a date of the calendar."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.rights import ANSWERED, ENDED, NEXT, REGIMES, START, Kind, State, regime_of
from kept.rights.states import BEFORE_VERIFIED

MOMENTS = st.integers(946_684_800, 3_786_912_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
BERLIN, ANGELES = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Los_Angeles")


def reachable(kind: Kind, start: State, without: frozenset[State] = frozenset()) -> set[State]:
    found, new = {start}, {start}
    while new:
        new = {following for one in new for following in NEXT[kind][one]} - found - without
        found |= new
    return found


@pytest.mark.parametrize("kind", Kind)
def test_from_everywhere_an_end_can_be_reached_and_no_state_is_of_nobody(kind: Kind) -> None:
    for state in reachable(kind, State.UNVERIFIED):
        assert reachable(kind, state) & ENDED, f"{state} is a dead end"
    assert reachable(kind, State.UNVERIFIED) == set(NEXT[kind]), "a state that nothing leads to"


@pytest.mark.parametrize("kind", Kind)
def test_nothing_follows_an_end_and_every_state_is_of_some_kind(kind: Kind) -> None:
    assert all(not NEXT[kind][state] for state in ENDED & set(NEXT[kind]))
    assert {state for ways in NEXT.values() for state in ways} == set(State)
    assert State.DONE in ANSWERED


@pytest.mark.parametrize("kind", Kind)
def test_whoever_is_not_verified_gets_nothing_but_a_reason(kind: Kind) -> None:
    assert reachable(kind, State.UNVERIFIED, frozenset({START[kind], State.JOINED})) == BEFORE_VERIFIED


def test_an_erasure_that_has_begun_can_only_be_held_or_done() -> None:
    assert reachable(Kind.DELETION, State.ERASING) == {State.ERASING, State.HELD, State.DONE}


@pytest.mark.parametrize(
    ("country", "asked", "due"),
    [
        ("DE", datetime(2027, 1, 31, 12, tzinfo=UTC), datetime(2027, 2, 28, 12, tzinfo=UTC)),
        ("DE", datetime(2028, 1, 31, 12, tzinfo=UTC), datetime(2028, 2, 29, 12, tzinfo=UTC)),
        ("FR", datetime(2026, 12, 15, 22, 59, 59, tzinfo=UTC), datetime(2027, 1, 15, 22, 59, 59, tzinfo=UTC)),
        # half past midnight in Berlin on 1 March, still February in UTC: the month is counted from March, over the change
        # to summer time
        ("DE", datetime(2027, 2, 28, 23, 30, tzinfo=UTC), datetime(2027, 4, 1, 0, 30, tzinfo=BERLIN)),
        ("GB", datetime(2027, 10, 30, 23, 30, tzinfo=UTC), datetime(2027, 11, 30, 0, 30, tzinfo=UTC)),
        ("US", datetime(2027, 1, 1, 12, tzinfo=UTC), datetime(2027, 2, 15, 12, tzinfo=UTC)),
        ("US", datetime(2027, 3, 1, 3, tzinfo=ANGELES), datetime(2027, 4, 15, 3, tzinfo=ANGELES)),
        # 45 days later it is half past two on the night that has no such hour
        ("US", datetime(2027, 1, 28, 2, 30, tzinfo=ANGELES), datetime(2027, 3, 14, 9, 30, tzinfo=UTC)),
        ("BR", datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 31, tzinfo=UTC)),
        ("BR", datetime(2028, 2, 29, tzinfo=UTC), datetime(2028, 3, 30, tzinfo=UTC)),
    ],
)
def test_clocks_go_by_the_law_and_the_calendar_of_the_country(country: str, asked: datetime, due: datetime) -> None:
    assert regime_of(country).due(asked) == due


def test_an_extension_is_three_months_from_the_asking_and_not_from_the_first_end() -> None:
    assert regime_of("DE").extended(datetime(2027, 11, 30, 12, tzinfo=UTC)) == datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert regime_of("US").extended(datetime(2027, 1, 1, 12, tzinfo=ANGELES)) == datetime(
        2027, 4, 1, 12, tzinfo=ANGELES
    )


def test_receipt_is_confirmed_within_ten_business_days() -> None:
    friday = datetime(2026, 11, 27, 23, 30, tzinfo=ANGELES)
    assert regime_of("US").confirmed_by(friday) == datetime(2026, 12, 11, 23, 30, tzinfo=ANGELES)


@given(MOMENTS, st.sampled_from(sorted(REGIMES)))
def test_every_clock_ends_within_the_law_and_an_extension_is_longer(asked: datetime, name: str) -> None:
    regime = REGIMES[name]

    def days(until: datetime) -> int:
        """By the calendar of the law's zone."""
        zone = ZoneInfo(regime.zone)
        return (until.astimezone(zone).date() - asked.astimezone(zone).date()).days

    assert 28 <= days(regime.due(asked)) <= 45
    assert regime.due(asked) < regime.extended(asked)
    assert days(regime.extended(asked)) <= 92
    assert asked < regime.confirmed_by(asked)
    assert days(regime.confirmed_by(asked)) <= 14
