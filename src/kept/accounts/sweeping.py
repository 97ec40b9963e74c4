"""What has lapsed goes: sessions that nobody used, failures that are forgotten, challenges that can't be answered any more."""

from datetime import datetime, timedelta

from kept.accounts.attempts import FORGOTTEN
from kept.accounts.passkeys import CEREMONY
from kept.cells import Cell

_BATCH = 5_000
_LAPSED = """
WITH gone AS (SELECT ctid FROM {table} WHERE {clock} < $1 LIMIT $2)
DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM gone)) RETURNING 1
"""


async def forget_lapsed(cell: Cell, *, session_days: int, now: datetime) -> int:
    """Delete what has lapsed in a cell, up to a batch of each kind; returns how many rows went. Run now and then."""
    gone = 0
    for table, clock, life in (
        ("session", "last_seen_at", timedelta(days=session_days)),
        ("signin_attempt", "last_at", FORGOTTEN),
        ("spent_challenge", "spent_at", 2 * CEREMONY),
    ):
        statement = _LAPSED.format(table=table, clock=clock)
        gone += len(await cell.database.fetch(statement, now - life, _BATCH))
    return gone
