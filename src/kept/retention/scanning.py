"""Whether anything is left that is past its time: counted afresh from the rows, not from what sweeps say of themselves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from kept.cells import Cells
from kept.kit import Database
from kept.retention.rules import SLACK, Rule, rules


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in one table of one store."""

    where: str
    table: str
    rows: int
    late: int
    """Past their time, by more than the slack, and not held."""
    held: int
    """Past their time, and held."""


async def scan(cells: Cells, *, now: datetime) -> AsyncIterator[Looked]:
    """Every table with a clock, in every store that is swept."""
    for cell in cells:
        for store, database in (("cell", cell.database), ("keys", cell.keys_database)):
            for rule in rules(store):
                yield await _look(cell.name, database, rule, now=now)
    for rule in rules("directory"):
        yield await _look("directory", cells.directory.database, rule, now=now)


async def _look(where: str, database: Database, rule: Rule, *, now: datetime) -> Looked:
    statement = (
        f"SELECT count(*) AS rows, count(*) FILTER (WHERE {rule.past} AND NOT {rule.held}) AS late,"  # noqa: S608
        f' count(*) FILTER (WHERE {rule.past} AND {rule.held}) AS held FROM "{rule.table}" r'
    )
    row = (await database.fetch(statement, rule.cutoff(now) - SLACK, now))[0]
    return Looked(where, rule.table, row["rows"], row["late"], row["held"])
