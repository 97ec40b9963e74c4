"""Asking in the app: for a copy, to be deleted, for something to be set right or not to be used; and calling that off.

Who asks here has just shown again who they are. What comes by another door is in `intake.py`.
"""

import secrets
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session, wake
from kept.cells import Tx
from kept.jobs import enqueue
from kept.kit import new_id
from kept.policy import Account as OwnAccount
from kept.policy import Action, require
from kept.rights.deciding import check_about
from kept.rights.matters import LONGEST, Matter, attach, prepare
from kept.rights.models import RightsRequest
from kept.rights.requests import change, secret_hash
from kept.rights.states import COPIES, DECIDED, Kind, State
from kept.rights.taking import (
    COPY_JOB,
    ERASE_JOB,
    Asked,
    Channel,
    NewRequest,
    begin_erasing,
    draw_cards,
    open_one,
    start,
    take,
)
from kept.rights.works import BadRequest, NoSuchRequest, Sealing, TooLate

ACTIONS = {
    Kind.ACCESS: Action.GET_MY_DATA,
    Kind.PORTABILITY: Action.GET_MY_DATA,
    Kind.DELETION: Action.DELETE_ACCOUNT,
    Kind.CORRECTION: Action.CORRECT_MY_DATA,
    Kind.OBJECTION: Action.OBJECT_TO_USE,
}


async def ask(
    tx: Tx,
    by: Session,
    kind: Kind,
    *,
    now: datetime,
    at_once: bool = False,
    about: str = "",
    request_id: UUID | None = None,
) -> Asked:
    """Take a request; the edge has asked for the password or passkey again. A second one of its kind joins the first.

    A deletion puts the account to rest at once, for 30 days; `at_once` gives these up, also of one that is at rest already.
    `request_id` is given where something was sealed for the request before it came to be (`matters.prepare`).
    Raises Refused, BadRequest.
    """
    require(by.actor, ACTIONS[kind], OwnAccount())
    about = check_about(kind, about)
    secret = secrets.token_urlsafe(32)
    first = await open_one(tx, by.member_id, kind, about)
    if first is None:
        new = NewRequest(
            request_id or new_id(), kind, Channel.APP, by.country, secret, about, by.member_id, verified_by="session"
        )
        asked = await take(tx, new, now=now)
        await start(tx, asked.request_id, kind, by.member_id, about, now=now)
    else:
        asked = Asked(first.request_id, secret, State(first.state), first.due_at, first.grace_until)
        renewed = sa.update(RightsRequest).where(RightsRequest.request_id == asked.request_id)
        await tx.run(renewed.values(secret_hash=secret_hash(secret)))
    if kind is Kind.DELETION and at_once and asked.state is State.GRACE:
        await begin_erasing(tx, asked.request_id, by.member_id, now=now)
        return Asked(asked.request_id, secret, State.ERASING, asked.due_at, None)
    return asked


async def ask_correction(works: Sealing, by: Session, about: str, value: str, *, now: datetime) -> Asked:
    """Ask for something to be set right: what would be right is sealed, for the team that decides. Raises as `ask`."""
    if not 0 < len(value.strip()) <= LONGEST:
        raise BadRequest(why=f"say what would be right, in at most {LONGEST:,} letters")
    request_id, said = await prepare(works, by.cell, Matter(value=value.strip(), language=by.language))
    async with by.cell.begin() as tx:
        asked = await ask(tx, by, Kind.CORRECTION, now=now, about=about, request_id=request_id)
        await attach(tx, asked.request_id, said, now=now)
    return asked


async def call_off(tx: Tx, by: Session, request_id: UUID, *, now: datetime) -> None:
    """Keep the account, as it was; or take back what nobody has decided yet. Raises Refused, NoSuchRequest, TooLate."""
    require(by.actor, Action.KEEP_ACCOUNT, OwnAccount())
    mine = sa.select(RightsRequest.member_id, RightsRequest.kind).where(
        RightsRequest.request_id == request_id, RightsRequest.kind.in_([Kind.DELETION, *DECIDED])
    )
    found = (await tx.run(mine)).first()
    if found is None or found.member_id != by.member_id:
        raise NoSuchRequest
    if not await change(tx, request_id, State.CALLED_OFF, now=now):
        raise TooLate
    if found.kind == Kind.DELETION:
        await wake(tx, by.member_id)
        await draw_cards(tx, now=now, request_id=request_id)


async def go_on(tx: Tx, request_id: UUID, kind: Kind, *, now: datetime) -> None:
    """Another round of work on a request whose last one broke off."""
    round_id = new_id()
    again = sa.update(RightsRequest).where(RightsRequest.request_id == request_id)
    await tx.run(again.values(round_id=round_id, changed_at=now))
    work = COPY_JOB if kind in COPIES else ERASE_JOB
    await enqueue(tx, work, owner_id=request_id, subject_id=round_id, now=now)
