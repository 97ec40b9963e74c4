"""People are found by the beginning of their handle, unless they are left out, at rest, or apart by a block."""

import pytest

from kept.accounts import Limits, put_limits
from kept.policy import AgeBand, Limit, Refused
from kept.social import Privacy, block, draw_again, find_people, privacy_of, set_privacy
from tests.fixtures.crowd import Crowd


async def handles(by: object, words: str) -> list[str]:
    return [one.handle for one in await find_people(by, words)]  # type: ignore[arg-type]


async def test_somebody_is_found_in_every_cell_by_the_beginning_of_the_handle(crowd: Crowd) -> None:
    ann, bob = await crowd.member(), await crowd.member(crowd.eu)
    assert bob.handle in await handles(ann, bob.handle)
    assert (await handles(ann, f"@{bob.handle.upper()}"))[0] == bob.handle
    assert bob.handle in await handles(ann, bob.handle[:-1])
    assert await handles(ann, "%") == await handles(ann, "") == await handles(ann, "\\") == []


async def test_who_is_left_out_is_not_found_anywhere_and_can_come_back(crowd: Crowd) -> None:
    ann, bob = await crowd.member(), await crowd.member(crowd.eu)
    for unlisted in (True, False):
        async with bob.cell.begin() as tx:
            await set_privacy(tx, bob, unlisted=unlisted, now=crowd.lot.now)
        await crowd.carry()
        assert (bob.handle in await handles(ann, bob.handle)) is not unlisted
    assert await privacy_of(bob.cell, bob.member_id) == Privacy(False, False)


async def test_one_choice_leaves_the_other_as_it_is(crowd: Crowd) -> None:
    teen = await crowd.member(band=AgeBand.TEEN_13_15)
    async with teen.cell.begin() as tx:
        await set_privacy(tx, teen, unlisted=True, now=crowd.lot.now)
    assert await privacy_of(teen.cell, teen.member_id) == Privacy(True, True)


@pytest.mark.parametrize("blocker", [0, 1])
async def test_a_block_hides_both_from_each_other(crowd: Crowd, blocker: int) -> None:
    pair = [await crowd.member(), await crowd.member(crowd.eu)]
    await crowd.do(block, pair[blocker], pair[1 - blocker])
    await crowd.carry()
    assert await handles(pair[0], pair[1].handle) == await handles(pair[1], pair[0].handle) == []


async def test_whom_a_guardian_keeps_out_of_sight_is_not_found(crowd: Crowd) -> None:
    ann, teen = await crowd.member(), await crowd.member(crowd.eu, band=AgeBand.TEEN_16_17)
    for off in (frozenset({Limit.DISCOVERABILITY}), frozenset({Limit.SEARCH})):
        async with teen.cell.begin() as tx:
            await put_limits(tx, teen.member_id, Limits(guarded=off), now=crowd.lot.now)
            await draw_again(tx, teen.member_id, now=crowd.lot.now)
        await crowd.carry()
        assert (teen.handle in await handles(ann, teen.handle)) is (Limit.DISCOVERABILITY not in off)


async def test_children_neither_search_nor_are_found(crowd: Crowd) -> None:
    ann, child = await crowd.member(), await crowd.member(band=AgeBand.UNDER_13)
    assert await handles(ann, child.handle) == []
    with pytest.raises(Refused):
        await find_people(child, ann.handle)
