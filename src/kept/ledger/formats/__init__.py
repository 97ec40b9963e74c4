"""formats: what is written where, to the letter: RFC 6962 trees, C2SP tiles, signed notes and checkpoints. Pure.

Owns no state, no file and no clock; everything else in the ledger is built on it, and so is any other verifier.
Start reading at `merkle.py`, then `tiles.py`, `note.py`, `checkpoint.py`. Specifications: C2SP commit 5ba5ee8 (2026-07-22).
"""

from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.note import BadNote, Signer, VerifierKey
from kept.ledger.formats.tiles import NotATile

__all__ = ["BadNote", "Checkpoint", "NotATile", "Signer", "VerifierKey", "open_checkpoint"]
