"""Signing in, by password or by passkey. An answer takes the same work whether or not there is such an account.

With a second factor, a right password gives half a sign-in: a ticket, with which a code makes it whole within minutes.

Signing in is not in the ledger: a public record of when somebody comes would be worse than what it protects from.
"""

import hashlib
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.accounts.alerts import alert_row, is_known, remember, warn
from kept.accounts.attempts import TooManyAttempts, admit_attempt, clear_attempts
from kept.accounts.models import SessionRow, SignInAlert
from kept.accounts.opening import Accounts
from kept.accounts.passkeys import PasskeyRefused, RelyingParty, verified
from kept.accounts.passwords import normal_password
from kept.accounts.second_factor import check_code
from kept.accounts.sessions import new_session
from kept.accounts.signing_up import SignedIn
from kept.accounts.tickets import BadTicket
from kept.cells import Cell, Home
from kept.kit import KeptError, Kind
from kept.vault import normalise

_CREDENTIAL = """
SELECT p.hash, EXISTS (SELECT FROM second_factor f WHERE f.owner_id = p.owner_id) AS second
FROM credential_password p JOIN account a USING (owner_id) WHERE p.owner_id = $1 AND a.closed_at IS NULL
"""
_IS_OPEN = "SELECT FROM account WHERE owner_id = $1 AND closed_at IS NULL"
_REHASH = "UPDATE credential_password SET hash = $3 WHERE owner_id = $1 AND hash = $2"

LONGEST_LOGIN = 320
HALFWAY = timedelta(minutes=5)
"""How long a right password waits for its code."""


class WrongLogin(KeptError):
    """One answer for both halves, so that it does not tell who has an account."""

    code = "wrong_login"
    kind = Kind.UNAUTHENTICATED
    message = "That name and password don't belong together. Check both, or use a passkey."


class WrongLoginHere(WrongLogin):
    """The same where other regions have doors of their own: whose address is known there is not told here."""

    message = (
        "That name and password don't belong together here. Check both; and if your home is in another region, "
        "sign in there: {doors}."
    )


class Half(msgspec.Struct, array_like=True):
    """Ticket of a right password: whose, and which it was, so that another one makes it void."""

    member_id: UUID
    password: bytes


@dataclass(frozen=True, slots=True)
class Halfway:
    """The password was right, and a code is asked for. The ticket is good for `HALFWAY`."""

    ticket: str = field(repr=False)


async def sign_in(
    accounts: Accounts, login: str, password: str, *, device: str, known: str = "", now: datetime
) -> SignedIn | Halfway:
    """Begin a session by handle or e-mail address, and password. `known` is what the browser remembers of its members.

    A handle is public, and so is the region that its clips come from: whoever signs in with one is told the right door,
    and brings the password there themselves. That an e-mail address is known in another region is told to nobody.

    Raises:
        WrongLogin: no such account here, or not its password.
        HomeElsewhere: the handle of somebody whose home others serve.
        TooManyAttempts: too many failures under this name; says how long to wait.
        TooBusy: too many people at once.
    """
    login = normalise(login[:LONGEST_LOGIN]).removeprefix("@")
    home = await _home(accounts, login)
    if home is not None and home.cell in accounts.cells.remote:
        if "@" not in login:
            accounts.cells.named(home.cell)
        home = None
    index = accounts.beacon.blind_index("login", login)
    cell = accounts.cells.named(home.cell) if home else _some_cell(accounts, index)
    await admit_attempt(accounts, cell, index, now=now)
    found = await _credential_of(cell, home.member_id if home else UUID(int=0))
    right = await accounts.hasher.matches(found.hash if found else None, normal_password(password))
    if not right or home is None or found is None:
        doors = ", ".join(sorted({cell.origin for cell in accounts.cells.remote.values()}))
        raise WrongLoginHere(doors=doors) if doors else WrongLogin
    await clear_attempts(cell, index)
    hashed = await _fresh(accounts, cell, home.member_id, found.hash, password)
    if found.second:
        return Halfway(accounts.tickets.write(Half(home.member_id, _digest(hashed)), until=now + HALFWAY))
    return await _begin(accounts, cell, home.member_id, device=device, known=known, now=now)


