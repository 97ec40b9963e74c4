"""A planted offender of each kind is found; a cell in order gives none."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from kept.cells import Cell, Offender, OffenderKind, scan, scanning
from kept.kit import new_id
from kept.postgres import EmbeddedPostgres
from kept.videos import ExactHashGate, open_studio
from kept.videos.models import Rendition, VideoState
from tests.fixtures.house import build, tear_down
from tests.fixtures.lot import LIMITS, Lot


@pytest.fixture(scope="module")
async def lot(postgres: EmbeddedPostgres, templates: dict[str, str]) -> AsyncIterator[Lot]:
    """A lot of these tests' own: what other tests leave on a shelf would be found."""
    folder = Path(tempfile.mkdtemp(prefix="kept-scan-"))

    def make(name: str, template: str) -> str:
        return postgres.clone_database(f"{name}_scan", template)

    house = await build(make, templates, folder, uploads=LIMITS)
    yield Lot(house, open_studio(house.settings, house.beacon, [ExactHashGate()]))
    await tear_down(house)
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "SETTLES", 0.0)


async def found(lot: Lot, cell: Cell) -> list[Offender]:
    return [one async for one in scan(cell, lot.cells)]


async def test_a_cell_in_order_gives_nothing(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.eu)
    await lot.publish(by, small_clip, "hello")
    for cell in lot.cells:
        assert await found(lot, cell) == []


async def test_a_private_row_and_its_objects_of_somebody_else_are_found(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.eu)
    await lot.publish(by, small_clip)
    keys = [row["object_key"] for row in await lot.house.eu.database.fetch(
        "SELECT object_key FROM rendition WHERE owner_id = $1", by.member_id)]
    moved = "UPDATE member SET cell = $2 WHERE member_id = $1"  # and nothing goes along
    await lot.cells.directory.database.fetch(moved, by.member_id, "us")
    try:
        offenders = await found(lot, lot.house.eu)
        rows = {one.where for one in offenders if one.kind is OffenderKind.ROW}
        assert {"account", "video", "rendition", "resident"} <= rows
        assert all(one.which == str(by.member_id) for one in offenders if one.kind is OffenderKind.ROW)
        assert {one.which for one in offenders if one.kind is OffenderKind.OBJECT} == set(keys)
    finally:
        await lot.cells.directory.database.fetch(moved, by.member_id, "eu")
    assert await found(lot, lot.house.eu) == []


async def test_an_object_that_no_row_names_is_found(lot: Lot) -> None:
    await lot.house.us.objects.put("somewhere/else.bin", b"left behind")
    try:
        assert [(one.kind, one.which) for one in await found(lot, lot.house.us)] == [("unnamed", "somewhere/else.bin")]
    finally:
        await lot.house.us.objects.delete("somewhere/else.bin")


async def test_a_public_row_without_a_living_source_is_found_in_every_cell(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.eu)
    video_id = await lot.publish(by, small_clip)
    state = "UPDATE video SET state = $2 WHERE video_id = $1"
    await lot.house.eu.database.fetch(state, video_id, VideoState.WITHDRAWN)  # and no shelf hears of it
    try:
        for cell in lot.cells:
            assert [(one.kind, one.which) for one in await found(lot, cell)] == [("shelf", str(video_id))]
    finally:
        await lot.house.eu.database.fetch(state, video_id, VideoState.PUBLISHED)


async def test_a_public_row_of_nobody_is_found(lot: Lot, small_clip: bytes) -> None:
    by = await lot.member(lot.house.eu)
    video_id = await lot.publish(by, small_clip)
    nobody = new_id()
    await lot.house.us.database.fetch("UPDATE shelf_card SET owner_id = $2 WHERE item_id = $1", video_id, nobody)
    try:
        assert [(one.kind, one.which) for one in await found(lot, lot.house.us)] == [("shelf", str(video_id))]
    finally:
        await lot.house.us.database.fetch("UPDATE shelf_card SET owner_id = $2 WHERE item_id = $1", video_id, by.member_id)


async def test_pages_join_without_a_gap(lot: Lot, small_clip: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    by = await lot.member(lot.house.eu)
    for _ in range(2):
        await lot.publish(by, small_clip)
    monkeypatch.setattr(scanning, "BATCH", 1)
    looked: dict[str, int] = {}
    for cell in lot.cells:
        assert [one async for one in scan(cell, lot.cells, progress=looked.__setitem__)] == []
    async with lot.house.eu.begin() as tx:
        objects = (await tx.run(sa.select(sa.func.count()).select_from(Rendition))).scalar_one()
    cards = (await lot.house.us.database.fetch("SELECT count(*) AS n FROM shelf_card"))[0]["n"]
    assert looked["shelf_card"] == cards
    assert objects >= 4
