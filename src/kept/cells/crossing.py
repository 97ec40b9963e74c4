"""The tables of the gateway: what waits to cross, how far each link has come, and how much crossed."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Crossing, Keep, Law, Level, Purpose, field, system

Timestamp = sa.DateTime(timezone=True)


class ParcelRow(CellRow):
    """What waits to cross: public fields, or a sealed envelope for somebody there; written in the act's own transaction."""

    __tablename__ = "parcel"
    law: ClassVar[Law] = system(
        "What waits to cross a border.",
        # A takedown arrives, however long a region is cut off; what is addressed to somebody is given up.
        keep=Keep.after_creation("made_at", "contract", days=30).unless("kind IN ('put', 'remove')"),
    )

    to_cell: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Where it goes.", type_=sa.Text(), primary_key=True
    )
    parcel_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Order.", type_=sa.Uuid(), primary_key=True
    )
    kind: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="`put`, `remove` or `addressed`.", type_=sa.Text()
    )
    what: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Which shelf, or what is addressed.", type_=sa.Text()
    )
    content: Mapped[dict[str, Any] | None] = field(
        Category.PUBLIC_CONTENT,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="The public fields.",
        type_=sa.JSON(none_as_null=True),
        nullable=True,
    )
    to_member: Mapped[UUID | None] = field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="To whom it is addressed.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        names_other=True,
        nullable=True,
    )
    envelope: Mapped[bytes | None] = field(
        Category.PRIVATE_CONTENT,
        Level.SECRET,
        Purpose.SERVICE,
        about="What is addressed, sealed to the cell of its recipient: nothing on the way can open it.",
        type_=sa.LargeBinary(),
        crossing=Crossing.ADDRESSED,
        nullable=True,
    )
    made_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When it was made.", type_=Timestamp
    )
    refusals: Mapped[int] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.OPERATIONS,
        about="How often it was refused.",
        type_=sa.Integer(),
        server_default="0",
    )
    refused_as: Mapped[str | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.OPERATIONS,
        about="Code of the error with which it was refused last.",
        type_=sa.Text(),
        nullable=True,
    )
    again_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.OPERATIONS,
        about="When a refused one is tried again.",
        type_=Timestamp,
        nullable=True,
    )


class LinkOut(CellRow):
    """How far this cell has come with another region's: the last request that it signed, and what is wrong with the link."""

    __tablename__ = "link_out"
    law: ClassVar[Law] = system("Links to other cells.", keep=Keep.after_last_use("signed_at", "security", days=730))

    to_cell: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="To.", type_=sa.Text(), primary_key=True
    )
    number: Mapped[int] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="The number.", type_=sa.BigInteger()
    )
    signed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="When.", type_=Timestamp
    )
    failures: Mapped[int] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.OPERATIONS,
        about="How often in a row it failed.",
        type_=sa.Integer(),
        server_default="0",
    )
    trouble: Mapped[str | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.OPERATIONS,
        about="Why it failed last; none when it works.",
        type_=sa.Text(),
        nullable=True,
    )
    again_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.OPERATIONS,
        about="When it is tried again.",
        type_=Timestamp,
        nullable=True,
    )


class LinkIn(CellRow):
    """The number of the last request that was accepted from another region's cell, and what it was answered."""

    __tablename__ = "link_in"
    law: ClassVar[Law] = system("Links from other cells.", keep=Keep.after_last_use("accepted_at", "security", days=730))

    from_cell: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="From.", type_=sa.Text(), primary_key=True
    )
    number: Mapped[int] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="High-water mark.", type_=sa.BigInteger()
    )
    digest: Mapped[bytes] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="SHA-256 of it.", type_=sa.LargeBinary()
    )
    answer: Mapped[bytes] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="Its answer.", type_=sa.LargeBinary()
    )
    accepted_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="When.", type_=Timestamp
    )
