"""Rows of a family, loaded and stored; whoever changes anything about a young person in a cell does so alone (`lock`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import limits_of, named, note_news, put_limits
from kept.cells import Tx
from kept.kit import new_id
from kept.policy import Limit
from kept.social import Answer, Wish, draw_again, lock_pair
from kept.youth.models import FamilyNews, GuardedBy, Guardian, Pairing, Ward
from kept.youth.registers import InForce, PairState, Setting, Standing, pair_state, strictest

_NO_WISH, _NO_ANSWER, _NOTHING = Wish(), Answer(), InForce()


@dataclass(frozen=True, slots=True)
class Pair:
    """One side of a pairing, as its owner's cell has it."""

    wish: Wish = _NO_WISH
    answer: Answer = _NO_ANSWER

    @property
    def state(self) -> PairState:
        """Where it has come to."""
        return pair_state(self.wish, self.answer)


async def lock(tx: Tx, young_id: UUID) -> None:
    """Keep everybody else from changing anything about a young person in this cell until the transaction ends."""
    await lock_pair(tx, young_id, young_id)


async def pair_of(tx: Tx, table: type[Pairing], owner_id: UUID, other_id: UUID) -> Pair:
    """The owner's side of a pairing; of one that never was, an empty one."""
    wanted = sa.select(table.turn, table.wants, table.answer_to, table.accepted)
    row = (await tx.run(wanted.where(table.owner_id == owner_id, table.other_id == other_id))).first()
    return Pair() if row is None else Pair(Wish(row.turn, row.wants), Answer(row.answer_to, row.accepted))


async def put_pair(
    tx: Tx, table: type[Pairing], owner_id: UUID, other_id: UUID, pair: Pair, *, now: datetime, **more: Any
) -> None:
    """Store the owner's side; `more` are further columns, all of which a new row needs."""
    ended = now if pair.state is PairState.ENDED else None
    values = {
        "turn": pair.wish.turn,
        "wants": pair.wish.wants,
        "answer_to": pair.answer.to,
        "accepted": pair.answer.accepted,
        "state": pair.state,
        "since": now,
        "ended_at": ended,
    }
    mine = sa.and_(table.owner_id == owner_id, table.other_id == other_id)
    changed = await tx.run(sa.update(table).where(mine).values(**values, **more).returning(table.turn))
    if not changed.all():
        await tx.run(insert(table).values(owner_id=owner_id, other_id=other_id, **values, **more))


async def guardians_of(tx: Tx, young_id: UUID, *states: PairState) -> dict[UUID, int]:
    """A young person's pairings in some states: the guardian, and the turn of the wish."""
    wanted = sa.select(Guardian.other_id, Guardian.turn)
    rows = await tx.run(wanted.where(Guardian.owner_id == young_id, Guardian.state.in_(states)))
    return {row.other_id: row.turn for row in rows.all()}


async def next_telling(tx: Tx, young_id: UUID, *, at_least: int) -> int:
    """The number of what guardians are told next, above all numbers before."""
    told = sa.func.greatest(Guardian.told + 1, at_least)
    fresh = sa.update(Guardian).where(Guardian.owner_id == young_id).values(told=told).returning(Guardian.told)
    return max((row.told for row in (await tx.run(fresh)).all()), default=at_least)


async def held_for(tx: Tx, young_id: UUID) -> dict[int, Setting]:
    """What was set for a young person, by pairing."""
    rows = (await tx.run(sa.select(GuardedBy.__table__).where(GuardedBy.owner_id == young_id))).all()
    return {
        row.pairing: Setting(row.set_turn, row.pairing, named(row.switched_off), row.minutes, given=row.given)
        for row in rows
    }


async def hold(
    tx: Tx, young_id: UUID, before: Mapping[int, Setting], after: Mapping[int, Setting], *, now: datetime
) -> None:
    """Store what is set for a young person now, and put it in force."""
    gone = [pairing for pairing in before if pairing not in after]
    if gone:
        await tx.run(sa.delete(GuardedBy).where(GuardedBy.owner_id == young_id, GuardedBy.pairing.in_(gone)))
    for pairing, setting in after.items():
        if before.get(pairing) == setting:
            continue
        values = {
            "switched_off": sorted(setting.off),
            "minutes": setting.minutes,
            "set_turn": setting.turn,
            "given": setting.given,
            "set_at": now,
        }
        put = insert(GuardedBy).values(owner_id=young_id, pairing=pairing, **values)
        await tx.run(put.on_conflict_do_update(index_elements=["owner_id", "pairing"], set_=values))
    await put_in_force(tx, young_id, strictest(after.values()), now=now)


async def put_in_force(tx: Tx, young_id: UUID, force: InForce, *, now: datetime) -> None:
    """Have every request of theirs find it."""
    mine = await limits_of(tx, young_id)
    if (mine.guarded, mine.guarded_minutes) != (force.off, force.minutes):
        await put_limits(tx, young_id, replace(mine, guarded=force.off, guarded_minutes=force.minutes), now=now)
        await draw_again(tx, young_id, now=now)  # whether they can be found stands on their profile


async def set_by(tx: Tx, guardian_id: UUID, young_id: UUID) -> tuple[Setting, Standing]:
    """What a guardian has set, and what they were told is in force."""
    wanted = sa.select(Ward.__table__).where(Ward.owner_id == guardian_id, Ward.other_id == young_id)
    row = (await tx.run(wanted)).first()
    if row is None:
        return Setting(), Standing()
    over, left = _numbers(row.taken_over), _numbers(row.left_over)
    setting = Setting(row.set_turn, row.turn, named(row.switched_off), row.minutes, over, row.given)
    return setting, Standing(row.heard_turn, InForce(named(row.now_off), row.now_minutes), left, row.applied)


def set_columns(setting: Setting) -> dict[str, Any]:
    """The columns of a ward's row that hold what the guardian set."""
    return {
        "switched_off": sorted(setting.off),
        "minutes": setting.minutes,
        "set_turn": setting.turn,
        "taken_over": _texts(setting.over),
        "given": setting.given,
    }


def heard_columns(standing: Standing) -> dict[str, Any]:
    """The columns of a ward's row that hold what their cell told."""
    return {
        "heard_turn": standing.turn,
        "applied": standing.applied,
        "now_off": sorted(standing.force.off),
        "now_minutes": standing.force.minutes,
        "left_over": _texts(standing.left),
    }


async def change_ward(tx: Tx, guardian_id: UUID, young_id: UUID, **columns: Any) -> None:
    """Change columns of a ward's row that is there."""
    mine = sa.and_(Ward.owner_id == guardian_id, Ward.other_id == young_id)
    await tx.run(sa.update(Ward).where(mine).values(**columns))


async def tell_news(
    tx: Tx, member_id: UUID, what: str, about: UUID, *, now: datetime, force: InForce = _NOTHING
) -> None:
    """Let a member know, at their next page."""
    values = {"owner_id": member_id, "news_id": new_id(), "other_id": about, "what": what, "at": now}
    off: list[Limit] = sorted(force.off)
    await tx.run(insert(FamilyNews).values(**values, switched_off=off, minutes=force.minutes))
    await note_news(tx, member_id, True, now=now)


def _texts(numbers: Iterable[int]) -> list[str]:
    return [str(number) for number in sorted(numbers)]


def _numbers(texts: Iterable[str]) -> frozenset[int]:
    return frozenset(int(text) for text in texts)
