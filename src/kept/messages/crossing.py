"""Messages across a border: what is put into an envelope, and what is done with it in the other cell.

The sender's cell knows nothing of the recipient but the cell. So the recipient's asks the policy itself, and where it says
no, all that comes back is that the message was not delivered. Everything may arrive twice, and out of order.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from kept.cells import Addressed, Tx
from kept.messages.carrying import payload_of
from kept.messages.choosing import choices_in
from kept.messages.content import unpack
from kept.messages.deciding import is_taken
from kept.messages.gates import Ties
from kept.messages.models import BODY
from kept.messages.notices import CHANNEL, Notice
from kept.messages.notices import Kind as NoticeKind
from kept.messages.people import People
from kept.messages.removing import remove
from kept.policy import Actor, AgeBand, Payload, Standing
from kept.vault import KeyDestroyed, NoSuchKey, Post, Vault

WHAT = "message"
"""`Addressed.what` of everything below."""

_RECEIVE = """
WITH stored AS (
    INSERT INTO message (owner_id, message_id, peer_id, mine, state, body, sent_at, arrived_at)
    SELECT $1, $2, $3, false, 'sent', $4, $5, $6
    WHERE NOT EXISTS (SELECT FROM message_gone WHERE owner_id = $1 AND message_id = $2)
    ON CONFLICT DO NOTHING RETURNING owner_id, peer_id, message_id, arrived_at
), held AS (
    INSERT INTO conversation AS c (owner_id, peer_id, state, last_id, last_at, unread)
    SELECT owner_id, peer_id, CASE WHEN EXISTS (
            SELECT FROM follow f WHERE f.owner_id = $1 AND f.other_id = $3
            AND f.state = 'following' AND f.ended_at IS NULL) THEN 'open' ELSE 'request' END,
        message_id, arrived_at, 1 FROM stored
    ON CONFLICT (owner_id, peer_id) DO UPDATE SET last_id = greatest(c.last_id, excluded.last_id),
        last_at = greatest(c.last_at, excluded.last_at), unread = c.unread + 1
)
SELECT pg_notify($7, $8) FROM stored
"""
_NOT_DELIVERED = """
WITH told AS (
    UPDATE message SET state = 'not_delivered' WHERE owner_id = $1 AND message_id = $2 AND mine RETURNING message_id
)
SELECT pg_notify($3, $4) FROM told
"""


_SEEN = """
UPDATE conversation SET seen_to = greatest(seen_to, $3) WHERE owner_id = $1 AND peer_id = $2
"""


class Outbound(msgspec.Struct, tag="message", frozen=True):
    """A message on its way; the sender's band, because who is asked by it has to be protected, or protects, by age."""

    message_id: UUID
    sender_id: UUID
    sender_cell: str
    band: AgeBand
    body: bytes = msgspec.field()
    sent_at: datetime

    def __repr__(self) -> str:
        return f"<message {self.message_id} on its way>"


class TakenBack(msgspec.Struct, tag="unsend", frozen=True):
    """Its sender took a message back."""

    message_id: UUID
    sender_id: UUID


class SeenTo(msgspec.Struct, tag="seen", frozen=True):
    """The other one has read up to a message, and lets that be told."""

    message_id: UUID
    reader_id: UUID


class NotDelivered(msgspec.Struct, tag="not_delivered", frozen=True):
    """A message was not taken; nothing says why."""

    message_id: UUID


Carried = Outbound | TakenBack | NotDelivered | SeenTo
_decode = msgspec.msgpack.Decoder(Carried).decode


async def note_seen(tx: Tx, owner_id: UUID, reader_id: UUID, message_id: UUID) -> None:
    """Keep that the other one has read up to a message, with somebody at home here who tells the same of themselves."""
    if (await choices_in(tx, owner_id)).receipts:
        await tx.connection.exec_driver_sql(_SEEN, (owner_id, reader_id, message_id))


class Border:
    """Sends to other cells, and applies what comes from them."""

    def __init__(self, post: Post, vaults: Mapping[str, Vault], people: People, ties: Ties) -> None:
        self._post = post
        self._vaults = vaults
        self._people = people
        self._ties = ties

    async def send(self, tx: Tx, to_cell: str, to_member: UUID, carried: Carried, *, now: datetime) -> None:
        """Leave something for a member in another cell, in the act's own transaction. Raises NoWayThere."""
        await self._post.send(tx, WHAT, to_cell, to_member, msgspec.msgpack.encode(carried), now=now)

    async def deliver(self, tx: Tx, parcel: Addressed, *, now: datetime) -> None:
        """Apply what came for a member; whoever moved away gets it sent on. Raises EnvelopeRefused, NoWayThere."""
        opened = await self._post.opened(tx, parcel, now=now)
        if opened is None:
            return
        carried = _decode(opened)
        if isinstance(carried, Outbound):
            if not await self._receive(tx, parcel.to_member, carried, now=now):
                refusal = NotDelivered(carried.message_id)
                await self.send(tx, carried.sender_cell, carried.sender_id, refusal, now=now)
        elif isinstance(carried, TakenBack):
            await remove(tx, parcel.to_member, carried.sender_id, carried.message_id, now=now, for_good=True)
        elif isinstance(carried, SeenTo):
            await note_seen(tx, parcel.to_member, carried.reader_id, carried.message_id)
        else:
            notice = Notice.written(NoticeKind.NOT_DELIVERED, [(carried.message_id, (parcel.to_member,))])
            values = (parcel.to_member, carried.message_id, CHANNEL, notice)
            await tx.connection.exec_driver_sql(_NOT_DELIVERED, values)

    async def _receive(self, tx: Tx, to_member: UUID, message: Outbound, *, now: datetime) -> bool:
        """Put a message into a mailbox; False when it is not taken."""
        recipient = await self._people.one(tx.cell, to_member)
        if recipient is None:
            return False
        sender = Actor.member(message.band, standing=Standing.GOOD, offered=True, limits=())  # asked at home
        tie = await self._ties.tie(tx.cell, to_member, message.sender_id)
        text = unpack(message.body).text
        payload = Payload.CLIP if text is None else payload_of(text)
        if not is_taken(sender, recipient.actor, tie, payload):
            return False
        try:
            sealed = await self._vaults[tx.cell.name].seal(to_member, BODY, message.message_id, message.body)
        except (KeyDestroyed, NoSuchKey):
            return False
        notice = Notice.written(NoticeKind.MESSAGE, [(message.message_id, (to_member,))])
        copy = (to_member, message.message_id, message.sender_id, bytes(sealed), message.sent_at, now)
        await tx.connection.exec_driver_sql(_RECEIVE, (*copy, CHANNEL, notice))
        return True
