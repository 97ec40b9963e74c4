"""Cosignatures: c2sp.org/tlog-cosignature, Ed25519 (cosignature/v1, type 0x04) and ML-DSA-44 (subtree/v1, type 0x06).

A cosigner states: at this time, this was the largest consistent tree of the log that I had seen. The signature line holds
a 64-bit POSIX time before the signature.
"""

from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from kept.ledger.formats.checkpoint import read_checkpoint
from kept.ledger.formats.note import BadNote, is_name, key_id_of, parse_vkey, signature_line, vkey_of

COSIGNATURE_V1 = b"\x04"
ML_DSA_44 = b"\x06"

_PUBLIC_BYTES = {COSIGNATURE_V1: 32, ML_DSA_44: 1312}
_SIGNATURE_BYTES = {COSIGNATURE_V1: 64, ML_DSA_44: 2420}
_TIME_BYTES = 8
_LATEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class CosignerKey:
    """The public half of a cosigner. `kind` is the signature type, one byte."""

    name: str
    kind: bytes
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || type || public key)[:4]."""
        return key_id_of(self.name, self.kind + self.public)

    @property
    def text(self) -> str:
        """The vkey as people pass it on."""
        return vkey_of(self.name, self.kind + self.public)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a vkey of a cosigner. Raises BadNote, also for a log's key: it signs other statements."""
        name, material = parse_vkey(text)
        if len(material) - 1 != _PUBLIC_BYTES.get(material[:1]):
            raise BadNote(why="its verifier key is not that of a cosigner")
        return cls(name, material[:1], material[1:])

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether `signature` (time and signature) is this cosigner's over the checkpoint `text`."""
        if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES[self.kind] or not 0 < time_of(signature) <= _LATEST:
            return False
        public = (
            Ed25519PublicKey.from_public_bytes(self.public)
            if self.kind == COSIGNATURE_V1
            else MLDSA44PublicKey.from_public_bytes(self.public)
        )
        try:
            public.verify(signature[_TIME_BYTES:], _message(self, text, time_of(signature)))
        except (InvalidSignature, BadNote):
            return False
        return True


class Cosigner:
    """A cosigner's key. `repr` shows the public half only. An Ed25519 key serves one name: it does not sign the name."""

    __slots__ = ("_private", "vkey")

    def __init__(self, name: str, seed: bytes, kind: bytes = COSIGNATURE_V1) -> None:
        """`seed`: 32 secret bytes (RFC 8032, FIPS 204). Raises BadNote for a name that no note can carry."""
        if not is_name(name) or len(name.encode()) > 255:
            raise BadNote(why="a cosigner's name has no spaces, no plus, and at most 255 bytes")
        self._private = (
            Ed25519PrivateKey.from_private_bytes(seed)
            if kind == COSIGNATURE_V1
            else MLDSA44PrivateKey.from_seed_bytes(seed)
        )
        self.vkey = CosignerKey(name, kind, self._private.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"Cosigner({self.vkey.text[:120]})"

    def line(self, text: str, at: int) -> str:
        """The cosignature line under the checkpoint `text`, as of `at` (POSIX seconds, at least 1)."""
        blob = at.to_bytes(_TIME_BYTES, "big") + self._private.sign(_message(self.vkey, text, at))
        return signature_line(self.vkey.name, self.vkey.key_id + blob)


def time_of(signature: bytes) -> int:
    """When a cosignature was made, as POSIX seconds."""
    return int.from_bytes(signature[:_TIME_BYTES], "big")


def _message(key: CosignerKey, text: str, at: int) -> bytes:
    """What is signed. Raises BadNote for a text that is no checkpoint, where the message is made of its parts."""
    if key.kind == COSIGNATURE_V1:
        return f"cosignature/v1\ntime {at}\n{text}".encode()
    head = read_checkpoint(text)
    return b"".join(
        (
            b"subtree/v1\n\x00",
            _opaque(key.name),
            at.to_bytes(8, "big"),
            _opaque(head.origin),
            bytes(8),  # start: a checkpoint is the subtree from the first leaf
            head.size.to_bytes(8, "big"),
            head.root,
        )
    )


def _opaque(text: str) -> bytes:
    """`opaque text<1..2^8-1>` of RFC 8446, section 3."""
    data = text.encode()
    if not 0 < len(data) < 256:
        raise BadNote(why="a name is empty or too long to be cosigned")
    return len(data).to_bytes(1, "big") + data
