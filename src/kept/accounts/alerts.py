"""Alerts: a sign-in from a device that we don't know, or a right password with wrong codes. Was it you?

A device is known by a ticket that its browser keeps: a fingerprint is not taken. It is good for 90 days from the sign-in that
made the device known, as long as the alert is kept, so that "it wasn't me" is remembered for as long as the device could be.
Whoever just signed in from a new device is not asked about it: they would say yes.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.accounts.models import SessionRow, SignInAlert
from kept.accounts.opening import Accounts
from kept.accounts.resuming import ASKED
from kept.accounts.sessions import Alert, Session
from kept.accounts.tickets import BadTicket
from kept.cells import Cell, Tx
from kept.kit import KeptError, Kind, new_id
from kept.policy import Account, Action, require

KNOWN_FOR = timedelta(days=90)
MOST = 4
"""Members that one browser is known by: a family's tablet."""
_SEPARATOR = "."

_DENIED = "SELECT FROM signin_alert WHERE owner_id = $1 AND session_id = $2 AND answer = 'not_mine'"
_WARN = """
INSERT INTO signin_alert (owner_id, alert_id, device, at) SELECT $1, $2, $3, $4 WHERE NOT EXISTS (
    SELECT FROM signin_alert WHERE owner_id = $1 AND session_id IS NULL AND answer IS NULL)
"""
_ASKED = f"""
SELECT n.alert_id, n.session_id, n.device, n.at FROM signin_alert n, session s
WHERE s.owner_id = $1 AND s.session_id = $2 AND {ASKED} ORDER BY n.at DESC, n.alert_id DESC
"""  # noqa: S608  constants only


class NoSuchAlert(KeptError):
    code = "no_such_alert"
    kind = Kind.NOT_FOUND
    message = "There is nothing to answer here. You may have answered it already."


class KnownDevice(msgspec.Struct, array_like=True):
    """Ticket of a browser from which a member signed in: whose, and the session with which it became known."""

    member_id: UUID
    session_id: UUID


async def is_known(accounts: Accounts, cell: Cell, member_id: UUID, known: str, *, now: datetime) -> bool:
    """Whether a browser is one from which the member signed in before, and did not disown since."""
    for device, _ in _read(accounts, known, now=now):
        if device.member_id == member_id:
            return not await cell.database.fetch(_DENIED, member_id, device.session_id)
    return False


def remember(accounts: Accounts, known: str, member_id: UUID, session_id: UUID, *, now: datetime) -> str:
    """The tickets that a browser keeps after a member signed in with a session of that id: theirs first, few of others."""
    mine = accounts.tickets.write(KnownDevice(member_id, session_id), until=now + KNOWN_FOR)
    others = [text for device, text in _read(accounts, known, now=now) if device.member_id != member_id]
    return _SEPARATOR.join([mine, *others[: MOST - 1]])


def alert_row(member_id: UUID, session_id: UUID, *, device: str, now: datetime) -> dict[str, object]:
    """The row of an alert about a session that begins."""
    return {"owner_id": member_id, "alert_id": new_id(), "session_id": session_id, "device": device, "at": now}


async def warn(cell: Cell, member_id: UUID, *, device: str, now: datetime) -> None:
    """Tell a member that somebody has their password, but not their codes. Once, until they answer."""
    await cell.database.fetch(_WARN, member_id, new_id(), device, now)


async def open_alerts(session: Session) -> Sequence[Alert]:
    """What a member is still asked about, the latest first."""
    rows = await session.cell.database.fetch(_ASKED, session.member_id, session.session_id)
    return [Alert.of(row) for row in rows]


async def own_up(tx: Tx, session: Session, alert_id: UUID) -> None:
    """It was me. Raises Refused, NoSuchAlert."""
    await _answer(tx, session, alert_id, "mine")


async def disown(tx: Tx, session: Session, alert_id: UUID) -> None:
    """It wasn't me: that session ends, and its device is not known any more. Raises Refused, NoSuchAlert."""
    session_id = await _answer(tx, session, alert_id, "not_mine")
    mine = sa.and_(SessionRow.owner_id == session.member_id, SessionRow.session_id == session_id)
    await tx.run(sa.delete(SessionRow).where(mine))


async def _answer(tx: Tx, session: Session, alert_id: UUID, answer: str) -> UUID | None:
    require(session.actor, Action.SIGN_OUT, Account())
    if alert_id not in [one.alert_id for one in await open_alerts(session)]:
        raise NoSuchAlert
    which = sa.and_(
        SignInAlert.owner_id == session.member_id, SignInAlert.alert_id == alert_id, SignInAlert.answer.is_(None)
    )
    done = sa.update(SignInAlert).where(which).values(answer=answer).returning(SignInAlert.session_id)
    rows = (await tx.run(done)).all()
    if not rows:
        raise NoSuchAlert
    found: UUID | None = rows[0][0]
    return found


def _read(accounts: Accounts, known: str, *, now: datetime) -> Iterator[tuple[KnownDevice, str]]:
    """The good ones of the tickets that a browser brought."""
    for text in known.split(_SEPARATOR)[:MOST]:
        try:
            yield accounts.tickets.read(text, KnownDevice, now=now), text
        except BadTicket:
            continue
