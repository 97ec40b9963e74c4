"""The tables of legal holds, and of the sweeps that were made."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, field, owner_field, record, system

Timestamp = sa.DateTime(timezone=True)


class LegalHold(CellRow):
    """What of a member's may not be deleted for a while; theirs, so it goes along when they move."""

    __tablename__ = "legal_hold"
    law: ClassVar[Law] = record(
        "What is kept longer because a case asks for it.", keep=Keep.after_withdrawal("ends_at", "legal claims", days=730)
    )

    owner_id: Mapped[UUID] = owner_field()
    hold_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="Hold.", type_=sa.Uuid(), primary_key=True
    )
    item_id: Mapped[UUID | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="The one thing that is held; without it, everything of theirs.",
        type_=sa.Uuid(),
        nullable=True,
    )
    case_ref: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="Number of the case.", type_=sa.Text()
    )
    placed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When it was placed.", type_=Timestamp
    )
    review_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When it is looked at again.", type_=Timestamp
    )
    ends_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When it ends by itself.", type_=Timestamp
    )
    lifted_at: Mapped[datetime | None] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When it was lifted.", type_=Timestamp, nullable=True
    )


class RetentionSweep(CellRow):
    """A sweep that was made: how much was deleted, how much was past its time and held."""

    __tablename__ = "retention_sweep"
    law: ClassVar[Law] = system(
        "Sweeps that were made.", keep=Keep.after_creation("began_at", "accountability", days=30)
    )

    sweep_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.REPORTING, about="Sweep.", type_=sa.Uuid(), primary_key=True
    )
    began_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.REPORTING, about="When it began.", type_=Timestamp
    )
    gone: Mapped[int] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.REPORTING, about="Rows deleted.", type_=sa.BigInteger()
    )
