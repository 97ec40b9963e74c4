"""The tables of reports: the reporter's own, what stands in the queue with whose it is, and notices without an account.

Who is reported has a copy of their data like everybody. What would tell them who reported them is secret, and in no copy: the
pseudonym, and which thing it was, for a message has one reader. Columns that a child's report fills are no works of a child's:
what somebody writes stands in a table of its own, in which under-13s have no rows.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Crossing, Keep, Law, Level, Purpose, case, field, owner_field, record
from kept.vault import Sealed, SealedColumn

Timestamp = sa.DateTime(timezone=True)
BASIS = "handling reports; complaints within six months (DSA Art. 20)"
DAYS = 365

SAID, QUOTED, NOTICED = "report_text.said", "report_text.quoted", "report_notice.said"
"""Sealed columns, as the vault names them."""


def _fact(about: str, type_: Any, **column: Any) -> Any:
    return field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, Purpose.SECURITY, about=about, type_=type_, **column
    )


def _addressed(about: str, type_: Any, **column: Any) -> Any:
    return _fact(about, type_, crossing=Crossing.ADDRESSED, **column)


def _secret(category: Category, about: str, type_: Any, **column: Any) -> Any:
    return field(category, Level.SECRET, Purpose.SECURITY, about=about, type_=type_, **column)


def _words(about: str) -> Mapped[Sealed | None]:
    return field(
        Category.PRIVATE_CONTENT,
        Level.RESTRICTED,
        Purpose.SERVICE,
        Purpose.SECURITY,
        Purpose.LEGAL,
        about=about,
        type_=SealedColumn(),
        nullable=True,
    )


class Report(CellRow):
    """What a member reported. Reported again by the same member, it is the same report."""

    __tablename__ = "report"
    __table_args__ = (
        sa.UniqueConstraint("owner_id", "kind", "item_id", name="report_once"),
        sa.Index("report_by_time", "made_at"),
    )
    law: ClassVar[Law] = record("What members reported.", keep=Keep.after_creation("made_at", BASIS, days=DAYS))

    owner_id: Mapped[UUID] = owner_field()
    report_id: Mapped[UUID] = field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="The report.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        primary_key=True,
    )
    kind: Mapped[str] = _addressed("What you reported: a `clip`, `comment`, `message` or `member`.", sa.Text())
    item_id: Mapped[UUID] = field(
        Category.ID,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        Purpose.SECURITY,
        about="Which one.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        names_other=True,
    )
    clip_id: Mapped[UUID | None] = _addressed("The clip under which the comment stands.", sa.Uuid(), nullable=True)
    about_id: Mapped[UUID] = field(
        Category.ID,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        Purpose.SECURITY,
        about="Whose it is.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        names_other=True,
        index=True,
    )
    reason: Mapped[str] = _addressed("Which rule it breaks, or `illegal`.", sa.Text())
    severity: Mapped[int] = _addressed("How soon it is looked at: 3 is first.", sa.SmallInteger())
    state: Mapped[str] = _fact("`received`: we have it, and told you.", sa.Text())
    made_at: Mapped[datetime] = _addressed("When.", Timestamp)
    changed_at: Mapped[datetime] = _fact("When its state changed.", Timestamp)


class ReportText(CellRow):
    """What a reporter wrote, or let us read. Never of somebody under 13."""

    __tablename__ = "report_text"
    law: ClassVar[Law] = record(
        "What members wrote with reports, and messages that they let us read.",
        keep=Keep.after_creation("made_at", BASIS, days=DAYS),
    )

    owner_id: Mapped[UUID] = owner_field()
    report_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.SERVICE, about="The report.", type_=sa.Uuid(), primary_key=True
    )
    said: Mapped[Sealed | None] = _words("What you wrote.")
    quoted: Mapped[Sealed | None] = _words("The message that you reported, if you let us read it.")
    made_at: Mapped[datetime] = _fact("When.", Timestamp, index=True)


class ReportedItem(CellRow):
    """Something of a member's that was reported, and waits for somebody to look at it. It stays up meanwhile."""

    __tablename__ = "reported_item"
    __table_args__ = (
        sa.Index("reported_item_waiting", "severity", "first_at", postgresql_where=sa.text("state = 'waiting'")),
    )
    law: ClassVar[Law] = record("What of members' was reported.", keep=Keep.after_last_use("last_at", BASIS, days=DAYS))

    owner_id: Mapped[UUID] = owner_field()
    item_id: Mapped[UUID] = _secret(
        Category.ID, "Which of your things; not told, so that nobody is told on.", sa.Uuid(), primary_key=True
    )
    kind: Mapped[str] = _secret(Category.OPERATIONS, "A `clip`, `comment`, `message` or `member`.", sa.Text())
    clip_id: Mapped[UUID | None] = _secret(
        Category.ID, "The clip under which a comment stands.", sa.Uuid(), nullable=True
    )
    severity: Mapped[int] = _fact("How soon it is looked at: 3 is first.", sa.SmallInteger())
    child_safety: Mapped[bool] = _secret(Category.OPERATIONS, "Whether it is for the child safety team.", sa.Boolean())
    reporters: Mapped[int] = _fact("How many different people reported it.", sa.Integer())
    state: Mapped[str] = _fact("`waiting` until somebody looks at it.", sa.Text())
    first_at: Mapped[datetime] = _fact("When it was reported first.", Timestamp)
    last_at: Mapped[datetime] = _fact("When it was reported last.", Timestamp, index=True)
    changed_at: Mapped[datetime] = _fact("When this changed.", Timestamp)


