"""The number rises live on every page that is open; at night it does not, for young people whatever they choose."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.accounts import Session
from kept.kit import FixedClock
from kept.notices import Choices, NoSuchZone, choose, is_night, mark_seen, may_be_woken, zones_of
from kept.policy import Actor, AgeBand, Refused, Standing
from kept.social import follow, unfollow
from tests.fixtures.crowd import Crowd


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


async def told(numbers: AsyncGenerator[int | None, None]) -> int:
    """The next number, past signs of life."""
    async with asyncio.timeout(5):
        while (number := await anext(numbers)) is None:
            pass
        return number


def in_germany(member: Session) -> Session:
    """A country of one zone, an hour ahead of UTC in winter."""
    return replace(member, country="DE")


async def test_the_number_rises_and_falls_on_every_page(crowd: Crowd) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.us)
    clock, bells = FixedClock(crowd.lot.now), crowd.notices.bells
    async with (
        aclosing(bells.numbers(author, clock)) as one,
        aclosing(bells.numbers(author, clock)) as two,
        aclosing(bells.numbers(fan, clock, heartbeat=0.2)) as other,
    ):
        assert [await told(numbers) for numbers in (one, two, other)] == [0, 0, 0]
        await crowd.do(follow, fan, author)
        assert [await told(numbers) for numbers in (one, two)] == [1, 1]
        async with author.cell.begin() as tx:
            await mark_seen(tx, author, now=crowd.lot.now)
        await crowd.do(unfollow, fan, author)
        assert await told(one) == 0
        assert await anext(other) is None, "a sign of life"
        bells.end(author.member_id)
        with pytest.raises(StopAsyncIteration):
            await told(one)


async def test_at_night_nothing_rises_and_what_came_is_there_in_the_morning(crowd: Crowd) -> None:
    fan = await crowd.member(crowd.us)
    for band, quiet, rises in (
        (AgeBand.TEEN_16_17, False, False),
        (AgeBand.TEEN_13_15, False, False),
        (AgeBand.ADULT, True, False),
        (AgeBand.ADULT, False, True),
    ):
        reader = in_germany(await crowd.member(crowd.us, band=band))
        async with reader.cell.begin() as tx:
            await choose(tx, reader, Choices(quiet=quiet), now=crowd.lot.now)
        clock = FixedClock(at(23))
        async with aclosing(crowd.notices.bells.numbers(reader, clock, heartbeat=0.1)) as numbers:
            assert await anext(numbers) == 0
            await crowd.do(follow, fan, reader)
            assert (await anext(numbers) is not None) is rises
            clock.advance(timedelta(hours=8))
            assert rises or await told(numbers) == 1, "in the morning it is there"


@given(st.integers(0, 366 * 24 * 4))
def test_where_a_country_has_many_zones_it_is_night_while_it_is_anywhere(quarters: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarters)
    zones = zones_of("US")
    assert is_night("US", moment) == any(is_night("US", moment, zone=zone) for zone in zones)
    assert is_night("US", moment, zone="Europe/Berlin") == is_night("US", moment), "no zone of theirs"


def test_nights_begin_at_ten_and_end_at_seven() -> None:
    assert [is_night("DE", at(hour, minute)) for hour, minute in ((20, 59), (21, 0), (5, 59), (6, 0))] == [
        False, True, True, False
    ]  # fmt: skip
    assert is_night("AQ", at(12)) in (True, False)
    assert is_night("XX", at(23)), "in UTC, where there is no zone"
    assert not is_night("XX", at(12))


async def test_a_zone_is_one_of_the_country_and_an_adults_choice(crowd: Crowd) -> None:
    adult = await crowd.member(crowd.us)
    teen = await crowd.member(crowd.us, band=AgeBand.TEEN_16_17)
    assert may_be_woken(adult)
    assert not may_be_woken(teen)
    for member, zone in ((adult, "Europe/Berlin"), (adult, "no zone"), (teen, "America/New_York")):
        async with member.cell.begin() as tx:
            with pytest.raises(NoSuchZone):
                await choose(tx, member, Choices(zone=zone), now=crowd.lot.now)
    async with adult.cell.begin() as tx:
        await choose(tx, adult, Choices(quiet=True, zone="America/New_York"), now=crowd.lot.now)
    suspended = Actor.member(AgeBand.ADULT, standing=Standing.SUSPENDED, offered=True, limits=())
    async with adult.cell.begin() as tx:
        with pytest.raises(Refused):
            await choose(tx, replace(adult, actor=suspended), Choices(), now=crowd.lot.now)


async def test_a_child_listens_to_nothing(crowd: Crowd) -> None:
    child = await crowd.member(crowd.us, band=AgeBand.UNDER_13)
    with pytest.raises(Refused):
        crowd.notices.bells.numbers(child, FixedClock(at(12)))
