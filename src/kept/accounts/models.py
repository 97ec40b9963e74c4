"""What is stored of a member: the account, its credentials, its sessions, what was agreed to; and attempts to sign in.

Clear columns of a person (handle, country, band, device) are kept out of the planner's statistics by the migration.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Crossing, Keep, Law, Level, Purpose, field, owner_field, record, system
from kept.vault import Sealed, SealedColumn

Timestamp = sa.DateTime(timezone=True)


class Account(CellRow):
    """One member."""

    __tablename__ = "account"
    law: ClassVar[Law] = record("The accounts of members.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    handle: Mapped[str] = field(
        Category.HANDLE,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Your public handle.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
    )
    birth_date: Mapped[Sealed] = field(
        Category.BIRTH_DATE,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        Purpose.LEGAL,
        about="Your date of birth, which decides what the service offers you.",
        type_=SealedColumn(),
    )
    band: Mapped[str] = field(
        Category.AGE_RANGE,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Your age band: under 13, 13 to 15, 16 to 17, or adult.",
        type_=sa.Text(),
        derived_from=("account.birth_date",),
    )
    band_on: Mapped[date] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="The day for which the band was last worked out; says nothing about the birthday.",
        type_=sa.Date(),
    )
    country: Mapped[str] = field(
        Category.COUNTRY,
        Level.INTERNAL,
        Purpose.SERVICE,
        Purpose.LEGAL,
        about="The country you live in, which decides where your data is kept.",
        type_=sa.Text(),
    )
    language: Mapped[str] = field(
        Category.LANGUAGE,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="The language that pages are shown in.",
        type_=sa.Text(),
    )
    email: Mapped[Sealed | None] = field(
        Category.EMAIL,
        Level.CONFIDENTIAL,
        Purpose.AUTHENTICATION,
        Purpose.NOTIFICATIONS,
        Purpose.SUPPORT,
        Purpose.SECURITY,
        about="Your e-mail address, if you gave one.",
        type_=SealedColumn(),
        nullable=True,
    )
    created_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When you joined.", type_=Timestamp
    )
    leaving_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Since when the account is at rest: nobody sees it, and it can be taken up again.",
        type_=Timestamp,
        nullable=True,
    )
    closed_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="When the account was closed; nobody can sign in to it from then on.",
        type_=Timestamp,
        nullable=True,
    )


class PasswordCredential(CellRow):
    """A member's password, as a hash."""

    __tablename__ = "credential_password"
    law: ClassVar[Law] = record("Hashes of passwords.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    hash: Mapped[str] = field(
        Category.PASSWORD,
        Level.SECRET,
        Purpose.AUTHENTICATION,
        about="An argon2id hash of your password; the password itself is not kept.",
        type_=sa.Text(),
    )
    set_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.AUTHENTICATION, about="When you chose it.", type_=Timestamp
    )


class PasskeyCredential(CellRow):
    """One passkey of a member (W3C Web Authentication Level 3, 4: credential record)."""

    __tablename__ = "credential_passkey"
    law: ClassVar[Law] = record("Public halves of passkeys.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    credential_id: Mapped[bytes] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.AUTHENTICATION,
        about="What your device calls the passkey.",
        type_=sa.LargeBinary(),
        primary_key=True,
    )
    public_key: Mapped[bytes] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.AUTHENTICATION,
        about="The public half of the passkey; the other half never leaves your device.",
        type_=sa.LargeBinary(),
    )
    sign_count: Mapped[int] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.SECURITY,
        about="How often the device says it used the passkey; a step back betrays a copy.",
        type_=sa.BigInteger(),
    )
    label: Mapped[str] = field(
        Category.TELEMETRY,
        Level.INTERNAL,
        Purpose.AUTHENTICATION,
        about="Browser and system that the passkey was made with, so that you can tell your passkeys apart.",
        type_=sa.Text(),
    )
    added_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.AUTHENTICATION, about="When you added it.", type_=Timestamp
    )


class SessionRow(CellRow):
    """One device that is signed in."""

    __tablename__ = "session"
    law: ClassVar[Law] = record(
        "Devices that are signed in.", keep=Keep.after_last_use("last_seen_at", "contract", days=30)
    )

    owner_id: Mapped[UUID] = owner_field()
    session_id: Mapped[UUID] = field(
        Category.AUTHENTICATION,
        Level.INTERNAL,
        Purpose.AUTHENTICATION,
        about="The session.",
        type_=sa.Uuid(),
        primary_key=True,
    )
    secret_hash: Mapped[bytes] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.AUTHENTICATION,
        about="SHA-256 of the random secret that the device holds; the secret itself is not kept.",
        type_=sa.LargeBinary(),
    )
    device: Mapped[str] = field(
        Category.TELEMETRY,
        Level.INTERNAL,
        Purpose.AUTHENTICATION,
        about="Browser and system, without versions, so that you can tell your sessions apart.",
        type_=sa.Text(),
    )
    created_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.AUTHENTICATION, about="When you signed in.", type_=Timestamp
    )
    last_seen_at: Mapped[datetime] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.AUTHENTICATION,
        about="When the session was last used, to the hour or so.",
        type_=Timestamp,
        index=True,
    )


