"""Age bands: birthdays, leap days, and the day on which a band changes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.policy import AgeBand, BirthDateInFuture, band_of, next_change

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("born", "today", "band"),
    [
        (date(2013, 11, 23), date(2026, 11, 22), AgeBand.UNDER_13),
        (date(2013, 11, 23), date(2026, 11, 23), AgeBand.TEEN_13_15),
        (date(2010, 11, 23), date(2026, 11, 22), AgeBand.TEEN_13_15),
        (date(2010, 11, 23), date(2026, 11, 23), AgeBand.TEEN_16_17),
        (date(2008, 11, 23), date(2026, 11, 22), AgeBand.TEEN_16_17),
        (date(2008, 11, 23), date(2026, 11, 23), AgeBand.ADULT),
        (date(2026, 11, 23), date(2026, 11, 23), AgeBand.UNDER_13),
    ],
)
def test_a_band_begins_on_the_birthday_itself(born: date, today: date, band: AgeBand) -> None:
    assert band_of(born, today) is band


def test_who_is_born_on_a_leap_day_is_older_from_the_first_of_march() -> None:
    born = date(2012, 2, 29)
    assert band_of(born, date(2025, 2, 28)) is AgeBand.UNDER_13
    assert band_of(born, date(2025, 3, 1)) is AgeBand.TEEN_13_15
    assert band_of(born, date(2028, 2, 28)) is AgeBand.TEEN_13_15
    assert band_of(born, date(2028, 2, 29)) is AgeBand.TEEN_16_17


def test_nobody_is_born_tomorrow() -> None:
    with pytest.raises(BirthDateInFuture):
        band_of(date(2026, 11, 24), date(2026, 11, 23))


@given(born=DAYS, later=st.integers(0, 40_000), more=st.integers(0, 5_000))
def test_nobody_grows_younger(born: date, later: int, more: int) -> None:
    first, second = born + timedelta(days=later), born + timedelta(days=later + more)
    order = list(AgeBand)
    assert order.index(band_of(born, first)) <= order.index(band_of(born, second))


@given(born=DAYS, later=st.integers(0, 9_000))
def test_the_band_changes_on_the_day_that_is_announced_and_not_before(born: date, later: int) -> None:
    today = born + timedelta(days=later)
    day = next_change(born, today)
    band = band_of(born, today)
    if day is None:
        assert band is AgeBand.ADULT
        return
    assert day > today
    assert band_of(born, day - timedelta(days=1)) is band
    assert band_of(born, day) is not band
