"""Asking for members' data. What is internal is granted at once, for a purpose that fits; all else waits for others' yes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

import sqlalchemy as sa

from kept.access.granting import grant
from kept.access.models import AccessRequest, AccessSubject
from kept.access.requests import NoSuchRequest, Request, locked, request_name
from kept.access.states import State, needed
from kept.access.wanting import BadRequest, Wanted, check, fits
from kept.catalog import Level
from kept.cells import Resident, Tx
from kept.kit import KeptError, Kind, new_id
from kept.ledger import Entry
from kept.policy import Action, Approvals, Data, require
from kept.staff import Seat
from kept.vault import Beacon


class NotYours(KeptError):
    code = "not_your_request"
    kind = Kind.FORBIDDEN
    message = (
        "It is a colleague's request. They can take it back, or somebody of the region's security team can end it."
    )


async def ask(tx: Tx, seat: Seat, wanted: Wanted, *, beacon: Beacon, now: datetime) -> UUID:
    """Ask for data of members who live in this cell; returns the request's id.

    Raises:
        BadRequest: something is missing, or nobody of these ids lives here.
        Refused: the purpose doesn't fit, or the policy knows another reason.
    """
    level = check(wanted)
    require(seat.actor, Action.REQUEST_ACCESS, Data(level=level, purpose_fits=fits(wanted.fields, wanted.purpose)))
    request_id = await put_down(tx, seat, wanted, level, event="access.requested", now=now)
    if needed(level).approvals is Approvals.NONE:
        await grant(tx, await locked(tx, request_id), beacon=beacon, now=now)
    return request_id


async def ask_to_produce(
    tx: Tx, seat: Seat, wanted: Wanted, *, case_id: UUID, prepared_by: UUID | None, now: datetime
) -> UUID:
    """Ask that data is given to an authority (`disclosure` does, when two teams agreed); returns the request's id.

    What leaves the house is asked for as what is restricted, whatever its level is in here. It asks for no purpose of the
    catalogue's: the law that obliges us is one of its own (GDPR Art. 6(1)(c)).

    Raises:
        BadRequest: something is missing, or not all of them live here.
    """
    check(wanted)
    made_for = {"case_id": case_id, "prepared_by": prepared_by}
    return await put_down(tx, seat, wanted, Level.RESTRICTED, event="access.requested", now=now, made_for=made_for)


async def put_down(
    tx: Tx,
    seat: Seat,
    wanted: Wanted,
    level: Level,
    *,
    event: str,
    now: datetime,
    emergency: bool = False,
    made_for: Mapping[str, UUID | None] = MappingProxyType({}),
) -> UUID:
    """Store a request and whom it is about; on record. Raises BadRequest: nobody of these ids lives here."""
    members = await _residents(tx, wanted.members)
    request_id = new_id()
    row = sa.insert(AccessRequest).values(
        request_id=request_id,
        asker_id=seat.who.staff_id,
        team=seat.who.team.value,
        site=seat.who.site,
        purpose=wanted.purpose.value,
        reason=wanted.reason.strip(),
        case_ref=wanted.case_ref,
        level=level.value,
        fields=list(dict.fromkeys(wanted.fields)),
        clear=wanted.clear,
        minutes=wanted.minutes,
        state=State.WAITING.value,
        emergency=emergency,
        asked_at=now,
        changed_at=now,
        finding="",
        rows_read=0,
        **made_for,
    )
    name = request_name(request_id, made_for.get("case_id"))
    entry = Entry(event, actor=seat.ledger_name, object=name, purpose=wanted.purpose.value)
    await tx.act(row.returning(AccessRequest.request_id), entry, now=now)
    subjects = [{"request_id": request_id, "member_id": one, "asked_at": now, "changed_at": now} for one in members]
    await tx.run(sa.insert(AccessSubject), subjects)
    return request_id


async def end(tx: Tx, seat: Seat, request_id: UUID, *, now: datetime) -> None:
    """Take a request back, or end a grant before its time: the asker, or the region's security team.

    Raises:
        NoSuchRequest: there is none that is open.
        NotYours: somebody else's.
    """
    request = await locked(tx, request_id)
    if seat.who.staff_id != request.asker_id and not seat.oversees:
        raise NotYours
    if not request.is_open(now):
        raise NoSuchRequest
    await close(tx, request, State.ENDED, by=seat, event="access.ended", now=now)


async def close(tx: Tx, request: Request, state: State, *, by: Seat, event: str, now: datetime) -> None:
    """Bring a request to an end; on record."""
    mine = sa.update(AccessRequest).where(AccessRequest.request_id == request.request_id)
    done = mine.values(state=state.value, closed_at=now, changed_at=now, until=sa.func.least(AccessRequest.until, now))
    entry = Entry(event, actor=by.ledger_name, object=request.ledger_object)
    await tx.act(done.returning(AccessRequest.request_id), entry, now=now)


async def _residents(tx: Tx, members: Sequence[UUID]) -> list[UUID]:
    wanted = sorted(set(members))
    found = await tx.run(sa.select(Resident.member_id).where(Resident.member_id.in_(wanted)))
    here = set(found.scalars())
    if missing := [one for one in wanted if one not in here]:
        raise BadRequest(why=f"{len(missing)} of these people are not at home in {tx.cell.name}; ask there")
    return wanted
