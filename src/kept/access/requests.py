"""Requests as they are read: with the people they are about, and the votes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.access.models import AccessRequest
from kept.access.states import LAPSES, State
from kept.catalog import Level, Purpose
from kept.cells import Cell, Tx
from kept.kit import KeptError, Kind


class NoSuchRequest(KeptError):
    code = "no_such_access_request"
    kind = Kind.NOT_FOUND
    message = "There is no such request, or it is over."


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's yes or no."""

    approver_id: UUID
    team: str
    site: str
    oversees: bool
    approved: bool
    note: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """A request; see `AccessRequest`."""

    request_id: UUID
    asker_id: UUID
    team: str
    site: str
    purpose: Purpose
    reason: str
    case_ref: str
    level: Level
    fields: tuple[str, ...]
    clear: bool
    minutes: int
    state: State
    emergency: bool
    asked_at: datetime
    changed_at: datetime
    granted_at: datetime | None
    until: datetime | None
    closed_at: datetime | None
    reviewer_id: UUID | None
    reviewed_at: datetime | None
    finding: str
    rows_read: int
    case_id: UUID | None
    prepared_by: UUID | None
    members: tuple[UUID, ...]
    votes: tuple[Approval, ...]

    @property
    def ledger_object(self) -> str:
        """What the ledger calls it; a production goes by its case, so that all of that can be followed there."""
        return request_name(self.request_id, self.case_id)

    def is_waiting(self, now: datetime) -> bool:
        """Whether somebody can still say yes."""
        return self.state is State.WAITING and now < self.asked_at + LAPSES

    def runs(self, now: datetime) -> bool:
        """Whether the grant is good at this moment."""
        return self.state is State.GRANTED and self.until is not None and now < self.until

    def is_open(self, now: datetime) -> bool:
        """Whether there is anything to end."""
        return self.is_waiting(now) or self.runs(now)

    def status(self, now: datetime) -> str:
        """A word for people: a state, or `expired` or `lapsed` by the clock."""
        if self.state is State.WAITING and not self.is_waiting(now):
            return "lapsed"
        if self.state is State.GRANTED and not self.runs(now):
            return "expired"
        return self.state.value


def request_name(request_id: UUID, case_id: UUID | None) -> str:
    """What the ledger calls a request."""
    return f"request:{request_id}" if case_id is None else f"case:{case_id}"


_WHOLE = """
SELECT r.*,
  ARRAY(SELECT s.member_id FROM access_subject s WHERE s.request_id = r.request_id ORDER BY s.member_id) AS members,
  COALESCE((SELECT jsonb_agg(to_jsonb(a) ORDER BY a.decided_at) FROM access_approval a
            WHERE a.request_id = r.request_id), '[]')::text AS votes
FROM access_request r
"""


async def find(cell: Cell, request_id: UUID) -> Request:
    """One request. Raises NoSuchRequest."""
    rows = await cell.database.fetch(f"{_WHOLE} WHERE r.request_id = $1", request_id)
    if not rows:
        raise NoSuchRequest
    return _request(rows[0])


async def locked(tx: Tx, request_id: UUID) -> Request:
    """One request, which nobody else changes before the transaction ends. Raises NoSuchRequest."""
    lock = sa.select(AccessRequest.request_id).where(AccessRequest.request_id == request_id).with_for_update()
    if (await tx.run(lock)).first() is None:
        raise NoSuchRequest
    rows = await tx.run(sa.text(f"{_WHOLE} WHERE r.request_id = :request_id"), {"request_id": request_id})
    return _request(dict(rows.mappings().one()))


async def open_requests(cell: Cell, *, now: datetime) -> Sequence[Request]:
    """What waits for a yes, and grants that run; the oldest first."""
    rows = await cell.database.fetch(
        f"{_WHOLE} WHERE r.state = 'waiting' AND r.asked_at > $1 OR r.state = 'granted' AND r.until > $2"
        " ORDER BY r.asked_at",
        now - LAPSES,
        now,
    )
    return [_request(row) for row in rows]


async def own_requests(cell: Cell, staff_id: UUID, *, most: int = 50) -> Sequence[Request]:
    """Somebody's own, the newest first."""
    rows = await cell.database.fetch(
        f"{_WHOLE} WHERE r.asker_id = $1 ORDER BY r.asked_at DESC LIMIT $2", staff_id, most
    )
    return [_request(row) for row in rows]


async def unreviewed(cell: Cell) -> Sequence[Request]:
    """Emergencies that nobody has looked at, the newest first."""
    rows = await cell.database.fetch(f"{_WHOLE} WHERE r.emergency AND r.reviewed_at IS NULL ORDER BY r.asked_at DESC")
    return [_request(row) for row in rows]


_VOTES = msgspec.json.Decoder(list[Approval])


def _request(row: Mapping[str, Any]) -> Request:
    known = dict(row)
    known["purpose"], known["level"], known["state"] = Purpose(row["purpose"]), Level(row["level"]), State(row["state"])
    known["fields"], known["members"] = tuple(row["fields"]), tuple(row["members"])
    known["votes"] = tuple(_VOTES.decode(row["votes"]))
    return Request(**known)
