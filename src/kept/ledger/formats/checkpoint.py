"""Checkpoints: c2sp.org/tlog-checkpoint. A note whose text is origin, size and root, each on a line.

We write no extension lines (the specification advises against them, and cosigners differ in whether they sign them).
"""

import base64
import re
from dataclasses import dataclass

from kept.ledger.formats.note import BadNote, Signer, VerifierKey, open_note, sign, strict_base64

_SIZE = re.compile("0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: `size` entries hash to `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note's text."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def signed(self, signer: Signer) -> str:
        """The signed note."""
        return sign(self.text, signer)


def open_checkpoint(note: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a note that `key` signed; the log's key carries the log's name.

    Raises:
        BadNote: malformed, not signed by `key`, of another log, or with extension lines, which we never write.
    """
    text = open_note(note, [key]).text
    head = read_checkpoint(text)
    if head.text != text:
        raise BadNote(why="a checkpoint of this log has three lines")
    if head.origin != key.name:
        raise BadNote(why=f"it belongs to the log {head.origin}, not to {key.name}")
    return head


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text says, of any log; extension lines are passed over. Raises BadNote."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        raise BadNote(why="a checkpoint has three lines")
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size):
        raise BadNote(why="its size is not a number")
    digest = strict_base64(root)
    if len(digest) != 32:
        raise BadNote(why="its root is not a SHA-256 hash")
    return Checkpoint(origin, int(size), digest)
