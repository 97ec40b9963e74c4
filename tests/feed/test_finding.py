"""Clips are found by the words of their captions, in any of their forms, and by nothing else; tags are what is written."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.cells import Cell
from kept.feed import LONGEST_QUESTION, BadCursor, Feed, question, tag_of, tags_in
from kept.kit import new_id
from kept.policy import Actor, AgeBand, Limit, Refused, Standing
from kept.videos import Viewer
from tests.feed.test_feed import put_cards
from tests.fixtures.lot import Lot, viewer, visitor


@pytest.fixture
async def empty(lot: Lot) -> Cell:
    """The cell `us` with nothing on its shelf."""
    await lot.house.us.database.fetch("DELETE FROM shelf_card")
    await lot.house.us.database.fetch("DELETE FROM shelf_profile")
    return lot.house.us


async def found(lot: Lot, words: str, *, language: str = "en", who: Viewer | None = None) -> list[UUID]:
    feed = Feed(lot.studio.addresses)
    page = await feed.page_found(who or visitor(lot.house.us), words, None, language=language, limit=24, now=lot.now)
    return [card.id for card in page.cards]


@pytest.mark.parametrize(
    ("caption", "asked", "language"),
    [
        ("Running in the rain", "run", "en"),
        ("Running in the rain", "RAINS runs", "en"),
        ("Canciones de otoño", "cancion", "es"),
        ("Café à la crème", "cafe creme", "en"),
        ("Cafe a la creme", "café", "es"),
        ("My first #Sunset today", "#sunset", "en"),
        ("My first #Sunset today", "sunset", "en"),
        ("ＦＵＬＬ width", "full", "en"),
        ("日本 の 海", "日本", "en"),
        ("The and of", "the", "en"),
    ],
)
async def test_a_clip_is_found_by_forms_of_its_words(
    lot: Lot, empty: Cell, caption: str, asked: str, language: str
) -> None:
    [clip] = await put_cards(empty, [lot.now], caption=caption)
    await put_cards(empty, [lot.now], caption="something else entirely")
    assert await found(lot, asked, language=language) == [clip]


@pytest.mark.parametrize(
    "asked", ["rain snow", "sun", "#rain", "", "   ", "#", "%", "'; DROP TABLE shelf_card; --", "\0"]
)
async def test_what_has_not_all_the_words_is_not_found(lot: Lot, empty: Cell, asked: str) -> None:
    await put_cards(empty, [lot.now], caption="Running in the rain")
    assert await found(lot, asked) == []


async def test_what_strangers_may_not_see_is_not_found(lot: Lot, empty: Cell) -> None:
    owner = new_id()
    await put_cards(empty, [lot.now], caption="rain", recommended=False)
    await put_cards(empty, [lot.now], caption="rain", owner=owner)
    assert len(await found(lot, "rain")) == 1
    await empty.database.fetch(
        "INSERT INTO shelf_profile (owner_id, item_id, parcel_id, handle, private, followers, following, away)"
        " VALUES ($1, $2, $3, 'closed', true, 0, 0, false)",
        owner, new_id(), new_id(),
    )  # fmt: skip
    assert await found(lot, "rain") == []


async def test_pages_of_what_is_found_hold_every_clip_once(lot: Lot, empty: Cell) -> None:
    clips = await put_cards(empty, [lot.now - timedelta(minutes=minute // 2) for minute in range(11)], caption="rain")
    feed, cursor, seen = Feed(lot.studio.addresses), None, []
    for _ in range(6):
        page = await feed.page_found(visitor(empty), "rain", cursor, language="en", limit=2, now=lot.now)
        seen += [card.id for card in page.cards]
        cursor = page.next_cursor
    assert sorted(seen) == sorted(clips)
    assert cursor is None
    with pytest.raises(BadCursor):
        await feed.page_found(visitor(empty), "rain", "nowhere", language="en", now=lot.now)


async def test_whoever_may_not_search_finds_nothing(lot: Lot, empty: Cell) -> None:
    child = await lot.member(empty, AgeBand.UNDER_13)
    limited = Actor.member(AgeBand.TEEN_16_17, standing=Standing.GOOD, offered=True, limits=(Limit.SEARCH,))
    for who in (viewer(child), replace(viewer(child), actor=limited)):
        with pytest.raises(Refused):
            await found(lot, "rain", who=who)
        with pytest.raises(Refused):
            await Feed(lot.studio.addresses).tags(who, now=lot.now)


async def test_tags_are_those_that_most_authors_use(lot: Lot, empty: Cell) -> None:
    alone = new_id()
    await put_cards(empty, [lot.now - timedelta(hours=at) for at in range(9)], caption="#mine", owner=alone)
    shared = await put_cards(
        empty, [lot.now - timedelta(days=1), lot.now - timedelta(days=2)], caption="#Rain #rain #sea"
    )
    tags = await Feed(lot.studio.addresses).tags(visitor(empty), now=lot.now)
    assert [(tag.name, tag.clips) for tag, _ in tags] == [("rain", 2), ("sea", 2), ("mine", 9)]
    assert [card.id for card in tags[0][1]] == shared
    assert len(tags[2][1]) == 6


async def test_the_words_of_a_caption_are_not_in_the_index(lot: Lot, empty: Cell) -> None:
    """What stays behind in an index when its row is gone is a number."""
    await put_cards(empty, [lot.now], caption="xylophonist")
    [row] = await empty.database.fetch("SELECT pg_typeof(card_words('xylophonist'))::text AS kind")
    assert row["kind"] == "bigint[]"
    [plan] = await empty.database.fetch("SELECT pg_get_indexdef('shelf_card_words'::regclass) AS made")
    assert "card_words(caption)" in plan["made"]


@given(st.text(max_size=400))
def test_any_text_can_be_asked_for(text: str) -> None:
    asked = question(text)
    assert len(asked) <= LONGEST_QUESTION
    assert "\0" not in asked
    assert asked == "" or any(character.isalnum() for character in asked)


@given(st.text(max_size=300))
def test_tags_are_in_one_spelling(caption: str) -> None:
    for tag in tags_in(caption):
        assert tag_of(tag) == tag
        assert "#" not in tag


async def test_any_text_can_be_searched_for(lot: Lot, empty: Cell) -> None:
    for text in (
        "🎈",
        "a" * 5_000,
        "'\"\\",
        "<script>",
        "١٢٣",
        "e\u0301",
        "#" * 50,
        "a & b | !c :*",
        "\ud800"[:0] + "x",
    ):
        await found(lot, text)
        await found(lot, text, language="es")
