"""The sweeper takes what no row names, and nothing else, however busy the cell is."""

import asyncio
from datetime import timedelta

import pytest

from kept.kit import new_id
from kept.videos import NoSuchUpload, VideoState, orphans, sweep
from kept.videos.files import CLIPS
from tests.fixtures.lot import Lot


async def leftovers(lot: Lot) -> set[str]:
    return {str(one) async for one in orphans(lot.house.us, lot.studio)}


async def test_a_file_that_no_row_names_goes_and_every_other_stays(lot: Lot, small_clip: bytes) -> None:
    await sweep(lot.house.us, lot.studio, now=lot.now)
    by = await lot.member(lot.house.us)
    await lot.publish(by, small_clip)
    waiting = await lot.upload(by, small_clip)
    begun = await lot.begin(by, 1000)
    await lot.send(by, begun.upload_id, small_clip[:500])
    kept, spooled = await lot.stored(lot.house.us), lot.spooled(lot.house.us)
    assert not await leftovers(lot)

    await lot.house.us.objects.put(f"{CLIPS}ab/nobody", b"left by a crash")
    stray = lot.studio.spool.path("us", new_id())
    stray.write_bytes(b"left by a crash")
    stray.with_name("not-an-id").write_bytes(b"?")
    work = lot.studio.work / "us" / str(new_id())
    work.mkdir(parents=True)
    (work / "video.mp4").write_bytes(b"half")
    assert len(await leftovers(lot)) == 4

    assert await sweep(lot.house.us, lot.studio, now=lot.now) == 4
    assert (await lot.stored(lot.house.us), lot.spooled(lot.house.us)) == (kept, spooled)
    assert not work.exists()
    await lot.run_jobs(waiting)
    assert (await lot.seen(by, waiting)).state is VideoState.PUBLISHED


async def test_an_upload_that_lapsed_goes_with_its_bytes(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.us)
    begun = await lot.begin(by, 1000)
    await lot.send(by, begun.upload_id, small_clip[:500])
    await sweep(lot.house.us, lot.studio, now=lot.now + timedelta(hours=23))
    assert str(begun.upload_id) in lot.spooled(lot.house.us)
    await sweep(lot.house.us, lot.studio, now=lot.now + timedelta(hours=24))
    assert str(begun.upload_id) not in lot.spooled(lot.house.us)
    with pytest.raises(NoSuchUpload):
        await lot.stand(by, begun.upload_id)


async def test_sweeping_beside_uploads_and_processing_takes_nothing_from_them(lot: Lot, small_clip: bytes) -> None:
    authors = [await lot.member(lot.house.us) for _ in range(4)]
    done = asyncio.Event()

    async def sweep_all_the_time() -> int:
        rounds = 0
        while not done.is_set():
            await sweep(lot.house.us, lot.studio, now=lot.now)
            rounds += 1
        return rounds

    sweeping = asyncio.create_task(sweep_all_the_time())
    published = await asyncio.gather(*(lot.publish(by, small_clip) for by in authors))
    done.set()
    assert await sweeping > 3
    for by, video_id in zip(authors, published, strict=True):
        seen = await lot.seen(by, video_id)
        assert (seen.state, seen.playable) == (VideoState.PUBLISHED, True)
    assert not await leftovers(lot)


async def test_a_clip_whose_job_gave_up_without_a_word_is_held(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.us)
    video_id = await lot.upload(by, small_clip)
    await by.cell.database.fetch("UPDATE job SET state = 'failed' WHERE subject_id = $1", video_id)
    await sweep(lot.house.us, lot.studio, now=lot.now)
    seen = await lot.seen(by, video_id)
    assert (seen.state, seen.reason) == (VideoState.HELD, "unchecked")
