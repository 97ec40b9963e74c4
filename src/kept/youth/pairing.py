"""Pairing: a young person agrees with a guardian's code, the guardian confirms; either ends it. What was set then stays."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session, TooManyAttempts, clear_attempts, count_attempt
from kept.cells import Tx
from kept.policy import Action, AgeBand, Family, Relation, require
from kept.social import Answer, Wish, facing, turn_at, whose
from kept.youth.errors import NoSuchPairing, TooManyCodes, TooManyGuardians
from kept.youth.keeping import Pair, guardians_of, held_for, lock, pair_of, put_pair, set_by
from kept.youth.models import Guardian, Ward
from kept.youth.opening import Youth
from kept.youth.registers import FromGuardian, FromYoung, PairState
from kept.youth.telling import MOST_GUARDIANS, end, tell


async def agree(youth: Youth, tx: Tx, by: Session, handle: str, code: str, *, now: datetime) -> PairState:
    """Agree to be paired with somebody, by the code that they show; says what came of it so far.

    A wrong code is told as `ENDED`, and is counted; a guardian whose home is in another region answers later.

    Raises NoSuchMember, NotYourself, Refused, TooManyGuardians, TooManyCodes, NoWayThere.
    """
    require(by.actor, Action.PAIR_AS_YOUNG, Family())
    guardian_id = await whose(youth.social, by, handle)
    await lock(tx, by.member_id)
    others = await guardians_of(tx, by.member_id, PairState.ASKED, PairState.PAIRED)
    if guardian_id in others and (await pair_of(tx, Guardian, by.member_id, guardian_id)).state is PairState.PAIRED:
        return PairState.PAIRED
    if len(others.keys() - {guardian_id}) >= MOST_GUARDIANS:
        raise TooManyGuardians(most=MOST_GUARDIANS)
    index = youth.beacon.blind_index("pairing-attempt", by.member_id.hex)
    try:
        await count_attempt(by.cell, index, now=now)
    except TooManyAttempts as error:
        raise TooManyCodes(**error.details) from error
    if (await facing(by.cell, by.member_id, guardian_id)).relation is Relation.BLOCKED:
        return PairState.ENDED
    before = await pair_of(tx, Guardian, by.member_id, guardian_id)
    wish = Wish(await _next_turn(tx, by.member_id, before, now=now), wants=True)
    told = {} if before.wish.turn else {"told": 0}
    await put_pair(tx, Guardian, by.member_id, guardian_id, Pair(wish, before.answer), now=now, **told)
    await tell(youth, tx, guardian_id, FromYoung(by.member_id, by.band, wish, code), now=now)
    state = (await pair_of(tx, Guardian, by.member_id, guardian_id)).state
    if state is not PairState.ENDED:
        await clear_attempts(by.cell, index)
    return state


async def confirm(youth: Youth, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """Become the guardian of a young person who agreed.

    Raises NoSuchPairing, NoSuchMember, NotYourself, Refused, NoWayThere.
    """
    young_id = await whose(youth.social, by, handle)
    await lock(tx, young_id)
    before = await pair_of(tx, Ward, by.member_id, young_id)
    if before.state is PairState.ENDED:
        raise NoSuchPairing
    require(by.actor, Action.PAIR_AS_GUARDIAN, Family(owner_band=await band_of_ward(tx, by.member_id, young_id)))
    await _answer(youth, tx, by, young_id, before, True, now=now)


async def unpair(youth: Youth, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """End a pairing, or decline one, from either side. What was set stays in force.

    Raises NoSuchPairing, NoSuchMember, NotYourself, Refused, NoWayThere.
    """
    other_id = await whose(youth.social, by, handle)
    require(by.actor, Action.UNPAIR, Family(owner_band=None, paired=True, loosens=False))
    await lock(tx, by.member_id)
    mine = await pair_of(tx, Guardian, by.member_id, other_id)
    if mine.state is not PairState.ENDED:
        await end(youth, tx, by.member_id, other_id, mine, by.band, now=now)
        return
    await lock(tx, other_id)
    ward = await pair_of(tx, Ward, by.member_id, other_id)
    if ward.state is PairState.ENDED:
        raise NoSuchPairing
    await _answer(youth, tx, by, other_id, ward, False, now=now)


async def band_of_ward(tx: Tx, guardian_id: UUID, young_id: UUID) -> AgeBand | None:
    """How old a guardian's young person is, as far as their cell told."""
    wanted = sa.select(Ward.band).where(Ward.owner_id == guardian_id, Ward.other_id == young_id)
    band = (await tx.run(wanted)).scalar_one_or_none()
    return None if band is None else AgeBand(band)


async def _answer(
    youth: Youth, tx: Tx, by: Session, young_id: UUID, before: Pair, accepted: bool, *, now: datetime
) -> None:
    after = Pair(before.wish, Answer(before.wish.turn, accepted))
    if after == before:
        return
    await put_pair(tx, Ward, by.member_id, young_id, after, now=now)
    setting, _ = await set_by(tx, by.member_id, young_id)
    await tell(youth, tx, young_id, FromGuardian(by.member_id, after.answer, setting), now=now)


async def _next_turn(tx: Tx, young_id: UUID, before: Pair, *, now: datetime) -> int:
    """The turn of a new wish: above all in which anything was set, because it names the pairing."""
    known = [
        *(await held_for(tx, young_id)),
        *(await guardians_of(tx, young_id, *PairState)).values(),
        before.wish.turn,
    ]
    return max(turn_at(now), 1 + max(known))
