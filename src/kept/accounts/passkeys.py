"""Passkeys: W3C Web Authentication, discoverable and verified by the device, so that no password and no name is needed.

A ceremony has two halves: options with a challenge, then the browser's answer to it. Between the two the challenge is kept
by the browser, in a ticket; the server stores nothing about somebody who only opened a page.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa
import webauthn
from sqlalchemy.dialects.postgresql import insert
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kept.accounts.models import PasskeyCredential, PasswordCredential
from kept.accounts.opening import Accounts
from kept.accounts.sessions import Session
from kept.accounts.tickets import Tickets
from kept.cells import Cell, Tx
from kept.kit import KeptError, Kind, new_id
from kept.policy import Account, Action, require

_SPEND = """
WITH spent AS (INSERT INTO spent_challenge (digest, spent_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING digest)
UPDATE credential_passkey SET sign_count = $5
WHERE owner_id = $3 AND credential_id = $4 AND EXISTS (SELECT FROM spent) RETURNING owner_id
"""

CEREMONY = timedelta(minutes=10)
"""How long a challenge is good; browsers give up earlier."""
MOST = 20
"""Passkeys of one member."""


class PasskeyRefused(KeptError):
    """Why exactly is in the cause, for our log; an attacker gets one answer."""

    code = "passkey_refused"
    kind = Kind.UNAUTHENTICATED
    message = "This passkey didn't work here. Try again, or sign in another way."


class BadPasskey(KeptError):
    code = "bad_passkey"
    kind = Kind.INVALID
    message = "The passkey could not be made. Try again, or choose a password."


class TooManyPasskeys(KeptError):
    code = "too_many_passkeys"
    kind = Kind.CONFLICT
    message = "You have {most} passkeys, which is the most we keep. Remove one first."


class NoSuchPasskey(KeptError):
    code = "no_such_passkey"
    kind = Kind.NOT_FOUND
    message = "There is no such passkey. It may have been removed already."


class LastCredential(KeptError):
    code = "last_credential"
    kind = Kind.CONFLICT
    message = "This passkey is your only way to sign in. Add another one before you remove it."


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This site, as passkeys know it (WebAuthn 5.1.2): `id` is its domain, `origin` its address with scheme and port."""

    id: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What a browser needs to begin: options as JSON, and the ticket to send back with the answer."""

    options: str
    ticket: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey as it is stored, and whose it is."""

    member_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey, as its owner sees it."""

    credential_id: bytes
    label: str
    added_at: datetime


class Making(msgspec.Struct, array_like=True):
    """Ticket of a passkey that is being made, for a member or somebody who is about to be one."""

    member_id: UUID
    challenge: bytes


class Asking(msgspec.Struct, array_like=True):
    """Ticket of a question for a passkey."""

    challenge: bytes


def begin_newcomer(
    tickets: Tickets, site: RelyingParty, handle: str, *, now: datetime, person_id: UUID | None = None
) -> Ceremony:
    """Options for somebody's first passkey; the id of who signs up is made here."""
    return _begin(tickets, site, person_id or new_id(), handle, (), now=now)


async def begin_another(tickets: Tickets, site: RelyingParty, session: Session, *, now: datetime) -> Ceremony:
    """Options for one more passkey of a member; devices that hold one already are told so. Raises TooManyPasskeys."""
    known = [key.credential_id for key in await passkeys_of(session.cell, session.member_id)]
    if len(known) >= MOST:
        raise TooManyPasskeys(most=MOST)
    return _begin(tickets, site, session.member_id, session.handle, known, now=now)


def finish_making(tickets: Tickets, site: RelyingParty, ticket: str, answer: str, *, now: datetime) -> NewPasskey:
    """Verify the browser's answer (JSON) to options for a new passkey.

    Raises:
        BadTicket: too late, or not our ticket.
        BadPasskey: the answer is not one to our challenge on this site, or the device did not verify its user.
    """
    making = tickets.read(ticket, Making, now=now)
    try:
        done = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=making.challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # a parser of others met bytes of others: whatever it says, it was no passkey
        raise BadPasskey from error
    return NewPasskey(making.member_id, done.credential_id, done.credential_public_key, done.sign_count)


def begin_asking(tickets: Tickets, site: RelyingParty, *, now: datetime) -> Ceremony:
    """Options for signing in with whatever passkey the device holds for this site."""
    options = webauthn.generate_authentication_options(
        rp_id=site.id, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Ceremony(webauthn.options_to_json(options), tickets.write(Asking(options.challenge), until=now + CEREMONY))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device answered to our question, unchecked: who it says that it is, and with which passkey."""

    person_id: UUID
    credential_id: bytes
    challenge: bytes
    said: AuthenticationCredential

    @property
    def digest(self) -> bytes:
        """Of the question, which is spent with the answer."""
        return hashlib.sha256(self.challenge).digest()

    def counted(self, site: RelyingParty, public_key: bytes, sign_count: int) -> int:
        """How often the device has used the passkey by now. Raises PasskeyRefused: forged, or a copy (7.2, step 22)."""
        try:
            done = webauthn.verify_authentication_response(
                credential=self.said,
                expected_challenge=self.challenge,
                expected_rp_id=site.id,
                expected_origin=site.origin,
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            )
        except Exception as error:  # a parser of others met bytes of others
            raise PasskeyRefused from error
        return done.new_sign_count


def read_answer(tickets: Tickets, ticket: str, answer: str, *, now: datetime) -> Answer:
    """The browser's answer (JSON) to `begin_asking`. Raises BadTicket, PasskeyRefused."""
    challenge = tickets.read(ticket, Asking, now=now).challenge
    try:
        said = parse_authentication_credential_json(answer)
        return Answer(UUID(bytes=said.response.user_handle), said.raw_id, challenge, said)
    except Exception as error:  # as above
        raise PasskeyRefused from error


async def verified(
    accounts: Accounts, site: RelyingParty, ticket: str, answer: str, *, now: datetime
) -> tuple[Cell, UUID]:
    """Who answered the question with a passkey of theirs; remembers how often the device used it.

    Raises:
        BadTicket: too late, or not our ticket.
        PasskeyRefused: nobody's passkey, a removed one, a copy (7.2, step 22: the counter went back), or a forged answer.
    """
    said = read_answer(accounts.tickets, ticket, answer, now=now)
    cell, key = await _key_of(accounts, said.person_id, said.credential_id)
    count = said.counted(site, key.public_key, key.sign_count)
    member_id, spent = said.person_id, said.digest
    if not await cell.database.fetch(_SPEND, spent, now, member_id, said.credential_id, count):
        raise PasskeyRefused
    return cell, member_id


async def passkeys_of(cell: Cell, member_id: UUID) -> Sequence[Passkey]:
    """A member's passkeys, the oldest first."""
    rows = await cell.database.fetch(
        "SELECT credential_id, label, added_at FROM credential_passkey WHERE owner_id = $1 ORDER BY added_at", member_id
    )
    return [Passkey(row["credential_id"], row["label"], row["added_at"]) for row in rows]


def passkey_row(key: NewPasskey, *, label: str, now: datetime) -> dict[str, object]:
    """The row of a new passkey."""
    return {
        "owner_id": key.member_id,
        "credential_id": key.credential_id,
        "public_key": key.public_key,
        "sign_count": key.sign_count,
        "label": label,
        "added_at": now,
    }


async def add_passkey(tx: Tx, session: Session, key: NewPasskey, *, label: str, now: datetime) -> None:
    """Give a member one more passkey; one that is there already stays. Raises Refused, BadPasskey (made for another)."""
    require(session.actor, Action.SECURE_ACCOUNT, Account())
    if key.member_id != session.member_id:
        raise BadPasskey
    await tx.run(insert(PasskeyCredential).values(passkey_row(key, label=label, now=now)).on_conflict_do_nothing())


async def remove_passkey(tx: Tx, session: Session, credential_id: bytes) -> None:
    """Take a passkey away; the device keeps a key that opens nothing.

    Raises:
        Refused, NoSuchPasskey.
        LastCredential: there would be no way left to sign in.
    """
    require(session.actor, Action.SECURE_ACCOUNT, Account())
    member_id = session.member_id
    mine = PasskeyCredential.owner_id == member_id
    keys = (await tx.run(sa.select(PasskeyCredential.credential_id).where(mine).with_for_update())).scalars().all()
    if credential_id not in keys:
        raise NoSuchPasskey
    password = await tx.run(sa.select(PasswordCredential.owner_id).where(PasswordCredential.owner_id == member_id))
    if len(keys) == 1 and password.first() is None:
        raise LastCredential
    await tx.run(sa.delete(PasskeyCredential).where(mine, PasskeyCredential.credential_id == credential_id))


async def _key_of(accounts: Accounts, member_id: UUID, credential_id: bytes) -> tuple[Cell, NewPasskey]:
    cell = await accounts.cells.home_of(member_id)
    if cell is None:
        raise PasskeyRefused
    rows = await cell.database.fetch(
        "SELECT public_key, sign_count FROM credential_passkey WHERE owner_id = $1 AND credential_id = $2",
        member_id,
        credential_id,
    )
    if not rows:
        raise PasskeyRefused
    return cell, NewPasskey(member_id, credential_id, rows[0]["public_key"], rows[0]["sign_count"])


def _begin(
    tickets: Tickets, site: RelyingParty, member_id: UUID, handle: str, known: Sequence[bytes], *, now: datetime
) -> Ceremony:
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=site.name,
        user_id=member_id.bytes,
        user_name=handle,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    ticket = tickets.write(Making(member_id, options.challenge), until=now + CEREMONY)
    return Ceremony(webauthn.options_to_json(options), ticket)
