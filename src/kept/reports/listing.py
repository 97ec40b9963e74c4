"""A member's own reports, the latest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kept.accounts import Session
from kept.policy import Action, Service, require
from kept.reports.errors import NoSuchReport
from kept.reports.opening import Reports
from kept.reports.reporting import Kind, number_of

MOST = 50
_OWN = """
SELECT report_id, kind, about_id, reason, state, made_at FROM report
WHERE owner_id = $1 AND ($2::uuid IS NULL OR report_id < $2) ORDER BY report_id DESC LIMIT $3
"""
_ONE = "SELECT report_id, kind, about_id, reason, state, made_at FROM report WHERE owner_id = $1 AND report_id = $2"


@dataclass(frozen=True, slots=True)
class Own:
    """One report. `handle` is empty when the other's account is gone."""

    report_id: UUID
    number: str
    kind: Kind
    handle: str
    reason: str
    state: str
    made_at: datetime


async def own_reports(reports: Reports, by: Session, *, after: UUID | None = None) -> tuple[list[Own], UUID | None]:
    """Some of them, and after which the next ones begin. Raises Refused."""
    require(by.actor, Action.REPORT, Service())
    rows = await by.cell.database.fetch(_OWN, by.member_id, after, MOST + 1)
    shown = rows[:MOST]
    return await _named(reports, shown), shown[-1]["report_id"] if len(rows) > MOST else None


async def own_report(reports: Reports, by: Session, report_id: UUID) -> Own:
    """One of them. Raises NoSuchReport, Refused."""
    require(by.actor, Action.REPORT, Service())
    found = await _named(reports, await by.cell.database.fetch(_ONE, by.member_id, report_id))
    if not found:
        raise NoSuchReport
    return found[0]


async def _named(reports: Reports, rows: Sequence[Mapping[str, Any]]) -> list[Own]:
    names = await reports.directory.handles([row["about_id"] for row in rows]) if rows else {}
    return [
        Own(
            row["report_id"],
            number_of(row["report_id"]),
            Kind(row["kind"]),
            names.get(row["about_id"], ""),
            row["reason"],
            row["state"],
            row["made_at"],
        )
        for row in rows
    ]
