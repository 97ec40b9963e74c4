"""The tables, in the cell whose members' data is asked for: requests, whom they are about, the votes; and each reading.

A request belongs to itself and stays; a line that says whom it was about goes with that person. A reading is the member's own
record: it is in the copy of their data, and they see it in their settings.

When a cell moves to a new store, of two versions of a row the one that changed last stands (`residency.preparing`): a grant
that was ended must not come to life there.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, case, field, owner_field, record

_MOMENT = sa.DateTime(timezone=True)
_KEPT = "accountability: who saw what, and who agreed"
_DAYS = 731
"""How long a reading is kept; requests and votes outlive what was read under them."""
_REQUEST_DAYS = _DAYS + 30


def _fact(about: str, type_: Any, **column: Any) -> Any:
    return field(Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about=about, type_=type_, **column)


class AccessRequest(CellRow):
    """What somebody of the staff wants to see, why, and what became of it."""

    __tablename__ = "access_request"
    __table_args__ = (
        sa.Index("access_request_by_asker", "asker_id"),
        sa.Index("access_request_waiting", "asked_at", postgresql_where=sa.text("state IN ('waiting', 'granted')")),
    )
    law: ClassVar[Law] = case(
        "Requests of staff for members' data.",
        owner="request_id",
        keep=Keep.after_creation("asked_at", _KEPT, days=_REQUEST_DAYS),
    )

    request_id: Mapped[UUID] = _fact("The request.", sa.Uuid(), primary_key=True)
    asker_id: Mapped[UUID] = _fact("Who of the staff asks.", sa.Uuid())
    team: Mapped[str] = _fact("Their team then.", sa.Text())
    site: Mapped[str] = _fact("Where they sat then: a country.", sa.Text())
    purpose: Mapped[str] = _fact("What it is for.", sa.Text())
    reason: Mapped[str] = _fact("Why, in words.", sa.Text())
    case_ref: Mapped[str] = _fact("Number of the case that it is for; empty for none.", sa.Text())
    level: Mapped[int] = _fact("The highest level of the fields.", sa.SmallInteger())
    fields: Mapped[list[str]] = _fact("Columns, each as `table.column`.", ARRAY(sa.Text()))
    clear: Mapped[bool] = _fact("Whether they are shown without a mask.", sa.Boolean())
    minutes: Mapped[int] = _fact("For how long, from the last approval on.", sa.Integer())
    state: Mapped[str] = _fact("Where it is.", sa.Text())
    emergency: Mapped[bool] = _fact("Whether the glass was broken: nobody was asked before.", sa.Boolean())
    asked_at: Mapped[datetime] = _fact("When.", _MOMENT)
    changed_at: Mapped[datetime] = _fact("When its state changed.", _MOMENT)
    granted_at: Mapped[datetime | None] = _fact("When the last needed approval came.", _MOMENT, nullable=True)
    until: Mapped[datetime | None] = _fact("When the grant ends by itself.", _MOMENT, nullable=True)
    closed_at: Mapped[datetime | None] = _fact("When it was declined, taken back or ended.", _MOMENT, nullable=True)
    reviewer_id: Mapped[UUID | None] = _fact("Who looked at an emergency afterwards.", sa.Uuid(), nullable=True)
    reviewed_at: Mapped[datetime | None] = _fact("When they did.", _MOMENT, nullable=True)
    finding: Mapped[str] = _fact("What they found.", sa.Text())
    rows_read: Mapped[int] = _fact("Rows that were read under it.", sa.BigInteger())
    case_id: Mapped[UUID | None] = _fact(
        "The authority's request whose package is made under it; nobody reads under such a one.", sa.Uuid(), nullable=True
    )
    prepared_by: Mapped[UUID | None] = _fact(
        "Who of the staff narrowed that request: they may not agree to it either.", sa.Uuid(), nullable=True
    )


class AccessSubject(CellRow):
    """Whom a request is about, and the ledger entry that authorises reading their sealed data."""

    __tablename__ = "access_subject"
    __table_args__ = (
        sa.ForeignKeyConstraint(["request_id"], ["access_request.request_id"], ondelete="CASCADE"),
        sa.Index("access_subject_of", "member_id"),
    )
    law: ClassVar[Law] = case(
        "Whom requests of staff are about.",
        owner="request_id",
        keep=Keep.after_creation("asked_at", _KEPT, days=_REQUEST_DAYS),
    )

    request_id: Mapped[UUID] = _fact("The request.", sa.Uuid(), primary_key=True)
    member_id: Mapped[UUID] = field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="Whom it is about.",
        type_=sa.Uuid(),
        primary_key=True,
        goes_with_other=True,
    )
    entry_id: Mapped[UUID | None] = _fact("The entry that authorises it, once it is granted.", sa.Uuid(), nullable=True)
    asked_at: Mapped[datetime] = _fact("When.", _MOMENT)
    changed_at: Mapped[datetime] = _fact("When its state changed.", _MOMENT)
    salt: Mapped[bytes | None] = _fact(
        "What opens that entry, where it is not the member's to see yet: random bytes,", sa.LargeBinary(), nullable=True
    )
    details: Mapped[bytes | None] = _fact(
        "and which columns it covers, from when until when.", sa.LargeBinary(), nullable=True
    )
    rows_given: Mapped[int | None] = _fact("Rows of theirs that were given to an authority.", sa.BigInteger(), nullable=True)


class AccessApproval(CellRow):
    """Somebody's yes or no."""

    __tablename__ = "access_approval"
    __table_args__ = (sa.ForeignKeyConstraint(["request_id"], ["access_request.request_id"], ondelete="CASCADE"),)
    law: ClassVar[Law] = case(
        "Who agreed to requests of staff, and who did not.",
        owner="request_id",
        keep=Keep.after_creation("decided_at", _KEPT, days=_REQUEST_DAYS),
    )

    request_id: Mapped[UUID] = _fact("The request.", sa.Uuid(), primary_key=True)
    approver_id: Mapped[UUID] = _fact("Who of the staff.", sa.Uuid(), primary_key=True)
    team: Mapped[str] = _fact("Their team then.", sa.Text())
    site: Mapped[str] = _fact("Where they sat then: a country.", sa.Text())
    oversees: Mapped[bool] = _fact("Whether they were of this region's security team.", sa.Boolean())
    approved: Mapped[bool] = _fact("Yes, or no.", sa.Boolean())
    note: Mapped[str] = _fact("What they said to it.", sa.Text())
    decided_at: Mapped[datetime] = _fact("When.", _MOMENT)


