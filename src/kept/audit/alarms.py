"""What a mirror raises an alarm about, and how it tells a second history from a damaged or an incomplete one."""

from collections.abc import Iterator
from enum import StrEnum

from kept.ledger import BadProof, Checkpoint, Source
from kept.ledger.formats.merkle import Span, is_extension
from kept.ledger.formats.tiles import ENTRIES, WIDTH, BadBundle, Tile, hashes_at, levels_of, tiles_at
from kept.ledger.reading import Tree
from kept.ledger.reading.sources import fetch_tile


class Alarm(StrEnum):
    """What is wrong with a log, in the word that the alarm begins with."""

    SILENCE = "SILENCE"
    """It does not answer, or nobody has vouched for it lately."""
    UNWITNESSED = "NOT COSIGNED"
    GAP = "GAP"
    DAMAGE = "DAMAGE"
    SIGNATURE = "BAD SIGNATURE"
    FORK = "FORK"
    """It signed two histories. There is proof, and it never passes."""

    @property
    def exit_code(self) -> int:
        """How a command ends that raised it: 10 for silence, up to 15 for a fork."""
        return 10 + list(Alarm).index(self)

    @property
    def may_pass(self) -> bool:
        """Whether a log that keeps its word may look so for a while."""
        return self in (Alarm.SILENCE, Alarm.UNWITNESSED)


class Alarmed(Exception):
    """The log in question broke its word, or does not speak."""

    def __init__(self, alarm: Alarm, what: str) -> None:
        super().__init__(f"{alarm}: {what}")
        self.alarm = alarm
        self.what = what


def classified(source: Source, known: Checkpoint, head: Checkpoint, why: str) -> Alarmed:
    """Why what lies between `known` and `head`, both signed, can't be followed. Raises CannotRead."""
    if proves_another_history(source, known, head):
        return Alarmed(
            Alarm.FORK, f"it signed {head.size} entries that do not continue the {known.size} entries signed before"
        )
    missing = next((tile.path for tile in _gained(known.size, head.size) if _is_missing(source, tile)), None)
    if missing is not None:
        return Alarmed(Alarm.GAP, f"{missing} is missing, though {head.size} entries are signed")
    return Alarmed(Alarm.DAMAGE, why)


def proves_another_history(source: Source, known: Checkpoint, head: Checkpoint) -> bool:
    """Whether the tiles in `source` prove that `head` continues something else than `known`.

    Both roots come from the same hashes, which lead to the signed head: a damaged tile proves nothing.
    """
    if head.size < known.size or not known.size:
        return False
    if head.size == known.size:
        return head.root != known.root
    tree = Tree(source, head.size)
    try:
        before, proof = tree.hash_of(Span(0, known.size)), tree.consistency(known.size)
    except (BadProof, BadBundle):
        return False
    return before != known.root and is_extension(known.size, before, head.size, head.root, proof)


def _gained(old: int, new: int) -> Iterator[Tile]:
    """The tiles that a log of `new` entries has and one of `old` entries did not have."""
    for level in (ENTRIES, *levels_of(new)):
        for tile in tiles_at(level, new):
            if tile.index * WIDTH + tile.width > hashes_at(level, old):
                yield tile


def _is_missing(source: Source, tile: Tile) -> bool:
    try:
        return fetch_tile(source, tile) is None
    except BadBundle:
        return False
