"""Proofs that an entry is in the log, as files that need nothing else: c2sp.org/tlog-proof@v1."""

import base64
import re

from kept.kit import KeptError, Kind
from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.merkle import Span, is_included, leaf_hash
from kept.ledger.formats.note import BadNote, VerifierKey, strict_base64
from kept.ledger.formats.policy import NotCosigned, Quorum
from kept.ledger.reading.sources import Source
from kept.ledger.reading.tree import BadProof, Tree

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")


class NotInTheLog(KeptError):
    code = "not_in_the_log"
    kind = Kind.NOT_FOUND
    message = "The published ledger has no entry {index}."


def prove(source: Source, index: int, key: VerifierKey) -> str:
    """The proof file of entry `index` under the published checkpoint.

    Raises:
        NotInTheLog: the checkpoint does not reach that far yet.
        BadNote: the checkpoint is not the log's.
        BadProof: a tile is missing or damaged.
    """
    note = source.fetch("checkpoint") or b""
    head = open_checkpoint(note, key)
    if not 0 <= index < head.size:
        raise NotInTheLog(index=index)
    tree = Tree(source, head.size)
    hashes = tree.inclusion(index)
    if not is_included(tree.hash_of(Span(index, index + 1)), index, head.size, hashes, head.root):
        raise BadProof(why="the tiles do not lead to the signed root")
    lines = [_HEADER, f"index {index}", *(base64.b64encode(digest).decode() for digest in hashes)]
    return "\n".join(lines) + "\n\n" + note.decode()


def check_proof(proof: str, payload: bytes, trusted: VerifierKey | Quorum) -> Checkpoint:
    """The head under which `proof` shows `payload` to be: signed by the log, and cosigned if a quorum is asked for it.

    Raises:
        BadProof: it does not, or its checkpoint is not what `trusted` accepts.
    """
    text, _, note = proof.partition("\n\n")
    header, index, *lines = [*text.split("\n"), ""]
    if index.startswith("extra "):  # allowed, not authenticated, and without meaning to us
        index, *lines = lines
    number = _INDEX.fullmatch(index)
    if header != _HEADER or number is None:
        raise BadProof(why="it is not a proof file")
    try:
        head = trusted.check(note.encode()) if isinstance(trusted, Quorum) else open_checkpoint(note.encode(), trusted)
        hashes = [strict_base64(line) for line in lines if line]
    except (BadNote, NotCosigned) as error:
        raise BadProof(why=str(error)) from error
    if not is_included(leaf_hash(payload), int(number[1]), head.size, hashes, head.root):
        raise BadProof(why="it does not lead to the signed root")
    return head
