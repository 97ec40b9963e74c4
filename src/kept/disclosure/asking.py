"""What counsel does before anything is made: the authority's key, somebody who compares it, and the request for access."""

from datetime import datetime
from uuid import UUID

from kept.access import BadRequest, Wanted, ask_to_produce, find
from kept.access.states import LONGEST
from kept.catalog import Purpose
from kept.disclosure.recipients import recipient_in, require_fingerprint
from kept.disclosure.scope import places
from kept.disclosure.works import BadProduction, Works
from kept.legal import Case, Narrowed, State, amend, case_of, keep_lists, listed_countries, narrowed_in
from kept.policy import Action, LegalRequest, require
from kept.staff import Seat


async def enter_key(works: Works, number: str, key: str, *, seat: Seat, now: datetime) -> Case:
    """Enter the public key to which the package will be sealed; another one takes its place, and is compared anew.

    Raises:
        NoSuchCase, CaseAltered, BadRecipient.
        Refused: not of the legal team, or nothing is given to that country's authorities.
        BadProduction: it was not found valid, it asks for preservation only, or access was asked for already.
    """
    case = await _ready(works, number, seat=seat, now=now)
    recipient, me = recipient_in(key), seat.who.staff_id
    if await _is_asked_for(case, now=now):
        raise BadProduction(why="access was asked for already, for the key that was entered then")
    async with case.cell.begin() as tx:
        noted = {"recipient": recipient, "recipient_by": me, "confirmed_by": None}
        if not await amend(tx, case, State.VALIDATED, event="legal.key_entered", by=me, now=now, **noted):
            raise _moved_on()
    return await case_of(works.cells, case.number)


async def confirm_key(works: Works, number: str, said: str, *, seat: Seat, now: datetime) -> Case:
    """Somebody else of the legal team was told the key's fingerprint by the authority, by another way, and it is the same.

    Raises as `enter_key`; OtherFingerprint.
    """
    case = await _ready(works, number, seat=seat, now=now)
    me, made = seat.who.staff_id, case.production
    if made.recipient is None or made.confirmed_by is not None:
        raise BadProduction(why="no key waits for a second pair of eyes")
    if made.recipient_by == me:
        raise BadProduction(
            why="who entered the key doesn't confirm it; somebody else asks the authority for its fingerprint"
        )
    require_fingerprint(made.recipient, said)
    async with case.cell.begin() as tx:
        if not await amend(tx, case, State.VALIDATED, event="legal.key_confirmed", by=me, now=now, confirmed_by=me):
            raise _moved_on()
    return await case_of(works.cells, case.number)


async def ask_for_production(works: Works, number: str, *, seat: Seat, now: datetime) -> UUID:
    """Ask two teams to agree that what counsel narrowed is given; returns the id of the request for access.

    Raises as `enter_key`; BadRequest: not all of these members live in the case's cell.
    """
    case = await _ready(works, number, seat=seat, now=now)
    if case.production.confirmed_by is None:
        raise BadProduction(why="the authority's key has to be entered, and confirmed by a second person, before")
    if await _is_asked_for(case, now=now):
        raise BadProduction(why="access was asked for already")
    narrowed = await narrowed_in(works, case)
    wanted = _wanted(case, narrowed)
    async with case.cell.begin() as tx:
        prepared_by = case.production.counsel_id
        grant_id = await ask_to_produce(tx, seat, wanted, case_id=case.case_id, prepared_by=prepared_by, now=now)
        by, event = seat.who.staff_id, "legal.production_asked"
        if not await amend(tx, case, State.VALIDATED, event=event, by=by, now=now, grant_id=grant_id):
            raise _moved_on()
    return grant_id


def _wanted(case: Case, narrowed: Narrowed) -> Wanted:
    if not (fields := places(narrowed.classes)):
        raise BadRequest(why="we keep nothing of that kind")
    until = narrowed.until or case.production.valid_at or case.received_at
    since = f"from {narrowed.since:%d %B %Y, %H:%M}" if narrowed.since else "from the beginning"
    what = ", ".join(sorted(narrowed.classes))
    return Wanted(
        members=narrowed.accounts,
        fields=fields,
        purpose=Purpose.LEGAL,
        reason=f"To be given to authorities of {case.country}: {what}, {since} to {until:%d %B %Y, %H:%M} UTC",
        case_ref=case.number,
        clear=True,
        minutes=int(LONGEST.total_seconds() // 60),
    )


async def _ready(works: Works, number: str, *, seat: Seat, now: datetime) -> Case:
    await keep_lists(works.cells, works.settings, now=now)
    case = await case_of(works.cells, number)
    listed = case.listed or case.country in listed_countries(works.settings)
    require(seat.actor, Action.VALIDATE_LEGAL_REQUEST, LegalRequest(country_listed=listed))
    if case.state is not State.VALIDATED:
        raise BadProduction(why=f"{case.number} is {case.state}")
    if case.kind.preserve is not None:
        raise BadProduction(why=f"a {case.kind.title} asks for nothing but that data is kept")
    await narrowed_in(works, case)
    return case


async def _is_asked_for(case: Case, *, now: datetime) -> bool:
    """Whether a request for access is open: it waits, or runs."""
    made = case.production
    return made.grant_id is not None and (await find(case.cell, made.grant_id)).is_open(now)


def _moved_on() -> BadProduction:
    return BadProduction(why="somebody else has just changed it; look again")
