"""From bytes to a published clip, and what becomes of files that are none."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kept.kit import Fatal
from kept.kit.objects import Objects
from kept.policy import AgeBand
from kept.videos import (
    EmptyGates,
    ExactHashGate,
    Facts,
    Gates,
    NoSuchVideo,
    VideoState,
    block_hash,
    files,
    unblock_hash,
    visible_video,
)
from kept.videos.errors import PlanLost
from kept.videos.preparing import Clip
from kept.videos.processing import bring_out
from tests.fixtures.lot import Lot, viewer, visitor
from tests.media import recordings
from tests.media.recordings import SECRETS


async def entries(lot: Lot, cell_name: str, about: object) -> list[str]:
    """The ledger's events about a clip, in order."""
    rows = await lot.cells.named(cell_name).database.fetch(
        "SELECT convert_from(payload, 'UTF8')::json ->> 'event' AS event FROM ledger_outbox"
        " WHERE payload LIKE $1 ORDER BY entry_id",
        f"%video:{about}%".encode(),
    )
    return [row["event"] for row in rows]


async def test_a_phones_clip_is_published_in_both_regions(lot: Lot, phone_clip: bytes) -> None:
    by = await lot.member(lot.house.eu)
    video_id = await lot.publish(by, phone_clip, "sea")
    mine = await lot.seen(by, video_id)
    assert (mine.state, mine.own, mine.reason) == (VideoState.PUBLISHED, True, "")
    assert (mine.width, mine.height) == (180, 320)
    assert mine.seconds == pytest.approx(1.0, abs=0.2)
    other = await lot.member(lot.house.us)
    theirs = await lot.seen(other, video_id)
    assert (theirs.state, theirs.own, theirs.caption, theirs.home) == (VideoState.PUBLISHED, False, "sea", "eu")
    assert theirs.files == ("source",)
    assert theirs.placeholder.startswith("data:image/webp;base64,")
    assert (await entries(lot, "eu", video_id)) == ["video.received", "video.published"]


async def test_the_place_it_was_recorded_at_is_in_no_byte_that_we_keep(lot: Lot, phone_clip: bytes) -> None:
    secrets = [secret.encode() for secret in SECRETS]
    assert all(secret in phone_clip for secret in secrets[:3])
    by = await lot.member(lot.house.eu)
    video_id = await lot.publish(by, phone_clip)
    assert str(video_id) not in lot.spooled(lot.house.eu)
    rows = await by.cell.database.fetch("SELECT original_gone_at FROM video WHERE video_id = $1", video_id)
    assert rows[0]["original_gone_at"] is not None
    kept = [path for path in lot.house.folder.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        data = path.read_bytes()
        assert not [secret for secret in secrets if secret in data], path


async def test_objects_have_names_that_nobody_can_guess(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.us)
    before = await lot.stored(lot.house.us)
    video_id = await lot.publish(by, small_clip)
    added = await lot.stored(lot.house.us) - before
    assert len(added) == 2
    assert all(len(key) > 32 and str(video_id) not in key and str(by.member_id) not in key for key in added)


async def test_while_it_is_processed_only_its_author_knows_of_it(lot: Lot, small_clip: bytes) -> None:
    by, other = await lot.member(lot.house.eu), await lot.member(lot.house.eu)
    video_id = await lot.upload(by, small_clip)
    assert (await lot.seen(by, video_id)).state is VideoState.PROCESSING
    for somebody in (viewer(other), visitor(lot.house.us)):
        with pytest.raises(NoSuchVideo):
            await visible_video(somebody, video_id)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda clip: os.urandom(5_000), "not_a_video"),
        (lambda clip: b"\x89PNG\r\n\x1a\n" + bytes(500), "not_a_video"),
        (lambda clip: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "not_a_video"),
        (lambda clip: b"<html>" + clip, "not_a_video"),
        (lambda clip: clip[: len(clip) // 2], None),
        (lambda clip: clip[:-3000] + os.urandom(3000), None),
        (lambda clip: b"\0", "not_a_video"),
    ],
)
async def test_a_file_that_is_no_clip_fails_and_is_deleted(
    lot: Lot, small_clip: bytes, spoil: Callable[[bytes], bytes], reason: str | None
) -> None:
    by = await lot.member(lot.house.eu)
    before = await lot.stored(lot.house.eu)
    video_id = await lot.publish(by, spoil(small_clip))
    seen = await lot.seen(by, video_id)
    assert seen.state is VideoState.FAILED
    assert seen.reason == reason or (reason is None and seen.reason)
    assert not seen.playable
    assert str(video_id) not in lot.spooled(lot.house.eu)
    assert await lot.stored(lot.house.eu) == before
    assert (await entries(lot, "eu", video_id)) == ["video.received", "video.failed"]


async def test_a_clip_that_is_too_long_says_so(lot: Lot, tmp_path: Path) -> None:
    by = await lot.member(lot.house.us)
    long = recordings.plain(tmp_path / "long.mp4", seconds=12, size="64x96", fps=5)
    video_id = await lot.publish(by, long.read_bytes())
    assert (await lot.seen(by, video_id)).reason == "too_long"


