"""Sealing what is too long for one value (a draft, a file on its way), piece by piece.

The format is Cobblestone-256 of c2sp.org/chunked-encryption (AES-256-GCM in chunks of 16 KiB, HKDF-SHA-512, committed to
its key), as the cryptography library implements it, after three bytes of ours: suite 2 and the key epoch. A key is
derived for each column, as for values; its `context` is what their AAD is: (suite, cell, table, column, owner, key epoch,
row). A stream that was cut short is noticed at its end only, so what came before counts for nothing when the end fails.
"""

from collections.abc import Callable
from uuid import UUID

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from kept.vault.cache import MemberKeys
from kept.vault.errors import WrongKey
from kept.vault.reasons import Place
from kept.vault.wrapping import KEY_BYTES, bind

COBBLESTONE_256 = 2
_HEAD_BYTES = 1 + 2


class SealingStream:
    """Turns plaintext into a sealed stream: `update` for every piece, then `finish` once; join what they return."""

    def __init__(self, keys: MemberKeys, member_id: UUID, place: Place, row_id: UUID) -> None:
        self._pending = _head(keys)
        key, context = _derived(keys, member_id, place, row_id)
        self._cipher = Cobblestone256Encryptor(key, context)

    def update(self, piece: bytes) -> bytes:
        """The next sealed bytes; may be none."""
        pending, self._pending = self._pending, b""
        return pending + self._cipher.update(piece)

    def finish(self) -> bytes:
        """The last sealed bytes."""
        return self.update(b"") + self._cipher.finalize()


class OpeningStream:
    """Turns a sealed stream back: `update` for every piece, then `finish` once.

    Raises, from both:
        WrongKey: altered, cut short, or of another place or owner.
    """

    def __init__(self, keys: MemberKeys, member_id: UUID, place: Place, row_id: UUID) -> None:
        self._expected = _head(keys)
        self._head = b""
        key, context = _derived(keys, member_id, place, row_id)
        self._cipher = Cobblestone256Decryptor(key, context)

    def update(self, piece: bytes) -> bytes:
        """The next bytes of plaintext; may be none."""
        missing = _HEAD_BYTES - len(self._head)
        if missing:
            self._head += piece[:missing]
            if not self._expected.startswith(self._head):
                raise WrongKey("this is not a sealed stream, or one of another key epoch")
            piece = piece[missing:]
        return _checked(self._cipher.update, piece)

    def finish(self) -> bytes:
        """The last bytes of plaintext; only now is it sure that none is missing."""
        return _checked(self._cipher.finalize)


def _checked(step: Callable[..., bytes], *pieces: bytes) -> bytes:
    try:
        return step(*pieces)
    except InvalidTag as error:
        raise WrongKey("a sealed stream was altered or cut short, or is not of this place") from error


def _head(keys: MemberKeys) -> bytes:
    return bytes([COBBLESTONE_256]) + keys.epoch.to_bytes(2, "big")


def _derived(keys: MemberKeys, member_id: UUID, place: Place, row_id: UUID) -> tuple[bytes, bytes]:
    where = (COBBLESTONE_256, keys.sealed_as, place.table, place.column, member_id.bytes, keys.epoch)
    key = HKDFExpand(SHA256(), KEY_BYTES, bind("kept/stream/v1", *where)).derive(keys.key)
    return key, bind(*where, row_id.bytes)
