"""What waits in a cell for somebody to look at it: the most severe first, of these the oldest. It names nobody."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kept.cells import Cell
from kept.policy import Action, Actor, Judgement, Service, can, require
from kept.reports.reasons import Severity
from kept.reports.reporting import Kind

MOST = 200
_WAITING = """
SELECT i.item_id, i.kind, i.clip_id, i.severity, i.child_safety, i.reporters, i.first_at, i.last_at,
    array(SELECT b.reason FROM reported_by b WHERE b.owner_id = i.owner_id AND b.item_id = i.item_id) AS reasons
FROM reported_item i WHERE state = 'waiting' AND child_safety = ANY($1::boolean[])
ORDER BY severity DESC, first_at, item_id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class InQueue:
    """A thing that was reported: what kind, where everybody may see it if they may, why, by how many, since when."""

    item_id: UUID
    kind: Kind
    clip_id: UUID | None
    severity: Severity
    child_safety: bool
    reporters: int
    first_at: datetime
    last_at: datetime
    reasons: tuple[tuple[str, int], ...]
    """Each reason, and how many gave it; the most frequent first."""


async def waiting(cell: Cell, actor: Actor) -> list[InQueue]:
    """What somebody of the staff may see of a cell's queue; child safety, its own team alone. Raises Refused."""
    require(actor, Action.SEE_REPORTS, Service())
    theirs = [can(actor, Action.SEE_CHILD_SAFETY, Judgement()).allowed]
    rows = await cell.database.fetch(_WAITING, theirs, MOST)
    return [
        InQueue(
            row["item_id"],
            Kind(row["kind"]),
            row["clip_id"],
            Severity(row["severity"]),
            row["child_safety"],
            row["reporters"],
            row["first_at"],
            row["last_at"],
            tuple(Counter(row["reasons"]).most_common()),
        )
        for row in rows
    ]
