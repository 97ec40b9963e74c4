"""Drafts: sealed, their author's alone, and the same clip as any other once they are published."""

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.accounts import Session
from kept.cells import Cell
from kept.media import Cut
from kept.policy import Actor, AgeBand, Audience, Choice, Refused, Standing
from kept.retention import sweep as expire
from kept.vault import Vault
from kept.videos import (
    AUDIENCES,
    LAPSE,
    LONGEST_CAPTION,
    MOST_DRAFTS,
    ClipDraft,
    ClipLuggage,
    Draft,
    NoSuchDraft,
    NoSuchUpload,
    NoSuchVideo,
    Part,
    Received,
    Told,
    TooManyDrafts,
    TooManyUploads,
    Uploads,
    VideoState,
    block_hash,
    change_draft,
    delete_draft,
    orphans,
    own_draft,
    own_drafts,
    own_videos,
    publish_draft,
    sweep,
    visible_video,
)
from kept.videos.arriving import Words
from tests.fixtures.lot import LIMITS, Lot, pieces, viewer, visitor
from tests.media import recordings
from tests.videos.faulty import Crash, Faults, FaultySpool, When, faulty_cells

CANARY = "a-lapwing-in-the-caption"
ONLY_ME = {"caption": CANARY, "comments": Choice.NOBODY, "audience": "only_me", "cut": Cut(start=0.5, end=1.7, cover=0.6)}


def vault(lot: Lot, by: Session) -> Vault:
    return lot.house.vaults[by.cell.name]


async def send(lot: Lot, by: Session, upload_id: UUID, data: bytes, uploads: Uploads | None = None, **said: Any) -> Received:
    part = Part(**{"offset": 0, "size": len(data), "draft": True} | said)
    uploads = uploads or lot.studio.uploads
    return await uploads.append(by, upload_id, part, pieces(data), now=lot.now, vault=vault(lot, by))


async def drafted(lot: Lot, by: Session, data: bytes, **said: Any) -> UUID:
    """A whole upload that is kept as a draft; its id."""
    begun = await lot.begin(by, len(data))
    done = await send(lot, by, begun.upload_id, data, **said)
    assert (done.whole, done.draft, done.video_id, done.offset) == (True, True, None, len(data))
    return begun.upload_id


async def seen(lot: Lot, by: Session, draft_id: UUID, *, after: timedelta = timedelta(0)) -> Draft:
    return await own_draft(by, vault(lot, by), draft_id, now=lot.now + after)


async def publish(lot: Lot, by: Session, draft_id: UUID, **told: Any) -> None:
    name = lot.studio.beacon.pseudonym(by.member_id)
    async with by.cell.begin() as tx:
        await publish_draft(tx, by, vault(lot, by), draft_id, Told(**told), pseudonym=name, now=lot.now)


async def change(lot: Lot, by: Session, draft_id: UUID, *, after: timedelta = timedelta(0), **told: Any) -> None:
    async with by.cell.begin() as tx:
        await change_draft(tx, by, vault(lot, by), draft_id, Told(**told), now=lot.now + after)


async def found(lot: Lot, text: str) -> set[str]:
    """The tables of all cells in which a text stands, plain or as bytes."""
    where = "FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    tables = set()
    for cell in lot.cells:
        for row in await cell.database.fetch(f"SELECT table_name {where}"):
            said = f'SELECT FROM "{row["table_name"]}" t WHERE t::text LIKE $1 OR t::text LIKE $2 LIMIT 1'
            if await cell.database.fetch(said, f"%{text}%", f"%{text.encode().hex()}%"):
                tables.add(row["table_name"])
    return tables


async def jobs_of(cell: Cell, subject_id: UUID) -> list[str]:
    return [row["kind"] for row in await cell.database.fetch("SELECT kind FROM job WHERE subject_id = $1", subject_id)]


