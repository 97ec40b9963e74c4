"""A second factor for whoever signs in by password: codes of an authenticator app, and recovery codes if that is lost.

Until a first right code shows that the app has the secret, nothing is stored: the secret travels in a ticket. A code is good
once, an app's because its step is remembered (RFC 6238, 5.2), a recovery code because it is deleted. Wrong codes are counted
by member, apart from wrong passwords, and under a narrower limit. A passkey is two factors by itself, and asks for no code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts.attempts import CODES, admit_attempt, clear_attempts
from kept.accounts.leaving import confirm
from kept.accounts.models import RecoveryCode, SecondFactor
from kept.accounts.one_time import is_from_app, new_recovery_code, new_secret, readable, step_of, typed, uri_of
from kept.accounts.opening import Accounts
from kept.accounts.passwords import SHORTEST_ALONE, PasswordTooShort, normal_password
from kept.accounts.sessions import Session
from kept.accounts.tickets import BadTicket
from kept.cells import Cell, Tx
from kept.kit import KeptError, Kind
from kept.policy import Account, Action, require
from kept.vault import Reason, Sealed

RECOVERY_CODES = 10
SETTING_UP = timedelta(minutes=15)
"""How long somebody may take to get the secret into their app."""
SECRET = "second_factor.secret"  # noqa: S105  the name of a column

_STATE = """
SELECT EXISTS (SELECT FROM credential_password WHERE owner_id = $1) AS password,
       EXISTS (SELECT FROM second_factor WHERE owner_id = $1) AS second
"""
_SECRET = "SELECT secret FROM second_factor WHERE owner_id = $1"  # noqa: S105
SPEND = "UPDATE second_factor SET last_step = $2 WHERE owner_id = $1 AND last_step < $2 RETURNING owner_id"
_USE_UP = "DELETE FROM recovery_code WHERE owner_id = $1 AND code_hash = $2 RETURNING owner_id"


class WrongCode(KeptError):
    """One answer for a code that is wrong, too old, or was used: none of that helps who guesses."""

    code = "wrong_code"
    kind = Kind.UNAUTHENTICATED
    message = "That code is not right, or it was used already. Wait for the next one, or use a recovery code."


class SecondFactorOn(KeptError):
    code = "second_factor_on"
    kind = Kind.CONFLICT
    message = "Codes from an app are asked for already. Turn that off first, if you want to use another app."


class NoSecondFactor(KeptError):
    code = "no_second_factor"
    kind = Kind.CONFLICT
    message = "Your account doesn't ask for codes from an app, so there is nothing to change here."


class NoPassword(KeptError):
    code = "no_password"
    kind = Kind.CONFLICT
    message = "You sign in without a password. A passkey needs no second factor: it is two by itself."


class Setting(msgspec.Struct, array_like=True):
    """Ticket of a secret that is on its way into a member's app."""

    member_id: UUID
    secret: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """What somebody needs to set up their app: the address for its QR code, the secret to type, the ticket to send back."""

    uri: str = field(repr=False)
    secret: str = field(repr=False)
    ticket: str = field(repr=False)


async def begin_second_factor(accounts: Accounts, session: Session, *, now: datetime) -> Beginning:
    """Make a secret. Nothing is stored. Raises Refused, NoPassword, SecondFactorOn."""
    require(session.actor, Action.SECURE_ACCOUNT, Account())
    state = (await session.cell.database.fetch(_STATE, session.member_id))[0]
    if not state["password"]:
        raise NoPassword
    if state["second"]:
        raise SecondFactorOn
    return _beginning(accounts, session, new_secret(), now=now)


def resume_second_factor(accounts: Accounts, session: Session, ticket: str, *, now: datetime) -> Beginning:
    """The same secret once more, after a wrong code. Raises BadTicket."""
    return _beginning(accounts, session, _setting(accounts, session, ticket, now=now).secret, now=now)


async def turn_on(
    accounts: Accounts, session: Session, ticket: str, *, password: str, code: str, now: datetime
) -> Sequence[str]:
    """Ask for codes from now on. Returns the recovery codes, which can't be shown again.

    Raises:
        Refused, BadTicket, SecondFactorOn.
        WrongPassword, TooManyAttempts, TooBusy: as `confirm` does.
        WrongCode: the app makes other codes, or the clock of one of us is wrong.
    """
    require(session.actor, Action.SECURE_ACCOUNT, Account())
    secret = _setting(accounts, session, ticket, now=now).secret
    await confirm(accounts, session, password, now=now)
    code = typed(code)
    step = step_of(secret, code, now=now) if is_from_app(code) else None
    if step is None:
        raise WrongCode
    member_id = session.member_id
    sealed = await accounts.vault(session.cell).seal(member_id, SECRET, member_id, secret.encode())
    row = {"owner_id": member_id, "secret": sealed, "last_step": step, "set_up_at": now}
    new = insert(SecondFactor).values(row).on_conflict_do_nothing().returning(SecondFactor.owner_id)
    async with session.cell.begin() as tx:
        if not (await tx.run(new)).all():
            raise SecondFactorOn
        return await _make_recovery_codes(accounts, tx, member_id, now=now)


