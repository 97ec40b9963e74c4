"""Legal holds: what may not be deleted for a while, for a case. Placed by the legal team, on record, and never for ever."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell, Resident, Tx
from kept.kit import KeptError, Kind, new_id
from kept.ledger import Entry
from kept.policy import Action, Actor, Service, require
from kept.retention.models import LegalHold

LONGEST = timedelta(days=366 * 2)
_CASE = re.compile(r"\A[A-Z0-9][A-Z0-9./-]{0,63}\Z")


class BadHold(KeptError):
    code = "bad_hold"
    kind = Kind.INVALID
    message = "This hold can't be placed: {why}"


class NoSuchHold(KeptError):
    code = "no_such_hold"
    kind = Kind.NOT_FOUND
    message = "There is no such hold, or it was lifted already."


@dataclass(frozen=True, slots=True)
class NewHold:
    """What is to be held: everything of a member, or one thing (`item_id`) of theirs. `ends_at` and `review_at` are UTC."""

    member_id: UUID
    case_ref: str
    review_at: datetime
    ends_at: datetime
    item_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold that was placed."""

    hold_id: UUID
    member_id: UUID
    item_id: UUID | None
    case_ref: str
    placed_at: datetime
    review_at: datetime
    ends_at: datetime
    lifted_at: datetime | None


async def place_hold(tx: Tx, hold: NewHold, *, actor: Actor, subject: str, now: datetime) -> UUID:
    """Hold something of a member who lives in this cell; `subject` is their pseudonym, for the ledger. Returns its id.

    Raises:
        Refused: the actor is not of the legal team, or sits where nobody works on members' data.
        BadHold: it names no case, ends before it begins or never, or nobody of that id lives here.
    """
    require(actor, Action.PLACE_HOLD, Service())
    _check(hold, now)
    home = sa.select(Resident.member_id).where(Resident.member_id == hold.member_id).with_for_update(read=True)
    if (await tx.run(home)).first() is None:
        raise BadHold(why="nobody of that id lives in this cell")
    hold_id = new_id()
    row = sa.insert(LegalHold).values(
        owner_id=hold.member_id,
        hold_id=hold_id,
        item_id=hold.item_id,
        case_ref=hold.case_ref,
        placed_at=now,
        review_at=hold.review_at,
        ends_at=hold.ends_at,
    )
    entry = Entry("hold.placed", actor="system:legal", subject=subject, object=f"hold:{hold_id}")
    await tx.act(row.returning(LegalHold.hold_id), entry, now=now)
    return hold_id


async def lift_hold(tx: Tx, hold_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End a hold before its time. What it held is deleted by the next sweep, if it is past its own time.

    Raises:
        Refused: the actor may not.
        NoSuchHold: there is none in this cell, or it was lifted already.
    """
    require(actor, Action.PLACE_HOLD, Service())
    if not await _lift(tx, hold_id, now=now):
        raise NoSuchHold


async def prolong_hold(
    tx: Tx, hold_id: UUID, *, review_at: datetime, ends_at: datetime, actor: Actor, now: datetime
) -> None:
    """Hold for longer, with another day to look at it again.

    Raises:
        Refused: the actor may not.
        BadHold: it would end earlier than it does, or never.
        NoSuchHold: there is none in this cell that runs.
    """
    require(actor, Action.PLACE_HOLD, Service())
    running = sa.and_(LegalHold.hold_id == hold_id, LegalHold.lifted_at.is_(None), LegalHold.ends_at > now)
    wanted = sa.select(LegalHold.owner_id, LegalHold.case_ref, LegalHold.ends_at).where(running)
    found = (await tx.run(wanted.with_for_update())).first()
    if found is None:
        raise NoSuchHold
    _check(NewHold(found.owner_id, found.case_ref, review_at, ends_at), now)
    if ends_at <= found.ends_at:
        raise BadHold(why=f"it ends on {found.ends_at:%d %B %Y} already; to end it, lift it")
    longer = sa.update(LegalHold).where(running).values(review_at=review_at, ends_at=ends_at)
    entry = Entry("hold.prolonged", actor="system:legal", object=f"hold:{hold_id}")
    await tx.act(longer.returning(LegalHold.hold_id), entry, now=now)


async def release_case(tx: Tx, case_ref: str, *, now: datetime) -> int:
    """Lift every hold of a case in this cell, because the case itself has ended; how many there were."""
    running = sa.and_(LegalHold.case_ref == case_ref, LegalHold.lifted_at.is_(None), LegalHold.ends_at > now)
    found = (await tx.run(sa.select(LegalHold.hold_id).where(running).with_for_update())).scalars().all()
    for hold_id in found:
        await _lift(tx, hold_id, now=now)
    return len(found)


async def holds(cell: Cell, *, member_id: UUID | None = None) -> Sequence[Hold]:
    """The holds of a cell, newest first; of one member, if named."""
    rows = await cell.database.fetch(
        "SELECT hold_id, owner_id, item_id, case_ref, placed_at, review_at, ends_at, lifted_at FROM legal_hold"
        " WHERE $1::uuid IS NULL OR owner_id = $1 ORDER BY placed_at DESC, hold_id",
        member_id,
    )
    return [Hold(*row.values()) for row in rows]


async def _lift(tx: Tx, hold_id: UUID, *, now: datetime) -> bool:
    lift = sa.update(LegalHold).where(LegalHold.hold_id == hold_id, LegalHold.lifted_at.is_(None))
    lift = lift.values(lifted_at=now, ends_at=sa.func.least(LegalHold.ends_at, now))
    entry = Entry("hold.lifted", actor="system:legal", object=f"hold:{hold_id}")
    return bool(await tx.act(lift.returning(LegalHold.hold_id), entry, now=now))


def _check(hold: NewHold, now: datetime) -> None:
    if not _CASE.match(hold.case_ref):
        raise BadHold(why="a case has a number of capital letters, digits, “.”, “/” and “-”, and names nobody")
    if not now < hold.review_at <= hold.ends_at:
        raise BadHold(why="its review has to lie between now and its end")
    if hold.ends_at - now > LONGEST:
        raise BadHold(why=f"it may last {LONGEST.days} days; review it then, and place another if need be")
