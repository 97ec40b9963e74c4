"""Figures about requests, nobody's: what the promises are measured by, and what the law wants told (11 CCR 7102)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from kept.cells import Cells
from kept.rights.models import COUNT
from kept.rights.states import BEFORE_VERIFIED, Kind, State
from kept.rights.taking import Channel

_ALL = """
SELECT state, asked_at, due_at, answered_at, receipt,
       (SELECT (o ->> 'rows')::bigint FROM jsonb_array_elements(outcomes) o WHERE o ->> 'where' = $2) AS counted
FROM rights_request WHERE kind = $1
"""


_GIVEN = frozenset({State.READY, State.EXPIRED, State.DONE})
_DOORS = """
SELECT channel, count(*) AS asked, count(verified_at) AS verified,
       count(*) FILTER (WHERE ground IN ('not_verified', 'no_account')) AS ended,
       count(*) FILTER (WHERE state <> ALL($1) AND (verified_at IS NULL OR verified_by = '')) AS unverified
FROM rights_request GROUP BY channel
"""
_HELD_BY = """
SELECT count(*) AS n FROM pg_constraint
WHERE conrelid = to_regclass('rights_request') AND conname = 'rights_request_verified' AND convalidated
"""


@dataclass(frozen=True, slots=True)
class Doors:
    """Requests by the door that they came by, verified or ended as not verified; and what was given to nobody knows whom."""

    asked: Mapping[str, int]
    verified: int
    ended: int
    unverified: int
    """Of which something was given or done without a word on whose they are: must be none."""
    cells: int
    held_by: int
    """Cells whose database turns such a row away."""

    @property
    def by_others(self) -> int:
        """Requests by other doors than the app."""
        return sum(number for channel, number in self.asked.items() if channel != Channel.APP)


@dataclass(frozen=True, slots=True)
class Figures:
    """All requests of a kind that are on record. Days are from asking to the answer."""

    asked: int
    answered: int
    """They got what they asked for; who was told why not is not among them."""
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
        answered=sum(row["state"] in _GIVEN for row in rows),
        called_off=sum(row["state"] == "called_off" for row in rows),
        held=sum(row["state"] == "held" for row in rows),
        overdue=late,
        median_days=median(days) if days else 0.0,
        worst_days=max(days, default=0.0),
        receipts=[row["receipt"] for row in rows if row["receipt"]],
        counted=[row["counted"] for row in rows if row["counted"] is not None],
    )


async def doors(cells: Cells) -> Doors:
    """By which doors requests came, in every cell that is here."""
    asked: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for cell in cells:
        for row in await cell.database.fetch(_DOORS, [state.value for state in BEFORE_VERIFIED]):
            asked[row["channel"] if row["channel"] in tuple(Channel) else "an unknown door"] += row["asked"]
            total.update({name: row[name] for name in ("verified", "ended", "unverified")})
        total["held_by"] += (await cell.database.fetch(_HELD_BY))[0]["n"]
    number = len(list(cells))
    return Doors(asked, total["verified"], total["ended"], total["unverified"], number, total["held_by"])
