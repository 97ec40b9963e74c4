"""Taking a message back, for 24 hours: both copies go, wherever they are."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Tx
from kept.ledger import Entry, outbox_insert
from kept.messages.crossing import TakenBack
from kept.messages.deciding import require_unsend
from kept.messages.errors import NoSuchMessage
from kept.messages.models import Message
from kept.messages.opening import Messages
from kept.messages.removing import lock, remove

RECENT = timedelta(hours=24)


async def unsend(tx: Tx, messages: Messages, sender: Session, message_id: UUID, *, now: datetime) -> None:
    """Remove the sender's copy and the recipient's.

    Raises:
        NoSuchMessage: there is none, or none of this member's.
        Refused: it is the other one's, or older than 24 hours.
        NoWayThere: the other's region can't be reached.
    """
    this = sa.and_(Message.owner_id == sender.member_id, Message.message_id == message_id)
    row = (await tx.run(sa.select(Message.peer_id, Message.mine, Message.sent_at).where(this))).first()
    if row is None:
        raise NoSuchMessage
    require_unsend(sender.actor, mine=row.mine, recent=now - row.sent_at < RECENT)
    home = await messages.people.home(row.peer_id)
    near = home == tx.cell.name
    for owner_id, peer_id in sorted([(sender.member_id, row.peer_id), (row.peer_id, sender.member_id)]):
        await lock(tx, owner_id, peer_id)  # in the order in which messages are stored, so that nobody waits in a circle
    if not await remove(tx, sender.member_id, row.peer_id, message_id, now=now):
        raise NoSuchMessage
    if near:
        await remove(tx, row.peer_id, sender.member_id, message_id, now=now)
    elif home is not None:
        await messages.border.send(tx, home, row.peer_id, TakenBack(message_id, sender.member_id), now=now)
    entry = Entry("message.unsent", actor=messages.beacon.pseudonym(sender.member_id), object=f"message:{message_id}")
    for statement in outbox_insert([entry], cell=tx.cell.name, now=now):
        await tx.run(statement)
