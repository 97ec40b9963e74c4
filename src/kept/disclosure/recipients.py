"""The key of whom a package is for: an age recipient (age-encryption.org/v1, X25519), and what two people compare of it."""

import hashlib

import pyrage

from kept.kit import KeptError, Kind

LONGEST_KEY = 100
_GROUP = 4
_GROUPS = 8


class BadRecipient(KeptError):
    code = "bad_recipient"
    kind = Kind.INVALID
    message = "This is no public key of age (X25519). The authority makes one with `age-keygen`; it begins with “age1”."


class OtherFingerprint(KeptError):
    code = "other_fingerprint"
    kind = Kind.INVALID
    message = (
        "This is not the fingerprint of the key that was entered. Ask the authority again, by another way than it came."
    )


def recipient_in(text: str) -> str:
    """The key as it is written; spaces around it don't matter. Raises BadRecipient."""
    key = text.strip()
    if len(key) > LONGEST_KEY or not key.isascii():
        raise BadRecipient
    try:
        return str(pyrage.x25519.Recipient.from_str(key))
    except pyrage.RecipientError as error:
        raise BadRecipient from error


def fingerprint(recipient: str) -> str:
    """The first 16 bytes of the SHA-256 of a key as it is written, in eight groups: read out over the telephone."""
    digest = hashlib.sha256(recipient.encode()).hexdigest()
    return " ".join(digest[at * _GROUP : (at + 1) * _GROUP] for at in range(_GROUPS))


def require_fingerprint(recipient: str, said: str) -> None:
    """That somebody was told the same fingerprint; spaces and capitals don't matter. Raises OtherFingerprint."""
    if "".join(said.lower().split()) != fingerprint(recipient).replace(" ", ""):
        raise OtherFingerprint
