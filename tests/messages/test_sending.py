"""Sending in one cell: each party has a copy, sealed under their own key, and nobody else's business leaks."""

import asyncio
from datetime import timedelta

import pytest

from kept.kit import new_id
from kept.kit.pace import Pace
from kept.messages import (
    BODY,
    BadKey,
    Content,
    KeyUsedOtherwise,
    NotAMessage,
    TooManyMessages,
    conversations,
    mark_read,
    page,
    send,
    unread,
)
from kept.policy import AgeBand, Refused
from kept.vault import Reason, Sealed, WrongKey
from kept.videos import NoSuchVideo
from tests.messages.conftest import Office

ADULT, TEEN, YOUNG, CHILD = AgeBand.ADULT, AgeBand.TEEN_16_17, AgeBand.TEEN_13_15, AgeBand.UNDER_13


async def test_both_parties_read_what_was_sent(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    sent = await office.send(ada, ben, "Olá, Ben 👋")
    for reader, peer, mine in ((ada, ben, True), (ben, ada, False)):
        found, more = await page(office.messages, reader, peer.member_id)
        assert [(one.message_id, one.mine, one.content.text) for one in found] == [
            (sent.message_id, mine, "Olá, Ben 👋")
        ]
        assert not more


async def test_each_copy_opens_under_its_owners_key_only(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    sent = await office.send(ada, ben, "between us")
    rows = await office.house.us.database.fetch(
        "SELECT owner_id, body FROM message WHERE message_id = $1", sent.message_id
    )
    bodies = {row["owner_id"]: row["body"] for row in rows}
    assert bodies.keys() == {ada.member_id, ben.member_id}
    assert bodies[ada.member_id] != bodies[ben.member_id]
    assert not any(b"between us" in body for body in bodies.values())
    with pytest.raises(WrongKey):
        await office.house.vaults["us"].open(
            ben.member_id, BODY, sent.message_id, Sealed(bodies[ada.member_id]), reason=Reason.OWNER
        )


async def test_a_message_is_not_in_its_own_repr(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    await office.send(ada, ben, "not for a log")
    found, _ = await page(office.messages, ben, ada.member_id)
    assert "not for a log" not in repr(found)


async def test_a_repeated_request_sends_nothing_and_gets_the_same_answer(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    first = await office.send(ada, ben, "once", key="k-1")
    office.house.clock.advance(timedelta(seconds=3))
    assert await office.send(ada, ben, "once", key="k-1") == first
    assert await office.texts(ben, ada) == ["once"]
    assert await office.unread(ben, ada) == 1


async def test_requests_repeated_at_the_same_moment_send_one(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    answers = await asyncio.gather(*(office.send(ada, ben, "once", key="k-2") for _ in range(8)))
    assert len(set(answers)) == 1
    assert await office.texts(ben, ada) == ["once"]


async def test_a_key_is_good_for_one_message(office: Office) -> None:
    ada, ben, cleo = [await office.member() for _ in range(3)]
    await office.send(ada, ben, "one", key="k-3")
    for to, text in ((ben, "other"), (cleo, "one")):
        with pytest.raises(KeyUsedOtherwise):
            await office.send(ada, to, text, key="k-3")
    await office.send(ben, cleo, "one", key="k-3")  # a key is its owner's


@pytest.mark.parametrize("key", ["", "x" * 129, "a\nb", "ü"])
async def test_a_strange_key_is_refused(office: Office, key: str) -> None:
    ada, ben = await office.member(), await office.member()
    with pytest.raises(BadKey):
        await office.send(ada, ben, key=key)


async def test_many_at_once_are_all_stored_and_counted(office: Office) -> None:
    people = [await office.member() for _ in range(4)]
    pairs = [(one, other) for one in people for other in people if one is not other]
    await asyncio.gather(*(office.send(one, other, f"{n}") for n in range(12) for one, other in pairs))
    for one, other in pairs:
        assert await office.unread(other, one) == 12
        found, _ = await page(office.messages, other, one.member_id)
        assert sorted(int(each.content.text or "") for each in found if not each.mine) == list(range(12))
        assert [each.message_id for each in found] == sorted((each.message_id for each in found), reverse=True)


async def test_one_message_that_cannot_be_stored_does_not_take_others_with_it(office: Office) -> None:
    ada, ben, gone = [await office.member() for _ in range(3)]
    home = await office.messages.people.named(gone.handle)
    assert home is not None
    database = office.house.us.database
    await database.fetch("DELETE FROM account WHERE owner_id = $1", gone.member_id)
    with pytest.raises(Refused):
        await office.send(ada, gone)
    results = await asyncio.gather(
        *(office.send(ada, ben, f"{n}") for n in range(5)), office.send(ada, gone), return_exceptions=True
    )
    assert sum(isinstance(one, Refused) for one in results) == 1
    assert await office.unread(ben, ada) == 5


@pytest.mark.parametrize("sender", AgeBand)
@pytest.mark.parametrize("recipient", AgeBand)
async def test_age_bands_hold_both_ways(office: Office, sender: AgeBand, recipient: AgeBand) -> None:
    """13 to 15: none; 16 and 17: with friends only; under 13: none; adults: yes."""
    one, other = await office.member(band=sender), await office.member(band=recipient)

    async def goes() -> bool:
        try:
            await office.send(one, other)
        except Refused:
            return False
        return True

    assert await goes() is ({sender, recipient} == {ADULT})
    office.ties.befriend(one, other)
    assert await goes() is ({sender, recipient} <= {ADULT, TEEN})


async def test_nobody_and_whoever_takes_no_messages_look_the_same(office: Office) -> None:
    ada = await office.member()
    young, child, teen, blocked, listed = (
        await office.member(band=YOUNG),
        await office.member(band=CHILD),
        await office.member(band=TEEN),
        await office.member(),
        await office.member(country="CN"),
    )
    closed = await office.member()
    office.ties.block(ada, blocked)
    refused = office.house.settings.availability.refused_countries
    refused.append("CN")
    await closed.cell.database.fetch(
        "UPDATE account SET closed_at = $2 WHERE owner_id = $1", closed.member_id, office.now
    )
    said = set()
    for name in (*(one.handle for one in (young, child, teen, blocked, listed, closed)), "nobody.here", "@", "\0"):
        with pytest.raises(Refused) as error:
            await office.send(ada, name)
        said.add((error.value.public, error.value.policy))
    refused.remove("CN")
    assert len(said) == 1
    assert not {"age", "old", "young"} & set(said.pop()[0].replace(".", "").split())


async def test_a_young_sender_is_told_the_same_about_everybody(office: Office) -> None:
    teen, adult = await office.member(band=TEEN), await office.member()
    said = set()
    for name in (adult.handle, "nobody.here"):
        with pytest.raises(Refused) as error:
            await office.send(teen, name)
        said.add(error.value.public)
    assert len(said) == 1


async def test_nobody_writes_to_themselves(office: Office) -> None:
    ada = await office.member()
    with pytest.raises(NotAMessage):
        await office.send(ada, ada)


async def test_a_clip_that_one_can_not_see_is_not_sent(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    with pytest.raises(NoSuchVideo):
        await send(office.messages, ada, ben.handle, Content(video_id=new_id()), now=office.now)
    with pytest.raises(NotAMessage):
        await send(office.messages, ada, ben.handle, Content(), now=office.now)


async def test_a_name_that_went_to_somebody_else_leads_to_them(office: Office) -> None:
    ada, old, new = [await office.member() for _ in range(3)]
    await office.send(ada, old, "to the old one")
    directory = office.house.cells.directory.database
    await directory.fetch("DELETE FROM handle WHERE handle = $1", old.handle)
    await directory.fetch("UPDATE handle SET handle = $1 WHERE handle = $2", old.handle, new.handle)
    await old.cell.database.fetch("UPDATE account SET handle = 'x' || handle WHERE owner_id = $1", old.member_id)
    await new.cell.database.fetch("UPDATE account SET handle = $2 WHERE owner_id = $1", new.member_id, old.handle)
    await office.send(ada, old.handle, "to the new one")
    assert await office.texts(new, ada) == ["to the new one"]
    assert await office.texts(old, ada) == ["to the old one"]


async def test_somebody_new_is_a_request_until_it_is_answered(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    await office.send(ada, ben)
    assert [one.is_request for one in await conversations(office.messages, ben)] == [True]
    assert [one.is_request for one in await conversations(office.messages, ada)] == [False]
    await office.send(ben, ada, "hello back")
    assert [one.is_request for one in await conversations(office.messages, ben)] == [False]


async def test_what_was_read_is_not_new(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    ids = [(await office.send(ada, ben, f"{n}")).message_id for n in range(5)]
    assert (await unread(ben)).messages == 5
    async with ben.cell.begin() as tx:
        assert await mark_read(tx, ben, ada.member_id, up_to=ids[2]) == 2
    async with ben.cell.begin() as tx:
        assert await mark_read(tx, ben, ada.member_id, up_to=ids[0]) == 2  # reading goes forward only
    listed = (await conversations(office.messages, ben))[0]
    assert (listed.unread, listed.name, listed.last.content.text) == (2, ada.handle, "4")


async def test_pages_follow_each_other_without_gap_or_repetition(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    for n in range(23):
        await office.send(ada if n % 2 else ben, ben if n % 2 else ada, f"{n}")
    seen, before = [], None
    while True:
        found, more = await page(office.messages, ben, ada.member_id, before=before, limit=5)
        seen += [one.content.text for one in found]
        before = found[-1].message_id
        if not more:
            break
    assert seen == [f"{n}" for n in reversed(range(23))]


def test_who_writes_too_fast_has_to_wait() -> None:
    clock = [0.0]
    pace, member = Pace(TooManyMessages, per_minute=60, burst=3, monotonic=lambda: clock[0]), new_id()
    for _ in range(3):
        pace.take(member)
    with pytest.raises(TooManyMessages) as error:
        pace.take(member)
    clock[0] += error.value.details["retry_after"]
    pace.take(member)
    pace.take(new_id())
