"""Telling the other one's cell what a member says, and hearing what others say: in this cell at once, elsewhere by parcel.

A parcel holds all that one says to the other, so the newest is enough, and one that is lost, late or doubled does no harm.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.accounts import Account, allow_more
from kept.cells import Addressed, Tx
from kept.policy import Action, Actor, AgeBand, Family, Relation, can
from kept.policy import Standing as AccountStanding
from kept.social import Answer, Wish, facing, turn_at
from kept.youth.codes import spend_code
from kept.youth.keeping import (
    Pair,
    change_ward,
    guardians_of,
    heard_columns,
    held_for,
    hold,
    lock,
    next_telling,
    pair_of,
    put_pair,
    set_by,
    set_columns,
    tell_news,
)
from kept.youth.models import Guardian, Ward
from kept.youth.opening import Youth
from kept.youth.registers import FromGuardian, FromYoung, PairState, Setting, Standing, strictest, taking

WHAT = "family"
"""`Addressed.what` of what follows."""
MORE_MINUTES = 15
MOST_GUARDIANS = 2
MOST_WARDS = 12

_decode = msgspec.msgpack.Decoder(FromYoung | FromGuardian).decode


class News(StrEnum):
    """What a member can be told about their family."""

    AGREED = "agreed"
    """A young person agreed, and waits for the guardian to confirm."""
    PAIRED = "paired"
    DECLINED = "declined"
    LIMITS = "limits"
    MORE_TIME = "more_time"
    ENDED = "ended"
    OF_AGE = "of_age"


class _Home(msgspec.Struct, frozen=True):
    """A member at home here."""

    band: AgeBand
    country: str
    leaving: bool


async def tell(youth: Youth, tx: Tx, to: UUID, said: FromYoung | FromGuardian, *, now: datetime) -> None:
    """Let somebody's cell know; nobody, when they are gone. The young one is locked by the caller. Raises NoWayThere."""
    home = await youth.directory.home(to)
    if home == tx.cell.name:
        await _hear(youth, tx, to, said, now=now)
    elif home is not None:
        await youth.post.send(tx, WHAT, home, to, msgspec.msgpack.encode(said), now=now)


async def deliver(youth: Youth, tx: Tx, parcel: Addressed, *, now: datetime) -> None:
    """Apply what another cell told a member of this one. Raises EnvelopeRefused, NoWayThere."""
    opened = await youth.post.opened(tx, parcel, now=now)
    if opened is not None:
        said = _decode(opened)
        await lock(tx, said.by if isinstance(said, FromYoung) else parcel.to_member)
        await _hear(youth, tx, parcel.to_member, said, now=now)


async def _hear(youth: Youth, tx: Tx, member_id: UUID, said: FromYoung | FromGuardian, *, now: datetime) -> None:
    home = await _home(tx, member_id)
    if home is None:
        return
    if isinstance(said, FromYoung):
        await _hear_young(youth, tx, member_id, home, said, now=now)
    else:
        await _hear_guardian(youth, tx, member_id, home, said, now=now)


async def _hear_young(youth: Youth, tx: Tx, me: UUID, home: _Home, said: FromYoung, *, now: datetime) -> None:
    """In the guardian's cell: a wish with a code, its end, or what is in force."""
    before = await pair_of(tx, Ward, me, said.by)
    if said.wish.turn > before.wish.turn:
        pair = Pair(said.wish, before.answer)
        if said.wish.wants:
            if not await _is_welcome(youth, tx, me, home, said, now=now):
                refusal = Answer(said.wish.turn, accepted=False)
                await tell(youth, tx, said.by, FromGuardian(me, refusal), now=now)
                return
            await tell_news(tx, me, News.AGREED, said.by, now=now)
        elif before.state is not PairState.ENDED:
            what = News.OF_AGE if said.band is AgeBand.ADULT else News.ENDED
            await tell_news(tx, me, what, said.by, now=now)
        fresh = set_columns(Setting()) | heard_columns(said.standing) | {"band": said.band}
        await put_pair(tx, Ward, me, said.by, pair, now=now, **fresh)
    _, known = await set_by(tx, me, said.by)
    if said.wish.turn >= before.wish.turn and said.standing.turn > known.turn:
        await change_ward(tx, me, said.by, band=said.band, **heard_columns(said.standing))
        if known.turn and said.standing.applied == known.applied and said.standing.force != known.force:
            await tell_news(tx, me, News.LIMITS, said.by, now=now, force=said.standing.force)


