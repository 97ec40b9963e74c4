"""How a member stands to another, for whoever has to ask the policy; answered by the member's own cell alone."""

from dataclasses import dataclass
from uuid import UUID

from kept.cells import Cell
from kept.policy import Relation
from kept.social.registers import FollowState, relation_of

_FACING = """
SELECT (SELECT state FROM follow WHERE owner_id = $1 AND other_id = $2 AND ended_at IS NULL) AS follows,
    (SELECT state FROM follower WHERE owner_id = $1 AND other_id = $2 AND ended_at IS NULL) AS followed,
    EXISTS (SELECT FROM block WHERE owner_id = $1 AND other_id = $2 AND ended_at IS NULL) AS blocks,
    EXISTS (SELECT FROM blocked_by WHERE owner_id = $1 AND other_id = $2 AND ended_at IS NULL) AS blocked,
    EXISTS (SELECT FROM mute WHERE owner_id = $1 AND other_id = $2) AS muted,
    EXISTS (SELECT FROM restriction WHERE owner_id = $1 AND other_id = $2) AS restricted
"""
_APART = """
SELECT other_id FROM block WHERE owner_id = $1 AND ended_at IS NULL
UNION SELECT other_id FROM blocked_by WHERE owner_id = $1 AND ended_at IS NULL
"""
_HIDDEN = f"{_APART} UNION SELECT other_id FROM mute WHERE owner_id = $1"  # noqa: S608  our own text
_FOLLOWED = """
SELECT other_id FROM follow f WHERE owner_id = $1 AND state = 'following' AND ended_at IS NULL
    AND NOT EXISTS (SELECT FROM mute m WHERE m.owner_id = $1 AND m.other_id = f.other_id)
"""
_CIRCLE = (
    f"SELECT other_id, true AS hidden FROM ({_HIDDEN}) apart UNION ALL SELECT other_id, false FROM ({_FOLLOWED}) near"  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Facing:
    """How one member stands to another: `relation` is what the first is to the second."""

    relation: Relation = Relation.STRANGER
    follows: FollowState = FollowState.ENDED
    followed: FollowState = FollowState.ENDED
    muted: bool = False
    restricted: bool = False


async def facing(cell: Cell, member_id: UUID | None, other_id: UUID) -> Facing:
    """How a member at home in `cell` stands to somebody; visitors are strangers to all."""
    if member_id is None:
        return Facing()
    if member_id == other_id:
        return Facing(Relation.OWN)
    row = (await cell.database.fetch(_FACING, member_id, other_id))[0]
    follows, followed = (
        FollowState(row["follows"] or FollowState.ENDED),
        FollowState(row["followed"] or FollowState.ENDED),
    )
    blocked = row["blocks"] or row["blocked"]
    relation = relation_of(blocked=blocked, follows=follows, followed=followed)
    return Facing(relation, follows, followed, row["muted"], row["restricted"])


async def apart_from(cell: Cell, member_id: UUID) -> frozenset[UUID]:
    """Whom a member at home in `cell` blocks, and who blocks them: neither sees what the other says."""
    return frozenset(row["other_id"] for row in await cell.database.fetch(_APART, member_id))


async def hidden_from(cell: Cell, member_id: UUID) -> frozenset[UUID]:
    """Whose clips no feed shows to a member: whoever blocks them, is blocked, or muted."""
    return frozenset(row["other_id"] for row in await cell.database.fetch(_HIDDEN, member_id))


async def followed_by(cell: Cell, member_id: UUID) -> list[UUID]:
    """Whom a member follows and hasn't muted."""
    return [row["other_id"] for row in await cell.database.fetch(_FOLLOWED, member_id)]


async def circle_of(cell: Cell, member_id: UUID) -> tuple[frozenset[UUID], list[UUID]]:
    """The answers of `hidden_from` and of `followed_by`, in one round trip."""
    rows = await cell.database.fetch(_CIRCLE, member_id)
    hidden = frozenset(row["other_id"] for row in rows if row["hidden"])
    return hidden, [row["other_id"] for row in rows if not row["hidden"]]
