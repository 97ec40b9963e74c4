from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.accounts import AgeAlreadyGiven, BadBirthDate, BadTicket, Tickets, answer, birth_band
from kept.accounts.age_screen import FirstAnswer
from kept.accounts.passkeys import Asking
from kept.policy import AgeBand, band_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TICKETS = Tickets(bytes(32))
CHILD, TEEN, ADULT = date(2016, 1, 1), date(2012, 1, 1), date(1990, 1, 1)


@pytest.mark.parametrize("born", [date(2026, 11, 24), date(3000, 1, 1), date(1900, 1, 1), date(1, 1, 1)])
def test_nobody_is_born_in_the_future_or_too_long_ago(born: date) -> None:
    with pytest.raises(BadBirthDate):
        birth_band(born, now=NOW)


def test_going_back_gives_no_second_try() -> None:
    kept = answer(TICKETS, None, CHILD, now=NOW)
    with pytest.raises(AgeAlreadyGiven):
        answer(TICKETS, kept, ADULT, now=NOW + timedelta(hours=23))
    assert answer(TICKETS, kept, CHILD + timedelta(days=3), now=NOW) == kept


def test_the_next_day_the_question_is_open_again() -> None:
    kept = answer(TICKETS, None, CHILD, now=NOW)
    assert answer(TICKETS, kept, ADULT, now=NOW + timedelta(hours=25)) != kept


def test_a_younger_answer_counts_from_then_on() -> None:
    kept = answer(TICKETS, None, ADULT, now=NOW)
    younger = answer(TICKETS, kept, CHILD, now=NOW)
    with pytest.raises(AgeAlreadyGiven):
        answer(TICKETS, younger, ADULT, now=NOW)


def test_a_refusal_does_not_tell_what_would_have_followed() -> None:
    refusals = set()
    for first, second in [(CHILD, TEEN), (CHILD, ADULT), (TEEN, ADULT)]:
        with pytest.raises(AgeAlreadyGiven) as refused:
            answer(TICKETS, answer(TICKETS, None, first, now=NOW), second, now=NOW)
        refusals.add(refused.value.public)
    assert len(refusals) == 1


@given(st.lists(st.dates(date(1910, 1, 1), date(2026, 11, 23)), min_size=1, max_size=6))
def test_the_band_of_a_browser_never_gets_older_within_a_day(births: list[date]) -> None:
    order, kept, youngest = list(AgeBand), None, len(AgeBand)
    for born in births:
        band = order.index(band_of(born, NOW.date()))
        try:
            kept = answer(TICKETS, kept, born, now=NOW)
        except AgeAlreadyGiven:
            assert band > youngest
        else:
            assert band <= youngest
            youngest = band


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_changed_ticket_counts_as_none(position: int, change: int) -> None:
    kept = TICKETS.write(FirstAnswer(0), until=NOW)
    raw = bytearray(kept.encode())
    raw[position % len(raw)] ^= change
    with pytest.raises(BadTicket):
        TICKETS.read(raw.decode("latin-1"), FirstAnswer, now=NOW)


def test_a_ticket_is_good_for_its_use_its_time_and_its_installation_only() -> None:
    kept = TICKETS.write(FirstAnswer(3), until=NOW)
    assert TICKETS.read(kept, FirstAnswer, now=NOW).rank == 3
    with pytest.raises(BadTicket):
        TICKETS.read(kept, FirstAnswer, now=NOW + timedelta(seconds=1))
    with pytest.raises(BadTicket):
        TICKETS.read(kept, Asking, now=NOW)
    with pytest.raises(BadTicket):
        Tickets(bytes([1]) * 32).read(kept, FirstAnswer, now=NOW)


def test_a_ticket_does_not_show_the_band() -> None:
    tickets = [answer(TICKETS, None, born, now=NOW) for born in (CHILD, TEEN, ADULT)]
    assert len({len(ticket) for ticket in tickets}) == 1, "not even by its length"
