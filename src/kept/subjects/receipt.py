"""The receipt of an erasure: what was done in each place, signed with the ledger's key; its hash is in the ledger.

It names nobody: the pseudonym in it is of use only to whoever knows whose it is.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from kept import __version__
from kept.ledger import VerifierKey, load_signer
from kept.residency import Works, signing
from kept.subjects.residue import Residue
from kept.subjects.rows import Outcome, What

HEADING = "kept erasure receipt v1"


def write_receipt(
    works: Works,
    erasure_id: UUID,
    pseudonym: str,
    outcomes: Sequence[Outcome],
    residue: Residue,
    *,
    asked_at: datetime,
    now: datetime,
) -> str:
    """The signed text. Runs where the ledger's key is: in the worker."""
    stores = works.ledger
    said: dict[str, Any] = {
        "erasure": str(erasure_id),
        "subject": pseudonym,
        "asked_at": asked_at.isoformat(),
        "erased_at": now.isoformat(),
        "outcomes": [
            {"where": one.where, "outcome": one.what.value, "rows": one.rows, "left": one.left} for one in outcomes
        ],
        "residue": {
            "rows": residue.rows,
            "searched_for": residue.needles,
            "bytes_searched": residue.bytes_searched,
            "found": residue.found,
        },
        "backups": "unreadable from now on: the key is destroyed. Backups are deleted after "
        f"{works.settings.backups.keep_days} days, and a restore does this erasure again before it opens.",
        "by": {"operator": works.settings.site.operator, "program": f"kept {__version__}"},
    }
    return signing.signed(HEADING, said, load_signer(stores.signing_key, stores.origin))


def read_receipt(text: str, key: VerifierKey) -> dict[str, Any]:
    """What a receipt says, if `key` signed it. Raises BadStatement."""
    return signing.read_signed(text, HEADING, key)


def summed(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many places ended how."""
    return dict(Counter(one.what.value for one in outcomes))


def is_complete(outcomes: Sequence[Outcome]) -> bool:
    """Nothing is left that has to be tried again, or waits for a hold to end."""
    return not any(one.what in (What.UNREACHABLE, What.HELD, What.REFUSED) for one in outcomes)
