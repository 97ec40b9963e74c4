"""The permission matrix, pinned: a change in who may do what shows as a change of `matrix.txt`, which people review."""

from pathlib import Path

from kept.policy import matrix

PINNED = Path(__file__).with_name("matrix.txt")


def test_the_matrix_is_the_one_that_was_reviewed() -> None:
    assert matrix() == PINNED.read_text(encoding="utf-8"), "review the difference, then write `kept policy matrix` there"
