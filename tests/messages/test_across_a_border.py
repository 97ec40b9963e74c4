"""From one cell to another: each copy in its owner's cell, refusals that say nothing, whatever arrives twice or late."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kept.cells.crossing import ParcelRow
from kept.messages import BODY, NoSuchMessage, Tie, page, unsend
from kept.policy import AgeBand, Choice, Refused, Relation
from kept.vault import EnvelopeRefused, Reason, Sealed
from tests.messages.conftest import Office

ADULT, TEEN, YOUNG = AgeBand.ADULT, AgeBand.TEEN_16_17, AgeBand.TEEN_13_15


async def waiting(office: Office, cell: str = "us") -> list[sa.Row[tuple[ParcelRow]]]:
    async with office.house.cells.named(cell).begin() as tx:
        return list((await tx.run(sa.select(ParcelRow.__table__).order_by(ParcelRow.parcel_id))).all())


async def put_back(office: Office, rows: list[sa.Row[tuple[ParcelRow]]], cell: str = "us") -> None:
    async with office.house.cells.named(cell).begin() as tx:
        await tx.run(sa.insert(ParcelRow).values([dict(row._mapping) for row in rows]))


async def delivered(office: Office, reader: object, peer: object) -> list[bool]:
    found, _ = await page(office.messages, reader, peer.member_id)  # type: ignore[arg-type, attr-defined]
    return [one.delivered for one in found]


async def test_each_copy_is_in_its_owners_cell_alone(office: Office) -> None:
    ada, eva = await office.member(office.house.us), await office.member(office.house.eu)
    sent = await office.send(ada, eva, "over the sea")
    assert await office.texts(eva, ada) == []
    await office.carry()
    assert await office.texts(eva, ada) == ["over the sea"]
    assert await office.unread(eva, ada) == 1
    for cell, owner in ((office.house.us, ada), (office.house.eu, eva)):
        rows = await cell.database.fetch("SELECT owner_id FROM message WHERE message_id = $1", sent.message_id)
        assert [row["owner_id"] for row in rows] == [owner.member_id]
    await office.send(eva, ada, "and back")
    await office.carry()
    assert await office.texts(ada, eva) == ["and back", "over the sea"]


async def test_what_crosses_is_an_envelope(office: Office) -> None:
    ada, eva = await office.member(office.house.us), await office.member(office.house.eu)
    await office.send(ada, eva, "for your eyes")
    (parcel,) = await waiting(office)
    assert b"for your eyes" not in parcel.envelope
    assert ada.member_id.bytes not in parcel.envelope
    with pytest.raises(EnvelopeRefused):
        await office.house.vaults["eu"].open_envelope(b"message" + ada.member_id.bytes, parcel.envelope)
    with pytest.raises(EnvelopeRefused):
        await office.house.vaults["us"].open_envelope(b"message" + eva.member_id.bytes, parcel.envelope)
    await office.carry()


async def test_delivered_twice_it_is_there_once(office: Office) -> None:
    ada, eva = await office.member(office.house.us), await office.member(office.house.eu)
    await office.send(ada, eva, "once")
    rows = await waiting(office)
    await office.carry()
    await put_back(office, rows)
    await office.carry()
    assert await office.texts(eva, ada) == ["once"]
    assert await office.unread(eva, ada) == 1


@pytest.mark.parametrize(("one", "other"), [(ADULT, YOUNG), (ADULT, TEEN), (ADULT, AgeBand.UNDER_13)])
async def test_the_far_cell_refuses_by_age_and_says_only_that_it_was_not_delivered(
    office: Office, one: AgeBand, other: AgeBand
) -> None:
    ada, eva = await office.member(office.house.us, one), await office.member(office.house.eu, other)
    await office.send(ada, eva, "hello")
    await office.carry()
    await office.carry()
    assert await delivered(office, ada, eva) == [False]
    rows = await eva.cell.database.fetch("SELECT FROM message WHERE owner_id = $1", eva.member_id)
    assert rows == []


async def test_a_young_sender_is_refused_before_anything_crosses(office: Office) -> None:
    for band in (YOUNG, TEEN, AgeBand.UNDER_13):
        young, eva = await office.member(office.house.us, band), await office.member(office.house.eu)
        with pytest.raises(Refused):
            await office.send(young, eva)
    assert await waiting(office) == []


async def test_friends_of_16_write_across_a_border(office: Office) -> None:
    teen, eva = await office.member(office.house.us, TEEN), await office.member(office.house.eu, TEEN)
    office.ties.befriend(teen, eva)
    await office.send(teen, eva, "hi")
    await office.carry()
    assert await office.texts(eva, teen) == ["hi"]


async def test_blocked_closed_and_shredded_look_the_same_from_afar(office: Office) -> None:
    ada = await office.member(office.house.us)
    blocker, closed, shredded = [await office.member(office.house.eu) for _ in range(3)]
    for one in (blocker, closed, shredded):
        await office.messages.people.named(one.handle)
    office.ties.ties[blocker.member_id, ada.member_id] = Tie(Relation.BLOCKED, Choice.EVERYONE)
    await closed.cell.database.fetch(
        "UPDATE account SET closed_at = $2 WHERE owner_id = $1", closed.member_id, office.now
    )
    await office.house.vaults["eu"].shred(shredded.member_id)
    for one in (blocker, closed, shredded):
        await office.send(ada, one, "hello")
    await office.carry()
    await office.carry()
    for one in (blocker, closed, shredded):
        assert await delivered(office, ada, one) == [False]


async def test_unsent_it_is_gone_on_both_sides_also_when_its_parcel_comes_late(office: Office) -> None:
    ada, eva = await office.member(office.house.us), await office.member(office.house.eu)
    first, second = await office.send(ada, eva, "stays"), await office.send(ada, eva, "goes")
    rows = await waiting(office)
    await office.carry()
    async with ada.cell.begin() as tx:
        await unsend(tx, office.messages, ada, second.message_id, now=office.now)
    await office.carry()
    await put_back(office, rows)
    await office.carry()
    for reader, peer in ((ada, eva), (eva, ada)):
        found, _ = await page(office.messages, reader, peer.member_id)
        assert [one.message_id for one in found] == [first.message_id]
    assert await office.unread(eva, ada) == 1


async def test_unsent_in_one_cell_counts_and_order_are_put_right(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    sent = [await office.send(ada, ben, f"{n}") for n in range(3)]
    async with ada.cell.begin() as tx:
        await unsend(tx, office.messages, ada, sent[2].message_id, now=office.now)
    assert await office.texts(ben, ada) == ["1", "0"]
    assert await office.unread(ben, ada) == 2
    rows = await ben.cell.database.fetch("SELECT last_id FROM conversation WHERE owner_id = $1", ben.member_id)
    assert rows[0]["last_id"] == sent[1].message_id
    for one in sent[:2]:
        async with ada.cell.begin() as tx:
            await unsend(tx, office.messages, ada, one.message_id, now=office.now)
    assert await office.unread(ben, ada) is None


async def test_only_its_sender_takes_a_message_back_and_for_a_day_only(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    sent = await office.send(ada, ben)
    with pytest.raises(Refused):
        async with ben.cell.begin() as tx:
            await unsend(tx, office.messages, ben, sent.message_id, now=office.now)
    stranger = await office.member()
    with pytest.raises(NoSuchMessage):
        async with stranger.cell.begin() as tx:
            await unsend(tx, office.messages, stranger, sent.message_id, now=office.now)
    with pytest.raises(Refused):
        async with ada.cell.begin() as tx:
            await unsend(tx, office.messages, ada, sent.message_id, now=office.now + timedelta(hours=24))
    assert await office.texts(ben, ada) == ["hello"]


async def test_sending_and_taking_back_at_the_same_time_never_lock_each_other_out(office: Office) -> None:
    ada, ben = await office.member(), await office.member()

    async def one(n: int) -> None:
        sender, to = (ada, ben) if n % 2 else (ben, ada)
        sent = await office.send(sender, to, f"{n}")
        if n % 3:
            async with sender.cell.begin() as tx:
                await unsend(tx, office.messages, sender, sent.message_id, now=office.now)

    await asyncio.gather(*(one(n) for n in range(30)))
    left = [n for n in range(30) if n % 3 == 0]
    assert sorted(int(text or "") for text in await office.texts(ada, ben)) == left
    assert await office.unread(ben, ada) == sum(n % 2 for n in left)


async def test_a_copy_that_arrives_is_sealed_under_its_new_owners_key(office: Office) -> None:
    ada, eva = await office.member(office.house.us), await office.member(office.house.eu)
    sent = await office.send(ada, eva, "sealed anew")
    await office.carry()
    row = (await eva.cell.database.fetch("SELECT body FROM message WHERE owner_id = $1", eva.member_id))[0]
    opened = await office.house.vaults["eu"].open(
        eva.member_id, BODY, sent.message_id, Sealed(row["body"]), reason=Reason.OWNER
    )
    assert opened.endswith(b"sealed anew")
