"""The tables of notices: a row of the recipient, in their home cell. It refers to what it tells, and copies nothing of it."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Crossing, Keep, Law, Level, Purpose, field, owner_field, record

Timestamp = sa.DateTime(timezone=True)


def _social(about: str, type_: Any, **column: Any) -> Mapped[Any]:
    return field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about=about,
        type_=type_,
        crossing=Crossing.ADDRESSED,
        **column,
    )


def _own(about: str, type_: Any, **column: Any) -> Mapped[Any]:
    return field(Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about=about, type_=type_, **column)


def _choice(about: str, type_: Any, **column: Any) -> Mapped[Any]:
    return field(Category.SETTINGS, Level.INTERNAL, Purpose.SERVICE, about=about, type_=type_, **column)


class Notice(CellRow):
    """Something that a member is told. What is about one thing is one row: ten likes of a clip, for example."""

    __tablename__ = "notice"
    __table_args__ = (sa.Index("notice_newest", "owner_id", sa.text("told_at DESC"), sa.text("notice_id DESC")),)
    law: ClassVar[Law] = record("What members were told.", keep=Keep.after_creation("told_at", "contract", days=90))

    owner_id: Mapped[UUID] = owner_field()
    notice_id: Mapped[UUID] = field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="The notice: made from what it is about, so that nothing is told twice.",
        type_=sa.Uuid(),
        primary_key=True,
    )
    kind: Mapped[str] = _social("What happened.", sa.Text())
    actor_id: Mapped[UUID | None] = _social(
        "Whose act it was.", sa.Uuid(), index=True, nullable=True, goes_with_other=True
    )
    clip_id: Mapped[UUID | None] = _social("The clip.", sa.Uuid(), index=True, nullable=True)
    comment_id: Mapped[UUID | None] = _social("The comment.", sa.Uuid(), index=True, nullable=True)
    amount: Mapped[int] = _own("How many like it, for likes.", sa.Integer())
    told_at: Mapped[datetime] = _own("When you were told, for the last time.", Timestamp, index=True)
    seen_at: Mapped[datetime | None] = _own("When you saw it.", Timestamp, nullable=True)


class NoticeChoices(CellRow):
    """What a member wants to be told, and when. Without a row, it goes by age."""

    __tablename__ = "notice_choices"
    law: ClassVar[Law] = record("What members want to be told, and when.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    off: Mapped[str] = _choice(
        "What you don't want to be told: `people`, `likes`, `comments` or `mentions`, parted by spaces.", sa.Text()
    )
    mentions: Mapped[str] = _choice("Whose mentions you are told: `everyone`, `friends` or `nobody`.", sa.Text())
    quiet: Mapped[bool] = _choice("Whether nothing rises by itself from 22 to 7 o'clock.", sa.Boolean())
    zone: Mapped[str] = _choice("The time zone of your nights; empty for all of your country's.", sa.Text())
    changed_at: Mapped[datetime] = _own("When you chose that.", Timestamp)
