"""Liking: once or not at all, only what one may watch; each cell counts its own, and all show the sum."""

import pytest

from kept.accounts import Session
from kept.cells import Cell
from kept.kit import new_id
from kept.likes import Likes, like, likes_now, likes_of, mend_likes, unlike
from kept.policy import AgeBand, Refused
from kept.social import block, follow, set_privacy
from kept.subjects import erasing
from kept.videos import NoSuchVideo, withdraw
from tests.fixtures.crowd import Crowd


async def act(crowd: Crowd, verb: object, by: Session, clip: object) -> None:
    async with by.cell.begin() as tx:
        await verb(tx, by, clip, now=crowd.lot.now)  # type: ignore[operator]


async def seen(crowd: Crowd, cell: Cell, clip: object, by: Session | None = None) -> Likes:
    found = await likes_of(cell, [clip], by.member_id if by else None)  # type: ignore[list-item]
    return found[clip]  # type: ignore[index]


async def test_cells_count_their_own_and_all_show_the_sum(crowd: Crowd, small_clip: bytes) -> None:
    author = await crowd.member(crowd.us)
    clip = await crowd.lot.publish(author, small_clip)
    fans = [await crowd.member(cell) for cell in (crowd.us, crowd.us, crowd.eu)]
    for fan in fans:
        await act(crowd, like, fan, clip)
        await act(crowd, like, fan, clip)
    assert (await likes_now(crowd.us, clip, fans[0].member_id)).count == 2, "the other cell's has not come yet"
    await crowd.carry()
    for cell in crowd.lot.cells:
        assert await seen(crowd, cell, clip) == Likes(3, False)
    assert await seen(crowd, crowd.eu, clip, fans[2]) == Likes(3, True)
    await act(crowd, unlike, fans[0], clip)
    await act(crowd, unlike, fans[0], clip)
    await crowd.carry()
    assert await seen(crowd, crowd.eu, clip) == Likes(2, False)
    rows = await crowd.us.database.fetch("SELECT FROM liked WHERE owner_id = $1", fans[2].member_id)
    assert rows == [], "who likes what stays at home"


async def test_only_what_one_may_watch_can_be_liked(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.eu)
    clip = await crowd.lot.publish(author, small_clip)
    with pytest.raises(NoSuchVideo):
        await act(crowd, like, fan, new_id())
    child = await crowd.member(crowd.us, band=AgeBand.UNDER_13)
    for verb in (like, unlike):
        with pytest.raises(Refused):
            await act(crowd, verb, child, clip)
    await crowd.do(block, author, fan)
    await crowd.carry()
    with pytest.raises(NoSuchVideo):
        await act(crowd, like, fan, clip)
    follower, stranger = await crowd.member(crowd.us), await crowd.member(crowd.us)
    await crowd.do(follow, follower, author)
    async with author.cell.begin() as tx:
        await set_privacy(tx, author, private=True, now=crowd.lot.now)
    await act(crowd, like, follower, clip)
    with pytest.raises(NoSuchVideo):
        await act(crowd, like, stranger, clip)


async def test_a_clip_that_is_gone_has_no_likes_anywhere_also_none_that_come_late(
    crowd: Crowd, small_clip: bytes
) -> None:
    author, fan, late = await crowd.member(crowd.us), await crowd.member(crowd.us), await crowd.member(crowd.eu)
    clip = await crowd.lot.publish(author, small_clip)
    await act(crowd, like, fan, clip)
    await crowd.carry()
    await act(crowd, like, late, clip)
    async with author.cell.begin() as tx:
        await withdraw(
            tx, clip, by=author, pseudonym=crowd.lot.house.beacon.pseudonym(author.member_id), now=crowd.lot.now
        )
    await crowd.carry()
    for cell in crowd.lot.cells:
        assert await cell.database.fetch("SELECT FROM shelf_likes WHERE clip_id = $1", clip) == []
        await mend_likes(cell, now=crowd.lot.now)
        assert await cell.database.fetch("SELECT FROM liked WHERE clip_id = $1", clip) == []


async def test_who_is_erased_takes_their_likes_along(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.eu)
    clip = await crowd.lot.publish(author, small_clip)
    await act(crowd, like, fan, clip)
    await crowd.carry()
    assert "liked" in {table.name for table in erasing.tables_of_members()}
    await crowd.eu.database.fetch("DELETE FROM liked WHERE owner_id = $1", fan.member_id)  # as an erasure does
    assert await mend_likes(crowd.eu, now=crowd.lot.now) == 1
    await crowd.carry()
    assert await seen(crowd, crowd.us, clip) == Likes(0, False)
    assert await mend_likes(crowd.eu, now=crowd.lot.now) == 0


async def test_likes_that_came_with_a_member_who_moved_here_are_counted(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.eu)
    clip = await crowd.lot.publish(author, small_clip)
    values = (fan.member_id, clip, author.member_id, crowd.lot.now)
    await crowd.eu.database.fetch("INSERT INTO liked VALUES ($1, $2, $3, $4)", *values)  # as a move does
    assert await mend_likes(crowd.eu, now=crowd.lot.now) == 1
    await crowd.carry()
    assert await seen(crowd, crowd.us, clip) == Likes(1, False)
