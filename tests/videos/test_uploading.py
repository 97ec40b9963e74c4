"""Uploads survive what happens to them, and refuse what must be refused."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator

import pytest

from kept.videos import (
    Checksum,
    ChecksumMismatch,
    Ends,
    LengthMismatch,
    NoSuchUpload,
    OffsetMismatch,
    Part,
    TooLarge,
    UploadBusy,
    UploadInterrupted,
    Uploads,
)
from kept.videos.receiving import CHECKPOINT
from kept.videos.spool import Spool
from tests.fixtures.lot import LIMITS, Dropped, Lot, dropping, pieces

DATA = os.urandom(3_000_000)


async def test_what_arrives_in_parts_is_what_was_sent(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA), "hello")
    first = await lot.send(by, begun.upload_id, DATA[:1_234_567])
    assert (first.offset, first.video_id) == (1_234_567, None)
    last = await lot.send(by, begun.upload_id, DATA[1_234_567:], offset=1_234_567)
    assert last.video_id == begun.upload_id
    path = lot.studio.spool.path("eu", begun.upload_id)
    assert path.read_bytes() == DATA
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    video = await lot.seen(by, begun.upload_id)
    assert (video.state, video.caption) == ("processing", "hello")
    rows = await by.cell.database.fetch("SELECT sha256 FROM video WHERE video_id = $1", begun.upload_id)
    assert rows[0]["sha256"] == hashlib.sha256(DATA).digest()


async def test_a_complete_upload_asks_for_its_processing_and_is_in_the_ledger(lot: Lot) -> None:
    by = await lot.member(lot.house.us)
    video_id = await lot.upload(by, DATA)
    jobs = await by.cell.database.fetch("SELECT kind, state FROM job WHERE subject_id = $1", video_id)
    assert [tuple(row) for row in jobs] == [("process_video", "waiting")]
    entries = await by.cell.database.fetch("SELECT payload FROM ledger_outbox")
    told = [bytes(row["payload"]) for row in entries if str(video_id).encode() in bytes(row["payload"])]
    assert len(told) == 1
    assert b'"video.received"' in told[0]
    assert str(by.member_id).encode() not in told[0]


async def test_who_missed_the_last_answer_learns_it_by_asking_again(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    video_id = await lot.upload(by, DATA)
    stand = await lot.stand(by, video_id)
    assert (stand.offset, stand.length, stand.video_id) == (len(DATA), len(DATA), video_id)
    again = await lot.send(by, video_id, b"", offset=len(DATA))
    assert again.video_id == video_id
    with pytest.raises(NoSuchUpload):
        await lot.studio.uploads.cancel(by, video_id)


async def test_a_dropped_connection_loses_nothing_that_arrived(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))
    part = Part(offset=0, size=len(DATA))
    with pytest.raises(Dropped):
        await lot.studio.uploads.append(by, begun.upload_id, part, dropping(DATA, 1_500_001), now=lot.now)
    stand = await lot.stand(by, begun.upload_id)
    assert stand.offset == 1_500_001
    done = await lot.send(by, begun.upload_id, DATA[1_500_001:], offset=1_500_001)
    assert done.video_id is not None
    assert lot.studio.spool.path("eu", begun.upload_id).read_bytes() == DATA


async def test_another_process_goes_on_where_the_last_one_ended(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))
    await lot.send(by, begun.upload_id, DATA[:1_000_003])
    fresh = Uploads(Spool(lot.studio.spool.folder), LIMITS, lot.studio.beacon.pseudonym)
    part = Part(offset=1_000_003, size=len(DATA) - 1_000_003)
    done = await fresh.append(by, begun.upload_id, part, pieces(DATA[1_000_003:]), now=lot.now)
    rows = await by.cell.database.fetch("SELECT sha256 FROM video WHERE video_id = $1", done.video_id)
    assert rows[0]["sha256"] == hashlib.sha256(DATA).digest()


async def test_what_a_crash_left_beyond_the_known_offset_is_cut_off(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))
    await lot.send(by, begun.upload_id, DATA[:500_000])
    path = lot.studio.spool.path("eu", begun.upload_id)
    with path.open("ab") as file:
        file.write(b"written, never acknowledged")
    done = await lot.send(by, begun.upload_id, DATA[500_000:], offset=500_000)
    assert done.video_id is not None
    assert path.read_bytes() == DATA


async def test_a_long_request_is_put_on_record_as_it_goes(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    length = CHECKPOINT + 4_000_000
    begun = await lot.begin(by, length)
    seen: list[int] = []

    async def watched() -> AsyncIterator[bytes]:
        for _ in range(length // 1_000_000):
            yield bytes(1_000_000)
            rows = await by.cell.database.fetch("SELECT received FROM upload WHERE upload_id = $1", begun.upload_id)
            seen.append(rows[0]["received"])
        yield bytes(length % 1_000_000)

    part = Part(offset=0, size=length)
    done = await lot.studio.uploads.append(by, begun.upload_id, part, watched(), now=lot.now)
    assert done.video_id is not None
    assert max(seen) >= CHECKPOINT
    assert len(set(seen)) == 2


async def test_of_two_requests_at_once_one_is_refused(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))
    outcomes = await asyncio.gather(*(lot.send(by, begun.upload_id, DATA) for _ in range(2)), return_exceptions=True)
    done = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(done) == len(refused) == 1
    assert isinstance(refused[0], (UploadBusy, OffsetMismatch))
    assert lot.studio.spool.path("eu", begun.upload_id).read_bytes() == DATA


async def test_asking_where_it_stands_ends_a_request_that_hangs(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))
    silent = asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield DATA[:700_000]
        await silent.wait()

    part = Part(offset=0, size=len(DATA))
    stuck = asyncio.create_task(lot.studio.uploads.append(by, begun.upload_id, part, hanging(), now=lot.now))
    await asyncio.sleep(0.05)
    with pytest.raises(UploadBusy):
        await lot.send(by, begun.upload_id, DATA)
    stand = await lot.stand(by, begun.upload_id)
    assert stand.offset == 700_000
    with pytest.raises(UploadInterrupted):
        await stuck
    done = await lot.send(by, begun.upload_id, DATA[700_000:], offset=700_000)
    assert done.video_id is not None


async def test_a_server_that_is_told_to_stop_keeps_what_arrived(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))

    async def hanging() -> AsyncIterator[bytes]:
        yield DATA[:400_000]
        await asyncio.Event().wait()

    part = Part(offset=0, size=len(DATA))
    task = asyncio.create_task(lot.studio.uploads.append(by, begun.upload_id, part, hanging(), now=lot.now))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await lot.stand(by, begun.upload_id)).offset == 400_000


async def test_a_wrong_offset_is_refused_and_told(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))
    await lot.send(by, begun.upload_id, DATA[:1000])
    for offset in (0, 999, 1001, 2_000_000):
        with pytest.raises(OffsetMismatch) as caught:
            await lot.send(by, begun.upload_id, DATA[:10], offset=offset)
        assert caught.value.details == {"expected": 1000, "provided": offset}


async def test_more_than_was_announced_is_refused_and_nothing_of_it_kept(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, 1000)
    await lot.send(by, begun.upload_id, DATA[:400])
    with pytest.raises(TooLarge):
        await lot.send(by, begun.upload_id, DATA[:601], offset=400)
    with pytest.raises(TooLarge):
        await lot.send(by, begun.upload_id, DATA[:601], offset=400, size=None)
    assert (await lot.stand(by, begun.upload_id)).offset == 400
    assert (await lot.send(by, begun.upload_id, DATA[400:1000], offset=400)).video_id is not None


async def test_a_length_that_contradicts_is_refused(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, 1000)
    with pytest.raises(LengthMismatch):
        await lot.send(by, begun.upload_id, DATA[:10], length=999)
    with pytest.raises(LengthMismatch):
        await lot.send(by, begun.upload_id, DATA[:10], ends=Ends.HERE)
    unknown = await lot.begin(by, None)
    await lot.send(by, unknown.upload_id, DATA[:500])
    with pytest.raises(LengthMismatch):
        await lot.send(by, unknown.upload_id, b"", offset=500, length=499)


async def test_an_upload_of_unknown_length_ends_where_its_sender_says(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, None)
    assert (await lot.send(by, begun.upload_id, DATA[:70_000], ends=Ends.LATER)).video_id is None
    middle = await lot.send(by, begun.upload_id, DATA[70_000:90_000], offset=70_000, ends=Ends.LATER, size=None)
    assert (middle.offset, middle.length, middle.video_id) == (90_000, None, None)
    done = await lot.send(by, begun.upload_id, b"", offset=90_000, ends=Ends.HERE)
    assert (done.offset, done.length, done.video_id) == (90_000, 90_000, begun.upload_id)


async def test_reaching_the_length_does_not_complete_what_its_sender_goes_on_with(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, 1000)
    full = await lot.send(by, begun.upload_id, DATA[:1000], ends=Ends.LATER)
    assert (full.offset, full.video_id) == (1000, None)
    assert (await lot.send(by, begun.upload_id, b"", offset=1000, ends=Ends.HERE)).video_id is not None


@pytest.mark.parametrize("ends", [Ends.HERE, Ends.LATER])
async def test_a_part_that_comes_short_completes_nothing_and_is_kept(lot: Lot, ends: Ends) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, None)
    with pytest.raises(UploadInterrupted):
        await lot.send(by, begun.upload_id, DATA[:1000], size=1500, ends=ends)
    stand = await lot.stand(by, begun.upload_id)
    assert (stand.offset, stand.video_id) == (1000, None)


async def test_the_last_part_may_bring_the_caption(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, 1000, "first thought")
    await lot.send(by, begun.upload_id, DATA[:500])
    done = await lot.send(by, begun.upload_id, DATA[500:1000], offset=500, caption="second thought")
    assert (await lot.seen(by, begun.upload_id)).caption == done.caption == "second thought"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_part_that_does_not_match_its_checksum_is_dropped(lot: Lot, algorithm: str) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))
    await lot.send(by, begun.upload_id, DATA[:1000])
    good = hashlib.new(algorithm, DATA[1000:2_000_000], usedforsecurity=False).digest()
    with pytest.raises(ChecksumMismatch):
        await lot.send(
            by, begun.upload_id, DATA[1000:1_999_999] + b"!", offset=1000, checksum=Checksum(algorithm, good)
        )
    assert (await lot.stand(by, begun.upload_id)).offset == 1000
    taken = await lot.send(by, begun.upload_id, DATA[1000:2_000_000], offset=1000, checksum=Checksum(algorithm, good))
    assert taken.offset == 2_000_000
    await lot.send(by, begun.upload_id, DATA[2_000_000:], offset=2_000_000)
    assert lot.studio.spool.path("eu", begun.upload_id).read_bytes() == DATA


async def test_a_part_with_a_checksum_is_kept_whole_or_not_at_all(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))
    part = Part(offset=0, size=len(DATA), checksum=Checksum("sha256", hashlib.sha256(DATA).digest()))
    with pytest.raises(Dropped):
        await lot.studio.uploads.append(by, begun.upload_id, part, dropping(DATA, 2_000_000), now=lot.now)
    assert (await lot.stand(by, begun.upload_id)).offset == 0
