"""The tables: requests, which belong to themselves and outlive the member, and the copies that were made, which don't.

The database itself holds what a request can be: its states by kind, that it was verified before anything was done, that
one which was refused says why, and that none is answered with nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, case, field, owner_field, record, system
from kept.rights.states import BEFORE_VERIFIED, ENDED, State, pairs
from kept.vault import SealedColumn

Timestamp = sa.DateTime(timezone=True)
COPY_DAYS = 30
"""A copy that was made is destroyed after so long."""
COUNT = "independent count"
"""Among the outcomes of a copy: the rows that statements of another kind found, and that are all in it."""


def _fact(about: str, type_: Any, **column: Any) -> Any:
    return field(Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about=about, type_=type_, **column)


def _in(states: Iterable[State]) -> str:
    return f"state IN ({', '.join(repr(state.value) for state in State if state in states)})"


_PAIRS = ", ".join(repr(f"{kind}:{state}") for kind, state in pairs())


class RightsRequest(CellRow):
    """What somebody asked for, and what became of it. Whose it was is forgotten when a deletion is done."""

    __tablename__ = "rights_request"
    __table_args__ = (
        sa.CheckConstraint(f"kind || ':' || state IN ({_PAIRS})", name="rights_request_states"),
        sa.CheckConstraint(
            f"(verified_at IS NOT NULL AND verified_by <> '') OR {_in(BEFORE_VERIFIED)}", name="rights_request_verified"
        ),
        sa.CheckConstraint("(state = 'refused') = (ground <> '')", name="rights_request_ground"),
        sa.CheckConstraint("(state = 'joined') = (joined_id IS NOT NULL)", name="rights_request_joined"),
        sa.CheckConstraint(f"(done_at IS NOT NULL) = ({_in(ENDED)})", name="rights_request_ended"),
        sa.CheckConstraint(
            f"jsonb_array_length(outcomes) > 0 OR NOT {_in((State.READY, State.EXPIRED, State.DONE))}",
            name="rights_request_not_on_nothing",
        ),
        sa.CheckConstraint("(extended_at IS NULL) = (extended_why = '')", name="rights_request_extended"),
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
    kind: Mapped[str] = _fact("`access`, `deletion`, `portability`, `correction` or `objection`.", sa.Text())
    about: Mapped[str] = _fact("Which field is to be set right, or which use is objected to.", sa.Text())
    state: Mapped[str] = _fact("Where it is.", sa.Text())
    channel: Mapped[str] = _fact("How it came: `app`, `form`, `email`, `post` or `agent`.", sa.Text())
    agent: Mapped[str] = _fact("Which authorised agent sent it, as the operator's file names it; empty: none.", sa.Text())
    also: Mapped[list[str]] = _fact("By which other doors the same was asked while it was open.", ARRAY(sa.Text()))
    verified_by: Mapped[str] = _fact("How it was found to be theirs: `session`, `email` or `documents`.", sa.Text())
    verified_at: Mapped[datetime | None] = _fact("When.", Timestamp, nullable=True)
    regime: Mapped[str] = _fact("The law whose clock runs.", sa.Text())
    secret_hash: Mapped[bytes] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.LEGAL,
        about="SHA-256 of the secret with which it is followed when the account is gone.",
        type_=sa.LargeBinary(),
    )
    asked_at: Mapped[datetime] = _fact("When.", Timestamp)
    confirmed_at: Mapped[datetime | None] = _fact(
        "When whoever sent it was told that it came.", Timestamp, nullable=True
    )
    due_at: Mapped[datetime] = _fact("When it has to be answered.", Timestamp)
    extended_at: Mapped[datetime | None] = _fact("When the time for it was extended.", Timestamp, nullable=True)
    told_at: Mapped[datetime | None] = _fact(
        "When whoever asked by e-mail or by post was last told what became of it.", Timestamp, nullable=True
    )
    extended_why: Mapped[str] = _fact("Why: `complex` or `numerous`.", sa.Text())
    grace_until: Mapped[datetime | None] = _fact("Until when it can be called off.", Timestamp, nullable=True)
    changed_at: Mapped[datetime] = _fact("When its state changed.", Timestamp)
    answered_at: Mapped[datetime | None] = _fact("When the person had what they asked for.", Timestamp, nullable=True)
    done_at: Mapped[datetime | None] = _fact("When it ended.", Timestamp, nullable=True)
    ground: Mapped[str] = _fact("Why it was refused.", sa.Text())
    joined_id: Mapped[UUID | None] = _fact("The request with which it is answered.", sa.Uuid(), nullable=True)
    round_id: Mapped[UUID] = _fact("The job that is at work on it.", sa.Uuid())
    outcomes: Mapped[list[dict[str, Any]]] = _fact("What was done in each place: counts.", JSONB())
    needles: Mapped[list[bytes]] = _fact(
        "Pieces of sealed values that must not be found afterwards, their bits turned round; empty when it is done.",
        ARRAY(sa.LargeBinary()),
    )
    receipt: Mapped[str] = _fact("The signed receipt of an erasure.", sa.Text())


def _told(about: str) -> Any:
    return field(Category.EMAIL, Level.CONFIDENTIAL, Purpose.LEGAL, about=about, type_=SealedColumn(), nullable=True)


class RightsMatter(CellRow):
    """What somebody wrote with a request, sealed under the request's own key; and the code that is to verify them."""

    __tablename__ = "rights_matter"
    law: ClassVar[Law] = case(
        "What people wrote with requests about their data; destroyed when the request ends.",
        owner="request_id",
        keep=Keep.after_last_use("changed_at", "the rights of the people", days=366),
    )

    request_id: Mapped[UUID] = _fact("The request.", sa.Uuid(), primary_key=True)
    said: Mapped[Any] = _told("What they wrote: where to answer, what is to be set right.")
    code_hash: Mapped[bytes | None] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.LEGAL,
        about="SHA-256 of the request's number with the code that was sent; the code itself is not kept.",
        type_=sa.LargeBinary(),
        nullable=True,
    )
    code_until: Mapped[datetime | None] = _fact("Until when the code is good.", Timestamp, nullable=True)
    guesses: Mapped[int] = _fact("How often it was tried.", sa.Integer())
    by_letter: Mapped[bool] = _fact(
        "Whether the answer goes by letter, to the address that was written.", sa.Boolean(), server_default=sa.false()
    )
    changed_at: Mapped[datetime] = _fact("When this changed.", Timestamp)


