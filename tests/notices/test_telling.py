"""Who is told what: once, in their own cell, nothing of their own doing, nothing of those whom they keep away."""

from datetime import timedelta

import pytest

from kept.accounts import Session
from kept.cells import take_off_all_shelves
from kept.comments import delete_comment, let_through, like_comment, set_filter, unlike_comment
from kept.likes import like, unlike
from kept.notices import Choices, Kind, Topic, choices_of, choose, mark_seen, mend_notices, page, unread
from kept.policy import AgeBand, Audience, Choice, Refused
from kept.social import (
    accept_follower,
    block,
    decline_follower,
    follow,
    mute,
    restrict,
    set_privacy,
    unblock,
    unfollow,
    unmute,
)
from kept.videos import BadCursor, VideoState, choose_audience, withdraw
from kept.videos.states import entry_on, locked, move
from tests.comments.talk import act, say
from tests.fixtures.crowd import Crowd

HOMES = pytest.mark.parametrize("home", ["us", "eu"], ids=["same cell", "over the sea"])


async def told(crowd: Crowd, to: Session) -> list[tuple[str, str | None, int]]:
    """What a member finds, the newest first: kind, whose act, how many."""
    found = (await page(to, now=crowd.lot.now)).notices
    assert await unread(to, now=crowd.lot.now) == sum(one.new for one in found), "the number and the page agree"
    return sorted((str(one.kind), one.handle, one.amount) for one in found)


async def heart(crowd: Crowd, verb: object, by: Session, clip: object) -> None:
    async with by.cell.begin() as tx:
        await verb(tx, by, clip, now=crowd.lot.now)  # type: ignore[operator]
    await crowd.carry()


