"""Comments go to every cell once the clip's owner's cell has let them; whoever wrote one sees it at once."""

import asyncio
from datetime import timedelta

import pytest

from kept.comments import (
    MOST_PINS,
    AreYouSure,
    NewComment,
    NoSuchComment,
    NotAComment,
    TooManyComments,
    TooManyPins,
    comment_counts,
    delete_comment,
    like_comment,
    mend_comments,
    page,
    pin,
    unlike_comment,
    unpin,
    write,
)
from kept.comments.errors import BadKey, KeyUsedOtherwise
from kept.kit import new_id
from kept.kit.pace import Pace
from kept.policy import AgeBand, Choice, Refused
from kept.social import accept_follower, block, follow, set_privacy
from kept.subjects import erasing
from kept.videos import BadCursor, NoSuchVideo, choose_comments, choose_default_comments, default_comments, withdraw
from tests.comments.talk import act, answers, read, say, texts
from tests.fixtures.crowd import Crowd
from tests.fixtures.lot import viewer, visitor

HOMES = pytest.mark.parametrize("home", ["us", "eu"], ids=["same cell", "over the sea"])


@HOMES
async def test_a_comment_is_seen_by_its_author_at_once_and_by_all_soon(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    clip = await crowd.lot.publish(author, small_clip)
    comment = await say(crowd, fan, clip, "What a blue!")
    assert await texts(crowd, fan, clip) == ["What a blue!"]
    await crowd.carry()
    for somebody in (author, fan, await crowd.member(crowd.eu), visitor(crowd.us), visitor(crowd.eu)):
        [seen] = await read(crowd, somebody, clip)
        assert (seen.comment_id, seen.text, seen.handle) == (comment, "What a blue!", fan.handle)
        assert not (seen.liked)
        assert not (seen.pinned)
        assert not (seen.by_author)
        assert not (seen.likes)
        assert not (seen.replies)
    rows = await fan.cell.database.fetch("SELECT body FROM comment WHERE owner_id = $1", fan.member_id)
    assert b"blue" not in rows[0]["body"]
    assert await comment_counts(viewer(author), [clip]) == {clip: 1}
    away = crowd.us if fan.cell is crowd.eu else crowd.eu
    assert await away.database.fetch("SELECT FROM comment WHERE comment_id = $1", comment) == []
    assert await crowd.us.database.fetch("SELECT FROM comment_under_clip WHERE comment_id = $1", comment) == []


@HOMES
async def test_answers_are_folded_and_one_level_deep(crowd: Crowd, home: str, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    clip, other = [await crowd.lot.publish(author, small_clip) for _ in range(2)]
    comment = await say(crowd, fan, clip, "Where is that?")
    await crowd.carry()
    answer = await say(crowd, author, clip, "By the lake.", parent_id=comment)
    await crowd.carry()
    await say(crowd, fan, clip, "Thank you!", parent_id=comment)
    await crowd.carry()
    [seen] = await read(crowd, author, clip)
    assert (seen.text, seen.replies) == ("Where is that?", 2)
    assert await answers(crowd, fan, clip, comment) == ["By the lake.", "Thank you!"]
    for parent, under in ((answer, clip), (comment, other), (new_id(), clip)):
        with pytest.raises(NoSuchComment):
            await say(crowd, fan, under, "and so on", parent_id=parent)


@HOMES
async def test_both_its_author_and_the_owner_of_the_clip_delete_a_comment_everywhere(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    other = await crowd.member(crowd.eu)
    clip = await crowd.lot.publish(author, small_clip)
    for by in (fan, author):
        comment = await say(crowd, fan, clip, "first thought")
        await crowd.carry()
        await say(crowd, other, clip, "an answer", parent_id=comment)
        await crowd.carry()
        with pytest.raises(Refused):
            await act(crowd, delete_comment, other, clip, comment)
        await act(crowd, delete_comment, by, clip, comment)
        await crowd.carry()
        for somebody in (author, fan, other):
            assert await texts(crowd, somebody, clip) == []
            assert await answers(crowd, somebody, clip, comment) == []
        assert await mend_comments(crowd.comments, crowd.eu, now=crowd.lot.now) == 1, "the answer goes with it"
        await crowd.carry()
        for cell in crowd.lot.cells:
            for table in ("comment", "shelf_comment", "comment_under_clip"):
                assert await cell.database.fetch(f"SELECT FROM {table} WHERE clip_id = $1", clip) == []
    with pytest.raises(NoSuchComment):
        await act(crowd, delete_comment, author, clip, comment)


async def test_a_comment_that_was_deleted_on_its_way_never_comes_back(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.eu)
    clip = await crowd.lot.publish(author, small_clip)
    comment = await say(crowd, fan, clip, "never mind")
    await act(crowd, delete_comment, fan, clip, comment)
    await crowd.carry()
    for cell in crowd.lot.cells:
        assert await cell.database.fetch("SELECT FROM shelf_comment WHERE item_id = $1", comment) == []
    assert await texts(crowd, fan, clip) == []


@HOMES
async def test_authors_choose_who_comments(crowd: Crowd, home: str, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    friend = await crowd.member(crowd.lot.cells.named(home))
    await crowd.do(follow, author, friend)
    await crowd.do(follow, friend, author)
    await crowd.carry()
    clip = await crowd.lot.publish(author, small_clip)
    for choice, may in ((Choice.FRIENDS, {friend}), (Choice.NOBODY, set()), (Choice.EVERYONE, {friend, fan})):
        async with author.cell.begin() as tx:
            await choose_comments(tx, author, clip, choice, now=crowd.lot.now)
        await crowd.carry()
        for by in (fan, friend):
            if by in may:
                await say(crowd, by, clip, f"{choice} may")
            else:
                with pytest.raises(Refused):
                    await say(crowd, by, clip, "may not")
        await say(crowd, author, clip, f"my own, to {choice}")
    with pytest.raises(NoSuchVideo):
        async with fan.cell.begin() as tx:
            await choose_comments(tx, fan, clip, Choice.NOBODY, now=crowd.lot.now)


async def test_a_choice_that_has_not_arrived_holds_all_the_same(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.eu)
    clip = await crowd.lot.publish(author, small_clip)
    async with author.cell.begin() as tx:
        await choose_comments(tx, author, clip, Choice.NOBODY, now=crowd.lot.now)
    comment = await say(crowd, fan, clip, "just in time?")  # the card in the other cell is an old one
    await crowd.carry()
    for cell in crowd.lot.cells:
        assert await cell.database.fetch("SELECT FROM shelf_comment WHERE item_id = $1", comment) == []
        assert await cell.database.fetch("SELECT FROM comment WHERE comment_id = $1", comment) == []


async def test_what_is_chosen_for_new_clips_goes_by_age_at_first(crowd: Crowd, small_clip: bytes) -> None:
    for band, first, most in (
        (AgeBand.ADULT, Choice.EVERYONE, Choice.EVERYONE),
        (AgeBand.TEEN_16_17, Choice.EVERYONE, Choice.EVERYONE),
        (AgeBand.TEEN_13_15, Choice.FRIENDS, Choice.FRIENDS),
    ):
        by = await crowd.member(crowd.us, band=band)
        assert await default_comments(by.cell, by.member_id) is first
        async with by.cell.begin() as tx:
            await choose_default_comments(tx, by, Choice.EVERYONE, now=crowd.lot.now)
        assert await default_comments(by.cell, by.member_id) is most
        async with by.cell.begin() as tx:
            await choose_default_comments(tx, by, Choice.NOBODY, now=crowd.lot.now)
        clip = await crowd.lot.publish(by, small_clip)
        assert (await crowd.lot.seen(by, clip)).comments is Choice.NOBODY
    child = await crowd.lot.member(crowd.us, AgeBand.UNDER_13)
    with pytest.raises(Refused):
        async with child.cell.begin() as tx:
            await choose_default_comments(tx, child, Choice.NOBODY, now=crowd.lot.now)


@HOMES
async def test_who_is_under_13_writes_and_reads_nothing_and_blocks_go_both_ways(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    third = await crowd.member(crowd.us)
    clip, thirds = await crowd.lot.publish(author, small_clip), await crowd.lot.publish(third, small_clip)
    child = await crowd.lot.member(crowd.us, AgeBand.UNDER_13)
    with pytest.raises(Refused):
        await say(crowd, child, clip, "hello")
    with pytest.raises((Refused, NoSuchVideo)):
        await read(crowd, child, clip)
    comment = await say(crowd, fan, clip, "before")
    for by in (author, fan):
        await say(crowd, by, thirds, f"of {by.handle}")
    await crowd.carry()
    await crowd.do(block, author, fan)
    for verb in (say(crowd, fan, clip, "after"), read(crowd, fan, clip)):
        if fan.cell is author.cell:
            with pytest.raises(NoSuchVideo):
                await verb
        else:
            await verb  # the block is on its way
    await crowd.carry()
    assert await texts(crowd, author, clip) == []
    assert sorted(await texts(crowd, third, clip)) == ["before"]
    assert await texts(crowd, author, thirds) == [f"of {author.handle}"]
    assert await texts(crowd, fan, thirds) == [f"of {fan.handle}"]
    await act(crowd, delete_comment, fan, clip, comment)  # also where its author may see the clip no more
    await crowd.carry()
    assert await texts(crowd, third, clip) == []


@HOMES
async def test_what_is_said_under_a_private_clip_stands_on_no_shelf(crowd: Crowd, home: str, small_clip: bytes) -> None:
    author = await crowd.member(crowd.us, private=True)
    friend, near = await crowd.member(crowd.lot.cells.named(home)), await crowd.member(crowd.us)
    for one in (friend, near):
        await crowd.do(follow, one, author)
        await crowd.carry()
        await crowd.do(accept_follower, author, one)
    await crowd.carry()
    clip = await crowd.lot.publish(author, small_clip)
    comment = await say(crowd, friend, clip, "only among us")
    await crowd.carry()
    for by in (author, friend, near):
        assert await texts(crowd, by, clip) == ["only among us"]
    for cell in crowd.lot.cells:
        assert await cell.database.fetch("SELECT FROM shelf_comment WHERE item_id = $1", comment) == []
    stranger = await crowd.member(crowd.us)
    for verb in (read(crowd, stranger, clip), say(crowd, stranger, clip, "hello")):
        with pytest.raises(NoSuchVideo):
            await verb
    await act(crowd, like_comment, near, clip, comment)
    assert [(one.likes, one.liked) for one in await read(crowd, near, clip)] == [(1, True)]
    async with author.cell.begin() as tx:
        await set_privacy(tx, author, private=False, now=crowd.lot.now)
    await crowd.carry()
    assert await texts(crowd, stranger, clip) == [], "it stays among them"
    assert await texts(crowd, near, clip) == ["only among us"]
    await act(crowd, delete_comment, author, clip, comment)
    await crowd.carry()
    assert await texts(crowd, friend, clip) == []


async def test_likes_are_counted_in_each_cell_and_pins_come_first(crowd: Crowd, small_clip: bytes) -> None:
    author, fans = await crowd.member(crowd.us), [await crowd.member(cell) for cell in (crowd.us, crowd.eu, crowd.eu)]
    clip = await crowd.lot.publish(author, small_clip)
    said = []
    for fan, text in zip(fans, ("one", "two", "three"), strict=True):
        said.append(await say(crowd, fan, clip, text))
        crowd.lot.clock.advance(timedelta(minutes=1))
        await crowd.carry()
    assert await texts(crowd, author, clip) == ["three", "two", "one"]
    for fan in fans[1:]:
        await act(crowd, like_comment, fan, clip, said[0])
        await act(crowd, like_comment, fan, clip, said[0])
    await crowd.carry()
    for cell in crowd.lot.cells:
        assert next((one.text, one.likes) for one in await read(crowd, visitor(cell), clip)) == ("one", 2)
    await act(crowd, unlike_comment, fans[1], clip, said[0])
    await act(crowd, pin, author, clip, said[1])
    await act(crowd, pin, author, clip, said[1])
    await crowd.carry()
    found = await read(crowd, fans[2], clip)
    assert [(one.text, one.pinned, one.likes, one.liked) for one in found] == [
        ("two", True, 0, False),
        ("one", False, 1, True),
        ("three", False, 0, False),
    ]
    with pytest.raises(Refused):
        await act(crowd, pin, fans[0], clip, said[0])
    with pytest.raises(Refused):
        await act(crowd, unpin, fans[0], clip, said[1])
    await act(crowd, unpin, author, clip, said[1])
    await act(crowd, pin, author, clip, said[1])
    for comment in (said[0], said[2]):
        await act(crowd, pin, author, clip, comment)
    last = await say(crowd, author, clip, "my own")
    with pytest.raises(TooManyPins):
        await act(crowd, pin, author, clip, last)
    await act(crowd, delete_comment, fans[0], clip, said[0])
    await crowd.carry()
    await act(crowd, pin, author, clip, last)
    assert [one.text for one in await read(crowd, author, clip) if one.pinned] == ["my own", "three", "two"]
    assert len([one for one in await read(crowd, author, clip) if one.pinned]) == MOST_PINS
    [own] = [one for one in await read(crowd, author, clip) if one.text == "my own"]
    assert own.by_author
    assert own.own


async def test_pages_hold_every_comment_once(crowd: Crowd, small_clip: bytes) -> None:
    author = await crowd.member(crowd.us)
    clip = await crowd.lot.publish(author, small_clip)
    said = [await say(crowd, author, clip, f"number {number}") for number in range(7)]  # in the same moment
    await act(crowd, pin, author, clip, said[3])
    found, after = [], None
    while True:
        part = await page(crowd.comments, viewer(author), clip, after=after, limit=2)
        found += [one.comment_id for one in part.comments]
        after = part.next_cursor
        if after is None:
            break
    assert found == [said[3], *reversed([one for one in said if one != said[3]])]
    with pytest.raises(BadCursor):
        await page(crowd.comments, viewer(author), clip, after="nowhere")


async def test_who_is_erased_takes_their_comments_from_every_shelf(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.eu)
    clip = await crowd.lot.publish(author, small_clip)
    comment = await say(crowd, fan, clip, "soon gone")
    await crowd.carry()
    answer = await say(crowd, author, clip, "so soon?", parent_id=comment)
    await crowd.carry()
    await erasing.hide(crowd.eu, fan.member_id, now=crowd.lot.now)
    await crowd.carry()
    for cell in crowd.lot.cells:
        assert await cell.database.fetch("SELECT FROM shelf_comment WHERE item_id = $1", comment) == []
    assert {"comment", "comment_liked", "comment_filter", "comment_under_clip"} <= {
        one.name for one in erasing.tables_of_members()
    }
    await mend_comments(crowd.comments, crowd.us, now=crowd.lot.now)
    assert await crowd.us.database.fetch("SELECT FROM comment WHERE comment_id = $1", answer) == []


async def test_comments_go_with_the_clip(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.eu)
    clip = await crowd.lot.publish(author, small_clip)
    comment = await say(crowd, fan, clip, "nice")
    await crowd.carry()
    await act(crowd, like_comment, author, clip, comment)
    async with author.cell.begin() as tx:
        await withdraw(
            tx, clip, by=author, pseudonym=crowd.lot.house.beacon.pseudonym(author.member_id), now=crowd.lot.now
        )
    await crowd.carry()
    for cell in crowd.lot.cells:
        await mend_comments(crowd.comments, cell, now=crowd.lot.now)
    await crowd.carry()
    for cell in crowd.lot.cells:
        await mend_comments(crowd.comments, cell, now=crowd.lot.now)
        for table in ("comment", "shelf_comment", "comment_liked", "shelf_comment_likes"):
            assert await cell.database.fetch(f"SELECT FROM {table} WHERE clip_id = $1", clip) == []


async def test_a_repeated_request_writes_once_also_at_the_same_moment(crowd: Crowd, small_clip: bytes) -> None:
    author = await crowd.member(crowd.us)
    clip = await crowd.lot.publish(author, small_clip)
    said = await asyncio.gather(*(say(crowd, author, clip, "once", key="k-1") for _ in range(5)))
    assert len(set(said)) == 1
    assert await texts(crowd, author, clip) == ["once"]
    with pytest.raises(KeyUsedOtherwise):
        await say(crowd, author, clip, "something else", key="k-1")
    with pytest.raises(BadKey):
        await say(crowd, author, clip, "once", key="ü")


async def test_hurtful_words_are_a_question_and_never_a_wall(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.us)
    clip = await crowd.lot.publish(author, small_clip)
    new = NewComment(text="what an idiot")
    with pytest.raises(AreYouSure):
        await say(crowd, fan, clip, new.text, sure=False, key="k-2")
    await say(crowd, fan, clip, new.text, sure=True, key="k-2")
    assert await texts(crowd, author, clip) == [new.text]
    with pytest.raises(NotAComment):
        await say(crowd, fan, clip, "\u202e")


async def test_who_writes_too_fast_is_told_how_long_to_wait(crowd: Crowd, small_clip: bytes) -> None:
    author = await crowd.member(crowd.us)
    clip = await crowd.lot.publish(author, small_clip)
    slow = Pace(TooManyComments, per_minute=6, burst=2, monotonic=lambda: 0.0)
    tools = type(crowd.comments)(
        crowd.comments.directory, crowd.comments.post, crowd.comments.vaults, slow, crowd.comments.hurtful
    )
    async with author.cell.begin() as tx:
        for _ in range(2):
            await write(tools, tx, author, clip, NewComment(text="again"), now=crowd.lot.now)
        with pytest.raises(TooManyComments) as refused:
            await write(tools, tx, author, clip, NewComment(text="again"), now=crowd.lot.now)
    assert 10 <= refused.value.details["retry_after"] <= 12
