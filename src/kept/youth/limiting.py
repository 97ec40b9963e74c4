"""Limits: what a guardian sets for a young person, and what a member chooses for themselves."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kept.accounts import MOST_MINUTES, Session, allow_more, limits_of, put_limits
from kept.cells import Tx
from kept.policy import Account, Action, AgeBand, Family, Limit, require
from kept.social import draw_again, turn_at, whose
from kept.youth.errors import BadMinutes, NoSuchPairing, OnlyAGuardian
from kept.youth.keeping import change_ward, lock, pair_of, set_by, set_columns
from kept.youth.models import Ward
from kept.youth.opening import Youth
from kept.youth.pairing import band_of_ward
from kept.youth.registers import FromGuardian, PairState, Setting
from kept.youth.telling import MORE_MINUTES, tell

LEAST_MINUTES = 5


async def set_limits(
    youth: Youth,
    tx: Tx,
    by: Session,
    handle: str,
    off: Collection[Limit],
    minutes: int | None,
    *,
    over: Collection[int] = (),
    now: datetime,
) -> None:
    """Set what is off for a young person, and their minutes a day (None: as usual at their age).

    `over` names the former pairings whose limits this replaces: those that the guardian was shown, and no others.

    Raises NoSuchPairing, NoSuchMember, NotYourself, Refused, BadMinutes, NoWayThere.
    """
    young_id, before = await _mine(youth, tx, by, handle)
    if minutes is not None and not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise BadMinutes(most=MOST_MINUTES)
    switches = frozenset(off) - {Limit.SCREEN_TIME}
    after = Setting(before.turn, before.to, switches, minutes, frozenset(over), before.given)
    if after != before:
        await _set(youth, tx, by, young_id, after, now=now)


async def give_more(youth: Youth, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """Give a young person more time for today. Raises NoSuchPairing, NoSuchMember, NotYourself, Refused, NoWayThere."""
    young_id, before = await _mine(youth, tx, by, handle)
    after = Setting(before.turn, before.to, before.off, before.minutes, before.over, before.given + 1)
    await _set(youth, tx, by, young_id, after, now=now)


async def choose(tx: Tx, by: Session, off: Collection[Limit], minutes: int | None, *, now: datetime) -> None:
    """Switch things off for oneself, and choose one's minutes a day (0: no limit of one's own). Raises Refused, BadMinutes.

    It comes on top of what guardians set, so it undoes none of that.
    """
    require(by.actor, Action.CHANGE_SETTINGS, Account(undoes_guardian=False))
    if minutes and not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise BadMinutes(most=MOST_MINUTES)
    await lock(tx, by.member_id)
    mine = await limits_of(tx, by.member_id)
    chosen = frozenset(off) - {Limit.SCREEN_TIME}
    await put_limits(tx, by.member_id, replace(mine, chosen=chosen, chosen_minutes=minutes), now=now)
    await draw_again(tx, by.member_id, now=now)


async def go_on(tx: Tx, by: Session, *, now: datetime) -> None:
    """Go on for a while after one's own limit. Raises Refused where a guardian set it; OnlyAGuardian for a child."""
    require(by.actor, Action.CHANGE_SETTINGS, Account(undoes_guardian=by.today.guarded))
    if by.band is AgeBand.UNDER_13:
        raise OnlyAGuardian
    await allow_more(tx, by.member_id, by.country, MORE_MINUTES, now=now)


async def _mine(youth: Youth, tx: Tx, by: Session, handle: str) -> tuple[UUID, Setting]:
    """A guardian's own young person, and what was set so far. Raises as the verbs do."""
    young_id = await whose(youth.social, by, handle)
    await lock(tx, young_id)
    if (await pair_of(tx, Ward, by.member_id, young_id)).state is not PairState.PAIRED:
        raise NoSuchPairing
    band = await band_of_ward(tx, by.member_id, young_id)
    require(by.actor, Action.SET_LIMITS, Family(owner_band=band, paired=True))
    setting, _ = await set_by(tx, by.member_id, young_id)
    return young_id, setting


async def _set(youth: Youth, tx: Tx, by: Session, young_id: UUID, after: Setting, *, now: datetime) -> None:
    turn = max(turn_at(now), after.turn + 1)
    setting = Setting(turn, after.to, after.off, after.minutes, after.over, after.given)
    await change_ward(tx, by.member_id, young_id, **set_columns(setting))
    pair = await pair_of(tx, Ward, by.member_id, young_id)
    await tell(youth, tx, young_id, FromGuardian(by.member_id, pair.answer, setting), now=now)