class ReportedBy(CellRow):
    """That somebody reported it: a pseudonym that stands for one person and this thing alone."""

    __tablename__ = "reported_by"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["owner_id", "item_id"],
            ["reported_item.owner_id", "reported_item.item_id"],
            name="reported_by_item",
            ondelete="CASCADE",
        ),
        sa.Index("reported_by_report", "report_id"),
    )
    law: ClassVar[Law] = record(
        "For which reasons something of members' was reported.",
        keep=Keep.after_creation("received_at", BASIS, days=DAYS),
    )

    owner_id: Mapped[UUID] = owner_field()
    item_id: Mapped[UUID] = _secret(
        Category.ID, "Which of your things; not told, so that nobody is told on.", sa.Uuid(), primary_key=True
    )
    reporter: Mapped[bytes] = _secret(
        Category.PSEUDONYM,
        "Stands for whoever reported it, and for this thing alone.",
        sa.LargeBinary(),
        primary_key=True,
    )
    report_id: Mapped[UUID] = _secret(Category.ID, "The report, which is its reporter's.", sa.Uuid())
    from_cell: Mapped[str] = _secret(Category.OPERATIONS, "Where the report is kept.", sa.Text())
    reason: Mapped[str] = _fact("Which rule it is said to break, or `illegal`.", sa.Text())
    received_at: Mapped[datetime] = _fact("When it came.", Timestamp, index=True)


class ReportNotice(CellRow):
    """A notice of somebody without an account, under a key of its own."""

    __tablename__ = "report_notice"
    law: ClassVar[Law] = case(
        "Notices of people without an account about what is against the law or our rules.",
        owner="notice_id",
        keep=Keep.after_creation("received_at", BASIS, days=DAYS + 1),
    )

    notice_id: Mapped[UUID] = _fact("The notice.", sa.Uuid(), primary_key=True)
    kind: Mapped[str] = _fact("What its address names: a `clip`, `comment` or `member`.", sa.Text())
    item_id: Mapped[UUID | None] = _fact("Which one; nothing, if there is none there.", sa.Uuid(), nullable=True)
    reason: Mapped[str] = _fact("Which rule it breaks, or `illegal`.", sa.Text())
    country: Mapped[str] = _fact("The country whose law it is about.", sa.Text())
    state: Mapped[str] = _fact("`received`: we have it, and said so.", sa.Text())
    said: Mapped[Any] = field(
        Category.EMAIL,
        Level.CONFIDENTIAL,
        Purpose.SECURITY,
        Purpose.LEGAL,
        about="The address of the thing, the explanation, and whose notice it is.",
        type_=SealedColumn(),
    )
    received_at: Mapped[datetime] = _fact("When it came.", Timestamp, index=True)
    changed_at: Mapped[datetime] = _fact("When its state changed.", Timestamp)