async def finish_sign_in(
    accounts: Accounts, ticket: str, code: str, *, device: str, known: str = "", now: datetime
) -> SignedIn:
    """Make half a sign-in whole with a code of the member's app, or a recovery code. The member is told of many wrong ones.

    Raises:
        BadTicket: too late, not ours, or the password was changed meanwhile.
        WrongCode: wrong, too old, or used already.
        TooManyAttempts: too many wrong codes; says how long to wait.
    """
    half = accounts.tickets.read(ticket, Half, now=now)
    cell = await accounts.cells.home_of(half.member_id)
    found = await _credential_of(cell, half.member_id) if cell else None
    if cell is None or found is None or not found.second or _digest(found.hash) != half.password:
        raise BadTicket
    try:
        await check_code(accounts, cell, half.member_id, code, now=now)
    except TooManyAttempts:
        await warn(cell, half.member_id, device=device, now=now)
        raise
    return await _begin(accounts, cell, half.member_id, device=device, known=known, now=now)


async def sign_in_with_passkey(
    accounts: Accounts, site: RelyingParty, ticket: str, answer: str, *, device: str, known: str = "", now: datetime
) -> SignedIn:
    """Begin a session by passkey; `answer` is the browser's, as JSON. Raises BadTicket, PasskeyRefused.

    No code is asked for: that one has the device, and it knows one's finger or number, are two factors.
    """
    cell, member_id = await verified(accounts, site, ticket, answer, now=now)
    if not await cell.database.fetch(_IS_OPEN, member_id):
        raise PasskeyRefused
    return await _begin(accounts, cell, member_id, device=device, known=known, now=now)


async def _home(accounts: Accounts, login: str) -> Home | None:
    directory = accounts.cells.directory
    if "@" in login:
        return await directory.by_login(accounts.login_index(login))
    return await directory.by_handle(login)


def _some_cell(accounts: Accounts, index: bytes) -> Cell:
    """Where attempts under a name are counted that nobody has: always the same cell for one name."""
    cells = list(accounts.cells)
    return cells[zlib.crc32(index) % len(cells)]


@dataclass(frozen=True, slots=True)
class _Credential:
    """The hash of a password, and whether a code is asked for, too."""

    hash: str
    second: bool


async def _credential_of(cell: Cell, member_id: UUID) -> _Credential | None:
    rows = await cell.database.fetch(_CREDENTIAL, member_id)
    return _Credential(rows[0]["hash"], rows[0]["second"]) if rows else None


async def _fresh(accounts: Accounts, cell: Cell, member_id: UUID, hashed: str, password: str) -> str:
    """The hash of a right password, made anew if it was made with other costs than today's."""
    if not accounts.hasher.is_dated(hashed):
        return hashed
    fresh = await accounts.hasher.hash(normal_password(password))
    await cell.database.fetch(_REHASH, member_id, hashed, fresh)
    return fresh


def _digest(hashed: str) -> bytes:
    return hashlib.sha256(hashed.encode()).digest()


async def _begin(
    accounts: Accounts, cell: Cell, member_id: UUID, *, device: str, known: str, now: datetime
) -> SignedIn:
    """A session, and an alert with it unless the device is known."""
    row, token = new_session(cell, member_id, device=device, now=now)
    statement = sa.insert(SessionRow).values(row)
    if not await is_known(accounts, cell, member_id, known, now=now):
        alert = alert_row(member_id, row["session_id"], device=device, now=now)
        statement = statement.add_cte(sa.insert(SignInAlert).values(alert).cte("alert"))
        known = remember(accounts, known, member_id, row["session_id"], now=now)
    async with cell.begin() as tx:
        await tx.run(statement)
    return SignedIn(cell, member_id, token, known)
