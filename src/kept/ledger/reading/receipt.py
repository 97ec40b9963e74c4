"""Receipts: one entry, the proof that it is in the log, and perhaps what it commits to, in a file that needs nothing else.

A receipt is JSON in the form of RFC 8785 (one form for one content), with a line end after it:

    details  what the cell keeps about the entry (canonical JSON, as text); only together with `salt`
    format   "kept-receipt"
    payload  the entry, as it stands in the log
    proof    c2sp.org/tlog-proof@v1, which ends with the signed (and cosigned) checkpoint
    salt     hex; SHA-256(salt || details) is what the entry commits to
    version  1

A receipt with details shows what the log never does. Nobody can take that back from whoever holds the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import rfc8785

from kept.ledger.entry import SALT_BYTES, BadEntry, Leaf, commitment, read
from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.note import BadNote, VerifierKey
from kept.ledger.formats.policy import Quorum
from kept.ledger.formats.tiles import ENTRIES, WIDTH, BadBundle, Tile, unbundle
from kept.ledger.reading.proof import NotInTheLog, check_proof, prove
from kept.ledger.reading.sources import Source, fetch_tile
from kept.ledger.reading.tree import BadProof

LARGEST_RECEIPT = 1 << 20
"""Bytes: an entry has at most 64 KiB, its details 16, a proof some hashes and cosignatures."""

_Salt = Annotated[str, msgspec.Meta(pattern=rf"\A[0-9a-f]{{{2 * SALT_BYTES}}}\Z")]


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens an entry's commitment: the salt, and the details in canonical JSON."""

    salt: bytes
    details: bytes


class Receipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The content of a receipt, before anything of it has been checked."""

    details: str | None = None
    format: Literal["kept-receipt"]
    payload: str
    proof: str
    salt: _Salt | None = None
    version: Literal[1]

    def written(self) -> bytes:
        """The file."""
        return bytes(rfc8785.dumps(msgspec.to_builtins(self))) + b"\n"


@dataclass(frozen=True, slots=True)
class Proven:
    """What a receipt shows, to whoever trusts the key or the policy that it was checked with."""

    leaf: Leaf
    index: int
    head: Checkpoint
    details: str | None
    """What the entry commits to, if the receipt opens it."""
    cosigners: tuple[str, ...] = ()
    as_of: int = 0
    """POSIX seconds for which a whole quorum vouches that the log showed the entry; 0 where nobody was asked."""


def receipt_of(source: Source, index: int, key: VerifierKey, opening: Opening | None = None) -> Receipt:
    """The receipt of entry `index` under the published checkpoint.

    Raises:
        NotInTheLog, BadNote: as `prove`.
        BadProof: a file of the log is missing or damaged, or `opening` is not of this entry.
    """
    proof = prove(source, index, key)
    size = open_checkpoint(proof.partition("\n\n")[2].encode(), key).size
    tile = Tile(ENTRIES, index // WIDTH, min(WIDTH, size - index // WIDTH * WIDTH))
    entries = _entries(source, tile)
    if index % WIDTH >= len(entries):
        raise BadProof(why=f"{tile.path} is missing or cut short")
    payload = entries[index % WIDTH].decode(errors="replace")
    receipt = Receipt(
        format="kept-receipt",
        payload=payload,
        proof=proof,
        version=1,
        salt=opening.salt.hex() if opening else None,
        details=opening.details.decode() if opening else None,
    )
    check_receipt(receipt.written(), key)
    return receipt


def index_of(source: Source, entry_id: UUID, key: VerifierKey) -> int:
    """The place of an entry in the published log; looks from the newest entry back. Raises NotInTheLog, BadNote, BadProof."""
    size = open_checkpoint(source.fetch("checkpoint") or b"", key).size
    wanted = f'"id":"{entry_id}"'.encode()
    for tile in _newest_first(size):
        for at, payload in enumerate(_entries(source, tile)):
            if wanted in payload:
                return tile.index * WIDTH + at
    raise NotInTheLog(index=entry_id)


def check_receipt(data: bytes, trusted: VerifierKey | Quorum) -> Proven:
    """What the receipt `data` proves: every byte of it is accounted for.

    Raises:
        BadProof: it is damaged, made up, not of a log that `trusted` knows, or not cosigned by the quorum it asks for.
    """
    receipt = _read(data)
    payload = receipt.payload.encode()
    head = check_proof(receipt.proof, payload, trusted)
    try:
        leaf = read(payload)
    except BadEntry as error:
        raise BadProof(why=str(error)) from error
    _check_opening(receipt, leaf)
    text, _, note = receipt.proof.partition("\n\n")
    index = int(next(line for line in text.split("\n") if line.startswith("index ")).removeprefix("index "))
    if not isinstance(trusted, Quorum):
        return Proven(leaf, index, head, receipt.details)
    cosigned = trusted.opened(note.encode())
    return Proven(leaf, index, head, receipt.details, tuple(sorted(cosigned.times)), cosigned.as_of)


def _read(data: bytes) -> Receipt:
    if len(data) > LARGEST_RECEIPT:
        raise BadProof(why="it is too large for a receipt")
    try:
        receipt = msgspec.json.decode(data, type=Receipt)
        written = receipt.written()
    except (msgspec.DecodeError, UnicodeError, rfc8785.CanonicalizationError) as error:
        raise BadProof(why=f"it is not a receipt ({error})") from error
    if written.rstrip(b"\n") != data.removesuffix(b"\n"):
        raise BadProof(why="it is not written as receipts are: something was added or rearranged")
    return receipt


def _check_opening(receipt: Receipt, leaf: Leaf) -> None:
    """The details, where there are any, are those that the entry commits to."""
    if (receipt.salt is None) != (receipt.details is None):
        raise BadProof(why="of details and salt, one is missing")
    if receipt.salt is None or receipt.details is None:
        return
    if leaf.details is None:
        raise BadProof(why="the entry commits to no details, and the receipt brings some")
    if commitment(bytes.fromhex(receipt.salt), receipt.details.encode()) != leaf.details:
        raise BadProof(why="the details are not those that the entry commits to")


def _entries(source: Source, tile: Tile) -> list[bytes]:
    try:
        return unbundle(fetch_tile(source, tile) or b"")
    except (BadBundle, BadNote) as error:
        raise BadProof(why=str(error)) from error


def _newest_first(size: int) -> Iterator[Tile]:
    """All bundles of a log, from its end."""
    last = size // WIDTH
    if size % WIDTH:
        yield Tile(ENTRIES, last, size % WIDTH)
    for index in range(last - 1, -1, -1):
        yield Tile(ENTRIES, index)
