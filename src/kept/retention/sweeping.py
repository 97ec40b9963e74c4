"""Deleting what is past its time: batch by batch, each a statement of its own, so that nobody waits for it.

Files go when no row names them any more: `videos.sweep` finds them. Rows that hang on a deleted row go with it (foreign keys).
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell, Cells
from kept.kit import Database, new_id
from kept.ledger import Entry
from kept.retention.models import RetentionSweep
from kept.retention.rules import Rule, rules

BATCH = 2_000
PAUSE_SECONDS = 0.02
"""Between two batches, so that others come in between."""


@dataclass(slots=True)
class Swept:
    """How many rows went, by table."""

    sweep_id: UUID
    began_at: datetime
    gone: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class LastSweep:
    """When a cell was swept last, and how many rows went."""

    began_at: datetime
    gone: int


async def sweep(cells: Cells, *, now: datetime, batch: int = BATCH) -> list[Swept]:
    """Delete what is past its time and not held, in every cell that is served here, its key store, and the directory."""
    done: list[Swept] = []
    for cell in cells:
        swept = Swept(new_id(), now)
        for store, database in (("cell", cell.database), ("keys", cell.keys_database)):
            await _sweep_store(store, database, swept, batch=batch)
        if not done:
            await _sweep_store("directory", cells.directory.database, swept, batch=batch)
        await _record(cell, swept)
        done.append(swept)
    return done


async def last_sweeps(cells: Cells) -> dict[str, LastSweep | None]:
    """The last sweep of each cell that is served here."""
    statement = "SELECT began_at, gone FROM retention_sweep ORDER BY began_at DESC LIMIT 1"
    rows = {cell.name: await cell.database.fetch(statement) for cell in cells}
    return {name: LastSweep(**found[0]) if found else None for name, found in rows.items()}


async def _sweep_store(store: str, database: Database, swept: Swept, *, batch: int) -> None:
    for rule in rules(store):
        while True:
            gone = await _delete(database, rule, now=swept.began_at, batch=batch)
            if gone:
                swept.gone[rule.table] += gone
            if gone < batch:
                break
            await asyncio.sleep(PAUSE_SECONDS)


async def _delete(database: Database, rule: Rule, *, now: datetime, batch: int) -> int:
    """One batch. Rows that somebody is at work on are left for the next time."""
    late = (
        f'SELECT r.ctid FROM "{rule.table}" r WHERE {rule.past} AND NOT {rule.held}'  # noqa: S608  the catalogue's names
        " LIMIT $3 FOR UPDATE SKIP LOCKED"
    )
    statement = f'DELETE FROM "{rule.table}" WHERE ctid = ANY(ARRAY({late})) RETURNING 1'  # noqa: S608
    return len(await database.fetch(statement, rule.cutoff(now), now, batch))


async def _record(cell: Cell, swept: Swept) -> None:
    gone = swept.gone.total()
    row = sa.insert(RetentionSweep).values(sweep_id=swept.sweep_id, began_at=swept.began_at, gone=gone)
    row = row.returning(RetentionSweep.sweep_id)
    async with cell.begin() as tx:
        if gone:
            entry = Entry("retention.swept", actor="system:retention", object=f"sweep:{swept.sweep_id}")
            await tx.act(row, entry, now=swept.began_at)
        else:
            await tx.run(row)
