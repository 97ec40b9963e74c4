"""Taking a message out of a mailbox, and putting its conversation right."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.cells import Tx
from kept.messages.models import Conversation, Message, MessageGone
from kept.messages.notices import CHANNEL, Kind, Notice

_MEND = """
UPDATE conversation SET last_id = $3, last_at = $4,
    unread = (SELECT count(*) FROM message m WHERE m.owner_id = $1 AND m.peer_id = $2 AND NOT m.mine
        AND m.message_id > coalesce(read_to, '00000000-0000-0000-0000-000000000000'))
WHERE owner_id = $1 AND peer_id = $2
"""


async def lock(tx: Tx, owner_id: UUID, peer_id: UUID) -> bool:
    """Keep everybody else from changing one side of a conversation until the transaction ends; whether there is one."""
    mine = sa.and_(Conversation.owner_id == owner_id, Conversation.peer_id == peer_id)
    return bool((await tx.run(sa.select(Conversation.owner_id).where(mine).with_for_update())).all())


async def remove(
    tx: Tx, owner_id: UUID, peer_id: UUID, message_id: UUID, *, now: datetime, for_good: bool = False
) -> bool:
    """Delete one copy; whether there was one. `for_good`: should it come only later, it won't be stored."""
    if for_good:
        gone = insert(MessageGone).values(owner_id=owner_id, message_id=message_id, gone_at=now)
        await tx.run(gone.on_conflict_do_nothing())
    await lock(
        tx, owner_id, peer_id
    )  # whoever stores a message holds it, too, so what is counted below is all there is
    this = sa.and_(Message.owner_id == owner_id, Message.message_id == message_id, Message.peer_id == peer_id)
    if not (await tx.run(sa.delete(Message).where(this).returning(Message.message_id))).all():
        return False
    await _mend(tx, owner_id, peer_id)
    notice = Notice.written(Kind.UNSENT, [(message_id, (owner_id,))])
    await tx.run(sa.select(sa.func.pg_notify(CHANNEL, notice)))
    return True


async def _mend(tx: Tx, owner_id: UUID, peer_id: UUID) -> None:
    newest = (
        sa.select(Message.message_id, Message.arrived_at)
        .where(Message.owner_id == owner_id, Message.peer_id == peer_id)
        .order_by(Message.message_id.desc())
        .limit(1)
    )
    row = (await tx.run(newest)).first()
    if row is None:
        mine = sa.and_(Conversation.owner_id == owner_id, Conversation.peer_id == peer_id)
        await tx.run(sa.delete(Conversation).where(mine))
    else:
        await tx.connection.exec_driver_sql(_MEND, (owner_id, peer_id, row.message_id, row.arrived_at))
