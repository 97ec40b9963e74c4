"""Looking up sessions: those of all requests that come at the same moment, in one round trip.

Nobody is answered from before they asked, so a session that was ended is no good for whoever comes after that.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kept.cells import Cell
from kept.kit.gathering import Gathering

MOST = 64

ASKED = """
n.owner_id = s.owner_id AND n.answer IS NULL AND n.session_id IS DISTINCT FROM s.session_id AND (
    n.at >= s.created_at OR NOT EXISTS (
        SELECT FROM signin_alert o
        WHERE o.owner_id = s.owner_id AND o.session_id = s.session_id AND o.answer IS DISTINCT FROM 'mine'))
"""
"""SQL: whether the session `s` is asked about the alert `n`: not about itself, nor, while it is in question, about what was
before it."""

_RESUME = f"""
SELECT t.at, s.secret_hash, s.last_seen_at, a.handle, a.band, a.band_on, a.country, a.language, a.leaving_at,
    a.closed_at,
    l.guarded, l.guarded_minutes, l.chosen, l.chosen_minutes, l.news, u.day AS screen_day, u.minutes, u.more, u.counted_at,
    ARRAY(SELECT c.document || '@' || c.version FROM acceptance c WHERE c.owner_id = a.owner_id) AS agreements,
    w.alert_id AS alert, w.session_id AS alert_session, w.device AS alert_device, w.at AS alert_at
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS t(owner_id, session_id, at)
JOIN session s ON s.owner_id = t.owner_id AND s.session_id = t.session_id JOIN account a ON a.owner_id = t.owner_id
LEFT JOIN LATERAL (
    SELECT n.alert_id, n.session_id, n.device, n.at FROM signin_alert n WHERE {ASKED}
    ORDER BY n.at DESC, n.alert_id DESC LIMIT 1) w ON true
LEFT JOIN member_limits l ON l.owner_id = t.owner_id LEFT JOIN screen_time u ON u.owner_id = t.owner_id
"""  # noqa: S608  constants only

Named = tuple[UUID, UUID]
"""A member and one of their sessions."""
Resuming = Gathering[Named, Mapping[str, Any] | None]


def resuming(cell: Cell) -> Resuming:
    """Finds sessions in a cell, with what is known of their members; None for one that isn't there."""

    async def ask(sessions: Sequence[Named]) -> Sequence[Mapping[str, Any] | None]:
        members, ids = zip(*sessions, strict=True)
        rows = await cell.database.fetch(_RESUME, members, ids)
        found = {row["at"]: row for row in rows}
        return [found.get(at) for at in range(1, len(sessions) + 1)]

    return Gathering(ask, most=MOST)
