"""What the public may read of the log, and nothing else."""

import pytest

from kept.ledger import NotATile, read_path
from kept.ledger.formats.tiles import ENTRIES, levels_of, tiles_at


def test_checkpoint_and_key_are_text_that_is_not_kept_for_long() -> None:
    assert read_path("checkpoint") == ("checkpoint", "text/plain; charset=utf-8", 1)
    assert read_path("vkey")[:2] == ("vkey", "text/plain; charset=utf-8")


def test_every_tile_is_served_for_ever() -> None:
    for level in (ENTRIES, *levels_of(70_000)):
        for tile in tiles_at(level, 70_000):
            assert read_path(tile.path) == (tile.path, "application/octet-stream", 31_536_000)


@pytest.mark.parametrize(
    "path",
    [
        "", "/checkpoint", "checkpoint/", "Checkpoint", "checkpoint\n", ".staging/x", "probe/create", "../keys/ledger.key",
        "tile/0/../../../keys/ledger.key", "tile/0/000.p/../001", "tile%2f0/000", "tile/0/000?x", "vkey/..", "keys/ledger.key",
    ],
)  # fmt: skip
def test_everything_else_is_not_there(path: str) -> None:
    with pytest.raises(NotATile):
        read_path(path)
