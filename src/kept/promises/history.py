"""The history of a promise: for the sparkline of the public page and the audit export."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kept.promises.promise import Verdict
from kept.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Past:
    """One past reading."""

    at: datetime
    verdict: Verdict
    figure: str


History = dict[str, list[Past]]


async def recent(runtime: Runtime, *, days: int = 7, points: int = 60) -> History:
    """The newest readings of every promise, oldest first, `points` at most each; one round trip."""
    since = runtime.clock.now() - timedelta(days=days)
    rows = await runtime.cells.directory.database.fetch(
        "SELECT promise_id, measured_at, verdict, figure FROM ("
        " SELECT *, row_number() OVER (PARTITION BY promise_id ORDER BY measured_at DESC) AS nth"
        " FROM promise_reading WHERE measured_at >= $1) r WHERE nth <= $2 ORDER BY promise_id, measured_at",
        since,
        points,
    )
    history: History = {}
    for row in rows:
        past = Past(row["measured_at"], Verdict(row["verdict"]), row["figure"])
        history.setdefault(row["promise_id"], []).append(past)
    return history
