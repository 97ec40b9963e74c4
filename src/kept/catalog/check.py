"""What is refused at start-up: a table or column that does not say what it is, or says what can't be kept.

Works on any SQLAlchemy metadata, ours or a foreign application's: nothing here knows our tables.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import sqlalchemy as sa

from kept.catalog.category import FORBIDDEN, FORBIDDEN_PREFIXES
from kept.catalog.intake import intake_problems
from kept.catalog.law import Crossing, Law, Level, Nature, Rule, Since
from kept.catalog.tables import STORES, CellRow
from kept.kit.errors import Fatal

LONGEST_KEEP = timedelta(days=366 * 10)


class BadCatalog(Fatal):
    """The schema says something about data that can't be kept; the program does not start. Lists every problem."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("the catalogue is not complete:\n  " + "\n  ".join(problems))


def check(*metadata: sa.MetaData) -> None:
    """Refuse to go on with a schema or a request that is not fully declared.

    Raises:
        BadCatalog: with every problem found, each naming its table and column.
    """
    found = list(problems(*metadata))
    if found:
        raise BadCatalog(found)


def problems(*metadata: sa.MetaData) -> Iterator[str]:
    """Everything wrong with `metadata` (all our stores, when none is given) and with the declared intakes."""
    everything = metadata or tuple(base.metadata for base in STORES.values())
    for one in everything:
        for table in one.sorted_tables:
            yield from _table_problems(table)
    columns = {
        f"{table.name}.{column.name}" for one in everything for table in one.tables.values() for column in table.c
    }
    for one in everything:
        for table in one.tables.values():
            yield from _derivation_problems(table, columns)
    if not metadata:
        yield from intake_problems(columns)


def _table_problems(table: sa.Table) -> Iterator[str]:
    law = table.info.get("law")
    if not isinstance(law, Law):
        yield f"table {table.name}: no annotation (record, shelf or system)"
        return
    yield from _keep_problems(table, law)
    if law.nature is not Nature.SYSTEM:
        yield from _owner_problems(table, law)
    if law.nature is Nature.SHELF and not law.source:
        yield f"table {table.name}: a shelf must name the record table it is drawn from"
    for column in table.c:
        yield from _column_problems(table, column, law)


def _keep_problems(table: sa.Table, law: Law) -> Iterator[str]:
    keep = law.keep
    if keep is None:
        yield f"table {table.name}: no retention rule"
        return
    if not timedelta(0) <= keep.time <= LONGEST_KEEP:
        yield f"table {table.name}: retention of {keep.time.days} days is not finite (at most {LONGEST_KEEP.days})"
    if not keep.basis.strip():
        yield f"table {table.name}: retention has no basis"
    if keep.since is not Since.CLOSURE and (keep.clock is None or keep.clock not in table.c):
        yield f"table {table.name}: retention counts from column {keep.clock!r}, which does not exist"


def _owner_problems(table: sa.Table, law: Law) -> Iterator[str]:
    if not law.owner:
        yield f"table {table.name}: no owner"
        return
    yield from _path_problems(table, law.owner)
    if law.nature is Nature.INDEX:
        if table.metadata is CellRow.metadata:
            yield f"table {table.name}: an index belongs in the directory, not in a cell"
        return
    first = next(iter(table.primary_key.columns), None)
    head = law.owner.split(".")[0]
    if first is None or first.name != head:
        yield f"table {table.name}: its primary key must start with the owner, {head!r}"
    for constraint in table.constraints:
        unique = isinstance(constraint, sa.UniqueConstraint)
        if unique and head not in constraint.columns:  # type: ignore[attr-defined]
            yield f"table {table.name}: a unique constraint must contain the owner, {head!r}"
    for index in table.indexes:
        if index.unique and head not in index.columns:
            yield f"table {table.name}: the unique index {index.name} must contain the owner, {head!r}"


def _path_problems(table: sa.Table, path: str) -> Iterator[str]:
    """Follow an owner path; every step must exist, be not null, and lead to exactly one table."""
    at = table
    steps = path.split(".")
    for number, step in enumerate(steps):
        if step not in at.c:
            yield f"table {table.name}: owner path {path!r}: {at.name} has no column {step!r}"
            return
        if at.c[step].nullable:
            yield f"table {table.name}: owner path {path!r}: {at.name}.{step} can be null, so a row could be nobody's"
            return
        if number == len(steps) - 1:
            return
        targets = {key.column.table for key in at.c[step].foreign_keys}
        if len(targets) != 1:
            what = "leads nowhere" if not targets else "is ambiguous: " + ", ".join(sorted(t.name for t in targets))
            yield f"table {table.name}: owner path {path!r}: {at.name}.{step} {what}"
            return
        at = targets.pop()


def _column_problems(table: sa.Table, column: sa.Column[object], law: Law) -> Iterator[str]:
    name = f"{table.name}.{column.name}"
    rule = column.info.get("rule")
    if not isinstance(rule, Rule):
        yield f"column {name}: no annotation"
        return
    if rule.category in FORBIDDEN or rule.category.startswith(FORBIDDEN_PREFIXES):
        yield f"column {name}: {rule.category} must not be collected"
    if not rule.purposes:
        yield f"column {name}: no purpose"
    if not rule.about.strip():
        yield f"column {name}: no description"
    if law.nature is Nature.SHELF and rule.crossing is Crossing.NEVER:
        yield f"column {name}: a shelf crosses borders, but this field may never"
    if law.nature is Nature.SYSTEM and rule.level > Level.INTERNAL and rule.level is not Level.SECRET:
        yield f"column {name}: a system table holds nothing about anybody, but this is {rule.level.name.lower()}"
    if rule.crossing is Crossing.PUBLIC and rule.level > Level.INTERNAL:
        yield f"column {name}: {rule.level.name.lower()} and yet public"


def _derivation_problems(table: sa.Table, columns: Iterable[str]) -> Iterator[str]:
    for column in table.c:
        rule = column.info.get("rule")
        for source in rule.derived_from if isinstance(rule, Rule) else ():
            if source not in columns:
                yield f"column {table.name}.{column.name}: derived from {source}, which does not exist"
