"""Restricting: somebody's comments under one's clips are seen by themselves alone until one lets them through.

It stays at home, and they are never told: their comments look to them as they always did.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.policy import Action
from kept.social.deciding import require_self
from kept.social.following import whose
from kept.social.models import Restriction
from kept.social.opening import Social


async def restrict(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """Look at somebody's comments before others do; done twice, it is done once.

    Raises NoSuchMember, NotYourself, Refused.
    """
    require_self(by.actor, Action.RESTRICT)
    other_id = await whose(social, by, handle)
    made = insert(Restriction).values(owner_id=by.member_id, other_id=other_id, since=now)
    await tx.run(made.on_conflict_do_nothing())


async def unrestrict(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """Let somebody's comments be seen again, from now on. Raises NoSuchMember, NotYourself, Refused."""
    require_self(by.actor, Action.RESTRICT)
    other_id = await whose(social, by, handle)
    mine = sa.and_(Restriction.owner_id == by.member_id, Restriction.other_id == other_id)
    await tx.run(sa.delete(Restriction).where(mine))


async def restricts(tx: Tx, member_id: UUID, other_id: UUID) -> bool:
    """Whether a member at home in this cell restricts somebody."""
    mine = sa.and_(Restriction.owner_id == member_id, Restriction.other_id == other_id)
    return (await tx.run(sa.select(Restriction.since).where(mine))).first() is not None