class AccessRead(CellRow):
    """That staff read something of a member's: theirs, so that they see it."""

    __tablename__ = "access_read"
    law: ClassVar[Law] = record(
        "Who of our staff looked at your data, and what for.",
        keep=Keep.after_creation("read_at", _KEPT, days=_DAYS),
    )

    owner_id: Mapped[UUID] = owner_field()
    read_id: Mapped[UUID] = _fact("The reading.", sa.Uuid(), primary_key=True)
    request_id: Mapped[UUID] = _fact("The request under which it was done.", sa.Uuid())
    cell: Mapped[str] = _fact("Where it was done; the request is there.", sa.Text())
    team: Mapped[str] = _fact("Team of who read.", sa.Text())
    site: Mapped[str] = _fact("Country in which they sat.", sa.Text())
    purpose: Mapped[str] = _fact("What for.", sa.Text())
    fields: Mapped[list[str]] = _fact("Columns, each as `table.column`.", ARRAY(sa.Text()))
    rows: Mapped[int] = _fact("How many rows.", sa.Integer())
    masked: Mapped[bool] = _fact("Whether values were masked.", sa.Boolean())
    emergency: Mapped[bool] = _fact("Whether it was an emergency.", sa.Boolean())
    read_at: Mapped[datetime] = _fact("When.", _MOMENT)
    given_to: Mapped[str | None] = _fact(
        "To the authorities of which country it was given under legal process; empty: it was read here.",
        sa.Text(),
        nullable=True,
    )