async def renew_recovery_codes(
    accounts: Accounts, session: Session, *, password: str, code: str, now: datetime
) -> Sequence[str]:
    """Ten new recovery codes in place of those that are left. Raises what `confirm_both` raises."""
    await confirm_both(accounts, session, password=password, code=code, now=now)
    async with session.cell.begin() as tx:
        return await _make_recovery_codes(accounts, tx, session.member_id, now=now)


async def turn_off(accounts: Accounts, session: Session, *, password: str, code: str, now: datetime) -> None:
    """Ask for no codes any more.

    Raises:
        PasswordTooShort: a password that would then stand alone has to be longer.
        What `confirm_both` raises.
    """
    await confirm_both(accounts, session, password=password, code=code, now=now)
    if len(normal_password(password)) < SHORTEST_ALONE:
        raise PasswordTooShort(shortest=SHORTEST_ALONE)
    async with session.cell.begin() as tx:
        for table in (RecoveryCode, SecondFactor):
            await tx.run(sa.delete(table).where(table.owner_id == session.member_id))


async def confirm_both(accounts: Accounts, session: Session, *, password: str, code: str, now: datetime) -> None:
    """Ask for password and code again, before what a stolen session must not be enough for.

    Raises:
        Refused, NoSecondFactor, WrongPassword, WrongCode, TooManyAttempts, TooBusy.
    """
    require(session.actor, Action.SECURE_ACCOUNT, Account())
    if not (await session.cell.database.fetch(_STATE, session.member_id))[0]["second"]:
        raise NoSecondFactor
    await confirm(accounts, session, password, now=now)
    await check_code(accounts, session.cell, session.member_id, code, now=now)


async def check_code(accounts: Accounts, cell: Cell, member_id: UUID, code: str, *, now: datetime) -> None:
    """Use up a code of a member's. Raises WrongCode, TooManyAttempts."""
    index = accounts.beacon.blind_index("code", member_id.hex)
    await admit_attempt(accounts, cell, index, CODES, now=now)
    await _use(accounts, cell, member_id, typed(code), now=now)
    await clear_attempts(cell, index)


async def _use(accounts: Accounts, cell: Cell, member_id: UUID, code: str, *, now: datetime) -> None:
    if not is_from_app(code):
        if not await cell.database.fetch(_USE_UP, member_id, _hash(accounts, member_id, code)):
            accounts.count("protection.refused:code")
            raise WrongCode
        return
    rows = await cell.database.fetch(_SECRET, member_id)
    step = None
    if rows:
        sealed = Sealed(rows[0]["secret"])
        secret = await accounts.vault(cell).open(member_id, SECRET, member_id, sealed, reason=Reason.SECURITY_LOGIN)
        step = step_of(secret.decode(), code, now=now)
    if step is None:
        accounts.count("protection.refused:code")
        raise WrongCode
    if not await cell.database.fetch(SPEND, member_id, step):
        accounts.count("protection.refused:replay")
        raise WrongCode


async def _make_recovery_codes(accounts: Accounts, tx: Tx, member_id: UUID, *, now: datetime) -> Sequence[str]:
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    await tx.run(sa.delete(RecoveryCode).where(RecoveryCode.owner_id == member_id))
    rows = [
        {"owner_id": member_id, "code_hash": _hash(accounts, member_id, typed(code)), "made_at": now} for code in codes
    ]
    await tx.run(sa.insert(RecoveryCode).values(rows))
    return codes


def _hash(accounts: Accounts, member_id: UUID, code: str) -> bytes:
    """What is stored of a recovery code; with 59 random bits under a key, a slow hash would add nothing."""
    return accounts.beacon.blind_index("recovery", f"{member_id.hex}:{code}")


def _setting(accounts: Accounts, session: Session, ticket: str, *, now: datetime) -> Setting:
    setting = accounts.tickets.read(ticket, Setting, now=now)
    if setting.member_id != session.member_id:
        raise BadTicket
    return setting


def _beginning(accounts: Accounts, session: Session, secret: str, *, now: datetime) -> Beginning:
    uri = uri_of(secret, account=session.handle, site=accounts.settings.site.name)
    ticket = accounts.tickets.write(Setting(session.member_id, secret), until=now + SETTING_UP)
    return Beginning(uri, readable(secret), ticket)
