"""Counts about requests and readings: evidence, and what the console shows. Nothing here names a member."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kept.access.states import REVIEWED_WITHIN
from kept.accounts import COUNTRIES
from kept.catalog import Level
from kept.cells import Cell
from kept.policy import Team

PAIR_DAYS = timedelta(days=30)
_READS = """
SELECT count(*) AS reads,
  count(*) FILTER (WHERE r.request_id IS NULL) AS without,
  count(*) FILTER (WHERE d.read_at < r.granted_at OR d.read_at >= r.until) AS outside,
  count(*) FILTER (WHERE NOT d.fields <@ r.fields) AS beyond,
  count(*) FILTER (WHERE r.level = 2 AND NOT r.emergency AND NOT EXISTS (
    SELECT FROM access_approval a WHERE a.request_id = r.request_id AND a.approved AND a.oversees)) AS unapproved,
  count(*) FILTER (WHERE r.level = 3 AND (r.case_ref = '' OR (
    SELECT count(DISTINCT a.team) FROM access_approval a WHERE a.request_id = r.request_id AND a.approved) < 2
    OR NOT EXISTS (
    SELECT FROM access_approval a WHERE a.request_id = r.request_id AND a.approved AND a.oversees))) AS unapproved_restricted
FROM access_read d LEFT JOIN access_request r USING (request_id) WHERE d.cell = $1
"""
_REQUESTS = """
SELECT level, count(*) AS asked, count(granted_at) AS granted, count(*) FILTER (WHERE state = 'declined') AS declined,
  COALESCE(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM granted_at - asked_at)
    ) FILTER (WHERE NOT emergency), 0) AS median
FROM access_request GROUP BY level ORDER BY level
"""
_APPROVALS = """
SELECT a.team, a.site, a.oversees, a.approver_id = r.asker_id AS own, count(*) AS votes
FROM access_approval a JOIN access_request r USING (request_id) GROUP BY 1, 2, 3, 4
"""
_UNKNOWN = "unknown"
_PAIRS = """
SELECT count(*) AS pairs FROM (
  SELECT DISTINCT LEAST(a.approver_id, r.asker_id), GREATEST(a.approver_id, r.asker_id)
  FROM access_approval a JOIN access_request r USING (request_id)
  WHERE a.approved AND a.decided_at > $1 AND EXISTS (
    SELECT FROM access_approval b JOIN access_request q USING (request_id)
    WHERE b.approved AND b.decided_at > $1 AND b.approver_id = r.asker_id AND q.asker_id = a.approver_id)
) AS both_ways
"""


@dataclass(slots=True)
class Figures:
    """What was asked, granted and read in a cell; `bad` are readings that no rule allows, by what is wrong with them."""

    reads: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    granted: Counter[str] = field(default_factory=Counter)
    declined: int = 0
    median_seconds: dict[str, float] = field(default_factory=dict)
    approvals: int = 0
    overseen: int = 0
    self_approvals: int = 0
    votes_by: Counter[str] = field(default_factory=Counter)
    glass: int = 0
    glass_overdue: int = 0


async def figures(cell: Cell, *, now: datetime) -> Figures:
    """The figures of one cell."""
    found = Figures()
    (reads,) = await cell.database.fetch(_READS, cell.name)
    found.reads = reads["reads"]
    found.bad.update(
        {name: reads[name] for name in ("without", "outside", "beyond", "unapproved", "unapproved_restricted")}
    )
    for row in await cell.database.fetch(_REQUESTS):
        level = Level(row["level"]).name.lower()
        found.asked[level], found.granted[level] = row["asked"], row["granted"]
        found.median_seconds[level] = float(row["median"])
        found.declined += row["declined"]
    for row in await cell.database.fetch(_APPROVALS):
        found.approvals += row["votes"]
        found.overseen += row["votes"] if row["oversees"] else 0
        found.self_approvals += row["votes"] if row["own"] else 0
        found.votes_by[_where(row["team"], row["site"])] += row["votes"]
    (glass,) = await cell.database.fetch(
        "SELECT count(*) AS n, count(*) FILTER (WHERE reviewed_at IS NULL AND asked_at < $1) AS late"
        " FROM access_request WHERE emergency",
        now - REVIEWED_WITHIN,
    )
    found.glass, found.glass_overdue = glass["n"], glass["late"]
    return found


async def pairs(cells: Sequence[Cell], *, now: datetime) -> int:
    """Pairs of colleagues who have each approved the other's request within 30 days: not forbidden, and worth a look."""
    return sum([(await cell.database.fetch(_PAIRS, now - PAIR_DAYS))[0]["pairs"] for cell in cells])


def _where(team: str, site: str) -> str:
    """Team and country in words that are known: figures are published, and nothing else that a row may hold is."""
    known = team if team in tuple(Team) else _UNKNOWN
    return f"{known} in {site if site in COUNTRIES else _UNKNOWN}"
