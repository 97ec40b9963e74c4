"""Paths, layout and encoding of tiles: c2sp.org/tlog-tiles."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.ledger.edge import Edge, extended
from kept.ledger.formats.tiles import (
    ENTRIES,
    WIDTH,
    BadBundle,
    NotATile,
    Tile,
    bundle,
    closed_tiles,
    levels_of,
    parse_path,
    tiles_at,
    unbundle,
)
from tests.ledger import naive

LEVELS = st.integers(ENTRIES, 63)


def layout(size: int) -> list[Tile]:
    return [tile for level in (ENTRIES, *levels_of(size)) for tile in tiles_at(level, size)]


def test_paths_are_written_as_in_the_specification() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(3, 0, 17).path == "tile/3/000.p/17"
    assert Tile(ENTRIES, 999).path == "tile/entries/999"
    assert Tile(ENTRIES, 1000, 1).path == "tile/entries/x001/000.p/1"


@given(LEVELS, st.integers(0, 10**15), st.integers(1, WIDTH))
def test_a_path_is_read_as_it_was_written(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "checkpoint", "tile", "tile/0", "tile/64/000", "tile/00/000", "tile/-1/000", "tile/0/0", "tile/0/0000",
        "tile/0/x000/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/257",
        "tile/0/000.p", "tile/0/000.p/", "tile/0/000/", "/tile/0/000", "tile/0/../../keys/ledger", "tile/0/x001/../000",
        "tile/0/000\n", "tile/0/٠٠٠", "tile/Entries/000", "tile/data/000", "tile/0/000%00", "tile//000",
        "tile/0/x001/x001/x001/x001/x001/x001/x001/001",
    ],
)  # fmt: skip
def test_a_path_that_no_log_has_is_refused(path: str) -> None:
    with pytest.raises(NotATile):
        parse_path(path)


def test_a_log_of_70000_has_the_tiles_of_the_specification() -> None:
    zero, one, two = (list(tiles_at(level, 70_000)) for level in range(3))
    assert [tile.width for tile in zero] == [256] * 273 + [112]
    assert [tile.width for tile in one] == [256, 17]
    assert [tile.width for tile in two] == [1]
    assert list(levels_of(70_000)) == [0, 1, 2]
    assert list(tiles_at(ENTRIES, 70_000)) == [Tile(ENTRIES, tile.index, tile.width) for tile in zero]


def test_a_log_of_256_has_a_full_tile_and_one_hash_above_it() -> None:
    assert layout(256) == [Tile(ENTRIES, 0), Tile(0, 0), Tile(1, 0, 1)]
    assert layout(0) == []


def test_a_writer_of_70000_writes_exactly_those() -> None:
    edge, files = extended(Edge(), [b"%d" % number for number in range(70_000)])
    assert set(files) == {tile.path for tile in layout(70_000)}
    assert edge.size == 70_000


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 700), max_size=5))
def test_whatever_the_batches_the_files_are_those_of_the_definition(batches: list[int]) -> None:
    entries = [f"entry {number}".encode() for number in range(sum(batches))]
    edge, files, written = Edge(), {}, 0
    for batch in batches:
        edge, more = extended(edge, entries[written : written + batch])
        written += batch
        expected = naive.tiles(entries[:written])
        assert {key: expected[key] for key in more} == more
        files |= more
    assert edge.root == naive.mth(entries)
    assert {key: files[key] for key in naive.tiles(entries)} == naive.tiles(entries)


def test_nothing_new_writes_nothing() -> None:
    edge, _ = extended(Edge(), [b"a"] * 300)
    assert extended(edge, []) == (edge, {})


@given(st.integers(0, 200_000), st.integers(0, 70_000))
def test_the_tiles_that_close_are_those_that_were_not_full_before(old: int, more: int) -> None:
    before = {tile for tile in layout(old) if tile.is_full}
    after = {tile for tile in layout(old + more) if tile.is_full}
    assert set(closed_tiles(old, old + more)) == after - before


@given(st.lists(st.binary(max_size=300), max_size=WIDTH))
def test_a_bundle_is_read_as_it_was_written(entries: list[bytes]) -> None:
    assert unbundle(bundle(entries)) == entries


@given(st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=5), st.data())
def test_a_bundle_that_was_cut_is_refused_or_shorter(entries: list[bytes], data: st.DataObject) -> None:
    whole = bundle(entries)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with contextlib.suppress(BadBundle):
        assert unbundle(whole[:cut]) == entries[: len(unbundle(whole[:cut]))] != entries


def test_an_entry_that_fits_no_bundle_is_refused() -> None:
    assert len(bundle([bytes(65_535)])) == 65_537
    with pytest.raises(OverflowError):
        bundle([bytes(65_536)])
