"""The bases that tables derive from, one a kind of store, and the annotations of a whole table.

class Follow(CellRow):
    __tablename__ = "follow"
    law = record("Whom a member follows.", keep=Keep.after_closure("contract", days=30))
    owner_id = owner_field()
    followed_id = field(Category.SOCIAL, Level.CONFIDENTIAL, Purpose.SERVICE, about="Who is followed.",
                        names_other=True, primary_key=True, type_=sa.Uuid())
"""

from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from kept.catalog.law import Erasure, Keep, Law, Nature

RESIDENT = "resident"
"""The table of the members whose home a cell is; every record's owner must stand in it."""


def record(about: str, *, keep: Keep, owner: str = "owner_id", erasure: Erasure = Erasure.DELETE) -> Law:
    """A table of members' own rows. In a cell it gets a foreign key to `resident`: no row without its owner's home."""
    return Law(Nature.RECORD, about, keep, owner, erasure)


def shelf(about: str, *, source: str, keep: Keep, owner: str = "owner_id") -> Law:
    """A table of public rows, replicated to every cell, drawn from the record table `source`."""
    return Law(Nature.SHELF, about, keep, owner, source=source)


def index(about: str, *, keep: Keep, owner: str = "owner_id") -> Law:
    """A look-up of the directory: unique by its own key over all cells, and still somebody's."""
    return Law(Nature.INDEX, about, keep, owner)


def case(about: str, *, keep: Keep, owner: str = "case_id") -> Law:
    """A table of requests or cases; sealed columns are sealed under the case's own id, which is what `owner` names."""
    return Law(Nature.CASE, about, keep, owner)


def system(about: str, *, keep: Keep) -> Law:
    """A table that holds nothing about anybody."""
    return Law(Nature.SYSTEM, about, keep)


class _Annotated(DeclarativeBase):
    """Puts the law where the table can be asked for it: `Table.info['law']`."""

    __abstract__ = True
    law: ClassVar[Law]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if isinstance(table, sa.Table) and "law" in cls.__dict__:
            table.info["law"] = cls.law


class CellRow(_Annotated):
    """A row in a cell's data database. Primary keys start with the owner, so that a cell can be spread (Citus)."""

    __abstract__ = True
    metadata = sa.MetaData()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        law = cls.__dict__.get("law")
        if not isinstance(table, sa.Table) or law is None or law.nature is not Nature.RECORD or table.name == RESIDENT:
            return
        if law.owner in table.c:
            name = f"{RESIDENT}_{table.name}"
            table.append_constraint(sa.ForeignKeyConstraint([law.owner], [f"{RESIDENT}.member_id"], name=name))


class DirectoryRow(_Annotated):
    """A row in the directory, the only store that all cells share: opaque ids and keyed hashes."""

    __abstract__ = True
    metadata = sa.MetaData()


class KeyRow(_Annotated):
    """A row in a cell's key store, which is not the data database and not in its backups."""

    __abstract__ = True
    metadata = sa.MetaData()


class LedgerRow(_Annotated):
    """A row in the ledger's database: its head and what is on its way to the tiles."""

    __abstract__ = True
    metadata = sa.MetaData()


STORES: dict[str, type[_Annotated]] = {"cell": CellRow, "directory": DirectoryRow, "keys": KeyRow, "ledger": LedgerRow}
