"""Each effect of each job fails before and after it happens; then the job goes on, and everything is as it should be."""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest

from kept.accounts import Session
from kept.cells import Cells
from kept.jobs import registered
from kept.kit import FixedClock
from kept.media import WHOLE, Cut, Limits, Prepared, prepare
from kept.videos import NoSuchUpload, Part, Studio, Uploads, VideoState, orphans, withdraw
from tests.fixtures.lot import LIMITS, HereAndNow, Lot, pieces
from tests.videos.faulty import Crash, Faults, FaultyCell, FaultySpool, Passing, When, faulty_cells
from tests.videos.test_processing import entries


@dataclass
class Retrying(HereAndNow):
    """Tries a step again after a fault that passes, as the engine does."""

    async def step(self, name: str, run: Callable[..., Awaitable[object]], *args: object, **more: object) -> object:
        try:
            return await HereAndNow.step(self, name, run, *args)
        except Passing:
            return await HereAndNow.step(self, name, run, *args)


@dataclass
class Works:
    """What jobs are handed."""

    cells: Cells
    studio: Studio
    clock: FixedClock


@pytest.fixture
async def quick(lot: Lot, small_clip: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A clip that was prepared once, for real; each later time its files are copied."""
    source, made = tmp_path / "clip.mp4", tmp_path / "made"
    source.write_bytes(small_clip)
    made.mkdir()
    once = await prepare(source, made)

    async def copied(path: Path, folder: Path, limits: Limits, *, cut: Cut) -> Prepared:
        assert cut == WHOLE
        assert path.read_bytes() == small_clip  # noqa: ASYNC240
        video, poster = folder / "video.mp4", folder / "poster.webp"
        shutil.copy(once.video, video)
        shutil.copy(once.poster, poster)
        return replace(once, video=video, poster=poster)

    monkeypatch.setattr("kept.videos.preparing.prepare", copied)
    return small_clip


async def survives(lot: Lot, kind: str, by: Session, video_id: UUID, faults: Faults) -> int:
    """Run a job with a fault; where that ended the process, another one goes on without. Returns how many effects it had."""
    job = Retrying("eu", by.member_id, video_id)
    studio = replace(lot.studio, spool=FaultySpool(lot.studio.spool, faults))
    try:
        await registered()[kind](job, Works(faulty_cells(lot.cells, faults), studio, lot.clock))
    except Crash:
        await registered()[kind](job, lot)
    return len(faults.done)


async def effects_of(lot: Lot, kind: str, begin: Callable[[], Awaitable[tuple[Session, UUID]]]) -> int:
    by, video_id = await begin()
    return await survives(lot, kind, by, video_id, Faults())


def every_fault(effects: int) -> list[Faults]:
    return [Faults(at, when, error) for at in range(effects) for when in When for error in (Crash, Passing)]


async def leftovers(lot: Lot) -> list[str]:
    return [str(one) async for one in orphans(lot.house.eu, lot.studio)]


async def test_a_clip_is_published_once_whatever_fails(lot: Lot, quick: bytes) -> None:
    async def begin() -> tuple[Session, UUID]:
        by = await lot.member(lot.house.eu)
        return by, await lot.upload(by, quick)

    before = set(await leftovers(lot))
    effects = await effects_of(lot, "process_video", begin)
    assert effects == 4, "plan, store, note and publish, delete the original"
    for faults in every_fault(effects):
        by, video_id = await begin()
        await survives(lot, "process_video", by, video_id, faults)
        what = f"{faults.when.value} {faults.done[faults.at or 0]} ({faults.error.__name__}, number {faults.at})"
        seen = await lot.seen(by, video_id)
        assert (seen.state, seen.playable) == (VideoState.PUBLISHED, True), what
        assert await entries(lot, "eu", video_id) == ["video.received", "video.published"], what
        assert str(video_id) not in lot.spooled(lot.house.eu), what
        assert set(await leftovers(lot)) <= before, what
        for cell in lot.cells:
            waiting = await cell.database.fetch(
                "SELECT content FROM parcel WHERE content ->> 'item_id' = $1", str(video_id)
            )
            assert len(waiting) == (1 if cell.name == "eu" else 0), what
    await lot.house.carry()


async def test_a_file_that_is_no_clip_is_refused_and_gone_whatever_fails(lot: Lot) -> None:
    async def begin() -> tuple[Session, UUID]:
        by = await lot.member(lot.house.eu)
        return by, await lot.upload(by, b"no video")

    before = set(await leftovers(lot))
    effects = await effects_of(lot, "process_video", begin)
    for faults in every_fault(effects)[::2]:
        by, video_id = await begin()
        await survives(lot, "process_video", by, video_id, faults)
        seen = await lot.seen(by, video_id)
        assert (seen.state, seen.reason) == (VideoState.FAILED, "not_a_video"), faults
        assert await entries(lot, "eu", video_id) == ["video.received", "video.failed"], faults
        assert set(await leftovers(lot)) <= before, faults


async def test_a_withdrawn_clip_leaves_nothing_whatever_fails(lot: Lot, quick: bytes) -> None:
    async def begin() -> tuple[Session, UUID]:
        by = await lot.member(lot.house.eu)
        video_id = await lot.upload(by, quick)
        await lot.run_jobs(video_id, but=("render_video",))
        async with by.cell.begin() as tx:
            await withdraw(tx, video_id, by=by, pseudonym=lot.studio.beacon.pseudonym(by.member_id), now=lot.now)
        return by, video_id

    effects = await effects_of(lot, "remove_video", begin)
    assert effects >= 4
    before = await lot.stored(lot.house.eu)
    for faults in every_fault(effects):
        by, video_id = await begin()
        await survives(lot, "remove_video", by, video_id, faults)
        assert await lot.stored(lot.house.eu) == before, faults
        assert not await by.cell.database.fetch("SELECT FROM rendition WHERE video_id = $1", video_id), faults


async def test_a_clip_withdrawn_at_any_moment_of_its_processing_leaves_nothing(lot: Lot, quick: bytes) -> None:
    async def begin() -> tuple[Session, UUID]:
        by = await lot.member(lot.house.eu)
        return by, await lot.upload(by, quick)

    effects = await effects_of(lot, "process_video", begin)
    before = await lot.stored(lot.house.eu)
    for faults in [Faults(at, When.AFTER) for at in range(effects)]:
        by, video_id = await begin()
        job = Retrying("eu", by.member_id, video_id)
        studio = replace(lot.studio, spool=FaultySpool(lot.studio.spool, faults))
        with pytest.raises(Crash):
            await registered()["process_video"](job, Works(faulty_cells(lot.cells, faults), studio, lot.clock))
        async with by.cell.begin() as tx:
            await withdraw(tx, video_id, by=by, pseudonym=lot.studio.beacon.pseudonym(by.member_id), now=lot.now)
        await lot.run(by.cell, "remove_video", by.member_id, video_id)
        await registered()["process_video"](job, lot)
        assert (await lot.seen(by, video_id)).state is VideoState.WITHDRAWN, faults
        assert await lot.stored(lot.house.eu) == before, faults
        assert str(video_id) not in lot.spooled(lot.house.eu), faults
        await lot.house.carry()
        for cell in lot.cells:
            assert not await cell.database.fetch("SELECT FROM shelf_card WHERE item_id = $1", video_id), faults


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("effect", [0, 1, 2])
async def test_an_upload_whose_server_dies_at_a_commit_goes_on(
    lot: Lot, small_clip: bytes, when: When, effect: int
) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(small_clip))
    faults = Faults(effect, when, Crash)
    cell = next(cell for cell in faulty_cells(lot.cells, faults) if cell.name == "eu")
    assert isinstance(cell, FaultyCell)
    dying = Uploads(FaultySpool(lot.studio.spool, faults), LIMITS, lot.studio.beacon.pseudonym)
    half = len(small_clip) // 2
    try:
        for start, end in ((0, half), (half, len(small_clip))):
            part = Part(offset=start, size=end - start)
            await dying.append(
                replace(by, cell=cell), begun.upload_id, part, pieces(small_clip[start:end]), now=lot.now
            )
    except Crash:
        assert len(faults.done) == effect + 1
    else:
        assert effect == 2, "there are two commits: one a part, and the second completes the upload"
    stand = await lot.stand(by, begun.upload_id)
    if stand.video_id is None:
        stand = await lot.send(by, begun.upload_id, small_clip[stand.offset :], offset=stand.offset)
    assert stand.video_id is not None
    assert lot.studio.spool.path("eu", begun.upload_id).read_bytes() == small_clip
    jobs = await by.cell.database.fetch("SELECT kind FROM job WHERE subject_id = $1", begun.upload_id)
    assert len(jobs) == 1
    with pytest.raises(NoSuchUpload):
        await lot.studio.uploads.cancel(by, begun.upload_id)
