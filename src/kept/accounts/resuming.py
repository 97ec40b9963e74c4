"""Looking up sessions: those of all requests that come at the same moment, in one round trip.

Nobody is answered from before they asked, so a session that was ended is no good for whoever comes after that.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kept.cells import Cell
from kept.kit.gathering import Gathering

MOST = 64

_RESUME = """
SELECT t.at, s.secret_hash, s.last_seen_at, a.handle, a.band, a.band_on, a.country, a.language, a.leaving_at,
    a.closed_at,
    l.guarded, l.guarded_minutes, l.chosen, l.chosen_minutes, l.news, u.day AS screen_day, u.minutes, u.more, u.counted_at,
    ARRAY(SELECT c.document || '@' || c.version FROM acceptance c WHERE c.owner_id = a.owner_id) AS agreements
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS t(owner_id, session_id, at)
JOIN session s ON s.owner_id = t.owner_id AND s.session_id = t.session_id JOIN account a ON a.owner_id = t.owner_id
LEFT JOIN member_limits l ON l.owner_id = t.owner_id LEFT JOIN screen_time u ON u.owner_id = t.owner_id
"""

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
