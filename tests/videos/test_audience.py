"""Who may watch a clip: everyone, followers, or its author alone; chosen, changed both ways, and asked at every door."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from kept.accounts import Session
from kept.feed import Feed, FeedPage
from kept.policy import AgeBand, Audience, Relation
from kept.social import follow, introduce
from kept.videos import (
    AUDIENCES,
    BadMediaAddress,
    NoSuchVideo,
    Viewer,
    WatchedBy,
    choose_audience,
    curate,
    default_audience,
    file_address,
    find_media,
    visible_video,
    withdraw,
)
from tests.fixtures.crowd import Crowd
from tests.fixtures.lot import viewer, visitor
from tests.fixtures.site import Member, Site
from tests.videos.test_takedown import asked

HOMES = pytest.mark.parametrize("home", ["us", "eu"], ids=["same cell", "over the sea"])
TAG = "#quietharbour"


async def show_to(crowd: Crowd, by: Session, clip: UUID, audience: WatchedBy) -> None:
    async with by.cell.begin() as tx:
        await choose_audience(tx, by, clip, audience, now=crowd.lot.now)
    await crowd.carry()


async def sees(somebody: Viewer, clip: UUID) -> bool:
    try:
        return (await visible_video(somebody, clip)).playable
    except NoSuchVideo:
        return False


def has(page: FeedPage, clip: UUID) -> bool:
    return clip in [card.id for card in page.cards]


@HOMES
async def test_each_door_opens_for_whom_the_author_chose_and_closes_again(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    eva, now = await crowd.member(crowd.lot.cells.named(home)), crowd.lot.now
    fan, other, child = await crowd.member(), await crowd.member(), await crowd.member(band=AgeBand.UNDER_13)
    await crowd.do(follow, fan, eva)
    await crowd.carry()
    clip = await crowd.lot.publish(eva, small_clip, f"Boats at {TAG}")
    async with eva.cell.begin() as tx:
        await curate(tx, eva.member_id, clip, picked_by=None, now=now)
    await crowd.carry()
    feed = Feed(crowd.lot.studio.addresses)
    people = {"fan": viewer(fan), "other": viewer(other), "child": viewer(child), "visitor": visitor(crowd.us)}
    shown: dict[WatchedBy, set[str]] = {"everyone": set(people), "followers": {"fan"}, "only_me": set()}

    for audience in ("followers", "everyone", "only_me", "followers", "only_me", "everyone"):
        await show_to(crowd, eva, clip, audience)
        seeing = {name for name, one in people.items() if await sees(one, clip)}
        assert seeing == shown[audience], audience
        for name, one in people.items():
            assert has(await feed.page(one, None, limit=24, now=now), clip) is (audience == "everyone"), (audience, name)
            relation = Relation.FOLLOWER if name == "fan" else Relation.STRANGER
            page = await feed.page_of(one, eva.member_id, None, relation=relation, now=now)
            assert has(page, clip) is (name in shown[audience]), (audience, name)
            if name != "child":
                assert has(await feed.page_found(one, TAG, None, language="en", now=now), clip) is (audience == "everyone")
        assert has(await feed.page_followed(people["fan"], None, now=now), clip) is (audience != "only_me")
        assert (await visible_video(viewer(eva), clip)).audience == audience

    async with eva.cell.begin() as tx:
        await withdraw(tx, clip, by=eva, pseudonym=crowd.lot.house.beacon.pseudonym(eva.member_id), now=now)
    with pytest.raises(NoSuchVideo):
        await show_to(crowd, eva, clip, "everyone")
    with pytest.raises(NoSuchVideo):
        await show_to(crowd, fan, clip, "everyone")


@HOMES
async def test_an_address_made_for_more_people_stops_when_fewer_may_watch(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    eva, fan = await crowd.member(crowd.lot.cells.named(home)), await crowd.member()
    await crowd.do(follow, fan, eva)
    await crowd.carry()
    clip = await crowd.lot.publish(eva, small_clip)
    addresses, now = crowd.lot.studio.addresses, crowd.lot.now

    async def address(by: Session) -> str:
        video = await visible_video(viewer(by), clip)
        return file_address(addresses, video, "source", viewer_cell=by.cell.name, now=now)

    async def works(one: str) -> bool:
        try:
            await find_media(eva.cell, addresses, asked(one), now=now)
        except BadMediaAddress:
            return False
        return True

    of_all = await address(fan)
    await show_to(crowd, eva, clip, "followers")
    of_followers = await address(fan)
    assert [await works(of_all), await works(of_followers)] == [False, True]
    assert not await works(of_all.replace("&s=", "&o=f&s=")), "whom it is for is signed"
    page = await Feed(addresses).page_followed(viewer(fan), None, now=now)
    assert {card.id: card.media for card in page.cards}[clip] == of_followers
    await show_to(crowd, eva, clip, "only_me")
    own = await address(eva)
    assert [await works(one) for one in (of_all, of_followers, own)] == [False, False, True]
    await show_to(crowd, eva, clip, "everyone")
    assert [await works(one) for one in (of_all, of_followers, own)] == [True, True, True]


async def test_what_an_author_keeps_leaves_nothing_on_any_shelf(crowd: Crowd, small_clip: bytes) -> None:
    eva, now = await crowd.member(crowd.eu), crowd.lot.now
    begun = await crowd.lot.studio.uploads.create(
        eva, length=len(small_clip), caption="A canary sings", audience="only_me", now=now
    )
    await crowd.lot.send(eva, begun.upload_id, small_clip)
    await crowd.lot.run_jobs(begun.upload_id)
    await crowd.carry()

    async def cards() -> Sequence[Any]:
        asked_for = "SELECT * FROM shelf_card WHERE item_id = $1"
        return [row for cell in crowd.lot.cells for row in await cell.database.fetch(asked_for, begun.upload_id)]

    assert await cards() == [], "never shown, so nowhere known"
    await show_to(crowd, eva, begun.upload_id, "followers")
    assert {row["caption"] for row in await cards()} == {"A canary sings"}
    assert not any(row["recommended"] or row["away"] for row in await cards())
    await show_to(crowd, eva, begun.upload_id, "only_me")
    assert len(await cards()) == 2
    for row in await cards():
        assert (row["caption"], row["placeholder"], row["away"], row["curated"]) == ("", "", True, False)
    with pytest.raises(NoSuchVideo):
        async with eva.cell.begin() as tx:
            await curate(tx, eva.member_id, begun.upload_id, picked_by=None, now=now)


async def test_by_age_a_new_clip_is_for_everyone_or_for_followers(crowd: Crowd, small_clip: bytes) -> None:
    assert default_audience(AgeBand.TEEN_13_15) is Audience.FOLLOWERS
    assert default_audience(AgeBand.TEEN_16_17) is default_audience(AgeBand.ADULT) is Audience.EVERYONE
    teen = await crowd.member(band=AgeBand.TEEN_13_15)
    clip = await crowd.lot.publish(teen, small_clip)
    assert (await visible_video(viewer(teen), clip)).audience is Audience.FOLLOWERS
    assert not await sees(visitor(crowd.us), clip)


async def follow_each_other(site: Site, fan: Member, author: Member) -> None:
    for one in (fan, author):
        home = await site.worker.cells.directory.by_handle(one.handle)
        assert home is not None
        async with site.worker.cells.named(home.cell).begin() as tx:
            await introduce(tx, home.member_id, now=site.worker.clock.now())
    await carry(site)
    answer = await site.client.put(f"/api/v1/follows/{author.handle}", headers=fan.headers)
    assert answer.is_success, answer.text
    await carry(site)


async def carry(site: Site) -> None:
    for _ in range(3):
        for cell in site.runtime.cells:
            while await site.runtime.gateway.drain(cell, now=site.runtime.clock.now()):
                pass


async def test_over_the_network_a_followers_clip_is_nobody_elses_business(site: Site, small_clip: bytes) -> None:
    author, fan, other = await site.join("DE"), await site.join("DE"), await site.join("US")
    await follow_each_other(site, fan, author)
    clip = await site.publish(author, small_clip)
    here = f"/api/v1/videos/{clip}"

    async def ask(address: str, by: Member | None) -> Response:
        return await site.client.get(address, headers=by.headers if by else {}, follow_redirects=False)

    async def choose(audience: str, by: Member) -> int:
        answer = await site.client.put(f"{here}/audience", json={"audience": audience}, headers=by.headers)
        await carry(site)
        return answer.status_code

    public = str((await ask(here, other)).json()["media"])
    assert (await choose("followers", other), await choose("members", author)) == (404, 422)
    assert await choose("followers", author) == 204
    page = f"/clips/{clip}"
    for address in (here, f"{here}/media", page, f"{page}/media", f"{page}/likes", f"{page}/comments"):
        answers = [(await ask(address, by)).status_code for by in (fan, other, None)]
        opened = 302 if address.endswith("/media") else 200
        assert answers == [opened, 404, 404], address
    told = (await ask(here, fan)).json()
    assert (await site.client.get(told["media"])).status_code == 200
    assert (await site.client.get(public)).status_code == 404
    assert (told["audience"], (await ask(here, author)).json()["audience"]) == (None, "followers")
    assert await choose("only_me", author) == 204
    assert [(await ask(here, by)).status_code for by in (author, fan, other)] == [200, 404, 404]
    assert (await site.client.get(told["media"])).status_code == 404
    assert (await site.client.get((await ask(here, author)).json()["media"])).status_code == 200
    assert set(AUDIENCES) == {"everyone", "followers", "only_me"}
