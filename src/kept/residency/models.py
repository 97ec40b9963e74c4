"""The tables: who is on the way to another cell, pivots and what they counted, backups, and objects that are on their way."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, MappedColumn

from kept.catalog import Category, CellRow, DirectoryRow, Keep, Law, Level, Purpose, field, index, owner_field, system

_BASIS = "accountability"


def _plain(about: str, type_: Any, *, level: Level = Level.INTERNAL, **column: Any) -> MappedColumn[Any]:
    """A column about the platform itself."""
    return field(Category.OPERATIONS, level, Purpose.OPERATIONS, about=about, type_=type_, **column)


def _text(about: str, **column: Any) -> MappedColumn[Any]:
    return _plain(about, sa.Text(), **column)


def _number(about: str, **column: Any) -> MappedColumn[Any]:
    return _plain(about, sa.BigInteger(), **column)


def _when(about: str, **column: Any) -> MappedColumn[Any]:
    return _plain(about, sa.DateTime(timezone=True), **column)


def _id(about: str, **column: Any) -> MappedColumn[Any]:
    return _plain(about, sa.Uuid(), **column)


class MemberMove(DirectoryRow):
    """A member on the way from one cell to another. This row decides whether a move that broke off is finished or undone."""

    __tablename__ = "member_move"
    law: ClassVar[Law] = index(
        "Members on their way to another cell.", owner="member_id", keep=Keep.after_creation("began_at", "contract", days=30)
    )

    member_id: Mapped[UUID] = owner_field()
    move_id: Mapped[UUID] = _id("The batch that they move in.", index=True)
    from_cell: Mapped[str] = field(
        Category.IMPRECISE_LOCATION, Level.INTERNAL, Purpose.SERVICE, about="From.", type_=sa.Text()
    )
    to_cell: Mapped[str] = field(
        Category.IMPRECISE_LOCATION, Level.INTERNAL, Purpose.SERVICE, about="To.", type_=sa.Text()
    )
    state: Mapped[str] = _text("`moving`, `switched` or `undone`.")
    began_at: Mapped[datetime] = _when("When it began.")


class ArrivingObject(CellRow):
    """An object on its way here, whose row has not come yet: without this, tidying would take it for a leftover."""

    __tablename__ = "arriving_object"
    law: ClassVar[Law] = system(
        "Objects of members who are moving here.", keep=Keep.after_creation("since", "contract", days=30)
    )

    object_key: Mapped[str] = _text("Key.", primary_key=True)
    move_id: Mapped[UUID] = _id("The batch.", index=True)
    since: Mapped[datetime] = _when("Since when.")


class PivotRow(DirectoryRow):
    """A cell that moves to a new store, from the first step to the certificate."""

    __tablename__ = "pivot"
    law: ClassVar[Law] = system("Cells that moved.", keep=Keep.after_creation("began_at", _BASIS, days=3650))

    pivot_id: Mapped[UUID] = _id("Pivot.", primary_key=True)
    old: Mapped[str] = _text("The cell that is left.", level=Level.PUBLIC)
    new: Mapped[str] = _text("The cell that is filled.", level=Level.PUBLIC)
    step: Mapped[str] = _text("Where it is; see `pivoting`.", level=Level.PUBLIC)
    members: Mapped[int] = _number("Members who lived there when it began.", level=Level.PUBLIC)
    began_at: Mapped[datetime] = _when("When.", level=Level.PUBLIC)
    changed_at: Mapped[datetime] = _when("Last change.", level=Level.PUBLIC)
    problem: Mapped[str] = _text("What keeps it from going on; empty otherwise.", level=Level.PUBLIC)
    certificate: Mapped[str | None] = _text("The signed certificate (JSON).", level=Level.PUBLIC, nullable=True)
    ended_at: Mapped[datetime | None] = _when("When it ended.", level=Level.PUBLIC, nullable=True)


class MoveBatch(DirectoryRow):
    """Members who were moved together: how long their data could not be changed."""

    __tablename__ = "move_batch"
    law: ClassVar[Law] = system("Moves that were made.", keep=Keep.after_creation("moved_at", _BASIS, days=730))

    move_id: Mapped[UUID] = _id("Batch.", primary_key=True)
    pivot_id: Mapped[UUID | None] = _id("The pivot that it is part of.", nullable=True, index=True)
    members: Mapped[int] = _number("How many.")
    window_ms: Mapped[float] = _plain("For how long they could not change anything.", sa.Double())
    objects: Mapped[int] = _number("Objects that went along.")
    object_bytes: Mapped[int] = _number("Their length.")
    objects_digest: Mapped[bytes] = _plain("SHA-256 over their keys and digests.", sa.LargeBinary())
    moved_at: Mapped[datetime] = _when("When.")


class MoveCount(DirectoryRow):
    """What one batch took along of one table: the same rows, to the bit, were read back at the new home."""

    __tablename__ = "move_count"
    law: ClassVar[Law] = system("Rows that were moved.", keep=Keep.after_creation("moved_at", _BASIS, days=730))

    move_id: Mapped[UUID] = _id("Batch.", primary_key=True)
    table: Mapped[str] = _text("Table.", primary_key=True)
    rows: Mapped[int] = _number("Rows.")
    digest: Mapped[bytes] = _plain("SHA-256 of the rows.", sa.LargeBinary())
    moved_at: Mapped[datetime] = _when("When.")


class BackupRow(DirectoryRow):
    """A backup: where it is, until when, and whether it was tried."""

    __tablename__ = "backup"
    law: ClassVar[Law] = system("Backups that were made.", keep=Keep.after_creation("taken_at", _BASIS, days=730))

    backup_id: Mapped[UUID] = _id("Backup.", primary_key=True)
    cell: Mapped[str] = _text("Of which cell.", level=Level.PUBLIC, index=True)
    kind: Mapped[str] = _text("`data`, or `keys`.", level=Level.PUBLIC)
    site: Mapped[str] = _text("At which declared site.", level=Level.PUBLIC)
    size: Mapped[int] = _number("Bytes that were stored for it.", level=Level.PUBLIC)
    rows: Mapped[int] = _number("Rows in it.", level=Level.PUBLIC)
    objects: Mapped[int] = _number("Objects in it.", level=Level.PUBLIC)
    taken_at: Mapped[datetime] = _when("Of which moment.", level=Level.PUBLIC)
    expires_at: Mapped[datetime] = _when("When it is deleted.", level=Level.PUBLIC)
    deleted_at: Mapped[datetime | None] = _when("When it was deleted.", level=Level.PUBLIC, nullable=True)
    tested_at: Mapped[datetime | None] = _when("When it was restored as a test.", level=Level.PUBLIC, nullable=True)
    test: Mapped[str] = _text("What the test found; empty: all was well.", level=Level.PUBLIC)
