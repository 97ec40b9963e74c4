"""A member's own lists: whom they follow, who follows them, who asks to, whom they mute, restrict or block. Nobody else sees
them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kept.accounts import Session
from kept.policy import Action
from kept.social.deciding import require_self
from kept.social.opening import Social

PAGE = 50
MOST = 200


class Which(StrEnum):
    """One of the lists."""

    FOLLOWING = "following"
    FOLLOWERS = "followers"
    REQUESTS = "requests"
    MUTED = "muted"
    RESTRICTED = "restricted"
    BLOCKED = "blocked"


_FROM = {
    Which.FOLLOWING: ("follow", "ended_at IS NULL AND state = 'following'"),
    Which.FOLLOWERS: ("follower", "ended_at IS NULL AND state = 'following'"),
    Which.REQUESTS: ("follower", "ended_at IS NULL AND state = 'asked'"),
    Which.MUTED: ("mute", "true"),
    Which.RESTRICTED: ("restriction", "true"),
    Which.BLOCKED: ("block", "ended_at IS NULL"),
}
_PAGE = {
    which: f"""
SELECT other_id, since FROM {table} WHERE owner_id = $1 AND {condition}
    AND ($2::uuid IS NULL OR (since, other_id) < (SELECT since, other_id FROM {table} WHERE owner_id = $1 AND other_id = $2))
ORDER BY since DESC, other_id DESC LIMIT $3
"""  # noqa: S608  our own names
    for which, (table, condition) in _FROM.items()
}
_COUNT = {
    which: f"SELECT count(*) AS n FROM {table} WHERE owner_id = $1 AND {condition}"  # noqa: S608
    for which, (table, condition) in _FROM.items()
}


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in a list."""

    member_id: UUID
    handle: str
    since: datetime


async def listed(
    social: Social, by: Session, which: Which, *, after: UUID | None = None, limit: int = PAGE
) -> tuple[list[Listed], UUID | None]:
    """A page of one's own list, the latest first, and after whom the next one begins. Raises Refused."""
    require_self(by.actor, Action.UNFOLLOW)
    most = max(1, min(limit, MOST))
    rows = await by.cell.database.fetch(_PAGE[which], by.member_id, after, most + 1)
    shown = rows[:most]
    names = await social.directory.handles([row["other_id"] for row in shown]) if shown else {}
    found = [Listed(row["other_id"], names[row["other_id"]], row["since"]) for row in shown if row["other_id"] in names]
    return found, shown[-1]["other_id"] if len(rows) > most else None


async def how_many(by: Session, which: Which) -> int:
    """How many are in one's own list."""
    return int((await by.cell.database.fetch(_COUNT[which], by.member_id))[0]["n"])
