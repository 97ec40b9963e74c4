"""A request becomes a grant: its clock starts now, and the ledger says for whom, before anything can be opened."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from kept.access.models import AccessRequest, AccessSubject
from kept.access.requests import Request
from kept.access.states import State
from kept.cells import Tx
from kept.kit import new_id
from kept.ledger import Entry, LedgerOutbox, write
from kept.vault import Beacon, Reason

AUTHORISED = "access.authorised"


async def grant(tx: Tx, request: Request, *, beacon: Beacon, now: datetime) -> None:
    """Start the clock, and put an authorisation for each person on record, in the caller's transaction."""
    until = now + timedelta(minutes=request.minutes)
    mine = sa.update(AccessRequest).where(AccessRequest.request_id == request.request_id)
    started = mine.values(state=State.GRANTED.value, granted_at=now, until=until, changed_at=now)
    entry = Entry("access.granted", actor=f"staff:{request.asker_id}", object=request.ledger_object)
    await tx.act(started.returning(AccessRequest.request_id), entry, now=now)
    for member_id in request.members:
        await _authorise(tx, request, member_id, until, beacon=beacon, now=now)


async def _authorise(
    tx: Tx, request: Request, member_id: UUID, until: datetime, *, beacon: Beacon, now: datetime
) -> None:
    """The entry that a vault asks to be shown (`vault.authorising`): whose, why, in which case; columns and time committed.

    What opens the commitment is in the member's record, and so in their copy; of a production, which they may not be told of
    yet, it is with the request.
    """
    entry_id = new_id()
    is_read = request.case_id is None
    entry = Entry(
        AUTHORISED,
        actor=f"staff:{request.asker_id}",
        subject=beacon.pseudonym(member_id),
        object=f"case:{request.case_id or request.request_id}",
        purpose=(Reason.STAFF if is_read else Reason.LEGAL_PROCESS).value,
        details={"from": _moment(now), "places": list(request.fields), "rows": "all", "until": _moment(until)},
        owner=member_id,
        entry_id=entry_id,
    )
    mine = sa.update(AccessSubject).where(
        AccessSubject.request_id == request.request_id, AccessSubject.member_id == member_id
    )
    if is_read:
        await tx.act(mine.values(entry_id=entry_id, changed_at=now).returning(AccessSubject.member_id), entry, now=now)
        return
    waiting, detail = write(entry, cell=tx.cell.name, now=now)
    if detail is None:
        raise AssertionError("an authorisation commits to what it covers")
    await tx.run(mine.values(entry_id=entry_id, changed_at=now, salt=detail.salt, details=detail.details))
    await tx.run(sa.insert(LedgerOutbox).values(entry_id=entry_id, payload=waiting.payload, created_at=now))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
