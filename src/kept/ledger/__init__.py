"""ledger: an append-only Merkle log of every sensitive act, in the open formats of C2SP, that anybody can check.

Owns the entry (opaque ids and salted commitments: never personal data), the outbox that is written with the act, the
writer that numbers, signs and publishes, and the verifier. It stops rather than sign a second history: `Forked`, `Gap`,
`BadSignature`. Never knows what an event means, and never holds what its commitments hide: that stays in the cell.
Start reading at `entry.py` (what is logged), then `outbox.py` (with the act), `log.py` (in which order), `opening.py`
(when it stops); `formats` is how it looks, `reading` what anybody can check.
"""

import importlib
from typing import TYPE_CHECKING, Any

from kept.ledger.entry import BadEntry, Detail, Entry, Leaf, NotForTheLedger, Waiting, commitment, read, write
from kept.ledger.errors import BadSignature, Forked, Gap, HeadMoved, StoreOverwrites
from kept.ledger.files import CHECKPOINT, HEAD
from kept.ledger.formats import (
    ML_DSA_44,
    BadNote,
    BadPolicy,
    Checkpoint,
    Cosigned,
    Cosigner,
    CosignerKey,
    KnownWitness,
    NotATile,
    NotCosigned,
    Quorum,
    Signer,
    VerifierKey,
    open_checkpoint,
    read_checkpoint,
)
from kept.ledger.quorum import load_quorum
from kept.ledger.reading import (
    LARGEST_RECEIPT,
    BadProof,
    CannotRead,
    Checker,
    Deviates,
    FolderSource,
    NotInTheLog,
    Opening,
    Proven,
    Receipt,
    Report,
    Served,
    Source,
    UrlSource,
    check_proof,
    check_receipt,
    index_of,
    prove,
    read_path,
    receipt_of,
    source_of,
    verify,
)
from kept.ledger.signer import UnusableKey, load_cosigner, load_signer

if TYPE_CHECKING:
    from kept.ledger.cosigning import Cosigning
    from kept.ledger.disclosing import NoDetails, disclose
    from kept.ledger.head import Stop, stopped
    from kept.ledger.log import Log
    from kept.ledger.models import EntryDetail, LedgerOutbox, LogEntry, LogHead, LogPending, LogStop
    from kept.ledger.outbox import outbox_insert, recorded
    from kept.ledger.sequencer import Sequencer
    from kept.ledger.store import Store, store_of

_WRITING = {
    "cosigning": ("Cosigning",),
    "disclosing": ("NoDetails", "disclose"),
    "head": ("Stop", "stopped"),
    "log": ("Log",),
    "models": ("EntryDetail", "LedgerOutbox", "LogEntry", "LogHead", "LogPending", "LogStop"),
    "outbox": ("outbox_insert", "recorded"),
    "sequencer": ("Sequencer",),
    "store": ("Store", "store_of"),
}
"""What needs a database or an object store, by module: loaded when it is asked for. Outsiders, who only read, do without."""


def __getattr__(name: str) -> Any:
    for module, names in _WRITING.items():
        if name in names:
            return getattr(importlib.import_module(f"kept.ledger.{module}"), name)
    raise AttributeError(name)


__all__ = [
    "CHECKPOINT",
    "HEAD",
    "LARGEST_RECEIPT",
    "ML_DSA_44",
    "BadEntry",
    "BadNote",
    "BadPolicy",
    "BadProof",
    "BadSignature",
    "CannotRead",
    "Checker",
    "Checkpoint",
    "Cosigned",
    "Cosigner",
    "CosignerKey",
    "Cosigning",
    "Detail",
    "Deviates",
    "Entry",
    "EntryDetail",
    "FolderSource",
    "Forked",
    "Gap",
    "HeadMoved",
    "KnownWitness",
    "Leaf",
    "LedgerOutbox",
    "Log",
    "LogEntry",
    "LogHead",
    "LogPending",
    "LogStop",
    "NoDetails",
    "NotATile",
    "NotCosigned",
    "NotForTheLedger",
    "NotInTheLog",
    "Opening",
    "Proven",
    "Quorum",
    "Receipt",
    "Report",
    "Sequencer",
    "Served",
    "Signer",
    "Source",
    "Stop",
    "Store",
    "StoreOverwrites",
    "UnusableKey",
    "UrlSource",
    "VerifierKey",
    "Waiting",
    "check_proof",
    "check_receipt",
    "commitment",
    "disclose",
    "index_of",
    "load_cosigner",
    "load_quorum",
    "load_signer",
    "open_checkpoint",
    "outbox_insert",
    "prove",
    "read",
    "read_checkpoint",
    "read_path",
    "receipt_of",
    "recorded",
    "source_of",
    "stopped",
    "store_of",
    "verify",
    "write",
]
