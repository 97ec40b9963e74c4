"""The security check-up: three questions about an account, and how far each is answered. The answers are pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kept.accounts.sessions import Session

ENOUGH_CODES = 3
"""Fewer recovery codes than this are nearly none."""
IDLE = timedelta(days=14)
"""A device that was not used for so long is one to look at."""

_HELD = """
SELECT EXISTS (SELECT FROM credential_password WHERE owner_id = $1) AS password,
       (SELECT count(*) FROM credential_passkey WHERE owner_id = $1) AS passkeys,
       EXISTS (SELECT FROM second_factor WHERE owner_id = $1) AS second,
       (SELECT count(*) FROM recovery_code WHERE owner_id = $1) AS codes,
       (SELECT count(*) FROM session WHERE owner_id = $1) AS devices,
       (SELECT count(*) FROM session WHERE owner_id = $1 AND session_id <> $2 AND last_seen_at < $3) AS idle
"""


class Answered(StrEnum):
    """How far a question is answered."""

    DONE = "done"
    HALF = "half"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Held:
    """What protects an account: ways in, recovery codes that are left, devices signed in, of which some are idle."""

    password: bool
    passkeys: int
    second: bool
    codes: int
    devices: int
    idle: int


async def held_by(session: Session, *, now: datetime) -> Held:
    """What protects the account of whoever is signed in."""
    rows = await session.cell.database.fetch(_HELD, session.member_id, session.session_id, now - IDLE)
    return Held(**dict(rows[0]))


def way_in(held: Held) -> Answered:
    """Whether a stolen password opens the account. With a passkey beside a password alone, it still does."""
    if not held.password or held.second:
        return Answered.DONE
    return Answered.HALF if held.passkeys else Answered.OPEN


def devices_in_order(held: Held, *, alerts: int) -> Answered:
    """Whether there is a device to look at: one that was asked about, or that lies idle."""
    if alerts:
        return Answered.OPEN
    return Answered.HALF if held.idle else Answered.DONE


def recovery(held: Held) -> Answered:
    """Whether the account can still be opened when a phone is lost or a password forgotten."""
    if held.second:
        if held.passkeys or held.codes >= ENOUGH_CODES:
            return Answered.DONE
        return Answered.HALF if held.codes else Answered.OPEN
    return Answered.DONE if held.passkeys + held.password >= 2 else Answered.OPEN
