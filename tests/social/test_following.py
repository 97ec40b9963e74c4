"""Following in a cell and across the border: both sides have it, nobody has it who doesn't want it."""

import pytest

from kept.accounts import Session
from kept.catalog import CellRow
from kept.policy import AgeBand, Refused, Relation
from kept.social import (
    FollowState,
    NoSuchMember,
    NoSuchRequest,
    NotYourself,
    Which,
    accept_follower,
    block,
    decline_follower,
    find_drift,
    follow,
    mute,
    privacy_of,
    remove_follower,
    set_privacy,
    unblock,
    unfollow,
    unmute,
)
from kept.subjects import forget_name
from tests.fixtures.crowd import Crowd

HOMES = pytest.mark.parametrize("home", ["us", "eu"], ids=["same cell", "over the sea"])


async def pair(crowd: Crowd, home: str, **other: object) -> tuple[Session, Session]:
    cell = crowd.lot.cells.named(home)
    return await crowd.member(crowd.us), await crowd.member(cell, **other)  # type: ignore[arg-type]


@HOMES
async def test_who_follows_an_open_account_follows_and_both_know(crowd: Crowd, home: str) -> None:
    ada, eva = await pair(crowd, home)
    said = await crowd.do(follow, ada, eva)
    assert said is (FollowState.FOLLOWING if home == "us" else FollowState.ASKED)
    await crowd.carry()
    assert (await crowd.facing(ada, eva)).follows is FollowState.FOLLOWING
    assert (await crowd.facing(eva, ada)).followed is FollowState.FOLLOWING
    assert await crowd.names(ada, Which.FOLLOWING) == [eva.handle]
    assert await crowd.names(eva, Which.FOLLOWERS) == [ada.handle]
    for cell in crowd.lot.cells:
        profile = await crowd.profile(eva, at=cell)
        assert profile is not None
        assert (profile.followers, profile.following) == (1, 0)
    await crowd.do(unfollow, ada, eva)
    await crowd.carry()
    assert await crowd.names(eva, Which.FOLLOWERS) == []
    profile = await crowd.profile(eva)
    assert profile is not None
    assert profile.followers == 0


@HOMES
async def test_following_twice_is_following_once(crowd: Crowd, home: str) -> None:
    ada, eva = await pair(crowd, home)
    for _ in range(2):
        await crowd.do(follow, ada, eva)
        await crowd.carry()
        await crowd.do(follow, ada, eva)
    assert await crowd.names(eva, Which.FOLLOWERS) == [ada.handle]
    for _ in range(2):
        await crowd.do(unfollow, ada, eva)
    await crowd.carry()
    assert await crowd.names(ada, Which.FOLLOWING) == []


@HOMES
async def test_a_private_account_is_asked_and_answers_itself(crowd: Crowd, home: str) -> None:
    ada, eva = await pair(crowd, home, private=True)
    assert await crowd.do(follow, ada, eva) is FollowState.ASKED
    await crowd.carry()
    assert await crowd.names(eva, Which.REQUESTS) == [ada.handle]
    assert await crowd.names(eva, Which.FOLLOWERS) == []
    await crowd.do(accept_follower, eva, ada)
    await crowd.carry()
    assert (await crowd.facing(ada, eva)).relation is Relation.FOLLOWER
    assert await crowd.names(eva, Which.REQUESTS) == []


@HOMES
async def test_declined_one_may_ask_again(crowd: Crowd, home: str) -> None:
    ada, eva = await pair(crowd, home, private=True)
    await crowd.do(follow, ada, eva)
    await crowd.carry()
    await crowd.do(decline_follower, eva, ada)
    await crowd.carry()
    assert (await crowd.facing(ada, eva)).follows is FollowState.ENDED
    with pytest.raises(NoSuchRequest):
        await crowd.do(accept_follower, eva, ada)
    await crowd.do(follow, ada, eva)
    await crowd.carry()
    assert await crowd.names(eva, Which.REQUESTS) == [ada.handle]


@HOMES
async def test_a_follower_who_is_let_go_follows_no_longer(crowd: Crowd, home: str) -> None:
    ada, eva = await pair(crowd, home)
    await crowd.do(follow, ada, eva)
    await crowd.carry()
    await crowd.do(remove_follower, eva, ada)
    await crowd.carry()
    assert await crowd.names(ada, Which.FOLLOWING) == []
    assert await crowd.names(eva, Which.FOLLOWERS) == []


@HOMES
async def test_a_block_ends_following_both_ways_and_lifting_it_brings_nothing_back(crowd: Crowd, home: str) -> None:
    ada, eva = await pair(crowd, home)
    await crowd.do(follow, ada, eva)
    await crowd.do(follow, eva, ada)
    await crowd.carry()
    assert (await crowd.facing(ada, eva)).relation is Relation.FRIEND
    await crowd.do(block, eva, ada)
    await crowd.carry()
    for one, other in ((ada, eva), (eva, ada)):
        assert (await crowd.facing(one, other)).relation is Relation.BLOCKED
        assert await crowd.names(one, Which.FOLLOWING) == await crowd.names(one, Which.FOLLOWERS) == []
    assert await crowd.names(eva, Which.BLOCKED) == [ada.handle]
    assert await crowd.names(ada, Which.BLOCKED) == []
    await crowd.do(unblock, eva, ada)
    await crowd.carry()
    for one, other in ((ada, eva), (eva, ada)):
        assert (await crowd.facing(one, other)).relation is Relation.STRANGER
    await crowd.do(follow, ada, eva)
    await crowd.carry()
    assert (await crowd.facing(ada, eva)).relation is Relation.FOLLOWER


