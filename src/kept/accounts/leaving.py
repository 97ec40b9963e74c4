"""An account at rest: hidden, all its sessions ended, until it is taken up again or erased. And: is it really you?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.accounts.attempts import admit_attempt, clear_attempts
from kept.accounts.models import Account, SessionRow
from kept.accounts.opening import Accounts
from kept.accounts.passkeys import PasskeyRefused, RelyingParty, verified
from kept.accounts.passwords import normal_password
from kept.accounts.sessions import Session
from kept.cells import Tx
from kept.kit import KeptError, Kind

_WAYS = """
SELECT EXISTS (SELECT FROM credential_password WHERE owner_id = $1) AS password,
       EXISTS (SELECT FROM credential_passkey WHERE owner_id = $1) AS passkey
"""
_HASH = "SELECT hash FROM credential_password WHERE owner_id = $1"


class WrongPassword(KeptError):
    code = "wrong_password"
    kind = Kind.FORBIDDEN
    message = "That is not your password, so nothing was done. Try again."


@dataclass(frozen=True, slots=True)
class Ways:
    """What a member can show again who they are with."""

    password: bool
    passkey: bool


async def ways_in(session: Session) -> Ways:
    """What a member has to sign in with."""
    row = (await session.cell.database.fetch(_WAYS, session.member_id))[0]
    return Ways(row["password"], row["passkey"])


async def confirm(accounts: Accounts, session: Session, password: str, *, now: datetime) -> None:
    """Ask for the password again, of somebody who is signed in. Failures are counted as those of signing in are.

    Raises:
        WrongPassword: it is not the one, or the account has none.
        TooManyAttempts, TooBusy.
    """
    index = accounts.beacon.blind_index("login", session.handle.lower())
    await admit_attempt(accounts, session.cell, index, now=now)
    rows = await session.cell.database.fetch(_HASH, session.member_id)
    hashed = rows[0]["hash"] if rows else None
    if not await accounts.hasher.matches(hashed, normal_password(password)) or hashed is None:
        raise WrongPassword
    await clear_attempts(session.cell, index)


async def confirm_by_passkey(
    accounts: Accounts, session: Session, site: RelyingParty, ticket: str, answer: str, *, now: datetime
) -> None:
    """The same with a passkey of the member's; `answer` is the browser's, as JSON. Raises BadTicket, PasskeyRefused."""
    _, member_id = await verified(accounts, site, ticket, answer, now=now)
    if member_id != session.member_id:
        raise PasskeyRefused


async def rest(tx: Tx, member_id: UUID, *, now: datetime) -> None:
    """Put an account to rest: from now on nobody finds it or gets a file of it, and every session of it has ended."""
    await tx.run(sa.update(Account).where(Account.owner_id == member_id).values(leaving_at=now))
    await tx.run(sa.delete(SessionRow).where(SessionRow.owner_id == member_id))


async def wake(tx: Tx, member_id: UUID) -> None:
    """Take an account up again, as it was."""
    await tx.run(sa.update(Account).where(Account.owner_id == member_id).values(leaving_at=None))


async def close(tx: Tx, member_id: UUID, *, now: datetime) -> None:
    """Close an account for good: nobody signs in to it any more."""
    await rest(tx, member_id, now=now)
    await tx.run(sa.update(Account).where(Account.owner_id == member_id).values(closed_at=now))
