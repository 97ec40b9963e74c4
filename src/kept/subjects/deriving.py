"""Whose each row is, derived from the annotations of any schema: ours, or a foreign application's.

A table's `law.owner` is a column, or foreign-key columns joined by dots that lead to one. Pure: nothing here runs a statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import Law, Nature
from kept.catalog.law import Rule

PersonId: TypeAlias = UUID | int | str
"""How a schema names people; ours by UUIDs."""
_OWNER = "owner_id"
_KEEPS = (None, "NO ACTION", "RESTRICT")
"""What a foreign key does on delete, if it does not let go by itself."""
_OWNED = (Nature.RECORD, Nature.SHELF, Nature.INDEX)


@dataclass(frozen=True, slots=True)
class Held:
    """What of a person's may not be deleted at present: everything, or single things by their ids."""

    everything: bool = False
    items: frozenset[UUID] = frozenset()

    @property
    def anything(self) -> bool:
        """Whether there is a hold at all."""
        return self.everything or bool(self.items)


@dataclass(frozen=True)
class OwnedTable:
    """A table whose rows are somebody's."""

    table: sa.Table
    path: str
    """The owner, as the law has it; `owner_id` of a table that is nobody's record and yet there for somebody."""

    @property
    def law(self) -> Law:
        """The table's annotation."""
        law: Law = self.table.info["law"]
        return law

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.table.name)

    @property
    def owner(self) -> str:
        """The first column of the path."""
        return self.path.split(".")[0]

    @cached_property
    def others(self) -> tuple[sa.Column[Any], ...]:
        """Columns that name somebody else."""
        return tuple(column for column in self.table.c if rule_of(column).names_other)

    @cached_property
    def objects(self) -> tuple[sa.Column[Any], ...]:
        """Columns that name objects in the store."""
        return tuple(column for column in self.table.c if rule_of(column).names_object)

    def of(self, person: PersonId) -> sa.ColumnElement[bool]:
        """SQL: whether a row is a person's."""
        return _leads_to(self.table, self.path.split("."), person)

    def stays(self, held: Held) -> sa.ColumnElement[bool]:
        """SQL: whether a row has to stay: it is held, or a row that stays refers to it.

        What refers to it is deleted first, so whatever still does, stays. A row that would go along (ON DELETE CASCADE) or
        let go by itself (SET NULL) keeps nothing, unless something is held.
        """
        if held.everything:
            return sa.true()
        reasons: list[sa.ColumnElement[bool]] = [
            column.in_(held.items)
            for column in self.table.primary_key.columns
            if held.items and column.name != self.owner and isinstance(column.type, sa.Uuid)
        ]
        reasons += [_referred_to(self.table, key) for key in _references(self.table, cascading=held.anything)]
        return sa.or_(sa.false(), *reasons)

    def may_stay(self, held: Held) -> bool:
        """Whether a row might have to stay: something is held, or rows of others could refer to it."""
        return held.anything or bool(_references(self.table, cascading=False))


def rule_of(column: sa.Column[Any]) -> Rule:
    """A column's annotation."""
    rule: Rule = column.info["rule"]
    return rule


def owned_tables(metadata: sa.MetaData, natures: Sequence[Nature] = _OWNED) -> list[OwnedTable]:
    """The tables whose rows are somebody's, what is referred to before what refers to it.

    With them whatever is nobody's record and has an `owner_id`, such as the jobs that somebody waits for.
    """
    found = []
    for table in metadata.sorted_tables:
        law: Law = table.info["law"]
        if law.nature in natures and law.owner is not None:
            found.append(OwnedTable(table, law.owner))
        elif law.nature is Nature.SYSTEM and _OWNER in table.c:
            found.append(OwnedTable(table, _OWNER))
    return found


def _leads_to(table: sa.Table, steps: list[str], person: PersonId) -> sa.ColumnElement[bool]:
    column = table.c[steps[0]]
    if len(steps) == 1:
        return column == person
    (key,) = column.foreign_keys
    there = key.column
    return column.in_(sa.select(there).where(_leads_to(there.table, steps[1:], person)))


def _references(table: sa.Table, *, cascading: bool) -> list[sa.ForeignKeyConstraint]:
    """The foreign keys that lead to a table; those that let go by themselves only if asked for."""
    return [
        key
        for other in table.metadata.tables.values()
        for key in other.foreign_key_constraints
        if key.referred_table is table and other is not table and (cascading or key.ondelete in _KEEPS)
    ]


def _referred_to(table: sa.Table, key: sa.ForeignKeyConstraint) -> sa.ColumnElement[bool]:
    child = key.table.alias()
    matches = [child.c[element.parent.name] == element.column for element in key.elements]
    return sa.exists().select_from(child).where(*matches).correlate(table)
