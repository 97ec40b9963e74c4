"""Signing in, by password or by passkey. An answer takes the same work whether or not there is such an account.

Signing in is not in the ledger: a public record of when somebody comes would be worse than what it protects from.
"""

import zlib
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.accounts.attempts import clear_attempts, count_attempt
from kept.accounts.models import SessionRow
from kept.accounts.opening import Accounts
from kept.accounts.passkeys import PasskeyRefused, RelyingParty, verified
from kept.accounts.passwords import normal_password
from kept.accounts.sessions import new_session
from kept.accounts.signing_up import SignedIn
from kept.cells import Cell, Home
from kept.kit import KeptError, Kind
from kept.vault import normalise

_CREDENTIAL = """
SELECT p.hash FROM credential_password p JOIN account a USING (owner_id) WHERE owner_id = $1 AND a.closed_at IS NULL
"""
_IS_OPEN = "SELECT FROM account WHERE owner_id = $1 AND closed_at IS NULL"
_REHASH = "UPDATE credential_password SET hash = $3 WHERE owner_id = $1 AND hash = $2"

LONGEST_LOGIN = 320


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


async def sign_in(accounts: Accounts, login: str, password: str, *, device: str, now: datetime) -> SignedIn:
    """Begin a session by handle or e-mail address, and password.

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
    await count_attempt(cell, index, now=now)
    hashed = await _hash_of(cell, home)
    if not await accounts.hasher.matches(hashed, normal_password(password)) or home is None or hashed is None:
        doors = ", ".join(sorted({cell.origin for cell in accounts.cells.remote.values()}))
        raise WrongLoginHere(doors=doors) if doors else WrongLogin
    await clear_attempts(cell, index)
    if accounts.hasher.is_dated(hashed):
        fresh = await accounts.hasher.hash(normal_password(password))
        await cell.database.fetch(_REHASH, home.member_id, hashed, fresh)
    return await _begin(cell, home.member_id, device=device, now=now)


async def sign_in_with_passkey(
    accounts: Accounts, site: RelyingParty, ticket: str, answer: str, *, device: str, now: datetime
) -> SignedIn:
    """Begin a session by passkey; `answer` is the browser's, as JSON. Raises BadTicket, PasskeyRefused."""
    cell, member_id = await verified(accounts, site, ticket, answer, now=now)
    if not await cell.database.fetch(_IS_OPEN, member_id):
        raise PasskeyRefused
    return await _begin(cell, member_id, device=device, now=now)


async def _home(accounts: Accounts, login: str) -> Home | None:
    directory = accounts.cells.directory
    if "@" in login:
        return await directory.by_login(accounts.login_index(login))
    return await directory.by_handle(login)


def _some_cell(accounts: Accounts, index: bytes) -> Cell:
    """Where attempts under a name are counted that nobody has: always the same cell for one name."""
    cells = list(accounts.cells)
    return cells[zlib.crc32(index) % len(cells)]


async def _hash_of(cell: Cell, home: Home | None) -> str | None:
    rows = await cell.database.fetch(_CREDENTIAL, home.member_id if home else UUID(int=0))
    return rows[0]["hash"] if rows else None


async def _begin(cell: Cell, member_id: UUID, *, device: str, now: datetime) -> SignedIn:
    row, token = new_session(cell, member_id, device=device, now=now)
    async with cell.begin() as tx:
        await tx.run(sa.insert(SessionRow).values(row))
    return SignedIn(cell, member_id, token)
