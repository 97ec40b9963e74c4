"""What a tie changes elsewhere: clips of those who block, or are private, in every door; messages; the feed."""

import pytest

from kept.feed import Feed
from kept.messages import Known
from kept.policy import Choice, Refused, Relation
from kept.social import Which, accept_follower, block, follow, mute, set_privacy, unblock, unmute
from kept.videos import NoSuchVideo
from tests.fixtures.crowd import Crowd
from tests.fixtures.lot import viewer, visitor

HOMES = pytest.mark.parametrize("home", ["us", "eu"], ids=["same cell", "over the sea"])


async def in_feed(crowd: Crowd, by: object) -> set[str]:
    feed = Feed(crowd.lot.studio.addresses)
    page = await feed.page(by, None, limit=24, now=crowd.lot.now)  # type: ignore[arg-type]
    return {card.handle for card in page.cards}


@HOMES
async def test_where_one_blocks_the_other_neither_sees_the_others_clips(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    ada, eva = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    clips = {one: await crowd.lot.publish(one, small_clip) for one in (ada, eva)}
    await crowd.do(block, ada, eva)
    await crowd.carry()
    for one, other in ((ada, eva), (eva, ada)):
        with pytest.raises(NoSuchVideo):
            await crowd.lot.seen(one, clips[other])
        assert other.handle not in await in_feed(crowd, viewer(one))
        assert other.handle in await in_feed(crowd, visitor(one.cell))
    await crowd.do(unblock, ada, eva)
    await crowd.carry()
    assert (await crowd.lot.seen(eva, clips[ada])).playable
    assert ada.handle in await in_feed(crowd, viewer(eva))


@HOMES
async def test_clips_of_a_private_account_are_for_its_followers(crowd: Crowd, home: str, small_clip: bytes) -> None:
    ada, eva = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    clip = await crowd.lot.publish(eva, small_clip)
    await crowd.do(follow, ada, eva)
    other = await crowd.member(crowd.us)
    async with eva.cell.begin() as tx:
        await set_privacy(tx, eva, private=True, now=crowd.lot.now)
    await crowd.carry()
    assert (await crowd.lot.seen(ada, clip)).playable
    assert (await crowd.lot.seen(eva, clip)).playable
    with pytest.raises(NoSuchVideo):
        await crowd.lot.seen(other, clip)
    for somebody in (viewer(ada), viewer(other), visitor(crowd.us)):
        assert eva.handle not in await in_feed(crowd, somebody)


@HOMES
async def test_messages_know_friends_and_blocks(crowd: Crowd, home: str) -> None:
    ada, eva = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    known = Known()

    async def relations() -> list[Relation]:
        ties = [await known.tie(one.cell, one.member_id, other.member_id) for one, other in ((ada, eva), (eva, ada))]
        assert {tie.accepts for tie in ties} == {Choice.EVERYONE}
        return [tie.relation for tie in ties]

    assert await relations() == [Relation.STRANGER, Relation.STRANGER]
    await crowd.do(follow, ada, eva)
    await crowd.carry()
    assert await relations() == [Relation.STRANGER, Relation.FOLLOWER]  # what the other is to each
    await crowd.do(follow, eva, ada)
    await crowd.carry()
    assert await relations() == [Relation.FRIEND, Relation.FRIEND]
    await crowd.do(block, eva, ada)
    await crowd.carry()
    assert await relations() == [Relation.BLOCKED, Relation.BLOCKED]


@HOMES
async def test_the_following_feed_has_those_one_follows_and_nobody_else(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    ada, eva = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home), private=True)
    other = await crowd.member(crowd.us)
    clips = [await crowd.lot.publish(one, small_clip) for one in (eva, other, eva)]
    feed = Feed(crowd.lot.studio.addresses)

    async def found() -> list[object]:
        ids, cursor = [], None
        while True:
            page = await feed.page_followed(viewer(ada), cursor, limit=1, now=crowd.lot.now)
            ids += [card.id for card in page.cards]
            cursor = page.next_cursor
            if cursor is None:
                return ids

    assert await found() == []
    await crowd.do(follow, ada, eva)
    await crowd.carry()
    assert await found() == [], "she has not let them in"
    await crowd.do(accept_follower, eva, ada)
    await crowd.carry()
    assert await found() == [clips[2], clips[0]]
    await crowd.do(block, eva, ada)
    await crowd.carry()
    assert await found() == []
    with pytest.raises(Refused):
        await feed.page_followed(visitor(crowd.us), None, now=crowd.lot.now)


async def test_who_is_muted_is_in_no_feed_of_who_mutes_and_notices_nothing(crowd: Crowd, small_clip: bytes) -> None:
    ada, eva = await crowd.member(crowd.us), await crowd.member(crowd.eu)
    clip = await crowd.lot.publish(eva, small_clip)
    feed = Feed(crowd.lot.studio.addresses)
    await crowd.do(follow, ada, eva)
    await crowd.carry()
    for verb, is_shown in ((mute, False), (mute, False), (unmute, True), (unmute, True)):
        await crowd.do(verb, ada, eva)
        assert (eva.handle in await in_feed(crowd, viewer(ada))) is is_shown
        page = await feed.page_followed(viewer(ada), None, now=crowd.lot.now)
        assert bool(page.cards) is is_shown
        assert await crowd.names(ada, Which.MUTED) == ([] if is_shown else [eva.handle])
        assert (await crowd.lot.seen(ada, clip)).playable
        assert (await crowd.facing(ada, eva)).muted is not is_shown
    assert await eva.cell.database.fetch("SELECT FROM mute WHERE other_id = $1", eva.member_id) == []
