"""Asking for a copy, asking to be deleted, and calling that off. Who asks has just shown again who they are.

The clocks begin here: when it has to be answered, and for a deletion, until when its owner may change their mind.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session, close, rest, wake
from kept.cells import Tx
from kept.jobs import enqueue
from kept.kit import new_id
from kept.ledger import Entry
from kept.policy import Account as OwnAccount
from kept.policy import Action, require
from kept.rights.models import RightsRequest
from kept.rights.regimes import regime_of
from kept.rights.requests import change, secret_hash
from kept.rights.states import ENDED, START, Kind, State
from kept.rights.works import NoSuchRequest, TooLate

GRACE = timedelta(days=30)
COPY_JOB, ERASE_JOB, HIDE_JOB = "rights_copy", "rights_erase", "rights_hide"
_ACTIONS = {Kind.ACCESS: Action.GET_MY_DATA, Kind.DELETION: Action.DELETE_ACCOUNT}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was taken. `secret` is shown once: with it, whoever has no account any more follows the request."""

    request_id: UUID
    secret: str
    state: State
    due_at: datetime
    grace_until: datetime | None


async def ask(tx: Tx, by: Session, kind: Kind, *, now: datetime, at_once: bool = False) -> Asked:
    """Take a request; the edge has asked for the password or passkey again. A second one of its kind joins the first.

    A deletion puts the account to rest at once, for 30 days; `at_once` gives these up, also of one that is at rest already.
    Raises Refused.
    """
    require(by.actor, _ACTIONS[kind], OwnAccount())
    secret = secrets.token_urlsafe(32)
    open_one = await _open_one(tx, by.member_id, kind)
    if open_one is None:
        asked = await _take(tx, by, kind, secret, now=now)
    else:
        asked = Asked(open_one.request_id, secret, State(open_one.state), open_one.due_at, open_one.grace_until)
        renewed = sa.update(RightsRequest).where(RightsRequest.request_id == asked.request_id)
        await tx.run(renewed.values(secret_hash=secret_hash(secret)))
    if kind is Kind.DELETION and at_once and asked.state is State.GRACE:
        await begin_erasing(tx, asked.request_id, by.member_id, now=now)
        return Asked(asked.request_id, secret, State.ERASING, asked.due_at, None)
    return asked


async def call_off(tx: Tx, by: Session, request_id: UUID, *, now: datetime) -> None:
    """Keep the account, as it was. Raises Refused, NoSuchRequest, TooLate."""
    require(by.actor, Action.KEEP_ACCOUNT, OwnAccount())
    mine = sa.select(RightsRequest.member_id).where(
        RightsRequest.request_id == request_id, RightsRequest.kind == Kind.DELETION
    )
    if (await tx.run(mine)).scalar_one_or_none() != by.member_id:
        raise NoSuchRequest
    if not await change(tx, request_id, State.CALLED_OFF, now=now):
        raise TooLate
    await wake(tx, by.member_id)
    await _draw_cards(tx, now=now, request_id=request_id)


async def begin_erasing(tx: Tx, request_id: UUID, member_id: UUID, *, now: datetime) -> bool:
    """The days to change one's mind are over, or given up: from here on there is no way back."""
    round_id = new_id()
    if not await change(tx, request_id, State.ERASING, now=now, round_id=round_id):
        return False
    await close(tx, member_id, now=now)
    await enqueue(tx, ERASE_JOB, owner_id=request_id, subject_id=round_id, now=now)
    return True


async def go_on(tx: Tx, request_id: UUID, kind: Kind, *, now: datetime) -> None:
    """Another round of work on a request whose last one broke off."""
    round_id = new_id()
    again = sa.update(RightsRequest).where(RightsRequest.request_id == request_id)
    await tx.run(again.values(round_id=round_id, changed_at=now))
    work = COPY_JOB if kind is Kind.ACCESS else ERASE_JOB
    await enqueue(tx, work, owner_id=request_id, subject_id=round_id, now=now)


async def _open_one(tx: Tx, member_id: UUID, kind: Kind) -> sa.Row[tuple[UUID, str, datetime, datetime | None]] | None:
    ended = [*ENDED, State.READY]
    wanted = sa.select(
        RightsRequest.request_id, RightsRequest.state, RightsRequest.due_at, RightsRequest.grace_until
    ).where(RightsRequest.member_id == member_id, RightsRequest.kind == kind, RightsRequest.state.not_in(ended))
    return (await tx.run(wanted.with_for_update())).first()


async def _take(tx: Tx, by: Session, kind: Kind, secret: str, *, now: datetime) -> Asked:
    regime, request_id, round_id = regime_of(by.country), new_id(), new_id()
    grace = now + GRACE if kind is Kind.DELETION else None
    asked = Asked(request_id, secret, START[kind], max(regime.due(now), grace or now), grace)
    row = sa.insert(RightsRequest).values(
        request_id=request_id,
        member_id=by.member_id,
        kind=kind,
        state=asked.state,
        channel="app",
        regime=regime.name,
        secret_hash=secret_hash(secret),
        asked_at=now,
        due_at=asked.due_at,
        grace_until=grace,
        changed_at=now,
        round_id=round_id,
        outcomes=[],
        needles=[],
        receipt="",
    )
    entry = Entry("rights.asked", actor="system:rights", object=f"request:{request_id}")
    await tx.act(row.returning(RightsRequest.request_id), entry, now=now)
    if kind is Kind.ACCESS:
        await enqueue(tx, COPY_JOB, owner_id=request_id, subject_id=round_id, now=now)
    else:
        await rest(tx, by.member_id, now=now)
        await _draw_cards(tx, now=now, request_id=request_id)
    return asked


async def _draw_cards(tx: Tx, *, now: datetime, request_id: UUID) -> None:
    """Have the author's cards drawn anew, which shows or hides them everywhere."""
    await enqueue(tx, HIDE_JOB, owner_id=request_id, subject_id=new_id(), now=now)
