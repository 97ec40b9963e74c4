"""What this floor needs to know of how two members stand, and whom each lets write: `Known` asks the floor that keeps it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from kept.cells import Cell
from kept.messages.choosing import choices_of
from kept.policy import Choice, Relation
from kept.social import facing, relation_of


@dataclass(frozen=True, slots=True)
class Tie:
    """What one member is to another, and whom that other lets write."""

    relation: Relation
    accepts: Choice


class Ties(Protocol):
    """Asked at home: of the one who sends before anything is written, and again of the one who receives, in their cell."""

    async def tie(self, cell: Cell, member_id: UUID, other_id: UUID) -> Tie:
        """What `other_id` is to `member_id`, who lives in `cell`, and whom `member_id` lets write to them."""
        ...


class Known:
    """As `social` knows it, and as members chose."""

    async def tie(self, cell: Cell, member_id: UUID, other_id: UUID) -> Tie:
        """What the two are to each other."""
        mine = await facing(cell, member_id, other_id)
        return Tie(
            relation_of(blocked=mine.relation is Relation.BLOCKED, follows=mine.followed, followed=mine.follows),
            (await choices_of(cell, member_id)).accepts,
        )
