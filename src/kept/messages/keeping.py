"""What one does with a conversation as a whole: how it stands, muting it, deleting it, and telling what was read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Tx
from kept.messages.choosing import choices_in, choices_of
from kept.messages.crossing import SeenTo, note_seen
from kept.messages.deciding import require_own
from kept.messages.errors import NoSuchConversation
from kept.messages.models import Conversation, Message
from kept.messages.opening import Messages
from kept.messages.removing import lock
from kept.policy import Relation

_STANDS = "SELECT state, muted_at, seen_to FROM conversation WHERE owner_id = $1 AND peer_id = $2"
_NEVER_AGAIN = """
INSERT INTO message_gone (owner_id, message_id, gone_at)
SELECT owner_id, message_id, $3 FROM message WHERE owner_id = $1 AND peer_id = $2 AND NOT mine ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Stands:
    """How a conversation stands. `seen_to` is told where both let it be."""

    is_request: bool = False
    muted: bool = False
    seen_to: UUID | None = None


async def stands(reader: Session, peer_id: UUID) -> Stands:
    """How one's conversation with somebody stands; as a new one, if there is none. Raises Refused."""
    require_own(reader.actor)
    rows = await reader.cell.database.fetch(_STANDS, reader.member_id, peer_id)
    if not rows:
        return Stands()
    told = (await choices_of(reader.cell, reader.member_id)).receipts
    return Stands(rows[0]["state"] == "request", rows[0]["muted_at"] is not None, rows[0]["seen_to"] if told else None)


async def mute_conversation(tx: Tx, reader: Session, peer_id: UUID, *, muted: bool, now: datetime) -> None:
    """Count nothing of it as new any more, or do so again. Nobody is told. Raises Refused, NoSuchConversation."""
    require_own(reader.actor)
    mine = sa.and_(Conversation.owner_id == reader.member_id, Conversation.peer_id == peer_id)
    values = {"muted_at": now if muted else None}
    if not (await tx.run(sa.update(Conversation).where(mine).values(values).returning(Conversation.peer_id))).all():
        raise NoSuchConversation


async def delete_conversation(tx: Tx, reader: Session, peer_id: UUID, *, now: datetime) -> None:
    """Delete one's own copies, for good; the other's are the other's. Nobody is told. Raises Refused, NoSuchConversation."""
    require_own(reader.actor)
    if not await lock(tx, reader.member_id, peer_id):
        raise NoSuchConversation
    await tx.connection.exec_driver_sql(_NEVER_AGAIN, (reader.member_id, peer_id, now))
    for table in (Message, Conversation):
        await tx.run(sa.delete(table).where(table.owner_id == reader.member_id, table.peer_id == peer_id))


async def tell_seen(messages: Messages, tx: Tx, reader: Session, peer_id: UUID, *, up_to: UUID, now: datetime) -> None:
    """Let the other one know what was read: only where the reader lets it be told, and has taken the conversation up.

    Raises Refused, NoWayThere.
    """
    require_own(reader.actor)
    mine = sa.and_(Conversation.owner_id == reader.member_id, Conversation.peer_id == peer_id)
    state = (await tx.run(sa.select(Conversation.state).where(mine))).scalar_one_or_none()
    if state != "open" or not (await choices_in(tx, reader.member_id)).receipts:
        return
    if (await messages.ties.tie(tx.cell, reader.member_id, peer_id)).relation is Relation.BLOCKED:
        return
    home = await messages.people.home(peer_id)
    if home == tx.cell.name:
        await note_seen(tx, peer_id, reader.member_id, up_to)
    elif home is not None:
        await messages.border.send(tx, home, peer_id, SeenTo(up_to, reader.member_id), now=now)
