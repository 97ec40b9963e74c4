"""Proofs that an entry is in the log, as files that need nothing else: c2sp.org/tlog-proof@v1."""

import base64
import re

from kept.kit import KeptError, Kind
from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.merkle import Span, inclusion_spans, is_included, leaf_hash, node_hash
from kept.ledger.formats.note import BadNote, VerifierKey, strict_base64
from kept.ledger.formats.policy import NotCosigned, Quorum
from kept.ledger.formats.tiles import HASH_BYTES, WIDTH, Tile, hashes_at, split_hashes
from kept.ledger.reading.sources import Source, fetch_tile

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")


class BadProof(KeptError):
    code = "bad_proof"
    kind = Kind.INVALID
    message = "This does not prove that the entry is in the ledger: {why}"


class NotInTheLog(KeptError):
    code = "not_in_the_log"
    kind = Kind.NOT_FOUND
    message = "The published ledger has no entry number {index}."


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
    tree = _Tree(source, head.size)
    hashes = [tree.hash_of(span) for span in inclusion_spans(index, head.size)]
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


class _Tree:
    """Subtree hashes out of the tiles of a log of `size` entries; each tile is read once."""

    def __init__(self, source: Source, size: int) -> None:
        self._source = source
        self._size = size
        self._tiles: dict[Tile, tuple[bytes, ...]] = {}

    def hash_of(self, span: Span) -> bytes:
        """The hash of a subtree of RFC 6962: stored if it stands for 256**level leaves, else joined from its halves."""
        count = span.end - span.start
        for level in range(8):
            if count == WIDTH**level and span.start % count == 0:
                return self._stored(level, span.start // count)
        middle = span.start + (1 << (count - 1).bit_length() - 1)
        return node_hash(self.hash_of(Span(span.start, middle)), self.hash_of(Span(middle, span.end)))

    def _stored(self, level: int, at: int) -> bytes:
        index, offset = divmod(at, WIDTH)
        tile = Tile(level, index, min(WIDTH, hashes_at(level, self._size) - index * WIDTH))
        if tile not in self._tiles:
            self._tiles[tile] = split_hashes(fetch_tile(self._source, tile) or b"")
        hashes = self._tiles[tile]
        if offset >= len(hashes) or len(hashes[offset]) != HASH_BYTES:
            raise BadProof(why=f"{tile.path} is missing or cut short")
        return hashes[offset]
