"""Signing up. Three stores take part, and none of them may be left with half a member:

1. the directory is asked for the names (a claim, which nobody sees as a member);
2. the key store makes a key; the home cell takes account, credential, agreements and session with the ledger entry, as one
   transaction: this is the moment from which there is a member;
3. the directory is told that the claim is kept.

Whoever dies in between leaves a claim in doubt, which `settle` decides by asking the cell, and at most an unused key.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kept.accounts.age_screen import birth_band
from kept.accounts.agreements import agreement_rows, on_record
from kept.accounts.alerts import remember
from kept.accounts.choosing import choose
from kept.accounts.countries import country_of
from kept.accounts.hashing import TooBusy
from kept.accounts.models import Acceptance, Account, PasskeyCredential, PasswordCredential, SessionRow
from kept.accounts.names import email_of, handle_of
from kept.accounts.opening import Accounts
from kept.accounts.passkeys import NewPasskey, passkey_row
from kept.accounts.passwords import HashedPassword
from kept.accounts.sessions import new_session
from kept.cells import Cell, Home, NameTaken, Resident, admit
from kept.kit import new_id
from kept.ledger import Entry
from kept.policy import Account as OwnAccount
from kept.policy import Action, Actor, AgeBand, Standing, can
from kept.terms import Document, agreed

IN_DOUBT_AFTER = timedelta(minutes=1)
"""A claim that is older and not confirmed is nobody's work any more."""
LONGEST = 30.0
"""Seconds from the claim to the commit, well below the above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What somebody gives to sign up, as they typed it.

    `credential` is a password, or one that was taken before (`choose`), or a passkey whose making was verified.
    `accepts` is the version of the terms that they agree to, or `current`. `device` is what their browser is called, `known`
    what it remembers of other members.
    """

    handle: str
    birth_date: date
    country: str
    credential: str | HashedPassword | NewPasskey = field(repr=False)
    accepts: str
    email: str | None = field(default=None, repr=False)
    language: str = "en"
    device: str = "A program"
    known: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: whose, where, and the token, which is not kept anywhere.

    `known` is what the browser remembers, so that its members are not alerted when they come again.
    """

    cell: Cell
    member_id: UUID
    token: str = field(repr=False)
    known: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found good, and nothing stored yet."""

    member_id: UUID
    handle: str
    band: AgeBand
    country: str
    email: str | None = field(repr=False)
    documents: tuple[Document, ...]
    credential: HashedPassword | NewPasskey = field(repr=False)


async def sign_up(accounts: Accounts, newcomer: Newcomer, *, now: datetime) -> SignedIn:
    """Make an account in the home cell of a new member, and their first session.

    Who may not add an e-mail address (a child under 13) gives one in vain: it is not looked at and not kept.

    Raises:
        Refused: the service is not offered in that country.
        HomeElsewhere: its residents are at home in a region that others serve.
        UnknownCountry, BadBirthDate, BadHandle, HandleReserved, BadEmail, NotCurrentTerms.
        PasswordTooShort, PasswordTooLong, PasswordBreached, PasswordWeak, PasswordNamesYou, TooBusy.
        NameTaken: the handle or the e-mail address is somebody's.
    """
    checked = await _check(accounts, newcomer, now=now)
    cell = await accounts.cells.for_newcomer(checked.member_id, checked.country)
    home = Home(checked.member_id, cell.name)
    await _claim(accounts, home, checked, now=now)
    try:
        async with asyncio.timeout(LONGEST):
            made = await _write(accounts, cell, newcomer, checked, now=now)
    except BaseException as error:
        # Names are free again at once, if we still can say so; else the claim is settled later.
        await asyncio.shield(settle(accounts, home, now=now))
        if isinstance(error, TimeoutError):
            raise TooBusy from error
        raise
    if not await accounts.cells.directory.confirm(checked.member_id, now=now):
        await _withdraw(cell, checked.member_id)
        raise NameTaken(what="name")
    return made


def may_give_email(band: AgeBand) -> bool:
    """Whether somebody of that age is asked for an e-mail address at all (16 CFR 312.7: of a child, no more than needed)."""
    newcomer = Actor.member(band, standing=Standing.GOOD, offered=True, limits=())
    return can(newcomer, Action.ADD_EMAIL, OwnAccount()).allowed


async def free_handle(accounts: Accounts, text: str, *, now: datetime) -> str:
    """The handle that somebody typed, if it is free at this moment; asked before the rest is typed. Signing up decides.

    Raises:
        BadHandle, HandleReserved, NameTaken.
    """
    handle = handle_of(text, site=accounts.settings.site.name)
    await _settle_holders(accounts, handle, None, now=now)
    if await accounts.cells.directory.by_handle(handle) is not None:
        raise NameTaken(what="name")
    return handle


async def settle(accounts: Accounts, home: Home, *, now: datetime) -> bool:
    """Decide a claim that is in doubt: confirmed if there is a member, given up if there is none. Whether there is one."""
    cell = accounts.cells.named(home.cell)
    if await _is_resident(cell, home.member_id, now=now):
        await accounts.cells.directory.confirm(home.member_id, now=now)
        return True
    await accounts.vault(cell).shred(home.member_id)
    await accounts.cells.directory.release(home.member_id)
    return False


