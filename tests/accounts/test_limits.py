"""What limits come to: the strictest of what guardians and the member set, by age; and when a day ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.accounts import COUNTRIES, SWITCHES, Limits, day_of
from kept.policy import AgeBand

YOUNG = [band for band in AgeBand if band is not AgeBand.ADULT]
CHILD, TEEN, ADULT = AgeBand.UNDER_13, AgeBand.TEEN_13_15, AgeBand.ADULT
MINUTES = st.none() | st.integers(5, 600)
OWN = MINUTES | st.just(0)


@pytest.mark.parametrize(
    ("guarded", "chosen", "band", "minutes"),
    [
        (None, None, TEEN, 60),
        (None, None, CHILD, 60),
        (None, None, ADULT, None),
        (None, 0, TEEN, None),
        (None, 0, CHILD, 60),
        (None, 90, TEEN, 90),
        (None, 90, CHILD, 60),
        (None, 30, CHILD, 30),
        (None, 30, ADULT, 30),
        (45, None, TEEN, 45),
        (90, None, CHILD, 90),
        (45, 0, TEEN, 45),
        (45, 90, TEEN, 45),
        (45, 20, TEEN, 20),
        (45, None, ADULT, None),
        (45, 90, ADULT, 90),
    ],
)
def test_minutes_a_day(guarded: int | None, chosen: int | None, band: AgeBand, minutes: int | None) -> None:
    assert Limits(guarded_minutes=guarded, chosen_minutes=chosen).minutes(band) == minutes


@given(guarded=st.integers(5, 600), chosen=OWN, band=st.sampled_from(YOUNG))
def test_nothing_that_a_young_member_chooses_outlasts_what_a_guardian_set(
    guarded: int, chosen: int | None, band: AgeBand
) -> None:
    minutes = Limits(guarded_minutes=guarded, chosen_minutes=chosen).minutes(band)
    assert minutes is not None
    assert minutes <= guarded


@given(off=st.frozensets(st.sampled_from(SWITCHES)), own=st.frozensets(st.sampled_from(SWITCHES)), guarded=MINUTES, chosen=OWN)
def test_before_eighteen_a_birthday_loosens_nothing_that_a_guardian_set(off, own, guarded, chosen) -> None:  # type: ignore[no-untyped-def]
    limits = Limits(off, guarded, own, chosen)
    found = {(limits.switched_off(band), limits.guardians_minutes(band)) for band in YOUNG}
    assert found == {(off | own, guarded)}
    assert limits.switched_off(ADULT) == own


def test_a_day_ends_when_it_is_midnight_everywhere_in_the_country() -> None:
    midnight_in_new_york = datetime(2026, 11, 29, 5, 30, tzinfo=UTC)
    assert day_of("US", midnight_in_new_york) == date(2026, 11, 28), "it is still yesterday in Honolulu"
    assert day_of("DE", midnight_in_new_york) == date(2026, 11, 29)
    assert day_of("DE", datetime(2026, 11, 28, 23, 30, tzinfo=UTC)) == date(2026, 11, 29)
    assert day_of("ES", datetime(2026, 11, 28, 23, 30, tzinfo=UTC)) == date(2026, 11, 28), "the Canaries are an hour behind"


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_every_country_has_days_that_follow_each_other(country: str) -> None:
    start = datetime(2026, 3, 28, 0, 0, tzinfo=UTC)
    days = [day_of(country, start + timedelta(minutes=15 * quarter)) for quarter in range(4 * 24 * 2)]
    assert days == sorted(days)
    assert len(set(days)) in (2, 3)
