"""Writing notices down, in the transaction of what they tell, and ringing for the pages that are open."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.cells import Tx
from kept.notices.kinds import Kind
from kept.notices.models import Notice

CHANNEL = "notice"
"""Where a cell tells, over PostgreSQL's LISTEN, whose notices have changed: an id, nothing else."""

_RING = sa.text("SELECT pg_notify(:channel, :owner)")
_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))")


def id_of(about: UUID, what: str) -> UUID:
    """By what a notice is known that tells this of that; one person's follow, or one comment, is told once."""
    return uuid5(about, what)


async def put(
    tx: Tx,
    owner_id: UUID,
    notice_id: UUID,
    kind: Kind,
    *,
    actor_id: UUID | None = None,
    clip_id: UUID | None = None,
    comment_id: UUID | None = None,
    amount: int = 1,
    seen: bool = False,
    now: datetime,
) -> None:
    """Tell a member something; what they were told already, with as much, is not told again. `seen`: they did it themselves."""
    values: dict[str, Any] = {"kind": kind, "actor_id": actor_id, "clip_id": clip_id, "comment_id": comment_id}
    values |= {"amount": amount, "told_at": now, "seen_at": now if seen else None}
    made = insert(Notice).values(owner_id=owner_id, notice_id=notice_id, **values)
    news = sa.or_(Notice.kind != made.excluded.kind, Notice.amount < made.excluded.amount)
    stored = made.on_conflict_do_update(index_elements=["owner_id", "notice_id"], set_=values, where=news)
    if (await tx.run(stored.returning(Notice.notice_id))).first() is not None:
        await _ring(tx, owner_id)


async def take(tx: Tx, owner_id: UUID, *which: sa.ColumnElement[bool]) -> None:
    """Take notices away again."""
    gone = sa.delete(Notice).where(Notice.owner_id == owner_id, *which).returning(Notice.notice_id)
    if (await tx.run(gone)).first() is not None:
        await _ring(tx, owner_id)


async def lower(tx: Tx, owner_id: UUID, notice_id: UUID, amount: int) -> None:
    """Say that it is fewer now, which is no news."""
    mine = sa.and_(Notice.owner_id == owner_id, Notice.notice_id == notice_id, Notice.amount > amount)
    await tx.run(sa.update(Notice).where(mine).values(amount=amount))


async def alone_with(tx: Tx, notice_id: UUID) -> bool:
    """Whether nobody else counts the same until the transaction ends; nobody waits, so nobody waits for each other."""
    return bool((await tx.run(_LOCK, {"key": f"notice|{notice_id.hex}"})).scalar_one())


async def _ring(tx: Tx, owner_id: UUID) -> None:
    await tx.run(_RING, {"channel": CHANNEL, "owner": str(owner_id)})
