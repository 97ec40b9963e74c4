"""Notices: what a cell tells, over PostgreSQL's LISTEN, to the processes that have somebody's page open: ids, nothing else.

kind (one letter) · base64 of (message id, owner, owner) of 16 bytes each, one after the other
"""

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

CHANNEL = "message"
_NOBODY = UUID(int=0)


class Kind(StrEnum):
    """What happened to a message."""

    MESSAGE = "m"
    UNSENT = "u"
    NOT_DELIVERED = "n"
    READ = "r"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something happened to a message in the mailbox of `owner_id`."""

    kind: Kind
    owner_id: UUID
    message_id: UUID

    @staticmethod
    def written(kind: Kind, messages: Iterable[tuple[UUID, tuple[UUID, ...]]]) -> str:
        """The payload for messages and their one or two owners: 64 characters each."""
        raw = b"".join(
            message_id.bytes + b"".join(owner.bytes for owner in (*owners, _NOBODY)[:2])
            for message_id, owners in messages
        )
        return kind + base64.b64encode(raw).decode()

    @classmethod
    def read(cls, payload: str) -> Iterator["Notice"]:
        """The notices in a payload; none in one that is not ours."""
        try:
            kind, raw = Kind(payload[:1]), base64.b64decode(payload[1:], validate=True)
        except (ValueError, binascii.Error):
            return
        for start in range(0, len(raw) - 47, 48):
            message_id, *owners = (UUID(bytes=raw[at : at + 16]) for at in (start, start + 16, start + 32))
            for owner_id in owners:
                if owner_id != _NOBODY:
                    yield cls(kind, owner_id, message_id)
