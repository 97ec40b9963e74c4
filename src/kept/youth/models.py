"""The tables of families: each party has its own row, in its own cell, and in it what the other said last."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Crossing, Keep, Law, Level, Purpose, field, owner_field, record
from kept.social import LATE, Tie

Timestamp = sa.DateTime(timezone=True)


def _switches(about: str) -> Mapped[list[str]]:
    return field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about=about,
        type_=ARRAY(sa.Text()),
        crossing=Crossing.ADDRESSED,
    )


def _minutes(about: str) -> Mapped[int | None]:
    return field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about=about,
        type_=sa.Integer(),
        nullable=True,
        crossing=Crossing.ADDRESSED,
    )


def _turn(about: str) -> Mapped[int]:
    return field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about=about,
        type_=sa.BigInteger(),
        crossing=Crossing.ADDRESSED,
    )


class Pairing(Tie):
    """The base of both sides of a pairing: the young person's wish, and the guardian's answer to it."""

    __abstract__ = True

    owner_id: Mapped[UUID] = owner_field()
    other_id: Mapped[UUID] = field(
        Category.CHILDREN,  # who looks after whom; nothing that anybody has to do with a child among others
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="The other one.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        goes_with_other=True,
        primary_key=True,
        index=True,
    )
    wants: Mapped[bool] = field(
        Category.CHILDREN,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="Whether the young person wants the pairing.",
        type_=sa.Boolean(),
        crossing=Crossing.ADDRESSED,
    )
    answer_to: Mapped[int] = _turn("Which wish the guardian answered last.")
    accepted: Mapped[bool] = field(
        Category.CHILDREN,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="Whether the guardian said yes.",
        type_=sa.Boolean(),
        crossing=Crossing.ADDRESSED,
    )
    state: Mapped[str] = field(
        Category.CHILDREN,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="`asked`, `paired` or `ended`: what comes of the wish and the answer.",
        type_=sa.Text(),
    )


class Guardian(Pairing):
    """A guardian of a young member: the young one's row."""

    __tablename__ = "guardian"
    law: ClassVar[Law] = record("Guardians of young members.", keep=LATE)

    told: Mapped[int] = _turn("Counts up with each time that the guardian is told what is in force.")


class Ward(Pairing):
    """A young person whom a member looks after: the guardian's row, what they set, and what they were told is in force."""

    __tablename__ = "ward"
    law: ClassVar[Law] = record("Young people whom members look after as guardians.", keep=LATE)

    band: Mapped[str] = field(
        Category.AGE_RANGE,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="The young person's age band.",
        type_=sa.Text(),
        crossing=Crossing.ADDRESSED,
    )
    switched_off: Mapped[list[str]] = _switches("What you have switched off for them.")
    minutes: Mapped[int | None] = _minutes("How many minutes a day you let their feeds be open.")
    set_turn: Mapped[int] = _turn("Counts up with each change of what you set.")
    taken_over: Mapped[list[str]] = _switches("Former pairings whose limits you replaced by yours.")
    given: Mapped[int] = _turn("How often you gave them more time.")
    heard_turn: Mapped[int] = _turn("Counts up with what their region told last.")
    applied: Mapped[int] = _turn("Which of your changes is in force.")
    now_off: Mapped[list[str]] = _switches("What is switched off for them by all their guardians.")
    now_minutes: Mapped[int | None] = _minutes("How many minutes a day all their guardians let feeds be open.")
    left_over: Mapped[list[str]] = _switches("Former pairings whose limits still hold.")


class GuardedBy(CellRow):
    """What one guardian has set, by pairing. It stays when the pairing, or the guardian, is gone; it ends at eighteen."""

    __tablename__ = "guarded_by"
    law: ClassVar[Law] = record(
        "What guardians have set for young members.", keep=Keep.after_closure("contract", days=30)
    )

    owner_id: Mapped[UUID] = owner_field()
    pairing: Mapped[int] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="In which pairing; says nothing about whose.",
        type_=sa.BigInteger(),
        primary_key=True,
    )
    switched_off: Mapped[list[str]] = _switches("What is switched off.")
    minutes: Mapped[int | None] = _minutes("How many minutes a day feeds may be open.")
    set_turn: Mapped[int] = _turn("Counts up with each change.")
    given: Mapped[int] = _turn("How often more time was given.")
    set_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When it was last changed.", type_=Timestamp
    )


class PairingCode(CellRow):
    """The code that a guardian shows to a young person, as a keyed hash. One at a time, for a quarter of an hour, once."""

    __tablename__ = "pairing_code"
    law: ClassVar[Law] = record("Codes for pairing.", keep=Keep.after_creation("made_at", "contract", days=1))

    owner_id: Mapped[UUID] = owner_field()
    code_hash: Mapped[bytes] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.AUTHENTICATION,
        about="Keyed hash of the code; the code itself is not kept.",
        type_=sa.LargeBinary(),
    )
    tries: Mapped[int] = field(
        Category.AUTHENTICATION, Level.INTERNAL, Purpose.SECURITY, about="How often it was tried.", type_=sa.Integer()
    )
    spent_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="When it was used; it is good once.",
        type_=Timestamp,
        nullable=True,
    )
    made_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="When it was made.", type_=Timestamp
    )


class FamilyNews(CellRow):
    """Something that a member is told about their family: who did what, and when."""

    __tablename__ = "family_news"
    law: ClassVar[Law] = record(
        "What members are told about their family.", keep=Keep.after_creation("at", "contract", days=30)
    )

    owner_id: Mapped[UUID] = owner_field()
    news_id: Mapped[UUID] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.NOTIFICATIONS,
        about="The piece of news.",
        type_=sa.Uuid(),
        primary_key=True,
    )
    other_id: Mapped[UUID] = field(
        Category.CHILDREN,
        Level.CONFIDENTIAL,
        Purpose.NOTIFICATIONS,
        about="Who did it, or whom it is about.",
        type_=sa.Uuid(),
        goes_with_other=True,
    )
    what: Mapped[str] = field(
        Category.CHILDREN, Level.CONFIDENTIAL, Purpose.NOTIFICATIONS, about="What happened.", type_=sa.Text()
    )
    switched_off: Mapped[list[str]] = field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.NOTIFICATIONS,
        about="What is switched off since then.",
        type_=ARRAY(sa.Text()),
    )
    minutes: Mapped[int | None] = field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.NOTIFICATIONS,
        about="How many minutes a day feeds may be open since then.",
        type_=sa.Integer(),
        nullable=True,
    )
    at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.NOTIFICATIONS, about="When.", type_=Timestamp
    )
