"""reading: what anybody can do with a published log: fetch it, verify all of it, prove one entry of it.

Owns nothing of the writer's: it works on a folder, an address or an object store, offline, with the public key alone.
Start reading at `verify.py`, then `proof.py` and `receipt.py`; `sources.py` is where logs
are, `serving.py` what we show of ours.
"""

from kept.ledger.reading.checking import Checker
from kept.ledger.reading.growth import Deviates, Growth, growth, known_edge
from kept.ledger.reading.proof import NotInTheLog, check_proof, prove
from kept.ledger.reading.receipt import LARGEST_RECEIPT, Opening, Proven, Receipt, check_receipt, index_of, receipt_of
from kept.ledger.reading.serving import Served, read_path
from kept.ledger.reading.sources import CannotRead, FolderSource, Source, UrlSource, source_of
from kept.ledger.reading.tree import BadProof, Tree
from kept.ledger.reading.verify import Report, verify

__all__ = [
    "LARGEST_RECEIPT",
    "BadProof",
    "CannotRead",
    "Checker",
    "Deviates",
    "FolderSource",
    "Growth",
    "NotInTheLog",
    "Opening",
    "Proven",
    "Receipt",
    "Report",
    "Served",
    "Source",
    "Tree",
    "UrlSource",
    "check_proof",
    "check_receipt",
    "growth",
    "index_of",
    "known_edge",
    "prove",
    "read_path",
    "receipt_of",
    "source_of",
    "verify",
]
