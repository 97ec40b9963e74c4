"""The tables: what waits in each cell, the details that entries commit to, and the writer's head, index and pending.

Whatever has been logged leaves the outbox and the pending table within about a second. Their retention times are only
the outermost bound that every table must have; nothing sweeps a row that is not in the log yet.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import (
    Category,
    CellRow,
    DirectoryRow,
    Keep,
    Law,
    LedgerRow,
    Level,
    Purpose,
    field,
    owner_field,
    record,
    system,
)

Timestamp = sa.DateTime(timezone=True)

_QUICK_VACUUM = {"autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 5000}
"""A queue's rows live for a moment: what they leave behind must not wait for a share of the table."""


class _Outbox:
    """Entries that are committed with their act and not in the log yet. UUIDv7 keys: the order is that of making."""

    __tablename__ = "ledger_outbox"
    __table_args__ = (
        sa.CheckConstraint("octet_length(payload) <= 65535", name="ledger_outbox_fits_a_bundle"),
        {"postgresql_with": _QUICK_VACUUM},
    )
    law: ClassVar[Law] = system(
        "Ledger entries on their way into the log.",
        keep=Keep.after_creation("created_at", "accountability: deleted once it is in the log", days=3650).unless("true"),
    )

    entry_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="The entry.", type_=sa.Uuid(), primary_key=True
    )
    payload: Mapped[bytes] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="Canonical JSON of opaque ids, pseudonyms and a salted commitment.",
        type_=sa.LargeBinary(),
    )
    created_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When the act happened.", type_=Timestamp
    )


class LedgerOutbox(_Outbox, CellRow):
    """A cell's."""

    law = _Outbox.law


class DirectoryOutbox(_Outbox, DirectoryRow):
    """The directory's, for acts that belong to no cell: those on the staff."""

    law = _Outbox.law


class EntryDetail(CellRow):
    """What an entry says about its owner, outside the log: without this row, its commitment opens for nobody."""

    __tablename__ = "entry_detail"
    law: ClassVar[Law] = record(
        "Details of what the ledger records about a member, with the salt of the ledger's commitment to them.",
        keep=Keep.after_creation("created_at", "accountability", days=730),
    )

    owner_id: Mapped[UUID] = owner_field()
    entry_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="The entry.", type_=sa.Uuid(), primary_key=True
    )
    salt: Mapped[bytes] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="Random bytes that keep the details from being guessed.",
        type_=sa.LargeBinary(),
    )
    details: Mapped[bytes] = field(
        Category.OPERATIONS,
        Level.CONFIDENTIAL,
        Purpose.LEGAL,
        Purpose.SECURITY,
        about="What happened, beyond what the log says (canonical JSON).",
        type_=sa.LargeBinary(),
    )
    created_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When it happened.", type_=Timestamp
    )


class LogHead(LedgerRow):
    """The newest signed head: one row a log, changed by compare-and-swap only. What it says is signed once."""

    __tablename__ = "log_head"
    law: ClassVar[Law] = system(
        "The newest head of the log.",
        keep=Keep.after_withdrawal("closed_at", "accountability: kept while the log is written", days=3650),
    )

    origin: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="The log's name.", type_=sa.Text(), primary_key=True
    )
    size: Mapped[int] = field(Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="Entries.", type_=sa.BigInteger())
    root: Mapped[bytes] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="Merkle root.", type_=sa.LargeBinary()
    )
    note: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="The signed checkpoint.", type_=sa.Text()
    )
    signed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="When it was signed.", type_=Timestamp
    )
    closed_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.LEGAL,
        about="When the log was closed for good; empty while it is written.",
        type_=Timestamp,
        nullable=True,
    )


class LogEntry(LedgerRow):
    """Where each entry is: an entry that comes a second time is recognised, and a proof can be made for it."""

    __tablename__ = "log_entry"
    law: ClassVar[Law] = system(
        "Which place in the log an entry has.",
        keep=Keep.after_creation("logged_at", "accountability", days=3650),
    )

    entry_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="The entry.", type_=sa.Uuid(), primary_key=True
    )
    position: Mapped[int] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="Its index in the log.", type_=sa.BigInteger()
    )
    logged_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="When it was logged.", type_=Timestamp
    )


class LogPending(LedgerRow):
    """Entries that the head covers and the tiles do not show yet; from here, a writer that was killed goes on."""

    __tablename__ = "log_pending"
    law: ClassVar[Law] = system(
        "Entries between head and tiles.",
        keep=Keep.after_creation("created_at", "accountability: deleted once tiles show it", days=3650),
    )

    start: Mapped[int] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.LEGAL,
        about="Index of the first entry.",
        type_=sa.BigInteger(),
        primary_key=True,
        autoincrement=False,
    )
    entries: Mapped[bytes] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.LEGAL,
        about="The entries, each behind its length.",
        type_=sa.LargeBinary(),
    )
    created_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When the head was signed.", type_=Timestamp
    )


class LogStop(LedgerRow):
    """That the writer has stopped, and why: shown to everybody until it opens the log again and finds it sound."""

    __tablename__ = "log_stop"
    law: ClassVar[Law] = system(
        "Why the log is not being written.", keep=Keep.after_creation("stopped_at", "accountability", days=3650)
    )

    origin: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="The log's name.", type_=sa.Text(), primary_key=True
    )
    code: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="`Forked`, `Gap`, `BadSignature`, …", type_=sa.Text()
    )
    reason: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="What was found.", type_=sa.Text()
    )
    stopped_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.LEGAL, about="When it stopped.", type_=Timestamp
    )
