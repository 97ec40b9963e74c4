"""What is decided about a request: by the privacy team, or at once where the catalogue has the answer.

A correction is done when the other value stands in the account, and not before; what can't be set right here is refused, with
the reason. An objection to an optional use is noted, and `access` lets nobody read for that use from then on; one to a
use that the service needs is refused with that reason. Nobody decides anything about a request that is not verified: the
policy forbids it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import BadBirthDate, keep_out_of, set_birth_date
from kept.catalog import Purpose, may_object
from kept.cells import Tx
from kept.ledger import Entry
from kept.policy import Action, Actor, AgeBand, require
from kept.policy import RightsRequest as Noun
from kept.rights.matters import matter_of
from kept.rights.models import RightsRequest
from kept.rights.regimes import REGIMES, Why
from kept.rights.requests import Request, change
from kept.rights.states import DECIDED, ENDED, Ground, Kind, State
from kept.rights.works import BadRequest, CantSetRight, TooLate, Works
from kept.vault import Reason, Sealed

FIELDS = ("birth_date", "handle", "email", "country", "other")
"""What a member may say is wrong. A birth date is set right here; for the others, the answer says how."""
USES = tuple(purpose.value for purpose in Purpose)
_BIRTH_DATE = "SELECT birth_date FROM account WHERE owner_id = $1 AND closed_at IS NULL"


def check_about(kind: Kind, about: str) -> str:
    """What a request is about, of the words that there are for it. Raises BadRequest."""
    words = {Kind.CORRECTION: FIELDS, Kind.OBJECTION: USES}.get(kind, ("",))
    if about not in words:
        raise BadRequest(why=f"say which: {', '.join(words)}" if kind in DECIDED else "this kind is about everything")
    return about


async def decide_objection(tx: Tx, request_id: UUID, member_id: UUID, purpose: str, *, now: datetime) -> bool:
    """Note it or refuse it, as the catalogue says; whether it was noted."""
    if not may_object(Purpose(purpose)):
        await change(tx, request_id, State.REFUSED, now=now, ground=Ground.NEEDED)
        return False
    await keep_out_of(tx, member_id, purpose, now=now)
    await change(tx, request_id, State.DONE, now=now, outcomes=[_outcome("use_objection", "noted")])
    return True


async def correct(works: Works, request: Request, *, actor: Actor, by: str, now: datetime) -> None:
    """Set right what a verified member said is wrong. Raises Refused, TooLate, CantSetRight."""
    require(actor, Action.HANDLE_RIGHTS, Noun(verified=bool(request.verified_by)))
    if request.kind is not Kind.CORRECTION or request.state is not State.RECEIVED or request.member_id is None:
        raise TooLate
    if request.about != "birth_date":
        raise CantSetRight(why="this is not set right here. Refuse it, with the reason")
    cell, member_id = request.cell, request.member_id
    born, vault = _birth_date((await matter_of(works, cell, request.request_id)).value), works.vaults[cell.name]
    rows = await cell.database.fetch(_BIRTH_DATE, member_id)
    if not rows:
        raise TooLate
    stored = Sealed(bytes(rows[0]["birth_date"]))
    said = await vault.open(member_id, "account.birth_date", member_id, stored, reason=Reason.SERVICE)
    if said.decode() == born.isoformat():
        raise CantSetRight(why="that is the date that stands there. Refuse it as right already")
    sealed = await vault.seal(member_id, "account.birth_date", member_id, born.isoformat().encode())
    async with cell.begin() as tx:
        try:
            band = await set_birth_date(tx, member_id, sealed, born, now=now)
        except BadBirthDate as error:
            raise CantSetRight(why="nobody alive was born on that day") from error
        if band is AgeBand.UNDER_13:
            # What a child may not have made or agreed to would stay: child safety takes that on, and not one act here.
            raise CantSetRight(why="it would make them under 13. Hand it to the child safety team")
        if not await change(
            tx, request.request_id, State.DONE, now=now, by=by, outcomes=[_outcome("account.birth_date", "corrected")]
        ):
            raise TooLate


async def refuse(tx: Tx, request: Request, ground: Ground, *, actor: Actor, by: str, now: datetime) -> None:
    """Answer with the reason why not. Raises Refused, TooLate."""
    require(actor, Action.HANDLE_RIGHTS, Noun(verified=bool(request.verified_by)))
    if ground in (Ground.NOT_VERIFIED, Ground.NO_ACCOUNT):
        raise BadRequest(why="that reason is for whoever is not verified")
    if not await change(tx, request.request_id, State.REFUSED, now=now, by=by, ground=ground):
        raise TooLate


async def extend(tx: Tx, request: Request, why: Why, *, actor: Actor, by: str, now: datetime) -> datetime:
    """Give a request the law's longer time, once, with the law's reason; until when. Raises Refused, TooLate.

    GDPR Art. 12(3): the person is told, with the reason, before the first time is over; so it can't be done later.
    """
    require(
        actor, Action.HANDLE_RIGHTS, Noun(verified=True)
    )  # the clock runs, and is told of, before anybody is verified
    due = max(request.due_at, REGIMES[request.regime].extended(request.asked_at))
    open_ = sa.and_(
        RightsRequest.request_id == request.request_id,
        RightsRequest.extended_at.is_(None),
        RightsRequest.state.not_in([*ENDED, State.READY]),
        RightsRequest.due_at > now,
    )
    row = sa.update(RightsRequest).where(open_).values(due_at=due, extended_at=now, extended_why=why)
    entry = Entry("rights.extended", actor=by, object=f"request:{request.request_id}")
    if not await tx.act(row.returning(RightsRequest.request_id), entry, now=now):
        raise TooLate
    return due


async def confirm(tx: Tx, request: Request, *, actor: Actor, by: str, now: datetime) -> None:
    """Note that whoever asked was told that it came, where no answer of ours went by itself (11 CCR 7021(a)).

    Raises Refused, TooLate.
    """
    require(actor, Action.HANDLE_RIGHTS, Noun(verified=True))  # as with an extension, before anybody is verified
    untold = sa.and_(RightsRequest.request_id == request.request_id, RightsRequest.confirmed_at.is_(None))
    row = sa.update(RightsRequest).where(untold, RightsRequest.state.not_in(ENDED)).values(confirmed_at=now)
    entry = Entry("rights.confirmed", actor=by, object=f"request:{request.request_id}")
    if not await tx.act(row.returning(RightsRequest.request_id), entry, now=now):
        raise TooLate


def _birth_date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise CantSetRight(why="what they wrote is no date. Ask them for it as 1990-05-17") from None


def _outcome(where: str, what: str) -> dict[str, Any]:
    return {"where": where, "what": what, "rows": 1, "left": 0}
