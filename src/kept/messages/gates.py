"""What this floor needs to know of how two members stand, and can't know: who follows or blocks whom is a floor above.

`app` supplies the answer. Until there is such a floor, `Strangers` says the little that is known.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from kept.cells import Cell
from kept.policy import Choice, Relation


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


class Strangers:
    """Nobody follows or blocks anybody, and everyone may write, as far as the age bands let them."""

    async def tie(self, cell: Cell, member_id: UUID, other_id: UUID) -> Tie:
        """A stranger, from whom messages are taken."""
        return Tie(Relation.STRANGER, Choice.EVERYONE)
