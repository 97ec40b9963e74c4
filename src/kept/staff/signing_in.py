"""Signing in to the console: by passkey alone, for a working day at most, and for half an hour without a sign of life."""

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import PasskeyRefused, RelyingParty, Tickets, read_answer
from kept.cells import Directory
from kept.kit import KeptError, Kind, new_id
from kept.ledger import Entry
from kept.staff.models import StaffSession
from kept.staff.people import Colleague, colleague_of

LONGEST = timedelta(hours=10)
IDLE = timedelta(minutes=30)
TOUCHED_EVERY = timedelta(minutes=1)
_SECRET_BYTES = 32

_KEY = """
SELECT k.public_key, k.sign_count FROM staff_passkey k JOIN staff_member m USING (staff_id)
WHERE k.staff_id = $1 AND k.credential_id = $2 AND k.removed_at IS NULL AND m.ended_at IS NULL
"""
_SPEND = """
WITH spent AS (
    INSERT INTO staff_spent_challenge (staff_id, digest, spent_at) VALUES ($3, $1, $2)
    ON CONFLICT DO NOTHING RETURNING digest
)
UPDATE staff_passkey SET sign_count = $5
WHERE staff_id = $3 AND credential_id = $4 AND EXISTS (SELECT FROM spent) RETURNING staff_id
"""
_FOUND = """
SELECT s.secret_hash, s.began_at, s.seen_at, m.*
FROM staff_session s JOIN staff_member m USING (staff_id)
WHERE s.staff_id = $1 AND s.session_id = $2 AND s.ended_at IS NULL AND m.ended_at IS NULL
"""


class NotOnDuty(KeptError):
    """One answer for a token that is damaged, ended, too old, or of somebody who left."""

    code = "not_on_duty"
    kind = Kind.UNAUTHENTICATED
    message = "You are not signed in to the console, or it has been half an hour. Sign in again."


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A colleague who is signed in."""

    who: Colleague
    session_id: UUID


async def sign_in(
    directory: Directory, tickets: Tickets, site: RelyingParty, ticket: str, answer: str, *, device: str, now: datetime
) -> str:
    """Begin a session; returns its token, which exists nowhere else.

    Raises:
        BadTicket: too late.
        PasskeyRefused: not a passkey of anybody who works here.
    """
    said = read_answer(tickets, ticket, answer, now=now)
    rows = await directory.database.fetch(_KEY, said.person_id, said.credential_id)
    if not rows:
        raise PasskeyRefused
    count = said.counted(site, rows[0]["public_key"], rows[0]["sign_count"])
    if not await directory.database.fetch(_SPEND, said.digest, now, said.person_id, said.credential_id, count):
        raise PasskeyRefused
    return await begin_session(directory, said.person_id, device=device, now=now)


async def begin_session(directory: Directory, staff_id: UUID, *, device: str, now: datetime) -> str:
    """A session of somebody who has just shown who they are; on record."""
    session_id, secret = new_id(), os.urandom(_SECRET_BYTES)
    row = sa.insert(StaffSession).values(
        staff_id=staff_id,
        session_id=session_id,
        secret_hash=hashlib.sha256(secret).digest(),
        device=device,
        began_at=now,
        seen_at=now,
    )
    entry = Entry("staff.signed_in", actor=f"staff:{staff_id}", object=f"session:{session_id}")
    await directory.act(row.returning(StaffSession.session_id), entry, now=now)
    return base64.urlsafe_b64encode(staff_id.bytes + session_id.bytes + secret).rstrip(b"=").decode()


async def taken_up(directory: Directory, token: str, *, now: datetime) -> OnDuty:
    """Whose session a token is. One round trip, and one more once a minute. Raises NotOnDuty."""
    staff_id, session_id, secret = _parted(token)
    rows = await directory.database.fetch(_FOUND, staff_id, session_id)
    if not rows or not hmac.compare_digest(rows[0]["secret_hash"], hashlib.sha256(secret).digest()):
        raise NotOnDuty
    row = rows[0]
    if now - row["began_at"] > LONGEST or now - row["seen_at"] > IDLE:
        raise NotOnDuty
    if now - row["seen_at"] > TOUCHED_EVERY:
        touch = "UPDATE staff_session SET seen_at = $3 WHERE staff_id = $1 AND session_id = $2"
        await directory.database.fetch(touch, staff_id, session_id, now)
    return OnDuty(colleague_of(row), session_id)


async def sign_out(directory: Directory, duty: OnDuty, *, now: datetime) -> None:
    """End the session; twice is once."""
    mine = sa.update(StaffSession).where(
        StaffSession.staff_id == duty.who.staff_id,
        StaffSession.session_id == duty.session_id,
        StaffSession.ended_at.is_(None),
    )
    entry = Entry("staff.signed_out", actor=f"staff:{duty.who.staff_id}", object=f"session:{duty.session_id}")
    await directory.act(mine.values(ended_at=now).returning(StaffSession.session_id), entry, now=now)


def _parted(token: str) -> tuple[UUID, UUID, bytes]:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotOnDuty from error
    if len(raw) != 32 + _SECRET_BYTES:
        raise NotOnDuty
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), raw[32:]
