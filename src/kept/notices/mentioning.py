"""Whom a text mentions: the handles in it, as pages link them, and whose they are, by the shelf of profiles in every cell."""

from uuid import UUID

import sqlalchemy as sa

from kept.cells import Tx
from kept.look import handles_in
from kept.social import ShelfProfile

MOST_MENTIONS = 10
"""Of one text; who is named after that is linked, and told nothing."""


async def mentioned_in(tx: Tx, text: str) -> list[UUID]:
    """The members whom a text names first. A child has no profile, so nobody can name one."""
    names = handles_in(text)[:MOST_MENTIONS]
    if not names:
        return []
    wanted = sa.select(ShelfProfile.handle, ShelfProfile.owner_id).where(ShelfProfile.handle.in_(names))
    found = {row.handle: row.owner_id for row in (await tx.run(wanted)).all()}
    return [found[name] for name in names if name in found]
