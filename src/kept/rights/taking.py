"""A request is put down, whatever door it came by; and begun, once it is known whose it is.

The clocks begin here: when it has to be answered, and for a deletion, until when its owner may change their mind.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import close, rest
from kept.cells import Tx
from kept.jobs import enqueue
from kept.kit import new_id
from kept.ledger import Entry
from kept.rights.deciding import decide_objection
from kept.rights.models import RightsRequest
from kept.rights.regimes import regime_of
from kept.rights.requests import change, secret_hash
from kept.rights.states import COPIES, ENDED, START, Kind, State

GRACE = timedelta(days=30)
COPY_JOB, ERASE_JOB, HIDE_JOB = "rights_copy", "rights_erase", "rights_hide"


class Channel(StrEnum):
    """The doors that a request may come by."""

    APP = "app"
    FORM = "form"
    EMAIL = "email"
    POST = "post"
    AGENT = "agent"


TOLD_AT_ONCE = frozenset({Channel.APP, Channel.FORM, Channel.AGENT})
"""Where the page or the answer says at once that it came; by e-mail our letter does, by post a colleague."""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request about to be put down. `country` decides the law; whoever has no account is answered by the strictest clock."""

    request_id: UUID
    kind: Kind
    channel: Channel
    country: str
    secret: str = field(repr=False)
    about: str = ""
    member_id: UUID | None = None
    verified_by: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was taken. `secret` is shown once: with it, whoever has no account any more follows the request."""

    request_id: UUID
    secret: str
    state: State
    due_at: datetime
    grace_until: datetime | None


async def take(tx: Tx, new: NewRequest, *, now: datetime) -> Asked:
    """Put a request down, on record."""
    regime = regime_of(new.country)
    grace = now + GRACE if new.kind is Kind.DELETION and new.verified_by else None
    state = START[new.kind] if new.verified_by else State.UNVERIFIED
    asked = Asked(new.request_id, new.secret, state, max(regime.due(now), grace or now), grace)
    row = sa.insert(RightsRequest).values(
        request_id=new.request_id,
        member_id=new.member_id,
        kind=new.kind,
        about=new.about,
        state=state,
        channel=new.channel,
        agent=new.agent,
        also=[],
        verified_by=new.verified_by,
        verified_at=now if new.verified_by else None,
        regime=regime.name,
        secret_hash=secret_hash(new.secret),
        asked_at=now,
        confirmed_at=now if new.channel in TOLD_AT_ONCE else None,
        due_at=asked.due_at,
        extended_why="",
        grace_until=grace,
        changed_at=now,
        ground="",
        round_id=new_id(),
        outcomes=[],
        needles=[],
        receipt="",
    )
    entry = Entry("rights.asked", actor="system:rights", object=f"request:{new.request_id}")
    await tx.act(row.returning(RightsRequest.request_id), entry, now=now)
    return asked


async def start(tx: Tx, request_id: UUID, kind: Kind, member_id: UUID, about: str = "", *, now: datetime) -> None:
    """Begin the work on a request that is at the start of its kind: a copy is made, an account is put to rest, …"""
    if kind in COPIES:
        mine = sa.select(RightsRequest.round_id).where(RightsRequest.request_id == request_id)
        round_id = (await tx.run(mine)).scalar_one()
        await enqueue(tx, COPY_JOB, owner_id=request_id, subject_id=round_id, now=now)
    elif kind is Kind.DELETION:
        await rest(tx, member_id, now=now)
        await draw_cards(tx, now=now, request_id=request_id)
    elif kind is Kind.OBJECTION:
        await decide_objection(tx, request_id, member_id, about, now=now)


async def begin_erasing(tx: Tx, request_id: UUID, member_id: UUID, *, now: datetime) -> bool:
    """The days to change one's mind are over, or given up: from here on there is no way back."""
    round_id = new_id()
    if not await change(tx, request_id, State.ERASING, now=now, round_id=round_id):
        return False
    await close(tx, member_id, now=now)
    await enqueue(tx, ERASE_JOB, owner_id=request_id, subject_id=round_id, now=now)
    return True


async def open_one(
    tx: Tx, member_id: UUID, kind: Kind, about: str = ""
) -> sa.Row[tuple[UUID, str, datetime, datetime | None]] | None:
    """A verified request of the same member, kind and matter that is not answered, locked; so that a second one joins it."""
    over = [*ENDED, State.READY, State.UNVERIFIED]
    wanted = sa.select(
        RightsRequest.request_id, RightsRequest.state, RightsRequest.due_at, RightsRequest.grace_until
    ).where(
        RightsRequest.member_id == member_id,
        RightsRequest.kind == kind,
        RightsRequest.about == about,
        RightsRequest.state.not_in(over),
    )
    return (await tx.run(wanted.with_for_update())).first()


async def draw_cards(tx: Tx, *, now: datetime, request_id: UUID) -> None:
    """Have the author's cards drawn anew, which shows or hides them everywhere."""
    await enqueue(tx, HIDE_JOB, owner_id=request_id, subject_id=new_id(), now=now)
