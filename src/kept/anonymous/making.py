"""Made-up rows after the schema: types, lengths and categories, with references that fit among the tables made together.

Nothing here can read: it has the annotated tables and a number to begin from. The same number gives the same rows.
"""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from kept.anonymous.values import person, value_of
from kept.catalog import Law, Nature
from kept.kit import KeptError, Kind

Row: TypeAlias = dict[str, Any]
_ATTEMPTS = 20
"""How often a row is made anew that is like another where none may be."""


class NoSuchTable(KeptError):
    code = "no_such_table"
    kind = Kind.NOT_FOUND
    message = "There is no table {table}."


class TooFewRows(KeptError):
    code = "too_few_rows"
    kind = Kind.INVALID
    message = "{table} can't have {rows} rows that differ where they must. Ask for fewer."


def made_rows(tables: Iterable[sa.Table], rows: int, *, seed: int = 0) -> dict[str, list[Row]]:
    """`rows` rows of each table, what is referred to before what refers to it. The same for the same seed.

    Raises:
        TooFewRows: its columns have not so many values.
    """
    wanted = {table.name: table for table in tables}
    rng = _random(seed, "people")
    people = [person(rng) for _ in range(rows)]
    made: dict[str, list[Row]] = {}
    drawn = [(wanted[source], table) for table in wanted.values() if (source := table.info["law"].source) in wanted]
    for table in sa.schema.sort_tables(wanted.values(), extra_dependencies=drawn):
        made[table.name] = _Maker(table, made, people, _random(seed, table.name)).rows(rows)
    return made


class _Maker:
    """Makes the rows of one table."""

    def __init__(self, table: sa.Table, made: dict[str, list[Row]], people: Sequence[UUID], rng: Random) -> None:
        self._table = table
        self._made = made
        self._people = people
        self._rng = rng
        self._unique = list(_unique_sets(table))
        self._law: Law = table.info["law"]

    def rows(self, count: int) -> list[Row]:
        """So many, that differ wherever the schema says that they must."""
        found: list[Row] = []
        seen: list[set[tuple[Any, ...]]] = [set() for _ in self._unique]
        for number in range(count):
            for _ in range(_ATTEMPTS):
                row = self._row(number)
                keys = [tuple(row[name] for name in names) for names in self._unique]
                if all(None in key or key not in known for key, known in zip(keys, seen, strict=True)):
                    break
            else:
                raise TooFewRows(table=self._table.name, rows=count)
            for key, known in zip(keys, seen, strict=True):
                known.add(key)
            found.append(row)
        return found

    def _row(self, number: int) -> Row:
        row: Row = {}
        if self._law.nature is Nature.SHELF and self._law.source in self._made:
            row |= self._drawn_from(self._law.source, number)
        keys = sorted(self._table.foreign_key_constraints, key=lambda key: (-len(key.elements), str(key.name)))
        for key in keys:
            row |= {name: value for name, value in self._referring(key, number).items() if name not in row}
        for column in self._table.c:
            if column.name not in row:
                row[column.name] = self._somebody(column, number) or value_of(column, self._rng)
        return {column.name: row[column.name] for column in self._table.c}

    def _drawn_from(self, source: str, number: int) -> Row:
        """A shelf's row is the public side of a row of its source: it has its key."""
        parents, its_key = self._made[source], self._table.metadata.tables[source].primary_key
        parent = parents[number % len(parents)]
        pairs = zip(self._table.primary_key, its_key, strict=False)
        return {mine.name: parent[its.name] for mine, its in pairs}

    def _referring(self, key: sa.ForeignKeyConstraint, number: int) -> Row:
        """The columns of a reference, as a row that was made has them; none, if that table is not made."""
        parents = self._made.get(key.referred_table.name)
        if not parents:
            return {}
        one_each = any(set(names) <= {element.parent.name for element in key.elements} for names in self._unique)
        parent = parents[number % len(parents)] if one_each else self._rng.choice(parents)
        return {element.parent.name: parent[element.column.name] for element in key.elements}

    def _somebody(self, column: sa.Column[Any], number: int) -> UUID | None:
        """One of the made-up people, for a column that says whose a row is or names somebody else."""
        if not isinstance(column.type, sa.Uuid):
            return None
        owner = (self._law.owner or "").split(".")[0] if self._law.nature is not Nature.CASE else ""
        if column.name == owner:
            alone = [column.name] in self._unique
            return self._people[number] if alone else self._rng.choice(self._people)
        return self._rng.choice(self._people) if column.info["rule"].names_other else None


def _unique_sets(table: sa.Table) -> Iterable[list[str]]:
    """The sets of columns in which no two rows may be alike."""
    yield [column.name for column in table.primary_key]
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            yield [column.name for column in constraint.columns]
    for index in table.indexes:
        if index.unique:
            yield [column.name for column in index.columns]


def _random(seed: int, name: str) -> Random:
    """What is made of one table does not depend on which others are made."""
    return Random(f"{seed}/{name}")  # noqa: S311  made-up rows, not secrets