async def _is_welcome(youth: Youth, tx: Tx, me: UUID, home: _Home, said: FromYoung, *, now: datetime) -> bool:
    """Whether a wish to be paired reaches a guardian: with their code, from a young person whom they don't block."""
    fits = await spend_code(youth, tx, me, said.code, now=now)
    actor = Actor.member(home.band, standing=AccountStanding.GOOD, offered=True, limits=())
    allowed = can(actor, Action.PAIR_AS_GUARDIAN, Family(owner_band=said.band))
    between = await facing(tx.cell, me, said.by)
    wards = sa.select(sa.func.count()).where(Ward.owner_id == me, Ward.ended_at.is_(None))
    few = (await tx.run(wards)).scalar_one() < MOST_WARDS
    return fits and allowed.allowed and few and not home.leaving and between.relation is not Relation.BLOCKED


async def _hear_guardian(youth: Youth, tx: Tx, me: UUID, home: _Home, said: FromGuardian, *, now: datetime) -> None:
    """In the young person's cell: an answer to their wish, and what the guardian has set."""
    before = await pair_of(tx, Guardian, me, said.by)
    if said.answer.to == before.wish.turn and said.answer.weight > before.answer.weight:
        after = Pair(before.wish, said.answer)
        if after.state is PairState.PAIRED and home.band is AgeBand.ADULT:
            await end(youth, tx, me, said.by, after, home.band, now=now)
            return
        await put_pair(tx, Guardian, me, said.by, after, now=now)
        if after.state is PairState.PAIRED:
            await tell_news(tx, me, News.PAIRED, said.by, now=now)
        elif before.state is not PairState.ENDED:
            declined = before.state is PairState.ASKED
            await tell_news(tx, me, News.DECLINED if declined else News.ENDED, said.by, now=now)
        await tell_standing(youth, tx, me, home.band, now=now)
    await _take(youth, tx, me, home, said, now=now)


async def _take(youth: Youth, tx: Tx, me: UUID, home: _Home, said: FromGuardian, *, now: datetime) -> None:
    """Put in force what a guardian has set, unless it is old, or of a pairing that has ended; and say so to all guardians."""
    current = frozenset((await guardians_of(tx, me, PairState.PAIRED)).values())
    mine = (await pair_of(tx, Guardian, me, said.by)).wish.turn
    if said.setting.to != mine or home.band is AgeBand.ADULT:
        return
    before = await held_for(tx, me)
    after = taking(before, current, said.setting)
    if after == before:
        return
    was, force = strictest(before.values()), strictest(after.values())
    more = said.setting.given - before.get(mine, Setting()).given
    await hold(tx, me, before, after, now=now)
    if more > 0:
        await allow_more(tx, me, home.country, MORE_MINUTES * more, now=now)
        await tell_news(tx, me, News.MORE_TIME, said.by, now=now)
    if force != was:
        await tell_news(tx, me, News.LIMITS, said.by, now=now, force=force)
    await tell_standing(youth, tx, me, home.band, now=now)


async def tell_standing(youth: Youth, tx: Tx, me: UUID, band: AgeBand, *, now: datetime) -> None:
    """Tell each of a young person's guardians what is in force now."""
    guardians = await guardians_of(tx, me, PairState.PAIRED)
    held = await held_for(tx, me)
    turn = await next_telling(tx, me, at_least=turn_at(now))
    left = frozenset(pairing for pairing in held if pairing not in guardians.values())
    for guardian_id, pairing in guardians.items():
        applied = held.get(pairing, Setting()).turn
        standing = Standing(turn, strictest(held.values()), left, applied)
        said = FromYoung(me, band, Wish(pairing, wants=True), standing=standing)
        await tell(youth, tx, guardian_id, said, now=now)


async def end(youth: Youth, tx: Tx, me: UUID, guardian_id: UUID, before: Pair, band: AgeBand, *, now: datetime) -> None:
    """A young person's side of a pairing ends, and the guardian is told. What was set stays, and stays in force."""
    turn = max(turn_at(now), before.wish.turn + 1)
    after = Pair(Wish(turn, wants=False), before.answer)
    await put_pair(tx, Guardian, me, guardian_id, after, now=now)
    await tell(youth, tx, guardian_id, FromYoung(me, band, after.wish), now=now)
    await tell_standing(youth, tx, me, band, now=now)


async def _home(tx: Tx, member_id: UUID) -> _Home | None:
    """A member whose account is open, at home in this cell."""
    wanted = sa.select(Account.band, Account.country, Account.leaving_at)
    row = (await tx.run(wanted.where(Account.owner_id == member_id, Account.closed_at.is_(None)))).first()
    return None if row is None else _Home(AgeBand(row.band), row.country, row.leaving_at is not None)
