"""Live delivery: what is sent is seen at once, nothing is missed after a break, and nobody sees what is another's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta

from kept.accounts import Session
from kept.messages import Happened, Kind, mark_read, unsend
from kept.messages.live import WAITING, Live
from tests.messages.conftest import Office


@asynccontextmanager
async def listening(
    office: Office, reader: Session, since: str | None = None
) -> AsyncIterator[AsyncIterator[Happened]]:
    async with aclosing(office.messages.live.events(reader, since=since, now=office.now, heartbeat=5)) as events:
        assert (await anext(events)).kind is None
        yield events


async def soon(events: AsyncIterator[Happened]) -> Happened:
    async with asyncio.timeout(5):
        while (happened := await anext(events)).kind is None:
            pass
        return happened


async def heard(events: AsyncIterator[Happened], kind: Kind) -> Happened:
    """The next of a kind; what was sent just before somebody began to listen may come, too."""
    while (happened := await soon(events)).kind is not kind:
        assert happened.kind is Kind.MESSAGE
    return happened


async def test_a_message_reaches_both_parties_pages(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    async with listening(office, ada) as hers, listening(office, ben) as his:
        sent = await office.send(ada, ben, "live")
        for events in (hers, his):
            happened = await soon(events)
            assert (happened.kind, happened.message_id) == (Kind.MESSAGE, sent.message_id)
            assert happened.message is not None
            assert happened.message.content.text == "live"


async def test_a_message_from_the_other_cell_arrives_live(office: Office) -> None:
    ada, eva = await office.member(office.house.us), await office.member(office.house.eu)
    async with listening(office, eva) as hers:
        sent = await office.send(ada, eva, "from afar")
        await office.carry()
        assert (await soon(hers)).message_id == sent.message_id


async def test_unsending_and_reading_are_told(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    sent = await office.send(ada, ben)
    async with listening(office, ben) as his:
        async with ben.cell.begin() as tx:
            await mark_read(tx, ben, ada.member_id, up_to=sent.message_id)
        await heard(his, Kind.READ)
        async with ada.cell.begin() as tx:
            await unsend(tx, office.messages, ada, sent.message_id, now=office.now)
        await heard(his, Kind.UNSENT)


async def test_who_comes_back_gets_what_came_meanwhile(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    async with listening(office, ben) as his:
        await office.send(ada, ben, "seen")
        last = (await soon(his)).event_id
    office.house.clock.advance(timedelta(minutes=3))
    for n in range(3):
        await office.send(ada, ben, f"missed {n}")
    async with listening(office, ben, since=last) as his:
        texts = []
        while len(texts) < 4 and (one := (await soon(his)).message) is not None:
            texts.append(one.content.text)
    assert texts == ["seen", "missed 0", "missed 1", "missed 2"]  # what was near the break comes twice


async def test_a_page_that_reads_too_slowly_catches_up_from_the_database(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    async with listening(office, ben) as his:
        await asyncio.gather(*(office.send(ada, ben, f"{n}") for n in range(WAITING + 40)))
        await asyncio.sleep(0.3)
        seen: set[str | None] = set()
        while "295" not in seen or len(seen) < 150:
            one = (await soon(his)).message
            assert one is not None
            seen.add(one.content.text)


async def test_the_connection_that_listens_comes_back_and_nothing_is_missed(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    async with listening(office, ben) as his:
        await ben.cell.database.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%LISTEN%' AND pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
        sent = await office.send(ada, ben, "while it was away")
        assert (await soon(his)).message_id == sent.message_id


async def test_others_hear_nothing(office: Office) -> None:
    ada, ben, eve = [await office.member() for _ in range(3)]
    async with listening(office, eve) as hers:
        await office.send(ada, ben, "private")
        await office.send(ada, eve, "for eve")
        one = (await soon(hers)).message
        assert one is not None
        assert one.content.text == "for eve"


async def test_a_closed_wire_ends_every_stream(office: Office) -> None:
    ada = await office.member()
    live = Live(office.house.vaults)
    events = live.events(ada, now=office.now)
    assert (await anext(events)).kind is None
    ending = asyncio.create_task(_drain(events))
    await asyncio.sleep(0.05)
    await live.close()
    async with asyncio.timeout(2):
        await ending


async def _drain(events: AsyncIterator[Happened]) -> None:
    async for _ in events:
        pass
