"""Muting: somebody's clips are in none of one's feeds. It stays at home: the other is told nothing and loses nothing."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.policy import Action
from kept.social.deciding import require_self
from kept.social.following import whose
from kept.social.models import Mute
from kept.social.opening import Social


async def mute(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """See nothing of somebody in feeds; muted twice, they are muted once. Raises NoSuchMember, NotYourself, Refused."""
    require_self(by.actor, Action.MUTE)
    other_id = await whose(social, by, handle)
    muted = insert(Mute).values(owner_id=by.member_id, other_id=other_id, since=now)
    await tx.run(muted.on_conflict_do_nothing())


async def unmute(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """See somebody in feeds again. Raises NoSuchMember, NotYourself, Refused."""
    require_self(by.actor, Action.MUTE)
    other_id = await whose(social, by, handle)
    await tx.run(sa.delete(Mute).where(Mute.owner_id == by.member_id, Mute.other_id == other_id))
