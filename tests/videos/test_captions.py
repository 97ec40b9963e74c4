"""Captions: what is taken of WebVTT, and where they go: to whoever may watch the clip, and with it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.feed import Feed
from kept.policy import AgeBand, Refused
from kept.social import follow
from kept.videos import (
    CAPTIONS,
    LONGEST_CUE,
    MOST_CUES,
    BadCaptions,
    BadMediaAddress,
    Cue,
    NoSuchVideo,
    choose_audience,
    file_address,
    find_media,
    matches,
    read_cues,
    remove_captions,
    set_captions,
    slice_of,
    track_of,
    visible_video,
    withdraw,
    written,
)
from kept.videos.serving import WrittenFile
from tests.fixtures.crowd import Crowd
from tests.fixtures.lot import viewer
from tests.videos.test_takedown import asked

TRACK = "WEBVTT - by hand\n\nNOTE\nfor nobody\n\n1\n00:00.100 --> 00:00.300 line:0\n<v Ada>Hello, <i>you</i> &amp; me\n\n"
TRACK += "00:00:00.300 --> 00:00:00.500\nbye\n"
CUES = (Cue(100, 300, "Hello, you & me"), Cue(300, 500, "bye"))

SEEN = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff")
words = st.text(SEEN, min_size=1, max_size=60)
lines = words.map(str.strip).filter(lambda line: line and read_back(line) == line)


def read_back(line: str) -> str:
    """As it is kept: without characters that no reader sees."""
    found = read_cues(written([Cue(0, 1, line)]), seconds=1)
    return found[0].text if found else ""


def test_plain_cues_are_taken_and_what_else_there_may_be_is_left_out() -> None:
    assert read_cues(TRACK, seconds=0.5) == CUES
    assert read_cues("\ufeff" + TRACK.replace("\n", "\r\n"), seconds=0.5) == CUES
    assert read_cues("WEBVTT", seconds=1) == ()


@pytest.mark.parametrize(
    ("track", "line", "why"),
    [
        ("", 1, "WEBVTT"),
        ("1\n00:00:01,000 --> 00:00:02,000\nhello", 1, "WEBVTT"),
        ("WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nhello", 3, "two times"),
        ("WEBVTT\n\nSTYLE\n::cue { color: red }", 3, "style"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nhello", 3, "ends before"),
        ("WEBVTT\n\n00:01.000 --> 01:01.000\nhello", 3, "after the clip"),
        ("WEBVTT\n\n00:02.000 --> 00:03.000\nb\n\nid\n00:01.000 --> 00:02.000\na", 6, "begins before"),
        ("WEBVTT\n\n00:61.000 --> 00:62.000\nhello", 3, "two times"),
        (f"WEBVTT\n\n00:01.000 --> 00:02.000\n{'a' * (LONGEST_CUE + 1)}", 3, "characters"),
        ("WEBVTT\n\n" + "00:01.000 --> 00:02.000\na\n\n" * (MOST_CUES + 1), 3 + 3 * MOST_CUES, "more than the"),
        ("WEBVTT\n" + "a" * 140_000, 1, "thousand"),
    ],
)
def test_what_can_not_be_taken_is_named_with_its_line(track: str, line: int, why: str) -> None:
    with pytest.raises(BadCaptions) as caught:
        read_cues(track, seconds=10)
    assert caught.value.details["line"] == line
    assert why in caught.value.public


@given(st.text(max_size=400) | st.text("WEBVT\n0123:.-> <&", max_size=120).map(lambda rest: "WEBVTT\n\n" + rest))
def test_no_text_breaks_the_reader_and_what_it_writes_it_reads(track: str) -> None:
    try:
        cues = read_cues(track, seconds=10)
    except BadCaptions:
        return
    assert read_cues(written(cues), seconds=10) == cues


@given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 900), lines), max_size=8))
def test_what_is_written_is_read_as_it_was_and_holds_no_markup(told: list[tuple[int, int, str]]) -> None:
    cues = tuple(Cue(start, start + length, text) for start, length, text in sorted(told, key=lambda one: one[0]))
    track = written(cues)
    assert read_cues(track, seconds=10) == cues
    assert "<" not in track.replace("-->", "")


async def test_whoever_may_watch_the_clip_gets_its_captions_and_nobody_else(crowd: Crowd, small_clip: bytes) -> None:
    eva, fan, other = await crowd.member(crowd.eu), await crowd.member(), await crowd.member()
    await crowd.do(follow, fan, eva)
    await crowd.carry()
    clip, addresses, now = await crowd.lot.publish(eva, small_clip), crowd.lot.studio.addresses, crowd.lot.now

    async with eva.cell.begin() as tx:
        assert await set_captions(tx, eva, clip, TRACK, language="en", now=now) == 2
    with pytest.raises(NoSuchVideo):
        async with fan.cell.begin() as tx:
            await set_captions(tx, fan, clip, TRACK, language="en", now=now)
    with pytest.raises(BadCaptions):
        async with eva.cell.begin() as tx:
            await set_captions(tx, eva, clip, "WEBVTT\n\nhello", language="en", now=now)
    await crowd.carry()
    seen = await visible_video(viewer(fan), clip)
    assert (seen.captions, CAPTIONS in seen.files) == ("en", False)
    address = file_address(addresses, seen, CAPTIONS, viewer_cell=fan.cell.name, now=now)
    cards = {card.id: card for card in (await Feed(addresses).page(viewer(other), None, limit=24, now=now)).cards}
    assert (cards[clip].captions, cards[clip].captions_language) == (address, "en")
    file = await find_media(eva.cell, addresses, asked(address), now=now)
    assert isinstance(file, WrittenFile)
    part = slice_of(file.size, None, None, file.etag)
    assert part is not None
    assert b"".join([chunk async for chunk in file.stream(part)]).decode() == written(CUES)
    assert (file.media_type, matches(file.etag, file.etag)) == ("text/vtt", True)

    async with eva.cell.begin() as tx:
        await choose_audience(tx, eva, clip, "followers", now=now)
    with pytest.raises(BadMediaAddress):
        await find_media(eva.cell, addresses, asked(address), now=now)
    async with eva.cell.begin() as tx:
        await choose_audience(tx, eva, clip, "everyone", now=now)
        await remove_captions(tx, eva, clip, now=now)
    await crowd.carry()
    assert (await visible_video(viewer(fan), clip)).captions == ""
    with pytest.raises(BadMediaAddress):
        await find_media(eva.cell, addresses, asked(address), now=now)

    async with eva.cell.begin() as tx:
        await set_captions(tx, eva, clip, TRACK, language="es", now=now)
        pseudonym = crowd.lot.house.beacon.pseudonym(eva.member_id)
        await withdraw(tx, clip, by=eva, pseudonym=pseudonym, now=now)
    assert await track_of(eva.cell, eva.member_id, clip) == ("", "")
    with pytest.raises(NoSuchVideo):
        async with eva.cell.begin() as tx:
            await set_captions(tx, eva, clip, TRACK, language="es", now=now)


async def test_children_write_none(crowd: Crowd, small_clip: bytes) -> None:
    eva = await crowd.member()
    clip = await crowd.lot.publish(eva, small_clip)
    grown_young = replace(eva, actor=(await crowd.member(band=AgeBand.UNDER_13)).actor)
    with pytest.raises(Refused):
        async with eva.cell.begin() as tx:
            await set_captions(tx, grown_young, clip, TRACK, language="en", now=crowd.lot.now)


class Ears:
    """Hears the same in every clip: what an operator's recogniser would be."""

    name = "ears"

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def listen(self, film: Path, *, language: str) -> Sequence[Cue]:
        assert (await asyncio.to_thread(film.read_bytes))[4:8] == b"ftyp"
        self.heard.append(language)
        return CUES


async def test_a_recogniser_that_the_operator_added_begins_captions_and_replaces_none(
    crowd: Crowd, small_clip: bytes
) -> None:
    eva, ears, plain = await crowd.member(), Ears(), crowd.lot.studio
    crowd.lot.studio = replace(plain, recogniser=ears)
    try:
        silent = await crowd.lot.upload(eva, small_clip)
        said = await crowd.lot.upload(eva, small_clip)
        async with eva.cell.begin() as tx:
            await set_captions(tx, eva, said, "WEBVTT\n\n00:00.000 --> 00:00.400\nmine", language="es", now=crowd.lot.now)
        for clip in (silent, said):
            await crowd.lot.run_jobs(clip)
    finally:
        crowd.lot.studio = plain
    assert ears.heard == ["en"], "what its author wrote is listened to by nobody"
    assert await track_of(eva.cell, eva.member_id, silent) == ("en", written(CUES))
    assert await track_of(eva.cell, eva.member_id, said) == ("es", written([Cue(0, 400, "mine")]))
