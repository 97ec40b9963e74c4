"""Figures about requests, nobody's: what the promises are measured by, and what the law wants told (11 CCR 7102)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from kept.cells import Cells
from kept.rights.models import COUNT
from kept.rights.states import Kind

_ALL = """
SELECT state, asked_at, due_at, answered_at, receipt,
       (SELECT (o ->> 'rows')::bigint FROM jsonb_array_elements(outcomes) o WHERE o ->> 'where' = $2) AS counted
FROM rights_request WHERE kind = $1
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """All requests of a kind that are on record. Days are from asking to the answer."""

    asked: int
    answered: int
    called_off: int
    held: int
    overdue: int
    median_days: float
    worst_days: float
    receipts: Sequence[str]
    counted: Sequence[int]
    """For each copy that was held against an independent count: its rows."""


async def figures(cells: Cells, kind: Kind, *, now: datetime) -> Figures:
    """Of every cell that is here. What is held is not overdue: the law keeps it, and its owner was told."""
    rows = [row for cell in cells for row in await cell.database.fetch(_ALL, kind, COUNT)]
    answered = [row for row in rows if row["answered_at"] is not None]
    days = [(row["answered_at"] - row["asked_at"]).total_seconds() / 86_400 for row in answered]
    waiting = [row for row in rows if row["answered_at"] is None and row["state"] not in ("held", "called_off")]
    late = sum(row["due_at"] < now for row in waiting) + sum(row["answered_at"] > row["due_at"] for row in answered)
    return Figures(
        asked=len(rows),
        answered=len(answered),
        called_off=sum(row["state"] == "called_off" for row in rows),
        held=sum(row["state"] == "held" for row in rows),
        overdue=late,
        median_days=median(days) if days else 0.0,
        worst_days=max(days, default=0.0),
        receipts=[row["receipt"] for row in rows if row["receipt"]],
        counted=[row["counted"] for row in rows if row["counted"] is not None],
    )
