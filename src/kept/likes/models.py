"""The tables of likes: each is its member's own row, at home; how many there are stands on a shelf, one row for each cell.

A cell counts its own members' likes and nobody else's, so cells never write the same row, and the sum is the number. Who likes
what leaves nobody's region.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import (
    Category,
    CellRow,
    Crossing,
    Keep,
    Law,
    Level,
    Purpose,
    field,
    owner_field,
    record,
    shelf,
    system,
)
from kept.cells import ShelfRow
from kept.likes.hearts import item_of

Timestamp = sa.DateTime(timezone=True)


class Liked(CellRow):
    """A clip that a member likes."""

    __tablename__ = "liked"
    __table_args__ = (sa.Index("liked_latest", sa.text("liked_at DESC")),)
    law: ClassVar[Law] = record("Clips that members like.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    clip_id: Mapped[UUID] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="The clip.",
        type_=sa.Uuid(),
        primary_key=True,
        index=True,
    )
    author_id: Mapped[UUID] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="Who made it.",
        type_=sa.Uuid(),
        goes_with_other=True,
        index=True,
    )
    liked_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When.", type_=Timestamp
    )


class ShelfLikes(ShelfRow):
    """How many members of one cell like a clip; `item_id` stands for the clip and the cell."""

    __tablename__ = "shelf_likes"
    __table_args__ = (sa.Index("shelf_likes_by_clip", "clip_id"),)
    living: ClassVar[str] = "state = 'published'"
    source_item: ClassVar[str] = "clip_id"
    law: ClassVar[Law] = shelf("How many like clips.", source="video", keep=Keep.after_closure("contract", days=30))

    clip_id: Mapped[UUID] = field(
        Category.ID, Level.PUBLIC, Purpose.SERVICE, about="The clip.", type_=sa.Uuid(), crossing=Crossing.PUBLIC
    )
    cell: Mapped[str] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Whose members are counted.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
    )
    likes: Mapped[int] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="How many like it.",
        type_=sa.Integer(),
        crossing=Crossing.PUBLIC,
    )

    @classmethod
    def items_of(cls, source_id: UUID, cells: Sequence[str]) -> Sequence[UUID]:
        """One for each cell."""
        return [item_of(source_id, cell) for cell in cells]


class LikesDue(CellRow):
    """A clip whose likes in this cell have changed and are to be counted again; gone within a second or so."""

    __tablename__ = "likes_due"
    law: ClassVar[Law] = system(
        "Clips whose likes are to be counted.", keep=Keep.after_creation("due_at", "contract", days=1)
    )

    clip_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="The clip.", type_=sa.Uuid(), primary_key=True
    )
    due_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Since when.", type_=Timestamp
    )
