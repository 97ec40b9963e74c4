"""Tickets: notes that a browser keeps for us for a short time, and can neither read nor change.

What must not be stored before somebody has an account (the first answer to the age screen, the steps of a sign-up, the
challenge of a passkey) travels in the browser, under AES-256-GCM. Two servers with the same key understand each other.
"""

import base64
import binascii
import os
from datetime import datetime
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kept.kit import KeptError, Kind

T = TypeVar("T", bound=msgspec.Struct)

_NONCE_BYTES = 12


class BadTicket(KeptError):
    """Altered, of another kind, of another installation, or too old."""

    code = "bad_ticket"
    kind = Kind.INVALID
    message = "This form is too old to go on with. Start again; nothing was stored."


class _Envelope(msgspec.Struct, array_like=True):
    until: float
    note: msgspec.Raw


class Tickets:
    """Writes and reads tickets under one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def write(self, note: msgspec.Struct, *, until: datetime) -> str:
        """A ticket for `note`, good until a moment; its kind is the note's type. URL-safe text."""
        raw = msgspec.Raw(msgspec.msgpack.encode(note))
        plain = msgspec.msgpack.encode(_Envelope(until.timestamp(), raw))
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, plain, _kind(type(note)))
        return _text(sealed)

    def read(self, ticket: str, into: type[T], *, now: datetime) -> T:
        """The note again. Raises BadTicket."""
        try:
            sealed = base64.b64decode(ticket + "=" * (-len(ticket) % 4), altchars=b"-_", validate=True)
            if _text(sealed) != ticket:  # the last letter has bits that say nothing (RFC 4648, 3.5)
                raise BadTicket
            plain = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _kind(into))
            envelope = msgspec.msgpack.decode(plain, type=_Envelope)
            note = msgspec.msgpack.decode(envelope.note, type=into)
        except (binascii.Error, InvalidTag, ValueError, msgspec.DecodeError) as error:
            raise BadTicket from error
        if now.timestamp() > envelope.until:
            raise BadTicket
        return note


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _kind(note: type[msgspec.Struct]) -> bytes:
    return f"kept/ticket/v1/{note.__name__}".encode()


