"""What the worker does for families: when a young person is of age, limits and pairings end; what nobody confirmed lapses."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Account
from kept.cells import Cell, Tx
from kept.policy import AgeBand
from kept.youth.keeping import guardians_of, lock, pair_of, put_in_force, tell_news
from kept.youth.models import GuardedBy, Guardian
from kept.youth.opening import Youth
from kept.youth.registers import InForce, PairState
from kept.youth.telling import News, end

LAPSES = timedelta(days=1)
MOST = 200
_OF_AGE = """
SELECT a.owner_id FROM account a WHERE a.band = 'adult' AND a.closed_at IS NULL AND (
    EXISTS (SELECT FROM guardian g WHERE g.owner_id = a.owner_id AND g.ended_at IS NULL)
    OR EXISTS (SELECT FROM guarded_by b WHERE b.owner_id = a.owner_id)) LIMIT $1
"""
_UNCONFIRMED = """
SELECT owner_id, other_id FROM guardian WHERE state = 'asked' AND ended_at IS NULL AND since < $1 LIMIT $2
"""


async def tend_families(youth: Youth, cell: Cell, *, now: datetime) -> int:
    """End what is over, each in a transaction of its own; how many that was. For the worker, every few seconds."""
    grown = await cell.database.fetch(_OF_AGE, MOST)
    for row in grown:
        async with cell.begin() as tx:
            await _of_age(youth, tx, row["owner_id"], now=now)
    lapsed = await cell.database.fetch(_UNCONFIRMED, now - LAPSES, MOST)
    for row in lapsed:
        async with cell.begin() as tx:
            await _lapse(youth, tx, row["owner_id"], row["other_id"], now=now)
    return len(grown) + len(lapsed)


async def _of_age(youth: Youth, tx: Tx, young_id: UUID, *, now: datetime) -> None:
    """An eighteenth birthday that was noticed at the first visit after it; since then no request finds the limits in force."""
    await lock(tx, young_id)
    for guardian_id in await guardians_of(tx, young_id, PairState.ASKED, PairState.PAIRED):
        pair = await pair_of(tx, Guardian, young_id, guardian_id)
        await end(youth, tx, young_id, guardian_id, pair, AgeBand.ADULT, now=now)
        await tell_news(tx, young_id, News.OF_AGE, guardian_id, now=now)
    await tx.run(sa.delete(GuardedBy).where(GuardedBy.owner_id == young_id))
    await put_in_force(tx, young_id, InForce(), now=now)


async def _lapse(youth: Youth, tx: Tx, young_id: UUID, guardian_id: UUID, *, now: datetime) -> None:
    await lock(tx, young_id)
    pair = await pair_of(tx, Guardian, young_id, guardian_id)
    band = (await tx.run(sa.select(Account.band).where(Account.owner_id == young_id))).scalar_one()
    if pair.state is PairState.ASKED:
        await end(youth, tx, young_id, guardian_id, pair, AgeBand(band), now=now)
