"""Telling the other one's cell what a member says, and hearing what others say: in this cell at once, elsewhere by parcel.

A parcel holds all that one says about the other, so the newest is enough, and one that is lost, late or doubled does no harm.
What is heard may make a member's cell say something for them (`registers.reacting`), which is told back.
"""

from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.accounts import Account
from kept.cells import Addressed, Tx
from kept.policy import Actor, AgeBand, Standing
from kept.social.deciding import is_welcome
from kept.social.models import Circle
from kept.social.opening import Social
from kept.social.pairs import lock_pair, side_of, store_side
from kept.social.profiles import may_have_profile
from kept.social.registers import Answer, Said, Side, reacting

WHAT = "tie"
"""`Addressed.what` of what follows."""


class Told(msgspec.Struct, frozen=True):
    """What a member says about the one it is addressed to; their band, because the other's cell asks the policy by it."""

    by: UUID
    band: AgeBand
    said: Said


_decode = msgspec.msgpack.Decoder(Told).decode


class _Listener(msgspec.Struct, frozen=True):
    """The member who is told something, at home."""

    band: AgeBand
    at_rest: bool
    private: bool


async def tell(social: Social, tx: Tx, to: UUID, told: Told, *, now: datetime) -> None:
    """Let somebody's cell know; nobody, when they are gone. The pair is locked by the caller. Raises NoWayThere."""
    home = await social.directory.home(to)
    if home == tx.cell.name:
        await _hear(social, tx, to, told, now=now)
    elif home is not None:
        await social.post.send(tx, WHAT, home, to, msgspec.msgpack.encode(told), now=now)


async def deliver(social: Social, tx: Tx, parcel: Addressed, *, now: datetime) -> None:
    """Apply what came from another cell. Raises EnvelopeRefused, NoWayThere."""
    opened = await social.post.opened(tx, parcel, now=now)
    if opened is not None:
        told = _decode(opened)
        await lock_pair(tx, parcel.to_member, told.by)
        await _hear(social, tx, parcel.to_member, told, now=now)


async def _hear(social: Social, tx: Tx, member_id: UUID, told: Told, *, now: datetime) -> None:
    listener = await _listener(tx, member_id)
    if listener is None:
        if told.said.wish.wants:
            said = Said(answer=Answer(told.said.wish.turn, accepted=False))
            await tell(social, tx, told.by, Told(member_id, told.band, said), now=now)
        return
    before = await side_of(tx, member_id, told.by)
    heard = before.hearing(told.said)
    after = reacting(heard, turn=turn_at(now), welcome=_welcome(told, heard, listener), private=listener.private)
    await store_side(tx, member_id, told.by, before, after, now=now)
    await social.changed(tx, member_id, told.by, before, after, now=now)
    if after.mine != before.mine:
        await tell(social, tx, told.by, Told(member_id, listener.band, after.mine), now=now)


def turn_at(now: datetime) -> int:
    """The turn of something that is said now by somebody whose earlier turns are forgotten: above all of them."""
    return int(now.timestamp() * 1_000_000)


def _welcome(told: Told, side: Side, listener: _Listener) -> bool:
    asker = Actor.member(told.band, standing=Standing.GOOD, offered=True, limits=())  # asked at home
    mirrored = Side(side.theirs, side.mine)
    return not listener.at_rest and is_welcome(asker, mirrored.relation, listener.band)


async def _listener(tx: Tx, member_id: UUID) -> _Listener | None:
    """The member, if they are at home here and others may have to do with them: nobody has, with a child."""
    wanted = sa.select(Account.band, Account.leaving_at, Circle.private).outerjoin(
        Circle, Circle.owner_id == Account.owner_id
    )
    row = (await tx.run(wanted.where(Account.owner_id == member_id, Account.closed_at.is_(None)))).first()
    if row is None:
        return None
    band = AgeBand(row.band)
    if not may_have_profile(band):
        return None
    return _Listener(band, row.leaving_at is not None, bool(row.private))