async def test_a_draft_is_sealed_and_nobody_finds_it_until_its_author_publishes_it(lot: Lot, tmp_path: Path) -> None:
    clip = recordings.plain(tmp_path / "two.mp4", seconds=2, size="64x96", fps=10).read_bytes()
    by, other = await lot.member(lot.house.eu), await lot.member(lot.house.eu)
    abroad = await lot.member(lot.house.us)
    draft_id = await drafted(lot, by, clip, **ONLY_ME)
    assert await found(lot, CANARY) == set()
    assert await jobs_of(by.cell, draft_id) == []
    await lot.house.carry()
    for one in (viewer(by), viewer(other), viewer(abroad), visitor(lot.house.us)):
        with pytest.raises(NoSuchVideo):
            await visible_video(one, draft_id)
    assert await own_videos(viewer(by), before=None, limit=10) == []
    draft = await seen(lot, by, draft_id)
    assert (draft.words.caption, draft.words.comments, draft.words.audience) == (CANARY, Choice.NOBODY, Audience.ONLY_ME)
    assert draft.words.cut == ONLY_ME["cut"]
    assert await own_drafts(by, vault(lot, by), now=lot.now) == [draft]
    stands = await lot.stand(by, draft_id)
    assert (stands.whole, stands.draft, stands.caption, stands.expires_at) == (True, True, "", None)
    for stranger in (other, abroad):
        assert await own_drafts(stranger, vault(lot, stranger), now=lot.now) == []
        for act in (seen, publish, change):
            with pytest.raises(NoSuchDraft):
                await act(lot, stranger, draft_id)
        with pytest.raises(NoSuchDraft):
            await delete_draft(stranger, lot.studio.spool, draft_id)
    with pytest.raises(NoSuchUpload):
        await lot.studio.uploads.cancel(by, draft_id)

    await publish(lot, by, draft_id, audience="everyone")
    await publish(lot, by, draft_id)
    assert await jobs_of(by.cell, draft_id) == ["process_video"]
    await lot.run_jobs(draft_id, but=("render_video",))
    await lot.house.carry()
    shown = await visible_video(viewer(abroad), draft_id)
    assert (shown.state, shown.caption) == (VideoState.PUBLISHED, CANARY)
    mine = await lot.seen(by, draft_id)
    assert mine.seconds is not None
    assert 1.0 < mine.seconds < 1.5, "it was cut as chosen"
    assert await found(lot, CANARY) >= {"video", "shelf_card"}, "this search would have found it"
    with pytest.raises(NoSuchDraft):
        await seen(lot, by, draft_id)
    with pytest.raises(NoSuchDraft):
        await delete_draft(by, lot.studio.spool, draft_id)
    assert (await lot.seen(by, draft_id)).playable


async def test_a_draft_comes_through_the_same_gates(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.eu)
    harm = small_clip + b"\0\0\0\x10free" + os.urandom(8)
    draft_id = await drafted(lot, by, harm)
    no_video = await drafted(lot, by, b"no video")
    async with by.cell.begin() as tx:
        await block_hash(tx, hashlib.sha256(harm).digest(), reason="known_harm", added_by="list:test", now=lot.now)
    for one in (draft_id, no_video):
        await publish(lot, by, one)
        await lot.run_jobs(one)
    held, failed = await lot.seen(by, draft_id), await lot.seen(by, no_video)
    assert (held.state, held.reason) == (VideoState.HELD, "known_harm")
    assert (failed.state, failed.reason) == (VideoState.FAILED, "not_a_video")


async def test_what_is_said_of_a_draft_can_be_changed_and_lapses_after_thirty_days(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.us)
    left, touched = await drafted(lot, by, small_clip, caption="left"), await drafted(lot, by, small_clip, caption="before")
    await change(lot, by, touched, after=timedelta(days=1), caption="", comments=Choice.FRIENDS)
    words = (await seen(lot, by, touched)).words
    assert (words.caption, words.comments, words.audience) == ("", Choice.FRIENDS, Audience.EVERYONE)
    assert [one.draft_id for one in await own_drafts(by, vault(lot, by), now=lot.now)] == [touched, left]
    late = LAPSE + timedelta(seconds=1)
    with pytest.raises(NoSuchDraft):
        await seen(lot, by, left, after=late)
    assert (await seen(lot, by, touched, after=late)).draft_id == touched
    await sweep(lot.house.us, lot.studio, now=lot.now)
    assert {str(left), str(touched)} <= lot.spooled(lot.house.us)
    await expire(lot.cells, now=lot.now + late)
    await sweep(lot.house.us, lot.studio, now=lot.now)
    assert str(left) not in lot.spooled(lot.house.us)
    assert str(touched) in lot.spooled(lot.house.us)
    await delete_draft(by, lot.studio.spool, touched)
    assert str(touched) not in lot.spooled(lot.house.us)
    assert await own_drafts(by, vault(lot, by), now=lot.now) == []


async def test_erasing_a_member_takes_the_files_of_their_drafts_along(lot: Lot, small_clip: bytes) -> None:
    by, other = await lot.member(lot.house.eu), await lot.member(lot.house.eu)
    mine, theirs = await drafted(lot, by, small_clip), await drafted(lot, other, small_clip)
    await ClipLuggage(lot.studio.spool).drop(by.member_id, lot.house.eu)
    spooled = lot.spooled(lot.house.eu)
    assert (str(mine) in spooled, str(theirs) in spooled) == (False, True)


async def test_the_law_says_the_time_that_the_author_is_told() -> None:
    assert ClipDraft.law.keep.time == LAPSE


