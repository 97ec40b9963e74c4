"""The directory's table of those who are to be forgotten in cells that other processes serve."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, DirectoryRow, Keep, Law, Level, Purpose, field, index, owner_field

Timestamp = sa.DateTime(timezone=True)


class Farewell(DirectoryRow):
    """Somebody who is being erased, and a cell that still has to take their id out of what people there keep."""

    __tablename__ = "farewell"
    law: ClassVar[Law] = index(
        "Who is to be forgotten where.",
        owner="member_id",
        keep=Keep.after_creation("asked_at", "erasure", days=30).unless("done_at IS NULL"),
    )

    member_id: Mapped[UUID] = owner_field()
    cell: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="Where.", type_=sa.Text(), primary_key=True
    )
    asked_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When that was asked.", type_=Timestamp
    )
    done_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="When it was done there.",
        type_=Timestamp,
        nullable=True,
    )
