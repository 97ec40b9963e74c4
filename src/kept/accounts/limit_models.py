"""What is stored of what is switched off for a member, of their day, and of the uses that they objected to."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from kept.accounts.models import Timestamp
from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, field, owner_field, record


class LimitsRow(CellRow):
    """What is switched off for a member, by guardians and by themselves."""

    __tablename__ = "member_limits"
    law: ClassVar[Law] = record("What is switched off for members.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    guarded: Mapped[list[str]] = field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="What guardians have switched off.",
        type_=ARRAY(sa.Text()),
    )
    guarded_minutes: Mapped[int | None] = field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="How many minutes a day guardians let feeds be open.",
        type_=sa.Integer(),
        nullable=True,
    )
    chosen: Mapped[list[str]] = field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="What you have switched off for yourself.",
        type_=ARRAY(sa.Text()),
    )
    chosen_minutes: Mapped[int | None] = field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="How many minutes a day you let feeds be open; 0 for no limit of your own.",
        type_=sa.Integer(),
        nullable=True,
    )
    news: Mapped[bool] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Whether there is news about your family that you haven't seen.",
        type_=sa.Boolean(),
    )
    changed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When that last changed.", type_=Timestamp
    )


class ScreenTime(CellRow):
    """How long a member watched today, in minutes; only for whom a limit is set. No day before is kept."""

    __tablename__ = "screen_time"
    law: ClassVar[Law] = record(
        "Minutes watched on the last day, of members with a limit.",
        keep=Keep.after_last_use("counted_at", "contract", days=7),
    )

    owner_id: Mapped[UUID] = owner_field()
    day: Mapped[date] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="The last day on which you watched.", type_=sa.Date()
    )
    minutes: Mapped[int] = field(
        Category.MEDIA_CONSUMPTION,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="How many minutes you watched on that day.",
        type_=sa.Integer(),
    )
    more: Mapped[int] = field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="How many minutes were added to the limit on that day.",
        type_=sa.Integer(),
    )
    counted_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When the last one was counted.", type_=Timestamp
    )


class UseObjection(CellRow):
    """A use that a member keeps their data out of (GDPR Art. 18 and 21)."""

    __tablename__ = "use_objection"
    law: ClassVar[Law] = record(
        "Uses that members objected to.", keep=Keep.after_closure("the right to object", days=30)
    )

    owner_id: Mapped[UUID] = owner_field()
    purpose: Mapped[str] = field(
        Category.PREFERENCES,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="What your data is not used for, as you asked.",
        type_=sa.Text(),
        primary_key=True,
    )
    since: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When you objected.", type_=Timestamp
    )
