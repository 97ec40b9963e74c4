"""Statements that the installation signs with its ledger's key: a heading, canonical JSON (RFC 8785), a signature line.

The form is the signed note of c2sp.org/signed-note, so whoever can check a checkpoint can check these. The heading keeps
them apart from checkpoints, whose first line is the name of a log.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
import rfc8785

from kept.kit import KeptError, Kind
from kept.ledger import BadNote, Signer, VerifierKey
from kept.ledger.formats.note import open_note, sign

PIVOT_CERTIFICATE = "kept pivot certificate v1"
BACKUP_MANIFEST = "kept backup manifest v1"


class BadStatement(KeptError):
    code = "bad_statement"
    kind = Kind.INVALID
    message = "This is not a statement that this installation signed: {why}"


def signed(heading: str, said: Mapping[str, Any], signer: Signer) -> str:
    """The text of a signed statement."""
    return sign(f"{heading}\n{rfc8785.dumps(dict(said)).decode()}\n", signer)


def read_signed(text: str, heading: str, key: VerifierKey) -> dict[str, Any]:
    """What a statement says, if `key` signed it. Raises BadStatement."""
    try:
        body = open_note(text.encode(), [key]).text
    except BadNote as error:
        raise BadStatement(why=str(error)) from error
    first, _, said = body.partition("\n")
    if first != heading:
        raise BadStatement(why=f"it is headed “{first[:60]}”")
    decoded: dict[str, Any] = msgspec.json.decode(said)
    return decoded


def hash_of(text: str) -> str:
    """SHA-256 of a signed statement, in hex, as the ledger names it."""
    return hashlib.sha256(text.encode()).hexdigest()
