"""The Merkle tree that the tiles of a log hold, and proofs out of it."""

from kept.kit import KeptError, Kind
from kept.ledger.formats.merkle import Span, consistency_spans, inclusion_spans, node_hash
from kept.ledger.formats.tiles import HASH_BYTES, WIDTH, Tile, hashes_at, split_hashes
from kept.ledger.reading.sources import Source, fetch_tile


class BadProof(KeptError):
    code = "bad_proof"
    kind = Kind.INVALID
    message = "This does not prove that the entry is in the ledger: {why}"


class Tree:
    """Subtree hashes out of the tiles of a log of `size` entries; each tile is read once."""

    def __init__(self, source: Source, size: int) -> None:
        self._source = source
        self._size = size
        self._tiles: dict[Tile, tuple[bytes, ...]] = {}

    def inclusion(self, index: int) -> list[bytes]:
        """PATH(index, D[size]) of RFC 6962. Raises BadProof for a tile that is missing or cut short."""
        return [self.hash_of(span) for span in inclusion_spans(index, self._size)]

    def consistency(self, old: int) -> list[bytes]:
        """PROOF(old, D[size]) of RFC 6962. Raises BadProof as above."""
        return [self.hash_of(span) for span in consistency_spans(old, self._size)]

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
