"""Whether an account is private: then whoever wants to follow asks, and only followers see its clips."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Cell, Tx
from kept.policy import Account, Action, require
from kept.social.deciding import require_self
from kept.social.models import Circle
from kept.social.profiles import PRIVATE_AT_FIRST, draw_again

_PRIVATE = """
SELECT coalesce((SELECT c.private FROM circle c WHERE c.owner_id = a.owner_id), a.band = $2) AS private
FROM account a WHERE a.owner_id = $1
"""


async def set_private(tx: Tx, by: Session, private: bool, *, now: datetime) -> None:
    """Close or open one's account. Who follows goes on following, and who has asked still waits. Raises Refused."""
    require(by.actor, Action.CHANGE_SETTINGS, Account(undoes_guardian=False))
    require_self(by.actor, Action.ANSWER_FOLLOW_REQUEST)
    chosen = insert(Circle).values(owner_id=by.member_id, private=private, changed_at=now)
    fresh = {"private": private, "changed_at": now}
    await tx.run(chosen.on_conflict_do_update(index_elements=["owner_id"], set_=fresh))
    await draw_again(tx, by.member_id, now=now)


async def is_private(cell: Cell, member_id: UUID) -> bool:
    """Whether the account of a member at home in `cell` is private; of somebody new, whether it will be."""
    rows = await cell.database.fetch(_PRIVATE, member_id, PRIVATE_AT_FIRST.value)
    return bool(rows and rows[0]["private"])
