"""formats: what is written where, to the letter: RFC 6962 trees, C2SP tiles, signed notes, cosignatures, policies. Pure.

Owns no state, no file and no clock; everything else in the ledger is built on it, and so is any other verifier.
Start reading at `merkle.py`, then `tiles.py`, `note.py`, `checkpoint.py`, `cosignature.py`, `policy.py`.
Specifications: C2SP commit 5ba5ee8 (2026-07-22).
"""

from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from kept.ledger.formats.cosignature import COSIGNATURE_V1, ML_DSA_44, Cosigner, CosignerKey
from kept.ledger.formats.note import BadNote, Signer, VerifierKey
from kept.ledger.formats.policy import BadPolicy, Cosigned, KnownWitness, NotCosigned, Quorum
from kept.ledger.formats.tiles import NotATile

__all__ = [
    "COSIGNATURE_V1",
    "ML_DSA_44",
    "BadNote",
    "BadPolicy",
    "Checkpoint",
    "Cosigned",
    "Cosigner",
    "CosignerKey",
    "KnownWitness",
    "NotATile",
    "NotCosigned",
    "Quorum",
    "Signer",
    "VerifierKey",
    "open_checkpoint",
    "read_checkpoint",
]
