"""What is inside a sealed message, and what the ledger's digest commits to.

    kind (1: `t` or `c`) · salt (16) · UTF-8 text, or the clip's id (16)

The kind is sealed, too: a row doesn't tell whether somebody wrote or shared. The salt is sealed with the text, because
next to the digest it would let a reader of the rows guess short texts ('yes', 'hi'). Both copies hold it, so either party
can show that exactly this was sent, also after the other one's copy is gone.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from kept.messages.carrying import LONGEST_TEXT
from kept.vault import OVERHEAD_BYTES

SALT_BYTES = 16
LARGEST_BODY = OVERHEAD_BYTES + 1 + SALT_BYTES + 4 * LONGEST_TEXT
"""Bytes of a sealed message: UTF-8 has four for a character at most."""
_TEXT, _CLIP = b"t", b"c"


@dataclass(frozen=True, slots=True)
class Content:
    """A text, or a clip of this platform: exactly one of them."""

    text: str | None = None
    video_id: UUID | None = None


def pack(content: Content) -> bytes:
    """What is sealed for both parties, with a salt of its own."""
    if content.video_id is not None:
        return _CLIP + os.urandom(SALT_BYTES) + content.video_id.bytes
    return _TEXT + os.urandom(SALT_BYTES) + (content.text or "").encode()


def unpack(body: bytes) -> Content:
    """What somebody wrote. `body` was opened by the vault, so it is as `pack` made it."""
    rest = body[1 + SALT_BYTES :]
    return Content(video_id=UUID(bytes=rest)) if body[:1] == _CLIP else Content(text=rest.decode())


def digest_of(message_id: UUID, sender_id: UUID, recipient_id: UUID, body: bytes) -> bytes:
    """SHA-256 over the ids and the salted content: what the ledger commits to. All parts but the last are of fixed length."""
    return sha256(b"kept/message/v1" + message_id.bytes + sender_id.bytes + recipient_id.bytes + body).digest()
