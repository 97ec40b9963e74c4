"""Keys under keys, and what binds a ciphertext to its place: the two primitives that the whole hierarchy is made of.

Wrapped key = version 0x01, nonce (12 bytes), AES-256-GCM ciphertext (32), tag (16): 61 bytes.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kept.vault.errors import WrongKey

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
_VERSION = b"\x01"
_WRAPPED_BYTES = 1 + NONCE_BYTES + KEY_BYTES + TAG_BYTES


def bind(*parts: str | bytes | int) -> bytes:
    """A tuple as bytes, each part after its length (u32 big-endian): no two different tuples give the same bytes.

    Texts as UTF-8, numbers as u32 big-endian. Used as AAD and as HKDF `info`; the first part names the use.
    """
    return b"".join(len(one).to_bytes(4, "big") + one for one in map(_as_bytes, parts))


def _as_bytes(part: str | bytes | int) -> bytes:
    if isinstance(part, str):
        return part.encode()
    return part.to_bytes(4, "big") if isinstance(part, int) else part


def new_key() -> bytearray:
    """32 random bytes, in a buffer that can be zeroed."""
    return bytearray(os.urandom(KEY_BYTES))


def forget(key: bytearray) -> None:
    """Overwrite a key. Best effort: the interpreter and the cipher contexts may have made copies."""
    key[:] = bytes(len(key))


def wrap(under: bytes | bytearray, key: bytes | bytearray, aad: bytes) -> bytes:
    """`key` (32 bytes) sealed under another, bound to `aad`: 61 bytes."""
    nonce = os.urandom(NONCE_BYTES)
    return _VERSION + nonce + AESGCM(under).encrypt(nonce, key, aad)


def unwrap(under: bytes | bytearray, wrapped: bytes, aad: bytes) -> bytearray:
    """The key inside `wrapped`.

    Raises:
        WrongKey: altered, under another key, or bound to something else.
    """
    if len(wrapped) != _WRAPPED_BYTES or wrapped[:1] != _VERSION:
        raise WrongKey("a wrapped key is damaged")
    key = bytearray(KEY_BYTES)
    try:
        AESGCM(under).decrypt_into(wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :], aad, key)
    except InvalidTag as error:
        raise WrongKey("a wrapped key does not open: altered, moved, or under another key") from error
    return key
