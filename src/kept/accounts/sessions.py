"""Sessions: a device that is signed in, held by the server, seen in a list, ended at any moment.

A token is `<cell>.<base64url(member id, session id, secret)>`: it leads to the member's home cell without a look-up in the
directory. Of the secret (32 random bytes) only the SHA-256 is stored; a hash for passwords would add nothing to 256 bits.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.accounts.days import day_of
from kept.accounts.limits import NO_DAY, NO_LIMITS, Limits, Today, limits_in, today_in
from kept.accounts.models import SessionRow
from kept.accounts.opening import Accounts
from kept.accounts.standing import standing
from kept.cells import Cell, HomeElsewhere, NotServedHere, Tx
from kept.kit import KeptError, Kind, new_id
from kept.policy import Account, Action, Actor, AgeBand, Limit, Standing, band_of, is_offered, require
from kept.vault import Reason, Sealed

SECRET_BYTES = 32
TOUCHED_EVERY = timedelta(hours=1)
"""How exactly we know when a session was last used; more would be a record of somebody's day, and a write a request."""

_TOKEN = re.compile(r"([a-z0-9][a-z0-9_-]{0,62})\.([A-Za-z0-9_-]{86})")

COUNTED_EVERY = timedelta(seconds=55)
"""Minutes are counted a little early, so that a page that tells of each one loses none."""

_COUNT = """
INSERT INTO screen_time AS t (owner_id, day, minutes, more, counted_at) VALUES ($1, $2, 1, 0, $3)
ON CONFLICT (owner_id) DO UPDATE SET counted_at = $3, day = $2,
    minutes = CASE WHEN t.day = $2 THEN t.minutes + 1 ELSE 1 END, more = CASE WHEN t.day = $2 THEN t.more ELSE 0 END
WHERE t.day <> $2 OR t.minutes = 0 OR t.counted_at <= $3 - $4::interval OR t.counted_at > $3
"""
_TOUCH = "UPDATE session SET last_seen_at = $3 WHERE owner_id = $1 AND session_id = $2"
_BIRTH_DATE = "SELECT birth_date FROM account WHERE owner_id = $1"
_NEW_BAND = "UPDATE account SET band = $2, band_on = $3 WHERE owner_id = $1"


class NotSignedIn(KeptError):
    """One answer for a token that is damaged, foreign, ended or too old: none of that is anybody else's business."""

    code = "not_signed_in"
    kind = Kind.UNAUTHENTICATED
    message = "This session has ended. Sign in again."


class NoSuchSession(KeptError):
    code = "no_such_session"
    kind = Kind.NOT_FOUND
    message = "There is no such session. It may have ended already."


@dataclass(frozen=True, slots=True)
class Alert:
    """Something about signing in that a member is asked about. `session_id` is None after a right password and wrong codes."""

    alert_id: UUID
    session_id: UUID | None
    device: str
    at: datetime

    @classmethod
    def of(cls, row: Any) -> "Alert":
        """From a row with these columns."""
        return cls(row["alert_id"], row["session_id"], row["device"], row["at"])


@dataclass(frozen=True, slots=True)
class Session:
    """A member who is signed in, as every request sees them."""

    cell: Cell
    member_id: UUID
    session_id: UUID
    handle: str
    band: AgeBand
    country: str
    language: str
    actor: Actor
    limits: Limits = NO_LIMITS
    today: Today = NO_DAY
    news: bool = False
    """There is news about their family that they haven't seen."""
    alert: Alert | None = None
    """The latest that this session is asked about."""


@dataclass(frozen=True, slots=True)
class Device:
    """One of a member's sessions, as its owner sees it."""

    session_id: UUID
    name: str
    signed_in_at: datetime
    last_seen_at: datetime


def new_session(cell: Cell, member_id: UUID, *, device: str, now: datetime) -> tuple[dict[str, Any], str]:
    """The row of a new session, and its token, which exists nowhere else."""
    session_id, secret = new_id(), os.urandom(SECRET_BYTES)
    row = {
        "owner_id": member_id,
        "session_id": session_id,
        "secret_hash": hashlib.sha256(secret).digest(),
        "device": device,
        "created_at": now,
        "last_seen_at": now,
    }
    text = base64.urlsafe_b64encode(member_id.bytes + session_id.bytes + secret).rstrip(b"=").decode()
    return row, f"{cell.name}.{text}"


