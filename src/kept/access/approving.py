"""Saying yes or no. The region's security team oversees; restricted data needs a second team; nobody answers themselves.

The clock of a grant starts with the last yes that is needed. A yes of somebody who has left meanwhile no longer counts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.access.asking import close
from kept.access.granting import grant
from kept.access.models import AccessApproval
from kept.access.requests import NoSuchRequest, Request, locked
from kept.access.states import State, needed, reached, suffices
from kept.cells import Tx
from kept.kit import KeptError, Kind
from kept.ledger import Entry
from kept.policy import AccessRequest as Asked
from kept.policy import Action, require
from kept.staff import Seat
from kept.vault import Beacon

LONGEST_NOTE = 1_000


class AlreadyAnswered(KeptError):
    code = "already_answered"
    kind = Kind.CONFLICT
    message = "You have answered this request already."


class NoteMissing(KeptError):
    code = "note_missing"
    kind = Kind.INVALID
    message = "Say why not, in up to {most} characters: the one who asked needs to know."


@dataclass(frozen=True, slots=True)
class Vote:
    """A yes or a no, and what is said to it; a no needs words."""

    approved: bool
    note: str = ""


async def decide(
    tx: Tx, seat: Seat, request_id: UUID, vote: Vote, *, here: Collection[UUID], beacon: Beacon, now: datetime
) -> State:
    """Answer a request; returns where it is now. `here` are those of its approvers, and its asker, who still work here.

    Raises:
        NoSuchRequest: it is over, or nobody waits any more, or who asked has left.
        Refused: the approver's own request, another region's, or a team that has spoken.
        AlreadyAnswered, NoteMissing.
    """
    if len(vote.note) > LONGEST_NOTE or not (vote.approved or vote.note.strip()):
        raise NoteMissing(most=LONGEST_NOTE)
    request = await locked(tx, request_id)
    require(seat.actor, Action.APPROVE_ACCESS, asked(request, seat))
    if not request.is_waiting(now) or request.asker_id not in here:
        raise NoSuchRequest
    await _note(tx, seat, request, vote, now=now)
    if not vote.approved:
        await close(tx, request, State.DECLINED, by=seat, event="access.declined", now=now)
        return State.DECLINED
    request = await locked(tx, request_id)
    counting = [one for one in request.votes if one.approver_id in here or one.approver_id == seat.who.staff_id]
    if not suffices(reached(counting), needed(request.level).approvals):
        return State.WAITING
    await grant(tx, request, beacon=beacon, now=now)
    return State.GRANTED


def asked(request: Request, seat: Seat) -> Asked:
    """A request as the policy sees it, before somebody who may answer it."""
    spoken = {vote.team for vote in request.votes if vote.approved} | {request.team}
    return Asked(
        level=request.level,
        own=seat.who.staff_id in (request.asker_id, request.prepared_by),
        region_team=seat.oversees,
        new_team=seat.who.team.value not in spoken,
    )


async def _note(tx: Tx, seat: Seat, request: Request, vote: Vote, *, now: datetime) -> None:
    if any(one.approver_id == seat.who.staff_id for one in request.votes):
        raise AlreadyAnswered
    row = sa.insert(AccessApproval).values(
        request_id=request.request_id,
        approver_id=seat.who.staff_id,
        team=seat.who.team.value,
        site=seat.who.site,
        oversees=seat.oversees,
        approved=vote.approved,
        note=vote.note.strip(),
        decided_at=now,
    )
    event = "access.approved" if vote.approved else "access.refused"
    entry = Entry(event, actor=seat.ledger_name, object=request.ledger_object)
    await tx.act(row.returning(AccessApproval.request_id), entry, now=now)
