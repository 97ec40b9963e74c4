"""A home is switched once, by whoever knows where it was, and no process remembers the old one."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from kept.cells import Directory, Home
from kept.cells.directory import ForgedCellKey
from kept.kit import Database, new_id
from kept.ledger import Signer
from tests.fixtures.house import House


async def member(house: House) -> Home:
    home = Home(new_id(), "us")
    await house.cells.directory.claim(home, handle=f"m{home.member_id.hex[-12:]}", login=None, now=house.clock.now())
    return home


async def until(good: Callable[[], Awaitable[bool]], seconds: float = 5.0) -> float:
    begun = time.monotonic()
    while not await good():
        assert time.monotonic() - begun < seconds
        await asyncio.sleep(0.01)
    return time.monotonic() - begun


async def test_a_move_is_made_once_and_only_from_where_the_home_is(house: House) -> None:
    directory, now, home = house.cells.directory, house.clock.now(), await member(house)
    assert not await directory.move(home.member_id, "us", from_cell="eu", now=now)
    tries = [directory.move(home.member_id, "eu", from_cell="us", now=now) for _ in range(8)]
    assert sum(await asyncio.gather(*tries)) == 1
    assert await directory.home(home.member_id) == "eu"
    assert not await directory.move(new_id(), "eu", from_cell="us", now=now)


async def test_another_process_forgets_the_old_home_within_a_second(house: House) -> None:
    home = await member(house)
    other = Directory(Database(house.cells.directory.database.address))

    async def remembers() -> bool:
        await other.home(home.member_id)
        return home.member_id in other._homes

    async def forgot() -> bool:
        return await other.home(home.member_id) == "eu"

    try:
        async with other.watching():
            await until(remembers)
            await house.cells.directory.move(home.member_id, "eu", from_cell="us", now=house.clock.now())
            assert await until(forgot) < 1.0
    finally:
        await other.database.close()


async def test_nothing_is_remembered_by_a_process_that_does_not_hear_of_moves(house: House) -> None:
    home = await member(house)
    assert await house.cells.directory.home(home.member_id) == "us"
    assert house.cells.directory._homes == {}


async def test_a_cell_tells_its_newest_public_key(house: House) -> None:
    directory, now = house.cells.directory, house.clock.now()
    assert await directory.key_of("eu") is None
    await directory.publish_key("eu", b"first", now=now)
    await directory.publish_key("eu", b"second", now=now)
    assert await directory.key_of("eu") == b"second"
    assert await directory.key_of("us") is None


async def test_a_key_that_the_regions_gateway_did_not_sign_is_used_by_no_other_region(house: House) -> None:
    database, now = house.cells.directory.database, house.clock.now()
    signer, stranger = (Signer("eu.gateway", bytes([seed]) * 32) for seed in (1, 2))
    ours, theirs = Directory(database, signer=signer), Directory(database, verifiers={"eu": signer.vkey})
    await ours.publish_key("eu", b"good", now=now)
    assert await theirs.key_of("eu") == b"good"
    for forger in (Directory(database), Directory(database, signer=stranger)):
        await forger.publish_key("eu", b"bad", now=now)
        with pytest.raises(ForgedCellKey):
            await theirs.key_of("eu")
    await database.fetch("UPDATE cell_key SET signature = (SELECT signature FROM cell_key WHERE cell = 'eu')")
    with pytest.raises(ForgedCellKey):
        await theirs.key_of("eu")
    await ours.publish_key("eu", b"good", now=now)
    assert await theirs.key_of("eu") == b"good"
