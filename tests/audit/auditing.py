"""What the tests of outsiders work with: a log in memory that can be made to lie, and requests for a witness."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kept.audit import Memory, Witness
from kept.kit import FixedClock
from kept.ledger import Checkpoint, Cosigner, Signer
from kept.ledger.formats.merkle import EMPTY_ROOT, Span, consistency_spans
from tests.ledger import naive

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AT = int(NOON.timestamp())
LOG = Signer("log.example/a", bytes(range(32)))
COSIGNER = Cosigner("witness.example/w1", bytes([7]) * 32)


def head_of(entries: Sequence[bytes], log: Signer = LOG) -> Checkpoint:
    """The checkpoint of a log that holds `entries`."""
    return Checkpoint(log.vkey.name, len(entries), naive.mth(list(entries)) if entries else EMPTY_ROOT)


def proof_of(entries: Sequence[bytes], old: int) -> list[bytes]:
    """The consistency proof from the first `old` entries to all, hashed without any tile."""

    def hashed(span: Span) -> bytes:
        return naive.mth(list(entries[span.start : span.end]))

    return [hashed(span) for span in consistency_spans(old, len(entries))]


def request(entries: Sequence[bytes], old: int, *, proof: Sequence[bytes] | None = None, log: Signer = LOG) -> bytes:
    """The body of an add-checkpoint request."""
    hashes = proof_of(entries, old) if proof is None else proof
    lines = [f"old {old}", *(base64.b64encode(digest).decode() for digest in hashes)]
    return ("\n".join(lines) + "\n\n" + head_of(entries, log).signed(log)).encode()


@dataclass
class Desk:
    """A witness in a folder, and what it was alarmed about."""

    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    alarms: list[str] = field(default_factory=list)

    def witness(self, *logs: Signer, cosigners: Sequence[Cosigner] = (COSIGNER,)) -> Witness:
        """A witness, as after a restart."""
        keys = [log.vkey for log in logs or (LOG,)]
        return Witness(Memory(self.folder, COSIGNER.vkey), cosigners, keys, self.clock, self.alarms.append)
