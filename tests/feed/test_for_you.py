"""For you: nothing its member may not see, nothing twice, nothing learned from whoever did not choose it, nothing kept that was
deleted."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from kept.accounts import Session
from kept.catalog import Keep
from kept.cells import Cell
from kept.feed import (
    MOST_AT_ONCE,
    Feed,
    Note,
    NotRanked,
    RankedPage,
    Signal,
    TooManyInterests,
    TooManyWatched,
    Watched,
    choose_feed,
    choose_interests,
    chosen_by,
    forget_clip,
    history,
    interested_after_all,
    not_interested,
    note_watched,
    recipe,
    refresh,
)
from kept.kit import new_id
from kept.likes import like
from kept.policy import AgeBand, Refused
from kept.social import accept_follower, block, follow, mute, set_privacy
from kept.subjects import erasing
from kept.videos import BadCursor, NoSuchVideo, ShelfCard, withdraw
from tests.feed.test_feed import put_cards
from tests.fixtures.crowd import Crowd
from tests.fixtures.lot import viewer, visitor


@pytest.fixture
async def bare(crowd: Crowd) -> Crowd:
    """Nothing on the shelves yet."""
    for cell in crowd.lot.cells:
        await cell.database.fetch("DELETE FROM shelf_card")
    return crowd


async def fan_of_for_you(crowd: Crowd, cell: Cell, band: AgeBand = AgeBand.ADULT) -> Session:
    """Somebody who chose to have a feed ranked."""
    by = await crowd.member(cell, band=band)
    await do(crowd, by, choose_feed, ranked=True)
    return by


async def do(crowd: Crowd, by: Session, verb: object, *what: object, **more: object) -> None:
    timed = {} if verb in (interested_after_all, forget_clip, refresh) else {"now": crowd.lot.now}
    async with by.cell.begin() as tx:
        await verb(tx, by, *what, **more, **timed)  # type: ignore[operator]


async def page(crowd: Crowd, by: Session, cursor: str | None = None, *, limit: int = 24) -> RankedPage:
    """From a feed of its own, as another server process would give it."""
    feed = Feed(crowd.lot.studio.addresses)
    return await feed.page_for_you(viewer(by), cursor, language="en", limit=limit, now=crowd.lot.now)


async def shown(crowd: Crowd, by: Session, *, limit: int = 24) -> list[UUID]:
    """A whole sitting."""
    found: list[UUID] = []
    cursor = None
    while True:
        one = await page(crowd, by, cursor, limit=limit)
        found += [card.id for card in one.page.cards]
        cursor = one.page.next_cursor
        if cursor is None:
            return found


async def traces(cell: Cell, by: Session) -> int:
    return int((await cell.database.fetch("SELECT count(*) AS n FROM watched WHERE owner_id = $1", by.member_id))[0]["n"])


def minutes(crowd: Crowd, count: int) -> list[datetime]:
    return [crowd.lot.now - timedelta(minutes=minute) for minute in range(count)]


async def test_a_sitting_holds_every_clip_once_whatever_the_pages(bare: Crowd) -> None:
    by = await fan_of_for_you(bare, bare.us)
    ids = await put_cards(bare.us, minutes(bare, 31))
    for limit in (1, 7, 24):
        found = await shown(bare, by, limit=limit)
        assert sorted(found) == sorted(ids)
    first = await page(bare, by, limit=8)
    await put_cards(bare.us, minutes(bare, 3))
    again = await page(bare, by, first.page.next_cursor, limit=24)
    assert not {card.id for card in first.page.cards} & {card.id for card in again.page.cards}
    with pytest.raises(BadCursor):
        await page(bare, by, "AAAA")


async def test_nobody_gets_what_they_may_not_see(bare: Crowd, small_clip: bytes) -> None:
    author, young, private, blocked, muted = [
        await bare.member(cell, band=band)
        for cell, band in zip(
            (bare.eu, bare.eu, bare.eu, bare.us, bare.us),
            (AgeBand.ADULT, AgeBand.TEEN_13_15, AgeBand.ADULT, AgeBand.ADULT, AgeBand.ADULT),
            strict=True,
        )
    ]
    by = await fan_of_for_you(bare, bare.us)
    async with private.cell.begin() as tx:
        await set_privacy(tx, private, private=True, now=bare.lot.now)
    clips = {who.member_id: await bare.lot.publish(who, small_clip) for who in (author, young, private, blocked, muted)}
    mine = await bare.lot.publish(by, small_clip)
    await bare.do(block, blocked, by)
    await bare.do(mute, by, muted)
    await bare.carry()
    assert await shown(bare, by) == [clips[author.member_id]], "neither strangers under 16 nor private, blocked, muted, own"
    rows = await bare.us.database.fetch("SELECT recommended FROM shelf_card WHERE owner_id = $1", young.member_id)
    assert [row["recommended"] for row in rows] == [False]
    for followed in (young, private):
        await bare.do(follow, by, followed)
        await bare.carry()
        await bare.do(accept_follower, followed, by)
        await bare.carry()
    assert mine not in await shown(bare, by)
    assert set(await shown(bare, by)) == {clips[one.member_id] for one in (author, young, private)}
    async with author.cell.begin() as tx:
        pseudonym = bare.lot.house.beacon.pseudonym(author.member_id)
        await withdraw(tx, clips[author.member_id], by=author, pseudonym=pseudonym, now=bare.lot.now)
    await bare.carry()
    assert clips[author.member_id] not in await shown(bare, by)


async def test_what_is_taken_off_the_shelf_while_a_page_is_made_is_not_on_it(
    bare: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = await fan_of_for_you(bare, bare.us)
    ids = await put_cards(bare.us, minutes(bare, 3))
    feed = Feed(bare.lot.studio.addresses)
    await feed.page_for_you(viewer(by), None, language="en", now=bare.lot.now)  # it is remembered now
    fetch = bare.us.database.fetch

    async def meanwhile(statement: str, *values: object) -> object:
        found = await fetch(statement, *values)
        if "popular" in statement:
            await fetch("DELETE FROM shelf_card WHERE item_id = $1", ids[1])
        return found

    monkeypatch.setattr(bare.us.database, "fetch", meanwhile)
    one = await feed.page_for_you(viewer(by), None, language="en", now=bare.lot.now)
    assert {card.id for card in one.page.cards} == {ids[0], ids[2]}


async def test_what_viewers_share_for_a_moment_hides_nothing_from_what_each_page_asks(
    bare: Crowd, small_clip: bytes
) -> None:
    """One process, and two pages within the moment in which it asks for the newest clips once."""
    kinds = ("gone", "private", "blocked", "muted", "at rest", "stays")
    authors = {kind: await bare.member(bare.us) for kind in kinds}
    by, other = await fan_of_for_you(bare, bare.us), await fan_of_for_you(bare, bare.us)
    clips = {kind: await bare.lot.publish(who, small_clip) for kind, who in authors.items()}
    friend = await bare.member(bare.us)
    await bare.do(follow, by, friend)
    await bare.carry()
    feed = Feed(bare.lot.studio.addresses)

    async def ids(who: Session) -> set[UUID]:
        one = await feed.page_for_you(viewer(who), None, language="en", limit=24, now=bare.lot.now)
        return {card.id for card in one.page.cards}

    assert await ids(by) == await ids(other) == set(clips.values())
    async with authors["gone"].cell.begin() as tx:
        pseudonym = bare.lot.house.beacon.pseudonym(authors["gone"].member_id)
        await withdraw(tx, clips["gone"], by=authors["gone"], pseudonym=pseudonym, now=bare.lot.now)
    async with authors["private"].cell.begin() as tx:
        await set_privacy(tx, authors["private"], private=True, now=bare.lot.now)
    await bare.do(block, authors["blocked"], by)
    await bare.do(mute, by, authors["muted"])
    await bare.carry()
    away = "UPDATE shelf_card SET away = true, recommended = false WHERE owner_id = $1"
    await bare.us.database.fetch(away, authors["at rest"].member_id)
    new = {await bare.lot.publish(who, small_clip) for who in (friend, authors["stays"])}
    await bare.carry()
    assert await ids(by) == {clips["stays"], *new}, "and new clips are there at once"
    assert await ids(other) == {*(clips[kind] for kind in ("stays", "blocked", "muted")), *new}


async def test_whoever_chose_latest_leaves_no_trace(bare: Crowd) -> None:
    [clip] = await put_cards(bare.us, minutes(bare, 1))
    new, by = await bare.member(bare.us), await fan_of_for_you(bare, bare.us)
    assert not (await chosen_by(viewer(new))).ranked, "nobody is profiled until they choose"
    await do(bare, by, choose_feed, ranked=False)
    for who in (new, by):
        for verb, what in ((note_watched, [Note(clip, 3.0)]), (not_interested, clip)):
            with pytest.raises(NotRanked):
                await do(bare, who, verb, what)
        with pytest.raises(NotRanked):
            await page(bare, who)
        latest = await Feed(bare.lot.studio.addresses).page(viewer(who), None, now=bare.lot.now)
        assert [card.id for card in latest.cards] == [clip]
        assert await traces(bare.us, who) == 0
    await do(bare, by, choose_feed, ranked=True)
    await do(bare, by, note_watched, [Note(clip, 3.0)])
    assert await traces(bare.us, by) == 1


@pytest.mark.parametrize("band", [AgeBand.UNDER_13, AgeBand.TEEN_13_15])
async def test_under_16_nobody_is_profiled(bare: Crowd, band: AgeBand) -> None:
    [clip] = await put_cards(bare.us, minutes(bare, 1), curated=True)
    young = await bare.member(bare.us, band=band)
    for verb, what, more in (
        (choose_feed, (), {"ranked": True}),
        (choose_interests, (["rain"],), {}),
        (note_watched, ([Note(clip, 3.0)],), {}),
        (not_interested, (clip,), {}),
    ):
        with pytest.raises(Refused):
            await do(bare, young, verb, *what, **more)
    with pytest.raises(Refused):
        await page(bare, young)
    await bare.us.database.fetch(  # whatever stands there: once chosen, or put there by somebody
        "INSERT INTO feed_choice (owner_id, ranked, changed_at) VALUES ($1, true, $2)", young.member_id, bare.lot.now
    )
    with pytest.raises(Refused):
        await page(bare, young)
    assert not (await chosen_by(viewer(young))).ranked
    assert await traces(bare.us, young) == 0
    theirs = await Feed(bare.lot.studio.addresses).page(viewer(young), None, now=bare.lot.now)
    assert [card.id for card in theirs.cards] == [clip]
    with pytest.raises(Refused):
        await Feed(bare.lot.studio.addresses).page_for_you(visitor(bare.us), None, language="en", now=bare.lot.now)


async def test_16_and_over_may_choose_and_then_may_choose_otherwise(bare: Crowd) -> None:
    by = await fan_of_for_you(bare, bare.us, AgeBand.TEEN_16_17)
    [clip] = await put_cards(bare.us, minutes(bare, 1))
    assert await shown(bare, by) == [clip]
    await do(bare, by, choose_interests, ["#Rain", "rain", "two words"])
    assert (await chosen_by(viewer(by))).interests == ("rain",)
    with pytest.raises(TooManyInterests):
        await do(bare, by, choose_interests, [f"t{n}" for n in range(21)])
    await do(bare, by, choose_feed, ranked=False)
    assert (await chosen_by(viewer(by))).interests == ("rain",)
    with pytest.raises(NotRanked):
        await page(bare, by)


async def test_what_was_watched_does_not_come_back_for_a_while(bare: Crowd) -> None:
    by = await fan_of_for_you(bare, bare.us)
    ids = await put_cards(bare.us, minutes(bare, 3))
    await do(bare, by, note_watched, [Note(ids[0], 3.5), Note(new_id(), 9.0)])
    assert ids[0] not in await shown(bare, by)
    days = timedelta(days=recipe().rules.again_after_days + 1)
    await bare.us.database.fetch(
        "UPDATE watched SET watched_at = $2 WHERE owner_id = $1", by.member_id, bare.lot.now - days
    )
    assert ids[0] in await shown(bare, by)


async def test_notes_add_up_and_are_bounded(bare: Crowd) -> None:
    by = await fan_of_for_you(bare, bare.us)
    ids = await put_cards(bare.us, minutes(bare, 2), seconds=10.0)
    [hidden] = await put_cards(bare.us, minutes(bare, 1), recommended=False)
    await do(bare, by, note_watched, [Note(ids[0], 5.0), Note(ids[0], 2.5), Note(ids[1], -4.0), Note(hidden, 5.0)])
    await do(bare, by, note_watched, [Note(ids[0], 1e9)])
    found, following = await history(by)
    assert following is None
    assert {one.clip_id: (round(one.share, 2), one.times) for one in found} == {ids[0]: (20.75, 2), ids[1]: (0.0, 1)}
    with pytest.raises(TooManyWatched):
        await do(bare, by, note_watched, [Note(ids[0], 1.0)] * (MOST_AT_ONCE + 1))
    await asyncio.gather(*(do(bare, by, note_watched, [Note(one, 1.0) for one in order]) for order in (ids, ids[::-1]) * 4))
    assert {one.times for one in (await history(by))[0]} == {10, 9}


async def test_not_interested_counts_at_once_and_can_be_taken_back(bare: Crowd) -> None:
    by, bore, other = await fan_of_for_you(bare, bare.us), new_id(), new_id()
    boring = await put_cards(bare.us, minutes(bare, 2), owner=bore, caption="dull #grey")
    [good] = await put_cards(bare.us, [bare.lot.now - timedelta(days=3)], owner=other)
    assert (await shown(bare, by))[0] in boring
    await do(bare, by, not_interested, boring[0])
    assert await shown(bare, by) == [good, boring[1]]
    reasons = {one.signal: one.points for one in (await page(bare, by)).why[boring[1]].reasons}
    assert reasons[Signal.UNWANTED_AUTHOR] < 0
    assert reasons[Signal.UNWANTED_TAGS] < 0
    await do(bare, by, interested_after_all, boring[0])
    assert await traces(bare.us, by) == 0
    assert (await shown(bare, by))[0] in boring
    await do(bare, by, note_watched, [Note(boring[0], 3.0)])
    await do(bare, by, not_interested, boring[0])
    await do(bare, by, interested_after_all, boring[0])
    assert [(one.unwanted, one.times) for one in (await history(by))[0]] == [(False, 1)], "what was watched, stays"
    for nobodys in (new_id(),):
        with pytest.raises(NoSuchVideo):
            await do(bare, by, not_interested, nobodys)


async def test_reasons_are_what_made_the_score(bare: Crowd, small_clip: bytes) -> None:
    by, author = await fan_of_for_you(bare, bare.us), await bare.member(bare.us)
    clip = await bare.lot.publish(author, small_clip, "The best bread #bread")
    await bare.do(follow, by, author)
    for fan in [await bare.member(bare.us) for _ in range(recipe().rules.few_here)]:
        async with bare.us.begin() as tx:
            await like(tx, fan, clip, now=bare.lot.now)
    await bare.carry()
    await do(bare, by, choose_interests, ["bread"])
    [seen] = await put_cards(bare.us, minutes(bare, 1), owner=author.member_id, caption="more #bread", seconds=4.0)
    await do(bare, by, note_watched, [Note(seen, 8.0)])
    why = (await page(bare, by)).why[clip]
    points = {one.signal: one.points for one in why.reasons}
    weights, rules = recipe().weights, recipe().rules
    assert points[Signal.FOLLOWS] == weights.follows
    assert points[Signal.INTERESTS] == weights.interests
    assert points[Signal.COMPLETION] == pytest.approx(weights.completion / rules.enough)
    assert points[Signal.REWATCH] == pytest.approx(weights.rewatch / rules.enough)
    assert points[Signal.TAGS] == pytest.approx(weights.tags / rules.enough)
    assert points[Signal.LANGUAGE] == weights.language
    assert points[Signal.POPULAR_HERE] > 0
    assert points[Signal.LIKES] > 0
    assert {one.tag for one in why.reasons if one.signal in (Signal.TAGS, Signal.INTERESTS)} == {"bread"}
    assert Signal.COMMENTS not in points


async def test_refreshing_and_forgetting_delete_the_rows_of_one_member(bare: Crowd) -> None:
    by, other = await fan_of_for_you(bare, bare.us), await fan_of_for_you(bare, bare.us)
    ids = await put_cards(bare.us, minutes(bare, 5))
    for who in (by, other):
        await do(bare, who, note_watched, [Note(one, 2.0) for one in ids])
    await do(bare, by, forget_clip, ids[0])
    first, following = await history(by, limit=3)
    rest, end = await history(by, after=following, limit=3)
    assert (sorted(one.clip_id for one in first + rest), end) == (sorted(ids[1:]), None)
    await do(bare, by, choose_feed, ranked=False)
    await do(bare, by, refresh)
    assert (await traces(bare.us, by), await traces(bare.us, other)) == (0, 5)
    with pytest.raises(BadCursor):
        await history(by, after="x")


async def test_the_history_is_its_owners_alone_and_stays_at_home(bare: Crowd, small_clip: bytes) -> None:
    author, by = await bare.member(bare.eu), await fan_of_for_you(bare, bare.us)
    clip = await bare.lot.publish(author, small_clip)
    await do(bare, by, note_watched, [Note(clip, 2.0)])
    await bare.carry()
    for table in ("watched", "feed_choice"):
        assert await bare.eu.database.fetch(f"SELECT FROM {table} WHERE owner_id = $1", by.member_id) == []
    async with bare.eu.begin() as tx:
        await tx.run(sa.delete(ShelfCard).where(ShelfCard.item_id == clip))
    assert [one.handle for one in (await history(by))[0]] == [author.handle]
    assert (await history(author))[0] == []


def test_it_is_copied_and_erased_as_all_else_and_goes_with_whom_it_names() -> None:
    owned = {table.name for table in erasing.tables_of_members()}
    assert {"watched", "feed_choice"} <= owned
    assert Watched.__table__.c.author_id.info["rule"].goes_with_other
    assert Watched.law.keep == Keep.after_last_use("watched_at", "contract", days=90)
