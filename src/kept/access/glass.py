"""Breaking the glass: in an emergency the security team reads up to confidential data at once. It is loud, short, and
looked at by somebody else within a day. What is restricted stays shut."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.access.asking import put_down
from kept.access.granting import grant
from kept.access.models import AccessRequest
from kept.access.requests import NoSuchRequest, Request, locked
from kept.access.states import EMERGENCY, REVIEWED_WITHIN
from kept.access.wanting import BadRequest, Wanted, check, fits
from kept.cells import Tx
from kept.kit import KeptError, Kind
from kept.ledger import Entry
from kept.policy import AccessRequest as Asked
from kept.policy import Action, Data, require
from kept.staff import Seat
from kept.vault import Beacon


class FindingMissing(KeptError):
    code = "finding_missing"
    kind = Kind.INVALID
    message = "Say what you found: whether it was an emergency, and that no more was read than it needed."


async def break_glass(tx: Tx, seat: Seat, wanted: Wanted, *, beacon: Beacon, now: datetime) -> UUID:
    """Open members' data in an emergency; returns the request's id. It runs for an hour at most.

    Raises:
        BadRequest: something is missing.
        Refused: not of the security team, or restricted data.
    """
    level = check(wanted)
    if wanted.minutes > EMERGENCY.total_seconds() / 60:
        raise BadRequest(why="an emergency lasts an hour at most")
    require(seat.actor, Action.BREAK_GLASS, Data(level=level, purpose_fits=fits(wanted.fields, wanted.purpose)))
    request_id = await put_down(tx, seat, wanted, level, event="access.glass_broken", now=now, emergency=True)
    await grant(tx, await locked(tx, request_id), beacon=beacon, now=now)
    return request_id


async def review(tx: Tx, seat: Seat, request_id: UUID, finding: str, *, now: datetime) -> None:
    """Look at an emergency afterwards; the grant, if it still runs, goes on until its end.

    Raises:
        NoSuchRequest: no emergency, or looked at already.
        Refused: one's own, or another region's.
        FindingMissing.
    """
    if not 10 <= len(finding.strip()) <= 1_000:
        raise FindingMissing
    request = await locked(tx, request_id)
    if not request.emergency or request.reviewed_at is not None:
        raise NoSuchRequest
    own = request.asker_id == seat.who.staff_id
    require(seat.actor, Action.APPROVE_ACCESS, Asked(level=request.level, own=own, region_team=seat.oversees))
    mine = sa.update(AccessRequest).where(AccessRequest.request_id == request_id)
    seen = mine.values(reviewer_id=seat.who.staff_id, reviewed_at=now, finding=finding.strip(), changed_at=now)
    entry = Entry("access.glass_reviewed", actor=seat.ledger_name, object=f"request:{request_id}")
    await tx.act(seen.returning(AccessRequest.request_id), entry, now=now)


def is_overdue(request: Request, now: datetime) -> bool:
    """Whether an emergency should have been looked at by now."""
    return request.emergency and request.reviewed_at is None and now > request.asked_at + REVIEWED_WITHIN
