"""Which tables go where a member goes, and in which order: read from the catalogue, so a new table needs nothing here."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import CellRow, Nature
from kept.catalog.tables import RESIDENT

_OWNER = "owner_id"


@dataclass(frozen=True, slots=True)
class Travelling:
    """A table whose rows go along with their owner."""

    name: str
    owner: str
    columns: tuple[str, ...]
    order: str
    """Its primary key as SQL; texts in an order that is the same on every server."""
    object_column: str | None

    def rows_of(self, members: Iterable[UUID]) -> str:
        """SQL of the rows of some members, in a fixed order."""
        return f"SELECT {self.list} FROM {quoted(self.name)} WHERE {self._of(members)} ORDER BY {self.order}"  # noqa: S608

    def taking(self, members: Iterable[UUID]) -> str:
        """SQL that deletes the rows of some members and returns them, in the same order."""
        gone = f"DELETE FROM {quoted(self.name)} WHERE {self._of(members)} RETURNING {self.list}"  # noqa: S608
        return f"WITH gone AS ({gone}) SELECT {self.list} FROM gone ORDER BY {self.order}"  # noqa: S608

    def removing(self, members: Iterable[UUID]) -> str:
        """SQL that deletes the rows of some members."""
        return f"DELETE FROM {quoted(self.name)} WHERE {self._of(members)}"  # noqa: S608

    @property
    def list(self) -> str:
        """The columns, for SQL."""
        return ", ".join(map(quoted, self.columns))

    def _of(self, members: Iterable[UUID]) -> str:
        return f"{quoted(self.owner)} = ANY('{{{','.join(map(str, members))}}}'::uuid[])"


@cache
def travelling() -> tuple[Travelling, ...]:
    """Every table that goes along, `resident` first and then what is referred to before what refers to it.

    Those are all records; and, last, whatever else of a cell is kept for somebody: a table that is nobody's record and has
    an `owner_id`, such as the jobs that they wait for.
    """
    tables = CellRow.metadata.sorted_tables
    records = [table for table in tables if table.info["law"].nature is Nature.RECORD]
    others = [table for table in tables if table.info["law"].nature is Nature.SYSTEM and _OWNER in table.c]
    first = [table for table in records if table.name == RESIDENT]
    rest = [table for table in records if table.name != RESIDENT]
    return tuple(_travelling(table) for table in first + rest + others)


def system_tables() -> list[sa.Table]:
    """The tables that are the cell's own and no member's: counters, tombstones, blocks, cases."""
    own = (Nature.SYSTEM, Nature.CASE)
    tables = CellRow.metadata.sorted_tables
    return [table for table in tables if table.info["law"].nature in own and _OWNER not in table.c]


def case_tables() -> list[sa.Table]:
    """The tables of requests and cases."""
    return [table for table in system_tables() if table.info["law"].nature is Nature.CASE]


def shelves() -> list[sa.Table]:
    """The tables of public rows that every cell has."""
    return [table for table in CellRow.metadata.sorted_tables if table.info["law"].nature is Nature.SHELF]


def quoted(name: str) -> str:
    """A name from the catalogue, for SQL."""
    return '"' + name.replace('"', '""') + '"'


def order_of(table: sa.Table) -> str:
    """The primary key of a table, for ORDER BY."""
    return ", ".join(
        quoted(column.name) + (' COLLATE "C"' if isinstance(column.type, sa.String) else "")
        for column in table.primary_key.columns
    )


def object_column_of(table: sa.Table) -> str | None:
    """The column of a table that names objects."""
    named = (column.name for column in table.c if "rule" in column.info and column.info["rule"].names_object)
    return next(named, None)


def _travelling(table: sa.Table) -> Travelling:
    owner = (table.info["law"].owner or _OWNER).split(".")[0]
    columns = tuple(column.name for column in table.c)
    return Travelling(table.name, owner, columns, order_of(table), object_column_of(table))