async def settle_claims(accounts: Accounts, *, now: datetime) -> int:
    """Settle every claim that is in doubt; run at start and now and then. Returns how many there were."""
    homes = await accounts.cells.directory.in_doubt(before=now - IN_DOUBT_AFTER)
    for home in homes:
        await settle(accounts, home, now=now)
    return len(homes)


async def _check(accounts: Accounts, newcomer: Newcomer, *, now: datetime) -> _Checked:
    """Refuse what must be refused, the cheap things first, before anything is stored."""
    site = accounts.settings.site.name
    country = country_of(newcomer.country, refused=accounts.settings.availability.refused_countries)
    accounts.cells.require_home_here(country)
    band = birth_band(newcomer.birth_date, now=now)
    handle = handle_of(newcomer.handle, site=site)
    email = email_of(newcomer.email) if newcomer.email and may_give_email(band) else None
    documents = agreed(newcomer.accepts, band, on=now.date())
    credential = newcomer.credential
    if isinstance(credential, str):
        credential = await choose(accounts, credential, handle=handle, email=email)
    member_id = credential.member_id if isinstance(credential, NewPasskey) else new_id()
    return _Checked(member_id, handle, band, country, email, documents, credential)


async def _claim(accounts: Accounts, home: Home, checked: _Checked, *, now: datetime) -> None:
    """Reserve the names."""
    login = accounts.login_index(checked.email) if checked.email else None
    await _settle_holders(accounts, checked.handle, login, now=now)
    await accounts.cells.directory.claim(home, handle=checked.handle, login=login, now=now)


async def _settle_holders(accounts: Accounts, handle: str, login: bytes | None, *, now: datetime) -> None:
    """Settle the claims of whoever died holding one of these names."""
    before = now - IN_DOUBT_AFTER
    for doubtful in await accounts.cells.directory.in_doubt(before=before, handle=handle, login=login):
        await settle(accounts, doubtful, now=now)


async def _write(accounts: Accounts, cell: Cell, newcomer: Newcomer, checked: _Checked, *, now: datetime) -> SignedIn:
    """Key, account, credential, agreements, session and ledger entry."""
    member_id, vault = checked.member_id, accounts.vault(cell)
    await vault.create(member_id)
    born = newcomer.birth_date.isoformat().encode()
    row = {
        "owner_id": member_id,
        "handle": checked.handle,
        "birth_date": await vault.seal(member_id, "account.birth_date", member_id, born),
        "band": checked.band,
        "band_on": now.date(),
        "country": checked.country,
        "language": newcomer.language,
        "created_at": now,
    }
    if checked.email:
        row["email"] = await vault.seal(member_id, "account.email", member_id, checked.email.encode())
    session, token = new_session(cell, member_id, device=newcomer.device, now=now)
    rest = sa.insert(SessionRow).values(session)
    rest = rest.add_cte(
        _credential(checked.credential, member_id, label=newcomer.device, now=now).cte("credential"),
        sa.insert(Acceptance).values(agreement_rows(member_id, checked.documents, now=now)).cte("agreed"),
    )
    who, terms = vault.pseudonym(member_id), on_record(checked.documents)
    entry = Entry("account.created", actor=who, subject=who, object=terms, purpose="essential.service")
    async with cell.begin() as tx:
        await admit(tx, member_id, accounts.cells.directory, now=now)
        await tx.act(sa.insert(Account).values(row).returning(Account.owner_id), entry, now=now)
        await tx.run(rest)
    known = remember(accounts, newcomer.known, member_id, session["session_id"], now=now)
    return SignedIn(cell, member_id, token, known)


def _credential(
    credential: HashedPassword | NewPasskey, member_id: UUID, *, label: str, now: datetime
) -> sa.Insert:
    if isinstance(credential, NewPasskey):
        return sa.insert(PasskeyCredential).values(passkey_row(credential, label=label, now=now))
    return sa.insert(PasswordCredential).values(owner_id=member_id, hash=credential.hash, set_at=now)


async def _is_resident(cell: Cell, member_id: UUID, *, now: datetime) -> bool:
    """Whether somebody was admitted. Asks by admitting them and taking it back: the key waits for whoever is still at it."""
    async with cell.database.engine.connect() as connection:
        try:
            await connection.execute(sa.insert(Resident).values(member_id=member_id, since=now))
        except IntegrityError:
            return True
        finally:
            await connection.rollback()
    return False


async def _withdraw(cell: Cell, member_id: UUID) -> None:
    """Remove an account whose claim was given up while it was written (the process stood still for minutes)."""
    tables: tuple[Any, ...] = (SessionRow, Acceptance, PasswordCredential, PasskeyCredential, Account)
    async with cell.begin() as tx:
        for table in tables:
            await tx.run(sa.delete(table).where(table.owner_id == member_id))
        await tx.run(sa.delete(Resident).where(Resident.member_id == member_id))
