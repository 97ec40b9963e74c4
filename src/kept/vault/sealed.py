"""`Sealed`: a value that holds ciphertext only, and the column type that takes and gives nothing else.

So plaintext cannot reach a private column by accident, and a log line, a traceback or a template that prints the value
shows its size. Layout (suite 1; the first byte says which):

    suite (1) · key epoch (2, big-endian) · key commitment (32) · nonce (12) · ciphertext · tag (16)
"""

from typing import Any, NoReturn, final

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from kept.vault.errors import NotSealed

AES_256_GCM_COMMITTED = 1
"""AES-256-GCM; key and commitment are halves of one HKDF-Expand-SHA256 output, so a value opens under one key only."""

SUITES = frozenset({AES_256_GCM_COMMITTED})
"""The first bytes that a stored sealed value can have."""

COMMITMENT_BYTES = 32
HEAD_BYTES = 1 + 2 + COMMITMENT_BYTES
OVERHEAD_BYTES = HEAD_BYTES + 12 + 16
"""What sealing adds to a value: 63 bytes."""


@final
class Sealed:
    """A sealed value. Immutable; equal when the bytes are. `bytes(sealed)` is what is stored."""

    __slots__ = ("_blob",)
    _blob: bytes

    def __init__(self, blob: bytes) -> None:
        """Take stored bytes back in. Raises NotSealed: they are not of the form above."""
        if not isinstance(blob, bytes) or len(blob) < OVERHEAD_BYTES or blob[0] not in SUITES:
            raise NotSealed("these bytes are not a sealed value")
        _put(self, blob)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a sealed value can't be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a sealed value can't be changed")

    def __bytes__(self) -> bytes:
        return self._blob

    def __eq__(self, other: object) -> bool:
        return self._blob == other._blob if isinstance(other, Sealed) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._blob)

    def __repr__(self) -> str:
        return f"<sealed, {len(self._blob) - OVERHEAD_BYTES} bytes>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __copy__(self) -> "Sealed":
        return self

    def __deepcopy__(self, memo: Any) -> "Sealed":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sealed value is not pickled: store its bytes in a sealed column")


_put = Sealed.__dict__["_blob"].__set__
_new = Sealed.__new__


def sealed_from(blob: bytes) -> Sealed:
    """`Sealed(blob)` without the check, for bytes that were sealed just now."""
    value = _new(Sealed)
    _put(value, blob)
    return value


class SealedColumn(sa.types.TypeDecorator[Sealed]):
    """The type of a private column: `bytea` in the database, `Sealed` in the program, and a TypeError for all else."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None or isinstance(value, Sealed):
            return None if value is None else bytes(value)
        raise TypeError(f"a sealed column takes a Sealed, not {type(value).__name__}: seal it in the vault first")

    def process_literal_param(self, value: Any, dialect: Dialect) -> NoReturn:
        raise TypeError("a sealed value is never written into the text of a statement")

    def process_result_value(self, value: Any, dialect: Dialect) -> Sealed | None:
        return None if value is None else Sealed(value)
