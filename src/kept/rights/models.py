"""The tables: requests, which belong to themselves and outlive the member, and the copies that were made, which don't."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, case, field, owner_field, record

Timestamp = sa.DateTime(timezone=True)
COPY_DAYS = 30
"""A copy that was made is destroyed after so long."""
COUNT = "independent count"
"""Among the outcomes of a copy: the rows that statements of another kind found, and that are all in it."""


def _fact(about: str, type_: Any, **column: Any) -> Any:
    return field(Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about=about, type_=type_, **column)


class RightsRequest(CellRow):
    """What somebody asked for, and what became of it. Whose it was is forgotten when a deletion is done."""

    __tablename__ = "rights_request"
    __table_args__ = (
        sa.Index("rights_request_by_member", "member_id"),
        sa.Index("rights_request_open", "state", postgresql_where=sa.text("done_at IS NULL")),
    )
    law: ClassVar[Law] = case(
        "Requests of members about their data, and how they were answered.",
        owner="request_id",
        keep=Keep.after_withdrawal("done_at", "proof that requests were answered (11 CCR 7101: 24 months)", days=731),
    )

    request_id: Mapped[UUID] = _fact("The request.", sa.Uuid(), primary_key=True)
    member_id: Mapped[UUID | None] = field(
        Category.ID, Level.INTERNAL, Purpose.LEGAL, about="Whose.", type_=sa.Uuid(), nullable=True
    )
    kind: Mapped[str] = _fact("`access` or `deletion`.", sa.Text())
    state: Mapped[str] = _fact("Where it is.", sa.Text())
    channel: Mapped[str] = _fact("How it came: `app`.", sa.Text())
    regime: Mapped[str] = _fact("The law whose clock runs.", sa.Text())
    secret_hash: Mapped[bytes] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.LEGAL,
        about="SHA-256 of the secret with which it is followed when the account is gone.",
        type_=sa.LargeBinary(),
    )
    asked_at: Mapped[datetime] = _fact("When.", Timestamp)
    due_at: Mapped[datetime] = _fact("When it has to be answered.", Timestamp)
    grace_until: Mapped[datetime | None] = _fact("Until when it can be called off.", Timestamp, nullable=True)
    changed_at: Mapped[datetime] = _fact("When its state changed.", Timestamp)
    answered_at: Mapped[datetime | None] = _fact("When the person had what they asked for.", Timestamp, nullable=True)
    done_at: Mapped[datetime | None] = _fact("When it ended.", Timestamp, nullable=True)
    round_id: Mapped[UUID] = _fact("The job that is at work on it.", sa.Uuid())
    outcomes: Mapped[list[dict[str, Any]]] = _fact("What was done in each place: counts.", JSONB())
    needles: Mapped[list[bytes]] = _fact(
        "Pieces of sealed values that must not be found afterwards, their bits turned round; empty when it is done.",
        ARRAY(sa.LargeBinary()),
    )
    receipt: Mapped[str] = _fact("The signed receipt of an erasure.", sa.Text())


class DataCopy(CellRow):
    """A copy of a member's data that was made for them: a sealed archive."""

    __tablename__ = "data_copy"
    law: ClassVar[Law] = record(
        "Copies of their data that members asked for.",
        keep=Keep.after_creation("made_at", "the right of access", days=COPY_DAYS),
    )

    owner_id: Mapped[UUID] = owner_field()
    request_id: Mapped[UUID] = _fact("The request that it answers.", sa.Uuid(), primary_key=True)
    archive: Mapped[str] = field(
        Category.PRIVATE_CONTENT,
        Level.RESTRICTED,
        Purpose.SERVICE,
        about="Name of the sealed archive in the object store.",
        type_=sa.Text(),
        names_object=True,
    )
    made_at: Mapped[datetime] = _fact("When it was made.", Timestamp)
    size: Mapped[int] = _fact("Bytes of the archive.", sa.BigInteger())
