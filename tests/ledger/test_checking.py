"""A log checked again and again: only what it gained is read, and what deviates is found all the same."""

import shutil
from pathlib import Path

import pytest

from kept.ledger import Checker, Checkpoint, FolderSource
from kept.ledger.edge import Edge, extended
from tests.ledger.workbench import ORIGIN, SIGNER, flips, waiting, written


class Counting(FolderSource):
    """A folder that remembers what was read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.read: list[str] = []

    def fetch(self, key: str) -> bytes | None:
        self.read.append(key)
        return super().fetch(key)


def test_growth_is_checked_without_reading_the_beginning_again(tmp_path: Path) -> None:
    batches = [waiting(700), waiting(1), waiting(300)]
    source = Counting(tmp_path)
    checker = Checker(source, monotonic=lambda: 0.0)  # no time passes, so nothing is read again
    for count in (1, 2, 3):
        written(tmp_path, batches[:count])
        source.read.clear()
        report = checker.check()
        assert (report.deviations, report.entries) == ([], sum(map(len, batches[:count])))
        assert ("tile/entries/000" in source.read) is (count == 1)
    assert report.events == {"video.published": 1001}


@pytest.mark.parametrize("key", ["tile/entries/003.p/233", "tile/0/003.p/233", "checkpoint"])
def test_a_flipped_byte_in_what_was_gained_is_found(tmp_path: Path, key: str) -> None:
    batches = [waiting(700), waiting(301)]
    written(tmp_path, batches[:1])
    checker = Checker(FolderSource(tmp_path))
    assert checker.check().good
    written(tmp_path, batches)
    (tmp_path / key).write_bytes(flips((tmp_path / key).read_bytes(), samples=0)[1])
    assert not checker.check().good


def test_a_rewritten_or_shortened_history_is_found_though_its_key_signed_it(tmp_path: Path) -> None:
    for after in ([waiting(701)], [waiting(300)]):
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        written(tmp_path, [waiting(700)])
        checker = Checker(FolderSource(tmp_path))
        assert checker.check().good
        shutil.rmtree(tmp_path / "tile")
        written(tmp_path, after)
        assert not checker.check().good
        assert not checker.check().good, "it is not forgotten"


def test_a_rewritten_history_is_found_when_everything_is_read_again_too(tmp_path: Path) -> None:
    now = iter(range(0, 10**9, 10**6))
    checker = Checker(FolderSource(tmp_path), monotonic=lambda: float(next(now)))
    written(tmp_path, [waiting(700)])
    assert checker.check().good
    shutil.rmtree(tmp_path / "tile")
    written(tmp_path, [waiting(701)])
    assert not checker.check().good
    assert not checker.check().good


def test_damage_to_what_was_sound_is_found_and_so_is_its_repair(tmp_path: Path) -> None:
    now = iter(range(0, 10**9, 10**6))
    checker = Checker(FolderSource(tmp_path), monotonic=lambda: float(next(now)))
    written(tmp_path, [waiting(700)])
    assert checker.check().good
    tile = tmp_path / "tile" / "entries" / "000"
    sound = tile.read_bytes()
    tile.write_bytes(flips(sound, samples=0)[1])
    assert not checker.check().good
    tile.write_bytes(sound)
    assert checker.check().good


def test_a_signed_root_that_is_not_that_of_the_entries_is_found(tmp_path: Path) -> None:
    batches = [waiting(10), waiting(10)]
    written(tmp_path, batches[:1])
    checker = Checker(FolderSource(tmp_path))
    assert checker.check().good
    written(tmp_path, batches)
    edge, _ = extended(Edge(), [one.payload for one in batches[0]])
    (tmp_path / "checkpoint").write_text(Checkpoint(ORIGIN, 20, edge.root).signed(SIGNER))
    assert not checker.check().good
