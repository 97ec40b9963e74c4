"""Requests as they are read, and the one way to change their state."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Cell, Cells, Tx
from kept.ledger import Entry
from kept.rights.models import RightsRequest
from kept.rights.states import ANSWERED, ENDED, Kind, State, before
from kept.rights.works import NoSuchRequest

LARGEST_SECRET = 128

_COLUMNS = """
request_id, member_id, kind, about, state, channel, agent, also, verified_by, verified_at, regime, asked_at,
confirmed_at, due_at, extended_at, extended_why, grace_until, changed_at, answered_at, done_at, ground, joined_id, round_id,
outcomes, receipt, secret_hash
"""
_ONE = f"SELECT {_COLUMNS} FROM rights_request WHERE request_id = $1"  # noqa: S608
_OF_MEMBER = f"""
SELECT {_COLUMNS} FROM rights_request WHERE member_id = $1 AND verified_at IS NOT NULL ORDER BY asked_at DESC LIMIT 20
"""  # noqa: S608


_UNANSWERED = f"SELECT {_COLUMNS} FROM rights_request WHERE done_at IS NULL AND answered_at IS NULL ORDER BY due_at"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Request:
    """A request, as the one whose it is may see it. `outcomes` are dicts of `where`, `what`, `rows`, `left`."""

    request_id: UUID
    member_id: UUID | None
    kind: Kind
    about: str
    state: State
    channel: str
    agent: str
    also: Sequence[str]
    verified_by: str
    regime: str
    asked_at: datetime
    due_at: datetime
    confirmed_at: datetime | None
    extended_at: datetime | None
    extended_why: str
    grace_until: datetime | None
    answered_at: datetime | None
    done_at: datetime | None
    ground: str
    joined_id: UUID | None
    round_id: UUID
    outcomes: Sequence[Mapping[str, Any]]
    receipt: str
    cell: Cell


async def request_of(cell: Cell, request_id: UUID) -> Request | None:
    """A request in a cell, whoever's it is: for the jobs at work on it."""
    rows = await cell.database.fetch(_ONE, request_id)
    return _request(rows[0], cell) if rows else None


async def requests_of(session: Session) -> list[Request]:
    """A member's own requests, the newest first; not those of which nobody knows yet whether they are theirs."""
    return [_request(row, session.cell) for row in await session.cell.database.fetch(_OF_MEMBER, session.member_id)]


async def own_request(session: Session, request_id: UUID) -> Request:
    """One of a member's own requests. Raises NoSuchRequest."""
    found = await request_of(session.cell, request_id)
    if found is None or found.member_id != session.member_id:
        raise NoSuchRequest
    return found


async def followed(cells: Cells, request_id: UUID, secret: str) -> Request:
    """A request by the secret that was given at the start, for whoever has no account any more. Raises NoSuchRequest."""
    wanted = secret_hash(secret)
    for cell in cells:
        for row in await cell.database.fetch(_ONE, request_id):
            if hmac.compare_digest(row["secret_hash"], wanted):
                return await _answering(_request(row, cell))
    raise NoSuchRequest


async def _answering(request: Request) -> Request:
    """The request with which one is answered that joined another; itself for all others."""
    joined = await request_of(request.cell, request.joined_id) if request.joined_id else None
    return joined or request


async def unanswered(cells: Cells) -> list[Request]:
    """Requests that wait for their answer, the most urgent first: for those whose work it is."""
    found = [_request(row, cell) for cell in cells for row in await cell.database.fetch(_UNANSWERED)]
    return sorted(found, key=lambda one: one.due_at)


def secret_hash(secret: str) -> bytes:
    """What is stored of a secret of 32 random bytes; a hash for passwords would add nothing to it."""
    return hashlib.sha256(secret[:LARGEST_SECRET].encode()).digest()


async def overdue(cells: Cells, *, now: datetime) -> int:
    """How many requests are past the law's day, in every cell that is here; what is held is not, for the law keeps it."""
    late = "SELECT count(*) AS n FROM rights_request WHERE answered_at IS NULL AND state <> 'held' AND due_at < $1"
    return sum([(await cell.database.fetch(late, now))[0]["n"] for cell in cells])


async def change(
    tx: Tx, request_id: UUID, to: State, *, now: datetime, by: str = "system:rights", **values: Any
) -> bool:
    """Bring a request to a state, if it may come there from where it is; what is recorded names no member."""
    values |= {"state": to, "changed_at": now}
    if to in ANSWERED and to is not State.EXPIRED:
        values["answered_at"] = now
    if to in ENDED:
        values |= {"done_at": now, "needles": []}
    changed = sa.update(RightsRequest).where(
        RightsRequest.request_id == request_id,
        sa.tuple_(RightsRequest.kind, RightsRequest.state).in_([(str(kind), str(state)) for kind, state in before(to)]),
    )
    entry = Entry(f"rights.{to}", actor=by, object=f"request:{request_id}")
    return bool(await tx.act(changed.values(**values).returning(RightsRequest.request_id), entry, now=now))


def _request(row: Mapping[str, Any], cell: Cell) -> Request:
    outcomes = row["outcomes"]
    return Request(
        request_id=row["request_id"],
        member_id=row["member_id"],
        kind=Kind(row["kind"]),
        about=row["about"],
        state=State(row["state"]),
        channel=row["channel"],
        agent=row["agent"],
        also=row["also"],
        verified_by=row["verified_by"],
        regime=row["regime"],
        asked_at=row["asked_at"],
        due_at=row["due_at"],
        confirmed_at=row["confirmed_at"],
        extended_at=row["extended_at"],
        extended_why=row["extended_why"],
        grace_until=row["grace_until"],
        answered_at=row["answered_at"],
        done_at=row["done_at"],
        ground=row["ground"],
        joined_id=row["joined_id"],
        round_id=row["round_id"],
        outcomes=json.loads(outcomes) if isinstance(outcomes, str) else outcomes,
        receipt=row["receipt"],
        cell=cell,
    )