class SecondFactor(CellRow):
    """What an authenticator app shares with us: a secret, from which both make the same codes (RFC 6238)."""

    __tablename__ = "second_factor"
    law: ClassVar[Law] = record("Secrets of authenticator apps.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    secret: Mapped[Sealed] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.AUTHENTICATION,
        about="The secret that your authenticator app makes codes from.",
        type_=SealedColumn(),
    )
    last_step: Mapped[int] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.SECURITY,
        about="The half minute whose code was used last; each code is good once.",
        type_=sa.BigInteger(),
    )
    set_up_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.AUTHENTICATION, about="When you set it up.", type_=Timestamp
    )


class RecoveryCode(CellRow):
    """One recovery code that is still good; one that was used is gone."""

    __tablename__ = "recovery_code"
    law: ClassVar[Law] = record("Recovery codes, as keyed hashes.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    code_hash: Mapped[bytes] = field(
        Category.CREDENTIALS,
        Level.SECRET,
        Purpose.AUTHENTICATION,
        about="A keyed hash of a recovery code; the code itself is not kept.",
        type_=sa.LargeBinary(),
        primary_key=True,
    )
    made_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.AUTHENTICATION, about="When it was made.", type_=Timestamp
    )


class SignInAlert(CellRow):
    """Something about signing in that a member is asked about: was it you?"""

    __tablename__ = "signin_alert"
    law: ClassVar[Law] = record(
        "Sign-ins from new devices, of which members are told.", keep=Keep.after_creation("at", "security", days=90)
    )

    owner_id: Mapped[UUID] = owner_field()
    alert_id: Mapped[UUID] = field(
        Category.AUTHENTICATION, Level.INTERNAL, Purpose.SECURITY, about="The alert.", type_=sa.Uuid(), primary_key=True
    )
    session_id: Mapped[UUID | None] = field(
        Category.AUTHENTICATION,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="The session that began; none where a right password was followed by wrong codes.",
        type_=sa.Uuid(),
        nullable=True,
    )
    device: Mapped[str] = field(
        Category.TELEMETRY,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="Browser and system, without versions, so that you can tell whether it was you.",
        type_=sa.Text(),
    )
    at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="When it was.", type_=Timestamp, index=True
    )
    answer: Mapped[str | None] = field(
        Category.AUTHENTICATION,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="What you said about it: `mine` or `not_mine`.",
        type_=sa.Text(),
        nullable=True,
    )


class Acceptance(CellRow):
    """A version of a document that a member said yes to."""

    __tablename__ = "acceptance"
    law: ClassVar[Law] = record(
        "What members agreed to, by version.", keep=Keep.after_closure("proof of agreement", days=30)
    )

    owner_id: Mapped[UUID] = owner_field()
    document: Mapped[str] = field(
        Category.PREFERENCES,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="Which document.",
        type_=sa.Text(),
        primary_key=True,
    )
    version: Mapped[str] = field(
        Category.PREFERENCES, Level.INTERNAL, Purpose.LEGAL, about="Which version.", type_=sa.Text(), primary_key=True
    )
    accepted_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When you agreed to it.", type_=Timestamp
    )


class SignInAttempt(CellRow):
    """How often in a row somebody failed to sign in under a name, whether or not anybody has that name."""

    __tablename__ = "signin_attempt"
    law: ClassVar[Law] = system(
        "Failed attempts to sign in, by keyed hash of the name tried.",
        keep=Keep.after_last_use("last_at", "security", days=1),
    )

    login_index: Mapped[bytes] = field(
        Category.PSEUDONYM,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="Keyed hash of the handle or address that was tried.",
        type_=sa.LargeBinary(),
        primary_key=True,
    )
    failures: Mapped[int] = field(
        Category.AUTHENTICATION,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="Attempts since the last that succeeded.",
        type_=sa.Integer(),
    )
    last_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="When the last one was.", type_=Timestamp
    )


class SpentChallenge(CellRow):
    """A challenge that was answered with a passkey: it is good for one answer (WebAuthn 13.4.3)."""

    __tablename__ = "spent_challenge"
    law: ClassVar[Law] = system(
        "Challenges that were answered.", keep=Keep.after_creation("spent_at", "security", days=1)
    )

    digest: Mapped[bytes] = field(
        Category.AUTHENTICATION,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="SHA-256 of the challenge.",
        type_=sa.LargeBinary(),
        primary_key=True,
    )
    spent_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="When it was answered.", type_=Timestamp
    )
