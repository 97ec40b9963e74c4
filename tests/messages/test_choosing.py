"""Who may write to whom, as members choose; requests, read states and mutes: in one region and over the sea."""

from uuid import UUID

import pytest

from kept.accounts import Session
from kept.messages import (
    Choices,
    Content,
    NoSuchConversation,
    accept,
    choices_of,
    choose_messages,
    conversations,
    delete_conversation,
    mark_read,
    mute_conversation,
    page,
    send,
    stands,
    tell_seen,
    unread,
)
from kept.policy import AgeBand, Choice, Refused
from kept.social import block, follow
from tests.fixtures.crowd import Crowd

HOMES = pytest.mark.parametrize("home", ["us", "eu"], ids=["same cell", "over the sea"])
EVERYONE = Choice.EVERYONE


async def two(crowd: Crowd, home: str, band: AgeBand = AgeBand.ADULT) -> tuple[Session, Session]:
    return await crowd.member(crowd.us, band=band), await crowd.member(crowd.lot.cells.named(home), band=band)


async def write(crowd: Crowd, by: Session, to: Session, text: str = "hello") -> UUID:
    sent = await send(crowd.messages, by, to.handle, Content(text=text), now=crowd.lot.now)
    await crowd.carry()
    return sent.message_id


async def arrives(crowd: Crowd, by: Session, to: Session) -> bool:
    """Whether a message gets there; not, whichever of the two cells says so."""
    try:
        message = await write(crowd, by, to)
    except Refused:
        return False
    found, _ = await page(crowd.messages, to, by.member_id)
    return message in [one.message_id for one in found]


async def choose(crowd: Crowd, by: Session, accepts: Choice, *, receipts: bool = True) -> Choices:
    async with by.cell.begin() as tx:
        return await choose_messages(tx, by, Choices(accepts, receipts), now=crowd.lot.now)


async def read(crowd: Crowd, by: Session, of: Session, up_to: UUID) -> None:
    """As the door does it: what is read is stored, then told."""
    async with by.cell.begin() as tx:
        await mark_read(tx, by, of.member_id, up_to=up_to)
    async with by.cell.begin() as tx:
        await tell_seen(crowd.messages, tx, by, of.member_id, up_to=up_to, now=crowd.lot.now)
    await crowd.carry()


async def befriend(crowd: Crowd, one: Session, other: Session) -> None:
    for by, whom in ((one, other), (other, one)):
        await crowd.do(follow, by, whom)
        await crowd.carry()


@HOMES
async def test_everyone_friends_or_nobody(crowd: Crowd, home: str) -> None:
    one, other = await two(crowd, home)
    assert await arrives(crowd, other, one), "adults hear from everyone until they choose"
    await choose(crowd, one, Choice.FRIENDS)
    assert not await arrives(crowd, other, one)
    await befriend(crowd, one, other)
    assert await arrives(crowd, other, one)
    await choose(crowd, one, Choice.NOBODY)
    assert not await arrives(crowd, other, one)
    assert await arrives(crowd, one, other), "whom one writes to is the other's choice"
    await choose(crowd, one, EVERYONE)
    assert await arrives(crowd, other, one)


@HOMES
async def test_at_16_and_17_friends_at_most(crowd: Crowd, home: str) -> None:
    one, other = await two(crowd, home, AgeBand.TEEN_16_17)
    assert await choices_of(one.cell, one.member_id) == Choices(Choice.FRIENDS, receipts=False)
    assert (await choose(crowd, one, EVERYONE)).accepts is Choice.FRIENDS
    assert not await arrives(crowd, other, one)
    await befriend(crowd, one, other)
    assert await arrives(crowd, other, one)
    await choose(crowd, one, Choice.NOBODY)
    assert not await arrives(crowd, other, one)


async def test_under_16_there_is_nothing_to_choose(crowd: Crowd) -> None:
    for band in (AgeBand.UNDER_13, AgeBand.TEEN_13_15):
        by = await crowd.lot.member(crowd.us, band)
        with pytest.raises(Refused):
            await choose(crowd, by, EVERYONE)
        with pytest.raises(Refused):
            await stands(by, by.member_id)


@HOMES
async def test_what_somebody_new_writes_is_a_request_and_what_somebody_followed_writes_is_not(
    crowd: Crowd, home: str
) -> None:
    one, other = await two(crowd, home)
    await write(crowd, other, one)
    assert (await stands(one, other.member_id)).is_request
    async with one.cell.begin() as tx:
        await accept(tx, one, other.member_id)
    assert not (await stands(one, other.member_id)).is_request
    third = await crowd.member(crowd.lot.cells.named(home))
    await crowd.do(follow, one, third)
    await crowd.carry()
    await write(crowd, third, one)
    assert not (await stands(one, third.member_id)).is_request


@HOMES
async def test_what_was_read_is_told_only_where_both_let_it(crowd: Crowd, home: str) -> None:
    writer, reader = await two(crowd, home)
    first = await write(crowd, writer, reader)
    await read(crowd, reader, writer, first)
    assert (await stands(writer, reader.member_id)).seen_to is None, "not while it is a request"
    async with reader.cell.begin() as tx:
        await accept(tx, reader, writer.member_id)
    await read(crowd, reader, writer, first)
    assert (await stands(writer, reader.member_id)).seen_to == first
    for by in (reader, writer):
        await choose(crowd, by, EVERYONE, receipts=False)
        message = await write(crowd, writer, reader)
        await read(crowd, reader, writer, message)
        seen = (await stands(writer, reader.member_id)).seen_to
        assert seen in (None, first), "told to nobody who does not tell"
        await choose(crowd, by, EVERYONE)
    assert (await stands(writer, reader.member_id)).seen_to == first
    await crowd.do(block, reader, writer)
    await read(crowd, reader, writer, message)
    assert (await stands(writer, reader.member_id)).seen_to == first


@HOMES
async def test_a_conversation_is_muted_and_deleted_on_one_side(crowd: Crowd, home: str) -> None:
    one, other = await two(crowd, home)
    await write(crowd, other, one)
    assert (await unread(one)).messages == 1
    async with one.cell.begin() as tx:
        await mute_conversation(tx, one, other.member_id, muted=True, now=crowd.lot.now)
    assert (await unread(one)).messages == 0
    assert [each.muted for each in await conversations(crowd.messages, one)] == [True]
    assert [each.muted for each in await conversations(crowd.messages, other)] == [False]
    async with one.cell.begin() as tx:
        await mute_conversation(tx, one, other.member_id, muted=False, now=crowd.lot.now)
        await delete_conversation(tx, one, other.member_id, now=crowd.lot.now)
    assert await conversations(crowd.messages, one) == []
    assert (await page(crowd.messages, one, other.member_id))[0] == []
    assert len((await page(crowd.messages, other, one.member_id))[0]) == 1
    for act in (mute_conversation, delete_conversation):
        with pytest.raises(NoSuchConversation):
            async with one.cell.begin() as tx:
                await act(
                    tx, one, other.member_id, **({"muted": True} if act is mute_conversation else {}), now=crowd.lot.now
                )
    assert await arrives(crowd, other, one)
    assert len((await page(crowd.messages, one, other.member_id))[0]) == 1