async def test_who_may_not_upload_has_no_drafts_either(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.eu)
    draft_id = await drafted(lot, by, small_clip)
    begun = await lot.begin(by, len(small_clip))
    stopped = replace(by, actor=Actor.member(AgeBand.UNDER_13, standing=Standing.GOOD, offered=True, limits=()))
    for act in (publish, change):
        with pytest.raises(Refused):
            await act(lot, stopped, draft_id)
    with pytest.raises(Refused):
        await send(lot, stopped, begun.upload_id, small_clip)
    assert await jobs_of(by.cell, draft_id) == []
    await delete_draft(stopped, lot.studio.spool, draft_id)


async def test_there_is_an_end_to_drafts_and_they_count_as_uploads_of_their_day(lot: Lot) -> None:
    by = await lot.member(lot.house.eu)
    uploads = Uploads(lot.studio.spool, replaced(unfinished=5, per_day=100), lot.studio.beacon.pseudonym)
    for number in range(MOST_DRAFTS):
        begun = await uploads.create(by, length=1, caption="", now=lot.now)
        assert (await send(lot, by, begun.upload_id, b"x", uploads)).draft, number
    begun = await uploads.create(by, length=1, caption="", now=lot.now)
    with pytest.raises(TooManyDrafts):
        await send(lot, by, begun.upload_id, b"x", uploads)
    assert not (await lot.stand(by, begun.upload_id)).whole
    assert (await send(lot, by, begun.upload_id, b"x", uploads, draft=False)).video_id is not None
    few = Uploads(lot.studio.spool, replaced(unfinished=5, per_day=MOST_DRAFTS + 1), lot.studio.beacon.pseudonym)
    with pytest.raises(TooManyUploads):
        await few.create(by, length=1, caption="", now=lot.now)


def replaced(**limits: int) -> Any:
    return type(LIMITS)(**limits)


@pytest.mark.parametrize("when", When)
async def test_a_server_that_dies_loses_no_draft_and_leaves_no_file(lot: Lot, small_clip: bytes, when: When) -> None:
    by = await lot.member(lot.house.eu)

    def dying(effect: int) -> tuple[Session, FaultySpool]:
        faults = Faults(effect, when, Crash)
        cell = next(cell for cell in faulty_cells(lot.cells, faults) if cell.name == "eu")
        return replace(by, cell=cell), FaultySpool(lot.studio.spool, faults)

    begun = await lot.begin(by, len(small_clip))
    one, spool = dying(0)
    with pytest.raises(Crash):
        uploads = Uploads(spool, LIMITS, lot.studio.beacon.pseudonym)
        await send(lot, one, begun.upload_id, small_clip, uploads, caption="kept")
    stands = await lot.stand(by, begun.upload_id)
    assert stands.draft is (when is When.AFTER)
    if not stands.whole:
        await send(lot, by, begun.upload_id, small_clip[stands.offset :], offset=stands.offset, caption="kept")
    await sweep(by.cell, lot.studio, now=lot.now)
    assert lot.studio.spool.path("eu", begun.upload_id).read_bytes() == small_clip
    assert (await seen(lot, by, begun.upload_id)).words.caption == "kept"

    with pytest.raises(Crash):
        await publish(lot, dying(0)[0], begun.upload_id)
    await publish(lot, by, begun.upload_id)
    assert await jobs_of(by.cell, begun.upload_id) == ["process_video"]
    await lot.run_jobs(begun.upload_id, but=("render_video",))
    assert (await lot.seen(by, begun.upload_id)).state is VideoState.PUBLISHED

    for effect in (0, 1):
        draft_id = await drafted(lot, by, small_clip)
        one, spool = dying(effect)
        with pytest.raises(Crash):
            await delete_draft(one, spool, draft_id)
        if effect == 0 and when is When.BEFORE:
            await delete_draft(by, lot.studio.spool, draft_id)
        await sweep(by.cell, lot.studio, now=lot.now)
        assert str(draft_id) not in lot.spooled(by.cell), (effect, when)
    assert [str(left) async for left in orphans(by.cell, lot.studio)] == []


@settings(max_examples=30, deadline=None)
@given(
    caption=st.text(max_size=LONGEST_CAPTION),
    comments=st.sampled_from(Choice),
    audience=st.sampled_from(AUDIENCES),
    told=st.fixed_dictionaries(
        {},
        optional={
            "caption": st.text(max_size=LONGEST_CAPTION),
            "comments": st.sampled_from(Choice),
            "audience": st.sampled_from(AUDIENCES),
        },
    ),
)
def test_what_is_told_anew_replaces_just_that(
    caption: str, comments: Choice, audience: str, told: dict[str, Any]
) -> None:
    cut = Cut(start=1.0, end=None, cover=2.0)
    before = Words(caption, comments, Audience(audience), cut)
    after = Told(**told).over(before)
    assert after.cut == cut
    for name in ("caption", "comments", "audience"):
        assert getattr(after, name) == told.get(name, getattr(before, name))
