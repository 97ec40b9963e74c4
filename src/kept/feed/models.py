"""The tables of the feed that is ranked for its member: what they chose, and what they watched in it. Both are their own.

Nothing is written to `watched` of anybody who has not chosen that feed, and nothing of it leaves the region, not even as a
number.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, field, owner_field, record

Timestamp = sa.DateTime(timezone=True)


class FeedChoice(CellRow):
    """Which feed a member opens. Without a row: the newest clips, with nobody profiled."""

    __tablename__ = "feed_choice"
    law: ClassVar[Law] = record("Which feed members chose.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    ranked: Mapped[bool] = field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.PERSONALIZE,
        about="Whether your feed is ranked for you; otherwise you get the newest clips and nothing is learned from you.",
        type_=sa.Boolean(),
    )
    interests: Mapped[list[str]] = field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.PERSONALIZE,
        about="Tags that you said you want to see more of.",
        type_=postgresql.ARRAY(sa.Text()),
        server_default=sa.text("'{}'"),
    )
    changed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.PERSONALIZE, about="When you chose that.", type_=Timestamp
    )


class Watched(CellRow):
    """A clip that a member watched in the feed that is ranked for them, or said they don't want to see."""

    __tablename__ = "watched"
    __table_args__ = (sa.Index("watched_newest", "owner_id", sa.text("watched_at DESC"), sa.text("clip_id DESC")),)
    law: ClassVar[Law] = record(
        "What members watched in the feed that is ranked for them.",
        keep=Keep.after_last_use("watched_at", "contract", days=90),
    )

    owner_id: Mapped[UUID] = owner_field()
    clip_id: Mapped[UUID] = field(
        Category.MEDIA_CONSUMPTION,
        Level.CONFIDENTIAL,
        Purpose.PERSONALIZE,
        about="The clip.",
        type_=sa.Uuid(),
        primary_key=True,
    )
    author_id: Mapped[UUID] = field(
        Category.MEDIA_CONSUMPTION,
        Level.CONFIDENTIAL,
        Purpose.PERSONALIZE,
        about="Who made it.",
        type_=sa.Uuid(),
        goes_with_other=True,
        index=True,
    )
    share: Mapped[float] = field(
        Category.MEDIA_CONSUMPTION,
        Level.CONFIDENTIAL,
        Purpose.PERSONALIZE,
        about="How much of it you watched, counted in clips: 0.5 is half of it, 2 is twice.",
        type_=sa.Float(),
    )
    times: Mapped[int] = field(
        Category.MEDIA_CONSUMPTION,
        Level.CONFIDENTIAL,
        Purpose.PERSONALIZE,
        about="How often it was shown to you and played.",
        type_=sa.Integer(),
    )
    unwanted: Mapped[bool] = field(
        Category.MEDIA_CONSUMPTION,
        Level.CONFIDENTIAL,
        Purpose.PERSONALIZE,
        about="Whether you said that it doesn't interest you.",
        type_=sa.Boolean(),
        server_default=sa.false(),
    )
    watched_at: Mapped[datetime] = field(
        Category.MEDIA_CONSUMPTION,
        Level.CONFIDENTIAL,
        Purpose.PERSONALIZE,
        about="When you last did.",
        type_=Timestamp,
    )
