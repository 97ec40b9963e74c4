"""Feeds hold what they should, in order, without gaps or repeats, and nothing that a viewer may not see."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from kept.cells import Cell, take_off_shelf
from kept.feed import MOST, Feed
from kept.kit import new_id
from kept.policy import Actor, AgeBand, Refused, Standing
from kept.videos import BadCursor, Cursor, NoSuchVideo, ShelfCard, Viewer, curate, visible_video
from tests.fixtures.lot import Lot, viewer, visitor

COLUMNS = {
    "handle": "somebody",
    "caption": 'a caption with "quotes"\nand lines',
    "placeholder": "data:image/webp;base64,AAAA",
    "seconds": 3.5,
    "width": 720,
    "height": 1280,
    "home": "us",
    "renditions": "540 720 source",
}


async def put_cards(cell: Cell, moments: list[datetime], *, owner: UUID | None = None, **columns: object) -> list[UUID]:
    """Cards on one shelf, as the gateway would write them."""
    rows = [
        COLUMNS
        | {"owner_id": owner or new_id(), "item_id": new_id(), "parcel_id": new_id(), "published_at": moment}
        | {"curated": False, "recommended": True}
        | columns
        for moment in moments
    ]
    async with cell.begin() as tx:
        await tx.run(sa.insert(ShelfCard), rows)
    return [row["item_id"] for row in rows]  # type: ignore[misc]


@pytest.fixture
async def empty(lot: Lot) -> Cell:
    """The cell `us` with nothing on its shelf."""
    await lot.house.us.database.fetch("DELETE FROM shelf_card")
    return lot.house.us


async def whole_feed(feed: Feed, somebody: object, now: datetime, limit: int) -> list[UUID]:
    found: list[UUID] = []
    cursor = None
    while True:
        page = await feed.page(somebody, cursor, limit=limit, now=now)  # type: ignore[arg-type]
        found += [card.id for card in page.cards]
        assert len(page.cards) <= limit
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 3, 7, 24])
async def test_pages_hold_every_card_once_the_newest_first(lot: Lot, empty: Cell, limit: int) -> None:
    moments = [lot.now - timedelta(minutes=minute // 3) for minute in range(31)]  # three at a time share a moment
    ids = await put_cards(empty, moments)
    by_age = [item for _, item in sorted(zip(moments, ids, strict=True), reverse=True)]
    assert await whole_feed(Feed(lot.studio.addresses), visitor(empty), lot.now, limit) == by_age


async def test_what_is_new_or_gone_meanwhile_does_not_shift_the_pages(lot: Lot, empty: Cell) -> None:
    feed = Feed(lot.studio.addresses)
    moments = [lot.now - timedelta(minutes=minute) for minute in range(9)]
    owner = new_id()
    ids = await put_cards(empty, moments, owner=owner)
    first = await feed.page(visitor(empty), None, limit=3, now=lot.now)
    await put_cards(empty, [lot.now + timedelta(seconds=1)])
    async with empty.begin() as tx:
        await take_off_shelf(tx, ShelfCard, owner_id=owner, item_id=ids[2], now=lot.now)
        await take_off_shelf(tx, ShelfCard, owner_id=owner, item_id=ids[4], now=lot.now)
    second = await feed.page(visitor(empty), first.next_cursor, limit=3, now=lot.now)
    assert [card.id for card in second.cards] == [ids[3], ids[5], ids[6]]


async def test_an_empty_shelf_is_a_page_without_an_end(lot: Lot, empty: Cell) -> None:
    page = await Feed(lot.studio.addresses).page(visitor(empty), None, now=lot.now)
    assert (page.cards, page.next_cursor) == ((), None)


async def test_json_and_page_say_the_same(lot: Lot, empty: Cell) -> None:
    feed = Feed(lot.studio.addresses)
    await put_cards(empty, [lot.now - timedelta(minutes=minute) for minute in range(5)])
    for _ in range(2):  # written, and then remembered
        page = await feed.page(visitor(empty), None, limit=3, now=lot.now)
        told = json.loads(await feed.page_json(visitor(empty), None, limit=3, now=lot.now))
        assert told["next_cursor"] == page.next_cursor
        assert [card["id"] for card in told["cards"]] == [str(card.id) for card in page.cards]
        assert told["cards"][0]["caption"] == COLUMNS["caption"]
        assert told["cards"][0]["media"] == page.cards[0].renditions["720"]
    later = json.loads(await feed.page_json(visitor(empty), None, limit=3, now=lot.now + timedelta(minutes=10)))
    assert later["cards"][0]["media"] != told["cards"][0]["media"]


async def test_a_changed_card_is_not_remembered_as_it_was(lot: Lot, empty: Cell) -> None:
    feed = Feed(lot.studio.addresses)
    [item] = await put_cards(empty, [lot.now])
    await feed.page_json(visitor(empty), None, now=lot.now)
    await empty.database.fetch(
        "UPDATE shelf_card SET caption = 'new', parcel_id = $2 WHERE item_id = $1", item, new_id()
    )
    assert b'"new"' in await feed.page_json(visitor(empty), None, now=lot.now)


async def test_a_page_is_one_round_trip_and_one_more_for_new_cards(
    lot: Lot, empty: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put_cards(empty, [lot.now - timedelta(minutes=minute) for minute in range(30)])
    asked: list[str] = []
    fetch = empty.database.fetch

    async def counted(statement: str, *values: object) -> object:
        asked.append(statement)
        return await fetch(statement, *values)

    monkeypatch.setattr(empty.database, "fetch", counted)
    feed = Feed(lot.studio.addresses)
    for round_trips in (2, 3, 4):
        page = await feed.page(visitor(empty), None, limit=24, now=lot.now)
        assert (len(page.cards), len(asked)) == (24, round_trips)
    await put_cards(empty, [lot.now + timedelta(seconds=second) for second in range(5)])
    page = await feed.page(visitor(empty), None, limit=24, now=lot.now)
    assert (len(page.cards), len(asked)) == (24, 6)


async def test_a_card_that_goes_between_two_questions_is_left_out(
    lot: Lot, empty: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await put_cards(empty, [lot.now - timedelta(minutes=minute) for minute in range(3)])
    fetch = empty.database.fetch

    async def meanwhile(statement: str, *values: object) -> object:
        if "ANY" in statement:
            await fetch("DELETE FROM shelf_card WHERE item_id = $1", ids[1])
        return await fetch(statement, *values)

    monkeypatch.setattr(empty.database, "fetch", meanwhile)
    page = await Feed(lot.studio.addresses).page(visitor(empty), None, now=lot.now)
    assert [card.id for card in page.cards] == [ids[0], ids[2]]


async def test_nobody_gets_more_cards_than_a_page_holds(lot: Lot, empty: Cell) -> None:
    await put_cards(empty, [lot.now - timedelta(minutes=minute) for minute in range(30)])
    feed = Feed(lot.studio.addresses)
    assert len((await feed.page(visitor(empty), None, limit=10**9, now=lot.now)).cards) == MOST
    assert len((await feed.page(visitor(empty), None, limit=-5, now=lot.now)).cards) == 1


async def test_children_see_what_staff_picked_and_nothing_else(lot: Lot, small_clip: bytes, empty: Cell) -> None:
    author = await lot.member(lot.house.eu)
    child = await lot.member(lot.house.us, AgeBand.UNDER_13)
    plain, picked = await lot.publish(author, small_clip), await lot.publish(author, small_clip)
    async with lot.house.eu.begin() as tx:
        await curate(tx, author.member_id, picked, picked_by=None, now=lot.now)
    await lot.house.carry()
    feed = Feed(lot.studio.addresses)
    assert await whole_feed(feed, viewer(child), lot.now, 5) == [picked]
    assert (await visible_video(viewer(child), picked)).playable
    with pytest.raises(NoSuchVideo):
        await visible_video(viewer(child), plain)
    grown_up = await lot.member(lot.house.us)
    assert set(await whole_feed(feed, viewer(grown_up), lot.now, 5)) == {plain, picked}
    theirs = await feed.page_of(viewer(child), author.member_id, None, now=lot.now)
    assert [card.id for card in theirs.cards] == [picked]


async def test_clips_that_are_not_for_strangers_are_found_on_the_authors_page_only(lot: Lot, empty: Cell) -> None:
    owner = new_id()
    [item] = await put_cards(empty, [lot.now], owner=owner, recommended=False)
    feed = Feed(lot.studio.addresses)
    assert await whole_feed(feed, visitor(empty), lot.now, 5) == []
    page = await feed.page_of(visitor(empty), owner, None, now=lot.now)
    assert [card.id for card in page.cards] == [item]


async def test_an_authors_page_goes_on_where_it_ended(lot: Lot, empty: Cell) -> None:
    owner = new_id()
    ids = await put_cards(empty, [lot.now - timedelta(minutes=minute) for minute in range(5)], owner=owner)
    await put_cards(empty, [lot.now])
    feed = Feed(lot.studio.addresses)
    first = await feed.page_of(visitor(empty), owner, None, limit=3, now=lot.now)
    rest = await feed.page_of(visitor(empty), owner, first.next_cursor, limit=3, now=lot.now)
    assert [card.id for card in (*first.cards, *rest.cards)] == ids
    assert rest.next_cursor is None


async def test_where_the_service_is_not_offered_there_is_no_feed(lot: Lot) -> None:
    banned = Actor.member(AgeBand.ADULT, standing=Standing.GOOD, offered=False, limits=())
    with pytest.raises(Refused):
        await Feed(lot.studio.addresses).page(Viewer(cell=lot.house.us, actor=banned), None, now=lot.now)


async def test_many_readers_at_once_get_whole_pages(lot: Lot, empty: Cell) -> None:
    await put_cards(empty, [lot.now - timedelta(minutes=minute) for minute in range(30)])
    feed = Feed(lot.studio.addresses)
    pages = await asyncio.gather(*(feed.page_json(visitor(empty), None, now=lot.now) for _ in range(50)))
    assert len(set(pages)) == 1


@pytest.mark.parametrize("text", ["", "x", "AAAA", "é", "A" * 31, "_" * 32, "A" * 100_000, "../../etc/passwd", "A A"])
async def test_a_made_up_cursor_is_refused(lot: Lot, text: str) -> None:
    with pytest.raises(BadCursor):
        await Feed(lot.studio.addresses).page(visitor(lot.house.us), text, now=lot.now)


@given(
    st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    st.builds(uuid4),
)
def test_a_cursor_says_exactly_where_it_is(moment: datetime, item: UUID) -> None:
    cursor = Cursor(moment, item)
    assert Cursor.read(str(cursor)) == cursor


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    with contextlib.suppress(BadCursor):
        assert isinstance(Cursor.read(text), Cursor)