async def test_a_blocked_file_is_held_before_anything_parses_it(lot: Lot, small_clip: bytes) -> None:
    clip = small_clip + b"\0\0\0\x10free" + os.urandom(8)
    async with lot.house.us.begin() as tx:
        await block_hash(tx, hashlib.sha256(clip).digest(), reason="known_harm", added_by="list:test", now=lot.now)
    by = await lot.member(lot.house.us)
    before = await lot.stored(lot.house.us)
    video_id = await lot.publish(by, clip)
    seen = await lot.seen(by, video_id)
    assert (seen.state, seen.reason, seen.seconds) == (VideoState.HELD, "known_harm", None)
    assert await lot.stored(lot.house.us) == before
    async with lot.house.us.begin() as tx:
        await unblock_hash(tx, hashlib.sha256(clip).digest(), now=lot.now)
    other = await lot.publish(by, clip)
    assert (await lot.seen(by, other)).state is VideoState.PUBLISHED


class Holds:
    name, before_decoding = "holds", False

    async def check(self, facts: Facts) -> str | None:
        assert facts.film is not None
        assert facts.film.read_bytes()[4:8] == b"ftyp"
        return "looks_bad"


class Breaks:
    name, before_decoding = "breaks", False

    async def check(self, facts: Facts) -> str | None:
        raise ConnectionError("the classifier is away")


class BreaksEarly(Breaks):
    before_decoding = True


@pytest.mark.parametrize(
    ("gate", "reason"), [(Holds(), "looks_bad"), (Breaks(), "unchecked"), (BreaksEarly(), "unchecked")]
)
async def test_a_gate_that_holds_or_fails_holds_the_clip(
    lot: Lot, small_clip: bytes, gate: object, reason: str
) -> None:
    strict = Lot(lot.house, replace(lot.studio, gates=Gates([ExactHashGate(), gate])))  # type: ignore[list-item]
    by, other = await strict.member(lot.house.eu), await strict.member(lot.house.eu)
    video_id = await strict.publish(by, small_clip)
    seen = await strict.seen(by, video_id)
    assert (seen.state, seen.reason) == (VideoState.HELD, reason)
    with pytest.raises(NoSuchVideo):
        await strict.seen(other, video_id)
    assert (await entries(lot, "eu", video_id)) == ["video.received", "video.held"]


async def test_a_fatal_fault_in_a_gate_is_not_taken_for_a_verdict(lot: Lot, small_clip: bytes) -> None:
    class Fork(Breaks):
        async def check(self, facts: Facts) -> str | None:
            raise Fatal("the ledger forked")

    strict = Lot(lot.house, replace(lot.studio, gates=Gates([Fork()])))
    by = await strict.member(lot.house.eu)
    video_id = await strict.upload(by, small_clip)
    with pytest.raises(Fatal):
        await strict.run_jobs(video_id)


def test_without_gates_there_is_no_start() -> None:
    with pytest.raises(EmptyGates):
        Gates([])


async def test_lighter_forms_follow_publication_and_join_the_card(lot: Lot, large_clip: bytes) -> None:
    by = await lot.member(lot.house.us)
    video_id = await lot.publish(by, large_clip, render=True)
    assert (await lot.seen(by, video_id)).files == ("540", "720", "source")
    other = await lot.member(lot.house.eu)
    assert (await lot.seen(other, video_id)).files == ("540", "720", "source")


async def test_names_that_a_crash_of_the_database_lost_are_given_again(
    lot: Lot, large_clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = await lot.member(lot.house.us)
    video_id = await lot.publish(by, large_clip)
    gone = "DELETE FROM rendition WHERE video_id = $1 AND ready_at IS NULL"
    take_in = files.take_in

    async def crashed(objects: Objects, keys: Mapping[str, str], made: Mapping[str, Path]) -> files.Stored:
        stored = await take_in(objects, keys, made)
        await by.cell.database.fetch(gone, video_id)
        return stored

    with monkeypatch.context() as crash:
        crash.setattr(files, "take_in", crashed)
        with pytest.raises(PlanLost) as lost:
            await lot.run_jobs(video_id)
    assert lost.value.kind.may_pass, "the step is tried again"
    await lot.run(by.cell, "render_video", by.member_id, video_id)
    assert (await lot.seen(by, video_id)).files == ("540", "720", "source")


async def test_a_small_clip_gets_no_larger_forms(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.us)
    video_id = await lot.publish(by, small_clip, render=True)
    assert (await lot.seen(by, video_id)).files == ("source",)


async def test_a_step_that_runs_again_changes_nothing(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.us)
    video_id = await lot.publish(by, small_clip)
    stored, seen = await lot.stored(lot.house.us), await lot.seen(by, video_id)
    lot.studio.spool.path("us", video_id).write_bytes(b"something else")
    assert not await bring_out(Clip(by.cell, lot.studio, by.member_id, video_id, lot.clock))
    await lot.run(by.cell, "process_video", by.member_id, video_id)
    assert (await lot.stored(lot.house.us), await lot.seen(by, video_id)) == (stored, seen)
    assert (await entries(lot, "us", video_id)) == ["video.received", "video.published"]


@pytest.mark.parametrize(
    ("band", "recommended"), [(AgeBand.ADULT, True), (AgeBand.TEEN_16_17, True), (AgeBand.TEEN_13_15, False)]
)
async def test_clips_of_people_under_16_are_not_recommended_to_strangers(
    lot: Lot, small_clip: bytes, band: AgeBand, recommended: bool
) -> None:
    by = await lot.member(lot.house.eu, band)
    video_id = await lot.publish(by, small_clip)
    for cell in lot.cells:
        rows = await cell.database.fetch("SELECT recommended FROM shelf_card WHERE item_id = $1", video_id)
        assert rows[0]["recommended"] is recommended
