"""What an upload is refused for: size, number, owner, age, a full disk; each said clearly, nothing lost."""

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from kept.kit import new_id
from kept.policy import AgeBand, Refused
from kept.videos import (
    EmptyUpload,
    Ends,
    NoSuchUpload,
    Part,
    StoreFull,
    TooLarge,
    TooManyUploads,
    UploadExpired,
    UploadInterrupted,
    Uploads,
)
from kept.videos.spool import Spool
from tests.fixtures.lot import LIMITS, Lot, pieces

DATA = os.urandom(3_000_000)


async def test_nothing_is_no_upload(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    with pytest.raises(EmptyUpload):
        await lot.begin(by, 0)
    begun = await lot.begin(by, None)
    with pytest.raises(EmptyUpload):
        await lot.send(by, begun.upload_id, b"", ends=Ends.HERE)
    with pytest.raises(EmptyUpload):
        await lot.send(by, begun.upload_id, b"", ends=Ends.HERE, size=None)


async def test_the_quotas_hold_also_against_requests_at_once(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    with pytest.raises(TooLarge):
        await lot.begin(by, LIMITS.max_bytes + 1)
    outcomes = await asyncio.gather(*(lot.begin(by, 10) for _ in range(9)), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, TooManyUploads)]
    assert len(refused) == 9 - LIMITS.unfinished
    other = await lot.member(lot.house.eu)
    assert (await lot.begin(other, 10)).offset == 0


async def test_uploads_of_a_day_are_counted_whether_finished_or_not(lot: Lot) -> None:
    by = await lot.member(lot.house.us)
    few = Uploads(lot.studio.spool, type(LIMITS)(per_day=2, unfinished=5), lot.studio.beacon.pseudonym)
    await lot.upload(by, b"one")
    await few.create(by, length=10, caption="", now=lot.now)
    with pytest.raises(TooManyUploads):
        await few.create(by, length=10, caption="", now=lot.now)
    assert await few.create(by, length=10, caption="", now=lot.now + timedelta(days=1, seconds=1))


async def test_an_unknown_length_does_not_get_round_the_limit(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    tight = Uploads(lot.studio.spool, type(LIMITS)(max_bytes=100_000), lot.studio.beacon.pseudonym)
    begun = await tight.create(by, length=None, caption="", now=lot.now)
    part = Part(offset=0, ends=Ends.LATER)
    with pytest.raises(TooLarge):
        await tight.append(by, begun.upload_id, part, pieces(DATA[:100_001]), now=lot.now)
    assert (await lot.stand(by, begun.upload_id)).offset == 0


async def test_another_members_upload_is_not_there(lot: Lot) -> None:
    by, other = await lot.member(lot.house.eu), await lot.member(lot.house.eu)
    begun = await lot.begin(by, 1000)
    for upload_id in (begun.upload_id, new_id()):
        with pytest.raises(NoSuchUpload):
            await lot.stand(other, upload_id)
        with pytest.raises(NoSuchUpload):
            await lot.send(other, upload_id, DATA[:1000])
        with pytest.raises(NoSuchUpload):
            await lot.studio.uploads.cancel(other, upload_id)
    assert str(begun.upload_id) not in lot.spooled(lot.house.eu)
    assert (await lot.stand(by, begun.upload_id)).offset == 0


async def test_a_cancelled_upload_is_gone_with_its_bytes(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))
    await lot.send(by, begun.upload_id, DATA[:1000])
    await lot.studio.uploads.cancel(by, begun.upload_id)
    assert str(begun.upload_id) not in lot.spooled(lot.house.eu)
    with pytest.raises(NoSuchUpload):
        await lot.stand(by, begun.upload_id)


async def test_an_upload_that_is_cancelled_while_it_is_sent_stays_cancelled(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, len(DATA))

    async def hanging() -> AsyncIterator[bytes]:
        yield DATA[:700_000]
        await asyncio.Event().wait()

    part = Part(offset=0, size=len(DATA))
    task = asyncio.create_task(lot.studio.uploads.append(by, begun.upload_id, part, hanging(), now=lot.now))
    await asyncio.sleep(0.05)
    await lot.studio.uploads.cancel(by, begun.upload_id)
    with pytest.raises(UploadInterrupted):
        await task
    assert str(begun.upload_id) not in lot.spooled(lot.house.eu)


async def test_an_upload_expires(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    begun = await lot.begin(by, 1000)
    assert begun.expires_at == lot.now + timedelta(hours=24)
    later = lot.now + timedelta(hours=24)
    with pytest.raises(UploadExpired):
        await lot.studio.uploads.stand(by, begun.upload_id, now=later)
    with pytest.raises(UploadExpired):
        await lot.studio.uploads.append(by, begun.upload_id, Part(offset=0), pieces(DATA[:1000]), now=later)


async def test_under_13_nobody_uploads(lot: Lot) -> None:
    by = await lot.member(lot.house.us, AgeBand.UNDER_13)
    with pytest.raises(Refused) as caught:
        await lot.begin(by, 1000)
    assert caught.value.policy == "youth.watch-only"
    assert not await by.cell.database.fetch("SELECT FROM upload WHERE owner_id = $1", by.member_id)


@pytest.mark.parametrize("room", [0, 1, 999_999, 1_000_000, 1_700_000])
async def test_a_full_disk_is_said_and_nothing_is_lost(lot: Lot, room: int) -> None:
    left = room

    def filling(descriptor: int, data: bytes | memoryview, position: int) -> int:
        nonlocal left
        if left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        count = os.pwrite(descriptor, data[:left], position)
        left -= count
        return count

    by = await lot.member(lot.house.eu)
    cramped = Uploads(Spool(lot.studio.spool.folder, write=filling), LIMITS, lot.studio.beacon.pseudonym)
    begun = await cramped.create(by, length=len(DATA), caption="", now=lot.now)
    with pytest.raises(StoreFull):
        await cramped.append(by, begun.upload_id, Part(offset=0, size=len(DATA)), pieces(DATA), now=lot.now)
    stand = await cramped.stand(by, begun.upload_id, now=lot.now)
    assert stand.offset == room
    left = len(DATA)
    rest = Part(offset=room, size=len(DATA) - room)
    done = await cramped.append(by, begun.upload_id, rest, pieces(DATA[room:]), now=lot.now)
    rows = await by.cell.database.fetch("SELECT sha256 FROM video WHERE video_id = $1", done.video_id)
    assert rows[0]["sha256"] == hashlib.sha256(DATA).digest()


async def test_a_disk_without_room_is_said_before_anything_is_sent(lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    by = await lot.member(lot.house.eu)
    monkeypatch.setattr("kept.videos.spool.RESERVE", 1 << 60)
    with pytest.raises(StoreFull):
        await lot.begin(by, 10)
