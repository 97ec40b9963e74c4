"""The tables: each party's own copy of a message, their conversations, keys of repeated requests, and what awaits the ledger.

The recipient's copy is a row of the recipient, in the recipient's home cell, under the recipient's key. What a message
says, and whether it is text or a clip, is inside `message.body` alone (see `content.py`).
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Crossing, Keep, Law, Level, Purpose, field, owner_field, record, system
from kept.vault import Sealed, SealedColumn

Timestamp = sa.DateTime(timezone=True)

BODY = "message.body"
"""The place of sealed messages, as the vault names it."""


class Message(CellRow):
    """One party's copy of a message."""

    __tablename__ = "message"
    __table_args__ = (sa.Index("message_in_conversation", "owner_id", "peer_id", "message_id"),)
    law: ClassVar[Law] = record("Messages: each party has a copy.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    message_id: Mapped[UUID] = field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="The message; both copies have the same.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        primary_key=True,
    )
    peer_id: Mapped[UUID] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="The other one in the conversation.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        names_other=True,
    )
    mine: Mapped[bool] = field(
        Category.SOCIAL, Level.CONFIDENTIAL, Purpose.SERVICE, about="Whether you wrote it.", type_=sa.Boolean()
    )
    state: Mapped[str] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="`sent`, or `not_delivered`.",
        type_=sa.Text(),
    )
    body: Mapped[Sealed] = field(
        Category.PRIVATE_CONTENT,
        Level.RESTRICTED,
        Purpose.SERVICE,
        Purpose.SECURITY,
        Purpose.LEGAL,
        about="What it says: a text, or which clip.",
        type_=SealedColumn(),
        crossing=Crossing.ADDRESSED,
    )
    sent_at: Mapped[datetime] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="When it was sent.",
        type_=Timestamp,
        crossing=Crossing.ADDRESSED,
    )
    arrived_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When this copy was stored.", type_=Timestamp
    )


class Conversation(CellRow):
    """One party's side of a conversation."""

    __tablename__ = "conversation"
    law: ClassVar[Law] = record("With whom members exchange messages.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    peer_id: Mapped[UUID] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="The other one.",
        type_=sa.Uuid(),
        names_other=True,
        primary_key=True,
    )
    state: Mapped[str] = field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="`open`, or `request` while you have not answered somebody new.",
        type_=sa.Text(),
    )
    last_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.SERVICE, about="The newest message.", type_=sa.Uuid()
    )
    last_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When the newest one was stored.", type_=Timestamp
    )
    unread: Mapped[int] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="How many you haven't read.", type_=sa.Integer()
    )
    read_to: Mapped[UUID | None] = field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="The newest message that you have read.",
        type_=sa.Uuid(),
        nullable=True,
    )
    seen_to: Mapped[UUID | None] = field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="The newest message that the other one has read, where both of you let that be told.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        nullable=True,
    )
    muted_at: Mapped[datetime | None] = field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Since when you mute it.",
        type_=Timestamp,
        nullable=True,
    )


class MessageChoice(CellRow):
    """What a member chose about messages. Without a row, it goes by age."""

    __tablename__ = "message_choice"
    law: ClassVar[Law] = record("Who may write to members.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    accepts: Mapped[str] = field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Who may write to you: `everyone`, `friends`, or `nobody`.",
        type_=sa.Text(),
    )
    receipts: Mapped[bool] = field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Whether others see that you have read what they wrote, and you see the same of them.",
        type_=sa.Boolean(),
    )
    changed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When you chose that.", type_=Timestamp
    )


class MessageKey(CellRow):
    """An `Idempotency-Key` that a message was sent with, so that a repeated request sends nothing."""

    __tablename__ = "message_key"
    law: ClassVar[Law] = record(
        "Keys that requests to send were repeated by.", keep=Keep.after_creation("made_at", "contract", days=1)
    )

    owner_id: Mapped[UUID] = owner_field()
    key_index: Mapped[bytes] = field(
        Category.PSEUDONYM,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Keyed hash of the key that your app chose.",
        type_=sa.LargeBinary(),
        primary_key=True,
    )
    request_index: Mapped[bytes] = field(
        Category.PSEUDONYM,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Keyed hash of the request, to tell a repeated one from another.",
        type_=sa.LargeBinary(),
    )
    message_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.SERVICE, about="The message that was sent.", type_=sa.Uuid()
    )
    made_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When.", type_=Timestamp, index=True
    )


class MessageGone(CellRow):
    """A message from another cell that was taken back, so that a late parcel can't bring it."""

    __tablename__ = "message_gone"
    law: ClassVar[Law] = record(
        "Messages that were taken back.", keep=Keep.after_creation("gone_at", "parcels that come late", days=14)
    )

    owner_id: Mapped[UUID] = owner_field()
    message_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.SERVICE, about="The message.", type_=sa.Uuid(), primary_key=True
    )
    gone_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When.", type_=Timestamp, index=True
    )


class MessageDigest(CellRow):
    """A message that the ledger doesn't know of yet; gone within a second or so."""

    __tablename__ = "message_digest"
    __table_args__ = ({"postgresql_with": {"autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 5000}},)
    law: ClassVar[Law] = system(
        "Digests of messages on their way into the ledger.",
        keep=Keep.after_creation("made_at", "accountability: deleted once it is in a batch", days=3650).unless("true"),
    )

    message_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="The message.", type_=sa.Uuid(), primary_key=True
    )
    digest: Mapped[bytes] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="Salted SHA-256 of the message; the salt is sealed with it.",
        type_=sa.LargeBinary(),
    )
    made_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When it was sent.", type_=Timestamp
    )


class MessageBatch(CellRow):
    """The digests under one entry of the ledger, from which the proof of a single message is made."""

    __tablename__ = "message_batch"
    law: ClassVar[Law] = system(
        "Digests of messages, by ledger entry.", keep=Keep.after_creation("made_at", "accountability", days=730)
    )

    batch_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="Order.", type_=sa.Uuid(), primary_key=True
    )
    first_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="The first message.", type_=sa.Uuid()
    )
    last_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="The last message.", type_=sa.Uuid(), index=True
    )
    root: Mapped[bytes] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="Root of the tree over the digests (RFC 6962).",
        type_=sa.LargeBinary(),
    )
    leaves: Mapped[bytes] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="Each message's id (16 bytes) and digest (32 bytes), in the order of the ids.",
        type_=sa.LargeBinary(),
    )
    made_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When.", type_=Timestamp
    )
