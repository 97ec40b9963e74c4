"""Somebody who may authorise, with a log and witnesses of their own: what the vault's proofs are made of in tests."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kept.kit import new_id
from kept.ledger import Checkpoint, Cosigner, Entry, Quorum, Signer, write
from kept.ledger.formats.merkle import inclusion_spans, leaf_hash, node_hash
from kept.vault import Authorisation, Reason

LOG = Signer("log.example/test", bytes(range(32)))
WITNESSES = [Cosigner(f"witness.example/{number}", bytes([number]) * 32) for number in (1, 2, 3)]
QUORUM = Quorum.parse(
    "\n".join(
        [
            f"log {LOG.vkey.text}",
            *(f"witness w{number} {one.vkey.text}" for number, one in enumerate(WITNESSES, 1)),
            "group two-of-three 2 w1 w2 w3",
            "quorum two-of-three\n",
        ]
    ).encode()
)


@dataclass
class Authoriser:
    """Writes authorisations into a log of a few entries, and gets its heads cosigned."""

    now: datetime
    leaves: list[bytes] = field(default_factory=lambda: [b"before", b"and before"])

    def authorise(
        self,
        subject: str,
        *places: str,
        reason: Reason = Reason.LEGAL_PROCESS,
        event: str = "access.authorised",
        cell: str = "eu",
        case: str | None = None,
        rows: Any = "all",
        begins: timedelta = timedelta(hours=-1),
        ends: timedelta = timedelta(days=2),
        details: dict[str, Any] | None = None,
        **proof: Any,
    ) -> Authorisation:
        """An authorisation that is on record, cosigned now by two of three."""
        scope = {
            "from": moment(self.now + begins),
            "until": moment(self.now + ends),
            "places": list(places),
            "rows": [str(row) for row in rows] if isinstance(rows, list) else rows,
        }
        entry = Entry(
            event,
            actor="system:authoriser",
            subject=subject,
            object=f"case:{new_id()}" if case is None else case or None,
            purpose=reason.value,
            details=scope if details is None else details,
            owner=UUID(int=1),
        )
        waiting, detail = write(entry, cell=cell, now=self.now)
        assert detail is not None
        self.leaves += [waiting.payload, b"after"]
        shown = self.prove(len(self.leaves) - 2, **proof)
        return Authorisation(waiting.payload, shown, detail.salt, detail.details)

    def prove(
        self, index: int, *, cosigners: int = 2, ago: timedelta = timedelta(), log: Signer = LOG, size: int | None = None
    ) -> str:
        """The proof file of a leaf, under a head that so many witnesses cosigned."""
        leaves = self.leaves[:size]
        head = Checkpoint(LOG.vkey.name, len(leaves), tree(leaves))
        at = int((self.now - ago).timestamp())
        note = head.signed(log) + "".join(one.line(head.text, at) for one in WITNESSES[:cosigners])
        hashes = [tree(leaves[span.start : span.end]) for span in inclusion_spans(index, len(leaves))]
        lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *(base64.b64encode(one).decode() for one in hashes)]
        return "\n".join(lines) + "\n\n" + note


def tree(leaves: list[bytes]) -> bytes:
    """The root over leaves (RFC 6962, 2.1)."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree(leaves[:middle]), tree(leaves[middle:]))


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


