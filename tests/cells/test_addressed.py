"""What a member sends to somebody in another cell: carried sealed, applied by its handler, put aside when it is refused."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from kept.cells import Addressed, Gateway, Tx, crossings, send_addressed
from kept.cells.parcels import LARGEST_ENVELOPE, EnvelopeTooLarge, NoSuchNeighbour
from kept.kit import KeptError, Kind, new_id
from tests.fixtures.house import House


class MailboxFull(KeptError):
    code = "mailbox_full"
    kind = Kind.CONFLICT
    message = "It is full."


class Mailbox:
    """A handler that remembers what it was given, once each, and refuses whom it was told to."""

    def __init__(self) -> None:
        self.got: dict[UUID, bytes] = {}
        self.refused: set[UUID] = set()
        self.calls = 0

    async def __call__(self, tx: Tx, parcel: Addressed, *, now: datetime) -> None:
        self.calls += 1
        assert parcel.to_cell == tx.cell.name
        if parcel.to_member in self.refused:
            raise MailboxFull
        self.got[parcel.parcel_id] = parcel.content


async def post(house: House, to: UUID, content: bytes = b"sealed", what: str = "letter") -> UUID:
    parcel = Addressed(what, "us", to, content, new_id())
    async with house.eu.begin() as tx:
        await send_addressed(tx, parcel, now=house.clock.now())
    return parcel.parcel_id


async def carry(house: House, mailbox: Mailbox) -> None:
    gateway = Gateway(house.cells, {"letter": mailbox})
    while await gateway.drain(house.eu, now=house.clock.now()):
        pass


async def test_an_envelope_reaches_its_handler_and_is_counted_as_addressed(house: House) -> None:
    mailbox, to = Mailbox(), new_id()
    sent = await post(house, to, b"\x00\xffsealed")
    await carry(house, mailbox)
    assert mailbox.got == {sent: b"\x00\xffsealed"}
    assert await house.eu.database.fetch("SELECT 1 FROM parcel") == []
    counted = await crossings(house.cells, since=house.clock.now())
    assert {(one.to_cell, one.kind, one.category): one.count for one in counted} == {
        ("us", "addressed", "user.content.private"): 1,
        ("us", "addressed", "user.unique_id"): 1,
    }


async def test_a_refused_parcel_stays_is_shown_and_lets_the_others_pass(house: House) -> None:
    mailbox, full, fine = Mailbox(), new_id(), new_id()
    mailbox.refused.add(full)
    first, second = await post(house, full), await post(house, fine)
    await carry(house, mailbox)
    assert set(mailbox.got) == {second}
    rows = await house.eu.database.fetch("SELECT parcel_id, refused_as, refusals, again_at FROM parcel")
    assert [(row["parcel_id"], row["refused_as"], row["refusals"]) for row in rows] == [(first, "mailbox_full", 1)]
    assert rows[0]["again_at"] == house.clock.now() + timedelta(seconds=1)


async def test_the_pause_doubles_and_the_parcel_arrives_once_it_is_welcome(house: House) -> None:
    mailbox, full = Mailbox(), new_id()
    mailbox.refused.add(full)
    sent = await post(house, full)
    for pause in (1, 2, 4, 8):
        await carry(house, mailbox)
        calls = mailbox.calls
        house.clock.advance(timedelta(seconds=pause - 0.5))
        await carry(house, mailbox)
        assert mailbox.calls == calls
        house.clock.advance(timedelta(seconds=0.5))
    mailbox.refused.clear()
    await carry(house, mailbox)
    assert set(mailbox.got) == {sent}
    assert await house.eu.database.fetch("SELECT 1 FROM parcel") == []


async def test_what_nobody_handles_is_put_aside(house: House) -> None:
    await post(house, new_id(), what="telegram")
    await carry(house, Mailbox())
    rows = await house.eu.database.fetch("SELECT refused_as FROM parcel")
    assert [row["refused_as"] for row in rows] == ["unknown_parcel"]


async def test_nothing_is_addressed_to_an_unknown_cell_to_ones_own_or_beyond_the_limit(house: House) -> None:
    for cell in ("eu", "atlantis"):
        with pytest.raises(NoSuchNeighbour):
            async with house.eu.begin() as tx:
                await send_addressed(tx, Addressed("letter", cell, new_id(), b"x", new_id()), now=house.clock.now())
    with pytest.raises(EnvelopeTooLarge):
        Addressed("letter", "us", new_id(), b"x" * (LARGEST_ENVELOPE + 1), new_id())