async def resume(accounts: Accounts, token: str, *, now: datetime) -> Session:
    """Whose session a token is. One round trip, but for the first request in an hour, and a minor's first on a day.

    Raises:
        NotSignedIn: the token is not, or no longer, good; or the account is closed.
        HomeElsewhere: it says that it is of another region, whose doors are elsewhere; nobody here can know more.
    """
    name, member_id, session_id, secret = _parted(token)
    cell, row = await _found(accounts, name, member_id, session_id)
    if row is None or not hmac.compare_digest(row["secret_hash"], hashlib.sha256(secret).digest()):
        raise NotSignedIn
    unused = now - row["last_seen_at"]
    if row["closed_at"] is not None or unused > timedelta(days=accounts.settings.accounts.session_days):
        raise NotSignedIn
    if unused > TOUCHED_EVERY:
        await cell.database.fetch(_TOUCH, member_id, session_id, now)
    band = AgeBand(row["band"])
    if band is not AgeBand.ADULT and row["band_on"] != now.date():
        band = await _grown(accounts, cell, member_id, today=now.date())
    offered = is_offered(accounts.settings.availability.refused_countries, row["country"])
    stands = Standing.CLOSING if row["leaving_at"] is not None else standing(tuple(row["agreements"]), now.date())
    limits = limits_in(row)
    today = today_in(row, limits, band, now=now)
    actor = acting(band, stands, offered, limits.in_force(band, today))
    who = (cell, member_id, session_id, row["handle"], band, row["country"], row["language"], actor)
    alert = None
    if row["alert"] is not None:
        alert = Alert(row["alert"], row["alert_session"], row["alert_device"], row["alert_at"])
    return Session(*who, limits=limits, today=today, news=bool(row["news"]), alert=alert)


async def watched(session: Session, *, now: datetime) -> None:
    """Count a minute of watching, at most one a minute; for whom no limit is set, and after the day, nothing is counted."""
    today = session.today
    recent = today.counted_at is not None and now - COUNTED_EVERY < today.counted_at <= now
    if today.allowed is not None and not today.is_over and not recent:
        day = day_of(session.country, now)
        await session.cell.database.fetch(_COUNT, session.member_id, day, now, COUNTED_EVERY)


async def sessions_of(cell: Cell, member_id: UUID) -> Sequence[Device]:
    """Where somebody is signed in, the latest first."""
    rows = await cell.database.fetch(
        "SELECT session_id, device, created_at, last_seen_at FROM session WHERE owner_id = $1 ORDER BY created_at DESC",
        member_id,
    )
    return [Device(row["session_id"], row["device"], row["created_at"], row["last_seen_at"]) for row in rows]


async def revoke(tx: Tx, session: Session, session_id: UUID) -> None:
    """End one of a member's sessions; its next request is refused. Raises Refused, NoSuchSession."""
    require(session.actor, Action.SIGN_OUT, Account())
    mine = sa.and_(SessionRow.owner_id == session.member_id, SessionRow.session_id == session_id)
    if not (await tx.run(sa.delete(SessionRow).where(mine).returning(SessionRow.session_id))).all():
        raise NoSuchSession


async def revoke_others(tx: Tx, session: Session) -> int:
    """End all of a member's sessions but this one; returns how many. Raises Refused."""
    require(session.actor, Action.SIGN_OUT, Account())
    others = sa.and_(SessionRow.owner_id == session.member_id, SessionRow.session_id != session.session_id)
    return len((await tx.run(sa.delete(SessionRow).where(others).returning(SessionRow.session_id))).all())


async def _found(accounts: Accounts, name: str, member_id: UUID, session_id: UUID) -> tuple[Cell, Any]:
    """The session, in the cell that its token names or, if the member has moved since, in their home of today.

    Raises:
        HomeElsewhere: others serve that cell.
        NotSignedIn: there is no such member.
    """
    try:
        cell: Cell | None = accounts.cells.named(name)
    except HomeElsewhere:
        raise
    except NotServedHere:
        cell = None
    row = await accounts.resuming[name].one((member_id, session_id)) if cell is not None else None
    if cell is not None and row is not None:
        return cell, row
    home = await accounts.cells.home_of(member_id)
    if home is None or home is cell or not await accounts.cells.directory.has_moved(member_id):
        raise NotSignedIn
    return home, await accounts.resuming[home.name].one((member_id, session_id))


def _parted(token: str) -> tuple[str, UUID, UUID, bytes]:
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise NotSignedIn
    try:
        raw = base64.b64decode(match[2] + "==", altchars=b"-_", validate=True)
    except binascii.Error:
        raise NotSignedIn from None
    return match[1], UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), raw[32:]


@cache
def acting(band: AgeBand, standing: Standing, offered: bool, limits: frozenset[Limit] = frozenset()) -> Actor:
    """A member as the policy knows them."""
    return Actor.member(band, standing=standing, offered=offered, limits=limits)


async def _grown(accounts: Accounts, cell: Cell, member_id: UUID, *, today: date) -> AgeBand:
    """The band of a minor on a new day. Worked out anew every day, so that no stored date betrays the birthday."""
    rows = await cell.database.fetch(_BIRTH_DATE, member_id)
    sealed = Sealed(rows[0]["birth_date"])
    vault = accounts.vault(cell)
    text = await vault.open(member_id, "account.birth_date", member_id, sealed, reason=Reason.SERVICE)
    band = band_of(date.fromisoformat(text.decode()), today)
    await cell.database.fetch(_NEW_BAND, member_id, band, today)
    return band
