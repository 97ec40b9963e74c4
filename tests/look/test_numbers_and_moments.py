"""Numbers and moments as people read them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.look import formats

NOW = datetime(2026, 3, 14, 16, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "english", "spanish"),
    [(0, "0", "0"), (999, "999", "999"), (1000, "1\u202fk", "1\u202fk"), (1240, "1.2\u202fk", "1,2\u202fk"),
     (34_567, "34\u202fk", "34\u202fk"), (1_250_000, "1.2\u202fM", "1,2\u202fM"), (7_000_000_000, "7\u202fG", "7\u202fG")],
)
def test_a_count_is_compact(number: int, english: str, spanish: str) -> None:
    assert formats.compact(number, "en") == english
    assert formats.compact(number, "es") == spanish


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_a_compact_count_never_promises_more_than_there_is(number: int) -> None:
    digits, _, mark = formats.compact(number, "en").partition("\u202f")
    shown = float(digits) * {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}[mark]
    assert shown <= number + 1e-6 * number
    assert len(digits) <= 3


@pytest.mark.parametrize(
    ("before", "said"),
    [(timedelta(seconds=-30), "now"), (timedelta(seconds=59), "now"), (timedelta(minutes=5), "5 min"),
     (timedelta(hours=3), "3 h"), (timedelta(days=2), "2 d"), (timedelta(days=20), "2 w"),
     (timedelta(days=400), "7 February 2025")],
)
def test_a_moment_is_told_by_how_long_ago_it_was(before: timedelta, said: str) -> None:
    assert formats.ago(NOW - before, NOW, "en") == said


def test_dates_name_their_month() -> None:
    assert formats.exact(NOW, "en") == "14 March 2026, 16:05 UTC"
    assert formats.date(NOW, "es") == "14 de marzo de 2026"


def test_the_age_of_a_measurement_is_a_length_of_time() -> None:
    assert formats.age(timedelta(seconds=40), "en") == "40 seconds"
    assert formats.age(timedelta(minutes=1), "es") == "1 minuto"
    assert formats.age(timedelta(days=3), "en") == "3 days"


def test_a_clip_is_as_long_as_a_clock_says() -> None:
    assert [formats.clock(seconds) for seconds in (0, 8.4, 59.6, 123)] == ["0:00", "0:08", "1:00", "2:03"]
