"""The states of a request: no way leads out of an end, none is a dead end, and every clock is a date of the calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.rights import ANSWERED, ENDED, NEXT, REGIMES, START, Kind, State, regime_of

MOMENTS = st.integers(946_684_800, 3_786_912_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def reachable(start: State) -> set[State]:
    found, new = {start}, {start}
    while new:
        new = {following for one in new for following in NEXT[one]} - found
        found |= new
    return found


@pytest.mark.parametrize("kind", Kind)
def test_from_everywhere_an_end_can_be_reached_and_no_state_is_of_nobody(kind: Kind) -> None:
    for state in reachable(START[kind]):
        assert reachable(state) & ENDED, f"{state} is a dead end"


def test_the_kinds_share_no_state_and_nothing_follows_an_end() -> None:
    ways = [reachable(START[kind]) for kind in Kind]
    assert ways[0] & ways[1] == set()
    assert ways[0] | ways[1] == set(State)
    assert all(not NEXT[state] for state in ENDED)
    assert State.DONE in ANSWERED


def test_an_erasure_that_has_begun_can_only_be_held_or_done() -> None:
    assert reachable(State.ERASING) == {State.ERASING, State.HELD, State.DONE}


@pytest.mark.parametrize(
    ("country", "asked", "due"),
    [
        ("DE", datetime(2027, 1, 31, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        ("DE", datetime(2028, 1, 31, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)),
        ("FR", datetime(2026, 12, 15, 23, 59, 59, tzinfo=UTC), datetime(2027, 1, 15, 23, 59, 59, tzinfo=UTC)),
        ("US", datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 2, 15, tzinfo=UTC)),
        ("BR", datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 31, tzinfo=UTC)),
    ],
)
def test_clocks_go_by_the_law_of_the_country(country: str, asked: datetime, due: datetime) -> None:
    assert regime_of(country).due(asked) == due


@given(MOMENTS, st.sampled_from(sorted(REGIMES)))
def test_every_clock_ends_within_the_law_and_an_extension_is_longer(asked: datetime, name: str) -> None:
    regime = REGIMES[name]
    assert timedelta(days=28) <= regime.due(asked) - asked <= timedelta(days=45)
    assert regime.due(asked) < regime.extended(asked) <= asked + timedelta(days=92)