@HOMES
async def test_what_is_undone_takes_its_notice_away(crowd: Crowd, home: str, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    clip = await crowd.publish(author, small_clip)
    await crowd.do(follow, fan, author)
    await crowd.carry()
    comment = await say(crowd, fan, clip, f"What a blue, @{author.handle}!")
    await crowd.carry()
    await heart(crowd, like, fan, clip)
    await heart(crowd, like, author, clip)
    of_clip = [one for one in await told(crowd, author) if one[0] == "published"]
    assert [one for one in await told(crowd, author) if one not in of_clip] == [
        ("commented", fan.handle, 1), ("followed", fan.handle, 1), ("liked", None, 1)
    ], "a comment is told once, one's own like is not told, and whoever likes is not named"  # fmt: skip
    [said] = [one for one in (await page(author, now=crowd.lot.now)).notices if one.comment_id == comment]
    assert said.said == f"What a blue, @{author.handle}!"
    rows = await author.cell.database.fetch("SELECT n::text AS row FROM notice n WHERE owner_id = $1", author.member_id)
    assert not any("blue" in row["row"] for row in rows), "what others write is not copied"
    assert await told(crowd, fan) == [], "nobody is told what they do themselves"

    await heart(crowd, unlike, fan, clip)
    await act(crowd, delete_comment, fan, clip, comment)
    await crowd.do(unfollow, fan, author)
    await crowd.carry()
    assert await told(crowd, author) == of_clip
    await mend_notices(author.cell)
    left = await author.cell.database.fetch("SELECT kind FROM notice WHERE owner_id = $1", author.member_id)
    assert len(left) == len(of_clip)


@HOMES
async def test_answers_likes_of_comments_and_mentions(crowd: Crowd, home: str, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    friend = await crowd.member(crowd.eu)
    clip = await crowd.publish(author, small_clip)
    comment = await say(crowd, fan, clip, "Where is that?")
    await crowd.carry()
    await act(crowd, like_comment, author, clip, comment)
    answer = await say(
        crowd, author, clip, f"By the lake. @{friend.handle} @nobody.at.all @{author.handle}", parent_id=comment
    )
    await crowd.carry()
    assert await told(crowd, fan) == [("answered", author.handle, 1), ("comment_liked", None, 1)]
    assert await told(crowd, friend) == [("mentioned", author.handle, 1)]
    await act(crowd, unlike_comment, author, clip, comment)
    await act(crowd, delete_comment, author, clip, answer)
    await crowd.carry()
    assert await told(crowd, fan) == [] == await told(crowd, friend)


@HOMES
async def test_asking_and_being_let_in(crowd: Crowd, home: str) -> None:
    shy, fan = await crowd.member(crowd.us, private=True), await crowd.member(crowd.lot.cells.named(home))
    await crowd.do(follow, fan, shy)
    await crowd.carry()
    [asked] = (await page(shy, now=crowd.lot.now)).notices
    assert (asked.kind, asked.handle, asked.waits, asked.new) == (Kind.ASKED, fan.handle, True, True)
    await crowd.do(accept_follower, shy, fan)
    await crowd.carry()
    [follows] = (await page(shy, now=crowd.lot.now)).notices
    assert (follows.kind, follows.waits, follows.new) == (Kind.FOLLOWED, False, False), "their own doing is no news"
    assert await told(crowd, fan) == [("accepted", shy.handle, 1)]
    other = await crowd.member(crowd.us)
    await crowd.do(follow, other, shy)
    await crowd.do(decline_follower, shy, other)
    await crowd.carry()
    assert await told(crowd, other) == [], "nobody is told that they were declined"
    assert len(await told(crowd, shy)) == 1


async def test_nothing_from_those_whom_one_keeps_away(crowd: Crowd, small_clip: bytes) -> None:
    author = await crowd.member(crowd.us)
    clip = await crowd.publish(author, small_clip)
    before = await told(crowd, author)
    muted, restricted, blocked = [await crowd.member(cell) for cell in (crowd.eu, crowd.us, crowd.eu)]
    await crowd.do(mute, author, muted)
    await crowd.do(restrict, author, restricted)
    for one in (muted, restricted):
        await crowd.do(follow, one, author)
        await say(crowd, one, clip, f"@{author.handle} look")
        await crowd.carry()
    assert await told(crowd, author) == before
    held = await say(crowd, restricted, clip, "one that waits")
    async with author.cell.begin() as tx:
        await let_through(crowd.comments, tx, author, held, now=crowd.lot.now)
    await crowd.carry()
    assert await told(crowd, author) == before, "letting it through is the owner's own doing"

    async with author.cell.begin() as tx:
        await set_filter(crowd.comments, tx, author, general=False, words=["glaze"], now=crowd.lot.now)
    held = await say(crowd, blocked, clip, f"That glaze, @{author.handle}, @{restricted.handle}!")
    await crowd.carry()
    assert await told(crowd, author) == before, "what waits is on a page of its own"
    async with author.cell.begin() as tx:
        await let_through(crowd.comments, tx, author, held, now=crowd.lot.now)
    await crowd.carry()
    assert await told(crowd, author) == before, "whoever let it through has seen it"
    assert await told(crowd, restricted) == [("mentioned", blocked.handle, 1)], "others have not"

    await crowd.do(follow, blocked, author)
    await say(crowd, blocked, clip, "hello there")
    await crowd.carry()
    assert len(await told(crowd, author)) == len(before) + 2
    await crowd.do(block, author, blocked)
    await crowd.carry()
    assert await told(crowd, author) == before
    await crowd.do(unblock, author, blocked)
    assert await told(crowd, author) == before, "what went does not come back"
    fan = await crowd.member(crowd.us)
    await crowd.do(follow, fan, author)
    await crowd.do(mute, author, fan)
    assert await told(crowd, author) == before
    await crowd.do(unmute, author, fan)
    assert ("followed", fan.handle, 1) in await told(crowd, author)


@pytest.mark.parametrize("home", ["us", "eu"])
async def test_a_clip_for_fewer_mentions_only_those_who_may_watch_it(
    crowd: Crowd, small_clip: bytes, home: str
) -> None:
    author, cell = await crowd.member(crowd.us), crowd.us if home == "us" else crowd.eu
    friend, stranger = await crowd.member(cell), await crowd.member(cell)
    await crowd.do(follow, friend, author)
    await crowd.carry()
    words = f"@{friend.handle} @{stranger.handle}"
    shown = {}
    for audience in (Audience.ONLY_ME, Audience.FOLLOWERS):
        clip = shown[audience] = await crowd.lot.upload(author, small_clip, words)
        async with author.cell.begin() as tx:
            await choose_audience(tx, author, clip, audience, now=crowd.lot.now)
        await crowd.lot.run_jobs(clip, but=("render_video",))
        await crowd.carry()
        mentioned = [] if audience is Audience.ONLY_ME else [("mentioned", author.handle, 1)]
        assert await told(crowd, friend) == mentioned, audience
        assert await told(crowd, stranger) == [], audience
    async with author.cell.begin() as tx:
        await choose_audience(tx, author, shown[Audience.FOLLOWERS], Audience.ONLY_ME, now=crowd.lot.now)
    await crowd.carry()
    assert await told(crowd, friend) == [], "who may not see it any more is not told of it"


async def test_mentions_reach_whoever_may_see_and_wants_them(crowd: Crowd, small_clip: bytes) -> None:
    shy = await crowd.member(crowd.us, private=True)
    friend, stranger, young = [await crowd.member(crowd.eu), await crowd.member(crowd.us),
                               await crowd.member(crowd.us, band=AgeBand.TEEN_13_15)]  # fmt: skip
    open_one = await crowd.member(crowd.eu)
    await crowd.do(follow, friend, shy)
    await crowd.carry()
    await crowd.do(accept_follower, shy, friend)
    await crowd.carry()
    words = " ".join(f"@{one.handle}" for one in (friend, stranger, young))
    await crowd.publish(shy, small_clip, words)
    await crowd.carry()
    assert ("mentioned", shy.handle, 1) in await told(crowd, friend)
    assert await told(crowd, stranger) == [], "who may not see it is told nothing"
    await crowd.publish(open_one, small_clip, words)
    await crowd.carry()
    assert ("mentioned", open_one.handle, 1) in await told(crowd, stranger)
    assert await told(crowd, young) == [], "from 13 to 15, friends' mentions only"
    async with stranger.cell.begin() as tx:
        wanted = Choices(frozenset({Topic.PEOPLE}), Choice.NOBODY, quiet=True)
        await choose(tx, stranger, wanted, now=crowd.lot.now)
    chosen = await choices_of(stranger)
    assert (chosen.off, chosen.mentions, chosen.quiet) == (frozenset({Topic.PEOPLE}), Choice.NOBODY, True)
    await crowd.publish(open_one, small_clip, words)
    await crowd.do(follow, open_one, stranger)
    await crowd.carry()
    assert len(await told(crowd, stranger)) == 1
    many = [await crowd.member(crowd.us) for _ in range(11)]
    await crowd.publish(open_one, small_clip, " ".join(f"@{one.handle}" for one in many))
    await crowd.carry()
    assert [len(await told(crowd, one)) for one in many] == [1] * 10 + [0]


async def test_among_followers(crowd: Crowd, small_clip: bytes) -> None:
    shy, friend, other = (
        await crowd.member(crowd.us, private=True),
        await crowd.member(crowd.us),
        await crowd.member(crowd.us),
    )
    for one in (friend, other):
        await crowd.do(follow, one, shy)
        await crowd.do(accept_follower, shy, one)
    clip = await crowd.publish(shy, small_clip)
    stranger = await crowd.member(crowd.us)
    comment = await say(crowd, friend, clip, f"@{other.handle} @{stranger.handle} see")
    await say(crowd, other, clip, "I do", parent_id=comment)
    await crowd.carry()
    assert ("commented", friend.handle, 1) in await told(crowd, shy)
    assert ("mentioned", friend.handle, 1) in await told(crowd, other)
    assert ("answered", other.handle, 1) in await told(crowd, friend)
    assert await told(crowd, stranger) == []
    async with shy.cell.begin() as tx:
        await set_privacy(tx, shy, private=False, now=crowd.lot.now)
    await crowd.carry()
    assert await told(crowd, stranger) == []


async def test_ten_likes_are_one_notice_and_a_clip_that_goes_takes_all(crowd: Crowd, small_clip: bytes) -> None:
    author = await crowd.member(crowd.eu)
    clip = await crowd.publish(author, small_clip)
    fans = [await crowd.member(cell) for cell in (crowd.us, crowd.us, crowd.eu)]
    for fan in fans:
        await heart(crowd, like, fan, clip)
    await say(crowd, fans[0], clip, "hello")
    await crowd.carry()
    assert ("liked", None, 3) in await told(crowd, author)
    async with author.cell.begin() as tx:
        await mark_seen(tx, author, now=crowd.lot.now)
    assert await unread(author, now=crowd.lot.now) == 0
    await heart(crowd, unlike, fans[2], clip)
    assert ("liked", None, 2) in await told(crowd, author)
    assert await unread(author, now=crowd.lot.now) == 0, "fewer is no news"
    await heart(crowd, like, fans[2], clip)
    assert await unread(author, now=crowd.lot.now) == 1
    async with author.cell.begin() as tx:
        await withdraw(
            tx, clip, by=author, pseudonym=crowd.lot.house.beacon.pseudonym(author.member_id), now=crowd.lot.now
        )
    await crowd.carry()
    assert await told(crowd, author) == []


async def test_children_are_told_nothing_and_have_no_page(crowd: Crowd) -> None:
    child = await crowd.member(crowd.us, band=AgeBand.UNDER_13)
    for verb in (page, unread):
        with pytest.raises(Refused):
            await verb(child, now=crowd.lot.now)
    with pytest.raises(Refused):
        await choices_of(child)


async def test_what_becomes_of_ones_clips_is_told_with_its_reason(crowd: Crowd, small_clip: bytes) -> None:
    author = await crowd.member(crowd.us)
    broken = await crowd.lot.upload(author, b"no clip at all", "")
    await crowd.lot.run_jobs(broken)
    [failed] = (await page(author, now=crowd.lot.now)).notices
    assert (failed.kind, failed.clip_id, failed.reason, failed.own_clip) == (Kind.FAILED, broken, "not_a_video", True)
    clip = await crowd.publish(author, small_clip)
    async with author.cell.begin() as tx:  # as the operator does who takes a clip away
        video = await locked(tx, author.member_id, clip)
        entry = entry_on(clip, "video.withdrawn")
        await move(
            tx, video, VideoState.WITHDRAWN, entry, by=None, now=crowd.lot.now, reason="law", ended_at=crowd.lot.now
        )
        await take_off_all_shelves(tx, "video", owner_id=author.member_id, source_id=clip, now=crowd.lot.now)
        await crowd.lot.studio.moved(tx, author.member_id, clip, now=crowd.lot.now)
    await mend_notices(author.cell)
    kinds = {one.kind: one.reason for one in (await page(author, now=crowd.lot.now)).notices}
    assert kinds == {Kind.FAILED: "not_a_video", Kind.WITHDRAWN: "law"}


async def test_pages_of_notices_follow_each_other(crowd: Crowd) -> None:
    author = await crowd.member(crowd.us)
    fans = [await crowd.member(crowd.us) for _ in range(5)]
    for fan in fans:
        await crowd.do(follow, fan, author)
    found, cursor = [], None
    while True:
        part = await page(author, after=cursor, limit=2, now=crowd.lot.now)
        found += [one.handle for one in part.notices]
        if (cursor := part.next_cursor) is None:
            break
    assert sorted(found, key=str) == sorted(fan.handle for fan in fans)
    with pytest.raises(BadCursor):
        await page(author, after="not a place", now=crowd.lot.now)
    later = crowd.lot.now + timedelta(days=91)
    assert (await page(author, now=later)).notices == [], "kept for 90 days"
