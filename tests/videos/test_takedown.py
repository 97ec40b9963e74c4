"""What is withdrawn is gone: at once for everybody, soon from every shelf and store, and for good."""

from uuid import UUID

import pytest

from kept.accounts import Session
from kept.kit import new_id
from kept.kit.objects import NoSuchObject
from kept.videos import Asked, BadMediaAddress, NoSuchVideo, Slice, VideoState, find_media, withdraw
from tests.fixtures.lot import Lot
from tests.videos.test_processing import entries


async def take_down(lot: Lot, by: Session, video_id: UUID) -> None:
    async with by.cell.begin() as tx:
        await withdraw(tx, video_id, by=by, pseudonym=lot.studio.beacon.pseudonym(by.member_id), now=lot.now)


def asked(address: str) -> Asked:
    path, query = address.split("?")
    parts = dict(part.split("=", 1) for part in query.split("&"))
    _, _, home, video_id, name = path.split("/")
    return Asked(
        home=home,
        video_id=UUID(video_id),
        name=name,
        expiry=int(parts["e"]),
        viewer_cell=parts["v"],
        own=parts.get("o", ""),
        signature=parts["s"],
    )


async def test_a_withdrawn_clip_stops_at_once_and_its_files_go(lot: Lot, small_clip: bytes) -> None:
    by, other = await lot.member(lot.house.eu), await lot.member(lot.house.us)
    before = await lot.stored(lot.house.eu)
    video_id = await lot.publish(by, small_clip)
    address = lot.studio.addresses.address("eu", video_id, "source", viewer_cell="us", now=lot.now)
    own = lot.studio.addresses.own_address("eu", video_id, "source", now=lot.now)
    for one in (address, own):
        assert (await find_media(lot.house.eu, lot.studio.addresses, asked(one), now=lot.now)).size > 1000

    await take_down(lot, by, video_id)
    for one in (address, own):
        with pytest.raises(BadMediaAddress):
            await find_media(lot.house.eu, lot.studio.addresses, asked(one), now=lot.now)
    mine = await lot.seen(by, video_id)
    assert (mine.state, mine.playable) == (VideoState.WITHDRAWN, False)
    assert await lot.seen(other, video_id), "the tombstone is still on its way"

    await lot.house.carry()
    with pytest.raises(NoSuchVideo):
        await lot.seen(other, video_id)
    await lot.run_jobs(video_id)
    assert await lot.stored(lot.house.eu) == before
    assert not await by.cell.database.fetch("SELECT FROM rendition WHERE video_id = $1", video_id)
    assert (await entries(lot, "eu", video_id))[-1] == "video.withdrawn"


async def test_a_late_card_does_not_bring_a_withdrawn_clip_back(lot: Lot, small_clip: bytes) -> None:
    by, other = await lot.member(lot.house.eu), await lot.member(lot.house.us)
    video_id = await lot.upload(by, small_clip)
    await lot.run_jobs(video_id, but=("render_video",))
    await take_down(lot, by, video_id)
    await lot.house.carry()
    with pytest.raises(NoSuchVideo):
        await lot.seen(other, video_id)


async def test_withdrawing_twice_is_one_withdrawal(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.us)
    video_id = await lot.publish(by, small_clip)
    await take_down(lot, by, video_id)
    await take_down(lot, by, video_id)
    assert (await entries(lot, "us", video_id)).count("video.withdrawn") == 1


async def test_nobody_withdraws_what_is_not_theirs(lot: Lot, small_clip: bytes) -> None:
    by, other = await lot.member(lot.house.us), await lot.member(lot.house.us)
    video_id = await lot.publish(by, small_clip)
    for what in (video_id, new_id()):
        with pytest.raises(NoSuchVideo):
            await take_down(lot, other, what)
    assert (await lot.seen(by, video_id)).state is VideoState.PUBLISHED


async def test_a_clip_withdrawn_before_its_processing_leaves_nothing(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.eu)
    before = await lot.stored(lot.house.eu)
    video_id = await lot.upload(by, small_clip)
    await take_down(lot, by, video_id)
    await lot.run_jobs(video_id)
    assert (await lot.seen(by, video_id)).state is VideoState.WITHDRAWN
    assert await lot.stored(lot.house.eu) == before
    assert str(video_id) not in lot.spooled(lot.house.eu)
    assert (await entries(lot, "eu", video_id)) == ["video.received", "video.withdrawn"]


async def test_a_stream_of_a_file_that_is_deleted_meanwhile_ends_with_an_error(lot: Lot, large_clip: bytes) -> None:
    by = await lot.member(lot.house.us)
    video_id = await lot.publish(by, large_clip)
    address = lot.studio.addresses.address("us", video_id, "source", viewer_cell="us", now=lot.now)
    media = await find_media(lot.house.us, lot.studio.addresses, asked(address), now=lot.now)
    await take_down(lot, by, video_id)
    await lot.run_jobs(video_id)
    with pytest.raises(NoSuchObject):
        async for _ in media.stream(Slice(0, media.size, media.size)):
            pass