class RightsMail(CellRow):
    """A letter that waits to be sent by e-mail; its row goes when the mail server has taken it."""

    __tablename__ = "rights_mail"
    __table_args__ = (sa.Index("rights_mail_due", "next_at"),)
    law: ClassVar[Law] = case(
        "Answers to requests that wait to be sent by e-mail.",
        owner="request_id",
        keep=Keep.after_creation("made_at", "the rights of the people", days=7),
    )

    request_id: Mapped[UUID] = _fact("The request.", sa.Uuid(), primary_key=True)
    mail_id: Mapped[UUID] = _fact("The letter.", sa.Uuid(), primary_key=True)
    content: Mapped[Any] = _told("To whom, and the text.")
    tries: Mapped[int] = _fact("How often it was tried to send it.", sa.Integer())
    next_at: Mapped[datetime] = _fact("When it is tried next.", Timestamp)
    made_at: Mapped[datetime] = _fact("When it was written.", Timestamp)
    changed_at: Mapped[datetime] = _fact("When it was last tried.", Timestamp)


class RightsSeen(CellRow):
    """A signed letter that came in: it is taken once."""

    __tablename__ = "rights_seen"
    law: ClassVar[Law] = system(
        "Signed messages that were taken, so that none is taken twice.",
        keep=Keep.after_creation("seen_at", "security", days=1),
    )

    digest: Mapped[bytes] = field(
        Category.AUTHENTICATION,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="SHA-256 of the message.",
        type_=sa.LargeBinary(),
        primary_key=True,
    )
    seen_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="When it came.", type_=Timestamp
    )


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
