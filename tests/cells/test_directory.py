"""Names are unique over all cells; a claim that nobody confirmed lapses."""

import asyncio
from datetime import timedelta

import pytest

from kept.cells import Directory, Home, NameTaken
from kept.kit import new_id
from tests.fixtures.house import House


async def claim(house: House, handle: str, login: bytes | None = None, cell: str = "us") -> Home:
    home = Home(new_id(), cell)
    await house.cells.directory.claim(home, handle=handle, login=login, now=house.clock.now())
    return home


async def test_a_handle_belongs_to_one_member_over_all_cells(house: House) -> None:
    first = await claim(house, "mira", cell="us")
    with pytest.raises(NameTaken, match="name is taken"):
        await claim(house, "mira", cell="eu")
    assert await house.cells.directory.by_handle("Mira") == first


async def test_a_login_belongs_to_one_member(house: House) -> None:
    first = await claim(house, "mira", b"k" * 16)
    with pytest.raises(NameTaken, match="e-mail address is taken"):
        await claim(house, "other", b"k" * 16)
    assert await house.cells.directory.by_login(b"k" * 16) == first
    assert await house.cells.directory.by_handle("other") is None


async def test_in_a_race_exactly_one_wins(house: House) -> None:
    results = await asyncio.gather(*(claim(house, "mira") for _ in range(12)), return_exceptions=True)
    assert sum(isinstance(result, Home) for result in results) == 1
    assert sum(isinstance(result, NameTaken) for result in results) == 11


async def test_a_claim_that_was_never_confirmed_lapses(house: House) -> None:
    first = await claim(house, "mira", b"k" * 16)
    house.clock.advance(timedelta(minutes=11))
    second = await claim(house, "mira", b"k" * 16)
    assert await house.cells.directory.by_handle("mira") == second
    assert await Directory(house.cells.directory.database).home(first.member_id) is None


async def test_a_confirmed_claim_does_not_lapse(house: House) -> None:
    first = await claim(house, "mira")
    await house.cells.directory.confirm(first.member_id, now=house.clock.now())
    house.clock.advance(timedelta(days=400))
    with pytest.raises(NameTaken):
        await claim(house, "mira")


async def test_released_names_are_free_again(house: House) -> None:
    first = await claim(house, "mira", b"k" * 16)
    assert await house.cells.directory.home(first.member_id) == "us"
    await house.cells.directory.release(first.member_id)
    assert await house.cells.directory.home(first.member_id) is None
    await claim(house, "mira", b"k" * 16)


async def test_newcomers_live_where_their_country_belongs(house: House) -> None:
    assert (await house.cells.for_newcomer(new_id(), "DE")).name == "eu"
    assert (await house.cells.for_newcomer(new_id(), "US")).name == "us"
    assert (await house.cells.for_newcomer(new_id(), "BR")).name == "us"


async def test_only_claims_that_are_old_and_not_confirmed_are_in_doubt(house: House) -> None:
    directory, now = house.cells.directory, house.clock.now()
    kept, doubtful = Home(new_id(), "us"), Home(new_id(), "eu")
    await directory.claim(kept, handle="kept.one", login=b"1", now=now)
    await directory.claim(doubtful, handle="doubtful", login=b"2", now=now)
    assert await directory.confirm(kept.member_id, now=now)
    later = now + timedelta(minutes=1)
    assert await directory.in_doubt(before=now) == []
    assert await directory.in_doubt(before=later) == [doubtful]
    assert await directory.in_doubt(before=later, handle="free", login=b"2") == [doubtful]
    assert await directory.in_doubt(before=later, handle="kept.one", login=b"1") == []
    await directory.release(doubtful.member_id)
    assert not await directory.confirm(doubtful.member_id, now=later)
