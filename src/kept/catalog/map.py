"""The data map: the whole catalogue as rows, for people (`kept catalog show`), notices and evidence. GDPR Art. 30."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kept.catalog.law import Law, Rule
from kept.catalog.tables import STORES


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """One column and its rule."""

    table: str
    name: str
    type: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table, its law and its columns."""

    store: str
    name: str
    law: Law
    fields: tuple[FieldEntry, ...]
    table: sa.Table


def data_map() -> Iterator[TableEntry]:
    """Every table that is declared, by store and then in an order in which references come after what they refer to.

    The caller has the catalogue checked first: an unannotated table raises KeyError here.
    """
    for store, base in STORES.items():
        for table in base.metadata.sorted_tables:
            yield entry_of(table, store)


def entry_of(table: sa.Table, store: str = "") -> TableEntry:
    """What the catalogue knows of one table."""
    fields = tuple(FieldEntry(table.name, c.name, _type_name(c), c.info["rule"]) for c in table.c)
    return TableEntry(store, table.name, table.info["law"], fields, table)


def _type_name(column: sa.Column[object]) -> str:
    return type(column.type).__name__.lower()
