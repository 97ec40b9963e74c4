"""Envelopes: something sealed to another cell, which opens nowhere else; the gateway that carries it sees no content.

HPKE (RFC 9180, base mode) with MLKEM768-X25519, HKDF-SHA256 and AES-256-GCM: what is recorded on the way today stays
shut when somebody has a quantum computer. Who sent it is the gateway's matter (it signs); an envelope doesn't say.

    version 0x01 (1) · key id (8: SHA-256 of the public key, cut) · encapsulated key (1,120) · ciphertext · tag (16)

A cell's key pair comes out of 32 random bytes, expanded as X-Wing does (draft-connolly-cfrg-xwing-kem, 5.2).
"""

import hashlib
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from kept.vault.cell_secrets import CellSecrets
from kept.vault.errors import EnvelopeRefused
from kept.vault.wrapping import bind

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_VERSION = b"\x01"
_ID_BYTES = 8
_NAME = "envelope"
"""Secrets of this name, numbered from 1."""
_MLKEM_PUBLIC_BYTES = 1_184
PUBLIC_BYTES = _MLKEM_PUBLIC_BYTES + 32
OVERHEAD_BYTES = 1 + _ID_BYTES + KEM.MLKEM768_X25519.enc_length() + 16
"""What an envelope adds to its content: 1,145 bytes."""


def seal_envelope(to: bytes, context: bytes, plaintext: bytes) -> bytes:
    """Seal `plaintext` to the cell whose `Vault.envelope_key()` is `to`; it opens with the same `context` only.

    Raises:
        EnvelopeRefused: `to` is not such a key.
    """
    if len(to) != PUBLIC_BYTES:
        raise EnvelopeRefused(why="what it is sealed to is no cell's key")
    try:
        lattice = MLKEM768PublicKey.from_public_bytes(to[:_MLKEM_PUBLIC_BYTES])
        curve = X25519PublicKey.from_public_bytes(to[_MLKEM_PUBLIC_BYTES:])
        sealed = _SUITE.encrypt(plaintext, MLKEM768X25519PublicKey(lattice, curve), _info(context))
    except ValueError as error:
        raise EnvelopeRefused(why="what it is sealed to is no cell's key") from error
    return _VERSION + key_id(to) + sealed


def addressed_to(envelope: bytes) -> bytes:
    """The id of the key that an envelope is sealed to. Raises EnvelopeRefused: it is none."""
    if len(envelope) < OVERHEAD_BYTES or envelope[:1] != _VERSION:
        raise EnvelopeRefused(why="it is not an envelope")
    return envelope[1 : 1 + _ID_BYTES]


def key_id(public: bytes) -> bytes:
    """By which an envelope names its key."""
    return hashlib.sha256(public).digest()[:_ID_BYTES]


class EnvelopeKey:
    """A cell's key pair, from its 32 secret bytes."""

    def __init__(self, seed: bytes | bytearray) -> None:
        expanded = hashlib.shake_256(seed).digest(96)
        lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        curve = X25519PrivateKey.from_private_bytes(expanded[64:])
        self._private = MLKEM768X25519PrivateKey(lattice, curve)
        self.public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        """1,216 bytes, for everybody: what others seal to."""

    def open(self, context: bytes, envelope: bytes) -> bytes:
        """The content. Raises EnvelopeRefused: altered, or sealed to another key or for another context."""
        try:
            return _SUITE.decrypt(envelope[1 + _ID_BYTES :], self._private, _info(context))
        except (InvalidTag, ValueError) as error:
            raise EnvelopeRefused(why="it was altered, or is meant for something else") from error


class EnvelopeKeys:
    """The key pairs of a cell by id, the newest first; those before it open what is still on its way."""

    def __init__(self, secrets: CellSecrets) -> None:
        self._secrets = secrets
        self._keys: dict[bytes, EnvelopeKey] = {}
        self._newest: EnvelopeKey | None = None

    async def newest(self, *, now: datetime) -> EnvelopeKey:
        """The pair that others seal to; the first is made at first use."""
        return self._newest or await self._load(now)

    async def open(self, context: bytes, envelope: bytes, *, now: datetime) -> bytes:
        """The content. Raises EnvelopeRefused: also for a key that was retired."""
        wanted = addressed_to(envelope)
        if wanted not in self._keys:
            await self._load(now)  # another process may have made it
        key = self._keys.get(wanted)
        if key is None:
            raise EnvelopeRefused(why="it is sealed to another cell's key, or to one that was retired")
        return key.open(context, envelope)

    def forget(self) -> None:
        """Let go of every pair."""
        self._keys.clear()
        self._newest = None

    async def _load(self, now: datetime) -> EnvelopeKey:
        found = await self._secrets.numbered(_NAME)
        if not found:
            await self._secrets.get(f"{_NAME} 1", now=now)
            found = await self._secrets.numbered(_NAME)
        pairs = {number: EnvelopeKey(seed) for number, seed in found.items()}
        self._keys = {key_id(pair.public): pair for pair in pairs.values()}
        self._newest = pairs[max(pairs)]
        return self._newest


def _info(context: bytes) -> bytes:
    return bind("kept/envelope/v1", context)
