"""The tables of the directory, the residents, the shelves' plumbing and the counts of what crossed and what was routed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import (
    Category,
    CellRow,
    Crossing,
    DirectoryRow,
    Keep,
    Law,
    Level,
    Purpose,
    field,
    index,
    owner_field,
    record,
    system,
)

Timestamp = sa.DateTime(timezone=True)


class Resident(CellRow):
    """Who lives here. Every record's owner must stand in this table: the guard is a foreign key."""

    __tablename__ = "resident"
    law: ClassVar[Law] = record(
        "The members whose home this cell is.", owner="member_id", keep=Keep.after_closure("contract", days=30)
    )

    member_id: Mapped[UUID] = owner_field()
    since: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Since when this cell is home.", type_=Timestamp
    )


class DirectoryMember(DirectoryRow):
    """Which cell an opaque id lives in."""

    __tablename__ = "member"
    law: ClassVar[Law] = index(
        "Which cell is whose home.", owner="member_id", keep=Keep.after_closure("contract", days=30)
    )

    member_id: Mapped[UUID] = owner_field()
    cell: Mapped[str] = field(
        Category.IMPRECISE_LOCATION, Level.INTERNAL, Purpose.SERVICE, about="Home cell.", type_=sa.Text()
    )
    claimed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When the id was claimed.", type_=Timestamp
    )
    confirmed_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="When the account behind it was written; without it, a claim lapses.",
        type_=Timestamp,
        nullable=True,
    )
    moved_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="When the home was switched last.",
        type_=Timestamp,
        nullable=True,
    )


class DirectoryHandle(DirectoryRow):
    """Who has a public handle; unique over all cells."""

    __tablename__ = "handle"
    law: ClassVar[Law] = index("Who has which handle.", owner="member_id", keep=Keep.after_closure("contract", days=30))

    handle: Mapped[str] = field(
        Category.HANDLE,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Public handle, in lower case.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
        primary_key=True,
    )
    member_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.SERVICE, about="Whose handle it is.", type_=sa.Uuid(), index=True
    )


class DirectoryLogin(DirectoryRow):
    """Which member a keyed hash of a login (an e-mail address) belongs to."""

    __tablename__ = "login"
    law: ClassVar[Law] = index(
        "Whose sign-in address a keyed hash stands for.",
        owner="member_id",
        keep=Keep.after_closure("contract", days=30),
    )

    login_index: Mapped[bytes] = field(
        Category.PSEUDONYM,
        Level.INTERNAL,
        Purpose.AUTHENTICATION,
        about="Keyed hash of the address; the address itself is not here.",
        type_=sa.LargeBinary(),
        primary_key=True,
    )
    member_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.AUTHENTICATION, about="Whose it is.", type_=sa.Uuid(), index=True
    )


class ShelfRow(CellRow):
    """The base of every shelf: a public row of `owner_id`, named by `item_id`, at the version of its newest parcel."""

    __abstract__ = True
    living: ClassVar[str] = "true"
    """In SQL: whether a row of the source is public at present."""
    source_item: ClassVar[str] = "item_id"
    """The column that names the row of the source."""

    owner_id: Mapped[UUID] = owner_field(crossing=Crossing.PUBLIC)
    item_id: Mapped[UUID] = field(
        Category.ID,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="What it is the public side of.",
        type_=sa.Uuid(),
        crossing=Crossing.PUBLIC,
        primary_key=True,
    )
    parcel_id: Mapped[UUID] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="The parcel that brought this version.",
        type_=sa.Uuid(),
        crossing=Crossing.PUBLIC,
    )

    @classmethod
    def items_of(cls, source_id: UUID, cells: Sequence[str]) -> Sequence[UUID]:
        """The items that a row of the source may have on this shelf, where `cells` are all there are."""
        return [source_id]


class ShelfGone(CellRow):
    """Tombstones: what was taken off a shelf, so that a late parcel can't bring it back."""

    __tablename__ = "shelf_gone"
    law: ClassVar[Law] = system("What was taken off a shelf.", keep=Keep.after_creation("gone_at", "security", days=90))

    shelf: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Shelf.", type_=sa.Text(), primary_key=True
    )
    item_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Item.", type_=sa.Uuid(), primary_key=True
    )
    gone_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When it went.", type_=Timestamp
    )


class CellKey(DirectoryRow):
    """The public key to which what is addressed to somebody in a cell is sealed."""

    __tablename__ = "cell_key"
    law: ClassVar[Law] = system("Cells' public keys.", keep=Keep.after_last_use("published_at", "security", days=3650))

    cell: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.SECURITY, about="Whose.", type_=sa.Text(), primary_key=True
    )
    key: Mapped[bytes] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.SECURITY, about="The public key.", type_=sa.LargeBinary()
    )
    signature: Mapped[bytes | None] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SECURITY,
        about="By the gateway of a region that runs apart; without it, other regions seal nothing to the key.",
        type_=sa.LargeBinary(),
        nullable=True,
    )
    published_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.SECURITY, about="When it was told last.", type_=Timestamp
    )


class CrossingCount(CellRow):
    """How much crossed from this cell, by day, kind, category and destination."""

    __tablename__ = "crossing_count"
    law: ClassVar[Law] = system("How much crossed.", keep=Keep.after_creation("day", "accountability", days=730))

    day: Mapped[date] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="Day (UTC).", type_=sa.Date(), primary_key=True
    )
    kind: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="Crossing.", type_=sa.Text(), primary_key=True
    )
    category: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="Category.", type_=sa.Text(), primary_key=True
    )
    to_cell: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="To.", type_=sa.Text(), primary_key=True
    )
    count: Mapped[int] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="How many fields.", type_=sa.BigInteger()
    )


class RoutingCount(CellRow):
    """Member requests answered by this cell, by hour and the member's home."""

    __tablename__ = "routing_count"
    law: ClassVar[Law] = system("Requests by home.", keep=Keep.after_creation("hour", "accountability", days=30))

    hour: Mapped[datetime] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="Hour.", type_=Timestamp, primary_key=True
    )
    home: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="Home cell.", type_=sa.Text(), primary_key=True
    )
    outcome: Mapped[str] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.REPORTING,
        about="`served`, `forwarded` or `refused`.",
        type_=sa.Text(),
        primary_key=True,
    )
    count: Mapped[int] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="How many.", type_=sa.BigInteger()
    )


class GuardRefusal(CellRow):
    """Writes that the guard refused, because their owner lives elsewhere."""

    __tablename__ = "guard_refusal"
    law: ClassVar[Law] = system("Writes refused.", keep=Keep.after_creation("refused_at", "accountability", days=730))

    refusal_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="Order.", type_=sa.Uuid(), primary_key=True
    )
    table: Mapped[str] = field(Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="Table.", type_=sa.Text())
    refused_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="When.", type_=Timestamp
    )


class Tally(CellRow):
    """Counters that evidence is made of: by day and name, nobody's."""

    __tablename__ = "tally"
    law: ClassVar[Law] = system("Counters.", keep=Keep.after_creation("day", "accountability", days=730))

    day: Mapped[date] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="Day (UTC).", type_=sa.Date(), primary_key=True
    )
    name: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="What.", type_=sa.Text(), primary_key=True
    )
    count: Mapped[int] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="How many.", type_=sa.BigInteger()
    )