@HOMES
async def test_whom_one_blocks_hears_the_same_as_of_nobody(crowd: Crowd, home: str) -> None:
    ada, eva = await pair(crowd, home)
    await crowd.do(block, eva, ada)
    await crowd.carry()
    said = []
    for name in (eva.handle, "nobody.of.that.name"):
        with pytest.raises(NoSuchMember) as refused:
            await crowd.do(follow, ada, name)
        said.append((refused.value.code, refused.value.public))
    assert said[0] == said[1]


@HOMES
async def test_nobody_has_to_do_with_a_child(crowd: Crowd, home: str) -> None:
    ada, child = await pair(crowd, home, band=AgeBand.UNDER_13)
    assert await crowd.profile(child) is None
    with pytest.raises(NoSuchMember):
        await crowd.do(follow, ada, child)
    for verb in (follow, unfollow, block, unblock, remove_follower, accept_follower, mute, unmute):
        with pytest.raises(Refused):
            await crowd.do(verb, child, ada)
    await crowd.do(block, ada, child)
    await crowd.carry()
    for table in ("follow", "follower", "block", "blocked_by"):
        assert await child.cell.database.fetch(f"SELECT FROM {table} WHERE owner_id = $1", child.member_id) == []


async def test_there_is_nobody_where_nothing_was_ever_done_in_public(crowd: Crowd) -> None:
    ada, quiet = await crowd.member(), await crowd.lot.member(crowd.us)
    with pytest.raises(NoSuchMember):
        await crowd.do(follow, ada, quiet)
    with pytest.raises(NotYourself):
        await crowd.do(follow, ada, ada)
    await crowd.do(follow, quiet, ada)
    assert await crowd.do(follow, ada, quiet) is FollowState.FOLLOWING


async def test_who_rests_answers_nobody(crowd: Crowd) -> None:
    ada, eva = await crowd.member(crowd.us), await crowd.member(crowd.eu)
    await eva.cell.database.fetch(
        "UPDATE account SET leaving_at = $2 WHERE owner_id = $1", eva.member_id, crowd.lot.now
    )
    await crowd.do(follow, ada, eva)
    await crowd.carry()
    assert (await crowd.facing(ada, eva)).follows is FollowState.ENDED


async def test_opening_an_account_lets_nobody_in_who_asked_before(crowd: Crowd) -> None:
    ada, eva = await crowd.member(), await crowd.member(private=True)
    await crowd.do(follow, ada, eva)
    async with eva.cell.begin() as tx:
        await set_privacy(tx, eva, private=False, now=crowd.lot.now)
    assert await crowd.names(eva, Which.REQUESTS) == [ada.handle]
    other = await crowd.member()
    assert await crowd.do(follow, other, eva) is FollowState.FOLLOWING


async def test_figures_that_differ_from_what_they_count_are_found_and_drawn_again(crowd: Crowd) -> None:
    ada, eva = await crowd.member(), await crowd.member()
    await crowd.do(follow, ada, eva)
    await crowd.carry()
    assert await find_drift(crowd.us, now=crowd.lot.now) == 0
    await crowd.us.database.fetch("DELETE FROM follower WHERE owner_id = $1", eva.member_id)  # as an erasure does
    assert await find_drift(crowd.us, now=crowd.lot.now) == 1
    await crowd.carry()
    profile = await crowd.profile(eva, at=crowd.eu)
    assert profile is not None
    assert profile.followers == 0


@HOMES
async def test_whoever_is_erased_is_in_nobodys_rows_any_more(crowd: Crowd, home: str) -> None:
    ada, eva = await pair(crowd, home)
    await crowd.do(follow, ada, eva)
    await crowd.do(follow, eva, ada)
    await crowd.do(mute, ada, eva)
    await crowd.carry()
    async with ada.cell.begin() as tx:
        await forget_name(tx.connection, CellRow.metadata, eva.member_id)
    for table in ("follow", "follower", "block", "blocked_by", "mute"):
        assert await ada.cell.database.fetch(f"SELECT FROM {table} WHERE owner_id = $1", ada.member_id) == []
    await find_drift(ada.cell, now=crowd.lot.now)
    await crowd.carry()
    profile = await crowd.profile(ada)
    assert profile is not None
    assert (profile.followers, profile.following) == (0, 0)


@HOMES
async def test_under_16_an_account_is_private_until_its_member_opens_it(crowd: Crowd, home: str) -> None:
    ada, teen = await pair(crowd, home, band=AgeBand.TEEN_13_15)
    assert (await privacy_of(teen.cell, teen.member_id)).private
    for cell in crowd.lot.cells:
        assert (await crowd.profile(teen, at=cell)).private  # type: ignore[union-attr]
    await crowd.do(follow, ada, teen)
    await crowd.carry()
    assert (await crowd.facing(ada, teen)).follows is FollowState.ASKED
    await teen.cell.database.fetch("UPDATE account SET band = 'teen_16_17' WHERE owner_id = $1", teen.member_id)
    assert (await privacy_of(teen.cell, teen.member_id)).private
    async with teen.cell.begin() as tx:
        await set_privacy(tx, teen, private=False, now=crowd.lot.now)
    await crowd.carry()
    assert not (await privacy_of(teen.cell, teen.member_id)).private


@pytest.mark.parametrize("band", [AgeBand.TEEN_16_17, AgeBand.ADULT])
async def test_from_16_on_it_is_open_until_its_member_closes_it(crowd: Crowd, band: AgeBand) -> None:
    one = await crowd.member(crowd.us, band=band)
    assert not (await privacy_of(one.cell, one.member_id)).private
