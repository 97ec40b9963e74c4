"""A message as one of its two parties reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kept.messages.content import Content, unpack
from kept.messages.models import BODY
from kept.vault import Reason, Sealed, Vault

COLUMNS = "message_id, peer_id, mine, state, body, sent_at, arrived_at"
"""What `opened` wants of a row."""


@dataclass(frozen=True, slots=True)
class Read:
    """A message, opened for one of its two parties. Its text is not in its `repr`, and so in no log."""

    message_id: UUID
    peer_id: UUID
    mine: bool
    delivered: bool
    content: Content = field(repr=False)
    sent_at: datetime
    arrived_at: datetime


async def opened(vault: Vault, owner_id: UUID, rows: Sequence[Mapping[str, Any]]) -> list[Read]:
    """Rows of `COLUMNS`, opened for their owner."""
    if not rows:
        return []
    sealed = [(row["message_id"], Sealed(row["body"])) for row in rows]
    bodies = await vault.open_many(owner_id, BODY, sealed, reason=Reason.OWNER)
    return [
        Read(
            row["message_id"],
            row["peer_id"],
            row["mine"],
            row["state"] == "sent",
            unpack(body),
            row["sent_at"],
            row["arrived_at"],
        )
        for row, body in zip(rows, bodies, strict=True)
    ]
