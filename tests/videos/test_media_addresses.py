"""Media addresses are good for one file, one viewer's cell and a short while; and ranges of bytes as RFC 9110 has them."""

import os
from dataclasses import asdict
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.kit import new_id
from kept.videos import BadMediaAddress, MediaAddresses, MediaFile, Slice, find_media, matches, slice_of
from tests.fixtures.house import NOON
from tests.fixtures.lot import Lot
from tests.videos.test_takedown import asked

ADDRESSES = MediaAddresses(bytes(32), 600)
VIDEO = new_id()


def check(address: str, *, at: timedelta = timedelta(0), **changed: object) -> None:
    parts = asdict(asked(address)) | changed
    home, video_id, name = parts.pop("home"), parts.pop("video_id"), parts.pop("name")
    ADDRESSES.check(home, video_id, name, now=NOON + at, **parts)


def test_an_address_is_good_for_between_half_and_all_of_its_life() -> None:
    for start in range(0, 1200, 7):
        made = NOON + timedelta(seconds=start)
        expiry = asked(ADDRESSES.address("eu", VIDEO, "720", viewer_cell="us", now=made)).expiry
        assert 300 < expiry - made.timestamp() <= 600


def test_an_address_stays_the_same_for_a_while_so_that_it_can_be_kept() -> None:
    made = [
        ADDRESSES.address("eu", VIDEO, "720", viewer_cell="us", now=NOON + timedelta(seconds=s)) for s in range(300)
    ]
    assert len(set(made)) == 1
    assert {ADDRESSES.window(NOON + timedelta(seconds=s)) for s in range(300)} == {ADDRESSES.window(NOON)}


def test_a_good_address_passes_and_a_lapsed_one_does_not() -> None:
    address = ADDRESSES.address("eu", VIDEO, "720", viewer_cell="us", now=NOON)
    check(address)
    check(address, at=timedelta(seconds=300))
    with pytest.raises(BadMediaAddress):
        check(address, at=timedelta(seconds=600))


@pytest.mark.parametrize(
    "changed",
    [
        {"home": "us"},
        {"video_id": new_id()},
        {"name": "poster"},
        {"expiry": 99_999_999_999},
        {"viewer_cell": "eu"},
        {"own": "1"},
        {"signature": ""},
        {"signature": "A" * 22},
        {"signature": "é\udcff"},
        {"name": "720\nus"},
    ],
)
def test_an_address_is_good_for_nothing_else(changed: dict[str, object]) -> None:
    with pytest.raises(BadMediaAddress):
        check(ADDRESSES.address("eu", VIDEO, "720", viewer_cell="us", now=NOON), **changed)


def test_another_installations_address_is_not_ours() -> None:
    with pytest.raises(BadMediaAddress):
        check(MediaAddresses(bytes(31) + b"!", 600).address("eu", VIDEO, "720", viewer_cell="us", now=NOON))


async def test_before_publication_only_the_authors_own_address_works(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.eu)
    video_id = await lot.publish(by, small_clip)
    await by.cell.database.fetch("UPDATE video SET state = 'held' WHERE video_id = $1", video_id)
    own = lot.studio.addresses.own_address("eu", video_id, "source", now=lot.now)
    assert await find_media(lot.house.eu, lot.studio.addresses, asked(own), now=lot.now)
    for_all = lot.studio.addresses.address("eu", video_id, "source", viewer_cell="eu", now=lot.now)
    with pytest.raises(BadMediaAddress):
        await find_media(lot.house.eu, lot.studio.addresses, asked(for_all), now=lot.now)
    for name in ("540", "nothing"):
        missing = lot.studio.addresses.own_address("eu", video_id, name, now=lot.now)
        with pytest.raises(BadMediaAddress):
            await find_media(lot.house.eu, lot.studio.addresses, asked(missing), now=lot.now)


async def test_a_file_is_streamed_as_it_is_stored(lot: Lot) -> None:
    whole = os.urandom(700_000)
    await lot.house.eu.objects.put("streamed", whole)
    media = MediaFile(lot.house.eu.objects, "streamed", "video/mp4", len(whole), '"tag"')
    for start, end in ((0, 700_000), (0, 1), (5, 5), (1000, 700_000), (262_143, 262_145), (699_999, 700_000)):
        chunks = [chunk async for chunk in media.stream(Slice(start, end, media.size))]
        assert b"".join(chunks) == whole[start:end]
        assert all(len(chunk) <= 262_144 for chunk in chunks)
    async for _ in media.stream(Slice(0, 700_000, 700_000)):
        break  # a viewer who leaves in the middle
    await lot.house.eu.objects.delete("streamed")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, (0, 1000, True)),
        ("bytes=0-", (0, 1000, False)),
        ("bytes=0-0", (0, 1, False)),
        ("bytes=10-19", (10, 20, False)),
        ("Bytes = 10 - 19", (10, 20, False)),
        ("bytes=999-5000", (999, 1000, False)),
        ("bytes=-1", (999, 1000, False)),
        ("bytes=-5000", (0, 1000, False)),
        ("bytes=0-9,20-29", (0, 10, False)),
        ("bytes=1000-", None),
        ("bytes=-0", None),
        ("bytes=99999999999999999999999-", None),
        ("bytes=20-10", (0, 1000, True)),
        ("bytes=-", (0, 1000, True)),
        ("bytes=a-b", (0, 1000, True)),
        ("bytes=٣-", (0, 1000, True)),
        ("lines=1-2", (0, 1000, True)),
        ("", (0, 1000, True)),
    ],
)
def test_ranges_are_read_as_rfc_9110_has_them(header: str | None, expected: tuple[int, int, bool] | None) -> None:
    part = slice_of(1000, header, None, '"tag"')
    assert (None if part is None else (part.start, part.end, part.whole)) == expected


def test_a_range_of_another_version_is_the_whole_file() -> None:
    assert slice_of(1000, "bytes=5-9", '"tag"', '"tag"') == Slice(5, 10, 1000)
    for other in ('"old"', 'W/"tag"', "Mon, 23 Nov 2026 12:00:00 GMT", ""):
        assert slice_of(1000, "bytes=5-9", other, '"tag"') == Slice(0, 1000, 1000, whole=True)


def test_who_has_the_version_need_not_get_it_again() -> None:
    assert all(matches(header, '"tag"') for header in ('"tag"', 'W/"tag"', '"a", "tag"', "*"))
    assert not any(matches(header, '"tag"') for header in (None, "", '"other"', "tag"))


@given(st.text(alphabet="bytes=0123456789-, ", max_size=40), st.integers(0, 5000))
def test_no_range_reaches_outside_the_file(header: str, size: int) -> None:
    part = slice_of(size, header, None, '"tag"')
    assert part is None or (0 <= part.start <= part.end <= size and (part.whole or part.length > 0))
