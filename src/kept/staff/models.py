"""The tables, in the directory: who works here, their passkeys, and where they are signed in."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, DirectoryRow, Keep, Law, Level, Purpose, case, field

_MOMENT = sa.DateTime(timezone=True)
_MEMBER = "staff_member.staff_id"


def _id(about: str, **column: Any) -> Any:
    return field(Category.ID, Level.INTERNAL, Purpose.SECURITY, about=about, type_=sa.Uuid(), **column)


def _when(about: str, **column: Any) -> Any:
    return field(Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about=about, type_=_MOMENT, **column)


def _word(about: str, **column: Any) -> Any:
    return field(Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about=about, type_=sa.Text(), **column)


def _secret(about: str, **column: Any) -> Any:
    return field(
        Category.CREDENTIALS, Level.SECRET, Purpose.AUTHENTICATION, about=about, type_=sa.LargeBinary(), **column
    )


class StaffMember(DirectoryRow):
    """Somebody who works for the operator. Who left stays on record, for what they approved stays on record."""

    __tablename__ = "staff_member"
    law: ClassVar[Law] = case(
        "Who works for the operator: team, region and place of work.",
        owner="staff_id",
        keep=Keep.after_withdrawal("ended_at", "what they approved can be asked about", days=730),
    )

    staff_id: Mapped[UUID] = _id("Opaque id.", primary_key=True)
    name: Mapped[str] = field(
        Category.NAME, Level.INTERNAL, Purpose.SECURITY, about="Work name, as colleagues know it.", type_=sa.Text()
    )
    team: Mapped[str] = _word("Team.")
    region: Mapped[str] = _word("Region whose team it is; empty for a team of all regions.")
    site: Mapped[str] = field(
        Category.IMPRECISE_LOCATION,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="Country of the place of work (ISO 3166-1 alpha-2).",
        type_=sa.Text(),
    )
    manager_id: Mapped[UUID | None] = _id("Manager.", nullable=True)
    added_at: Mapped[datetime] = _when("Since when.")
    ended_at: Mapped[datetime | None] = _when("When they left.", nullable=True)
    invitation_hash: Mapped[bytes | None] = _secret(
        "SHA-256 of the secret with which the first passkey is made; gone once it is used.", nullable=True
    )
    invited_until: Mapped[datetime | None] = _when("Until when that is good.", nullable=True)


class StaffPasskey(DirectoryRow):
    """A passkey of a colleague's."""

    __tablename__ = "staff_passkey"
    law: ClassVar[Law] = case(
        "Passkeys of the operator's staff.",
        owner="staff_id",
        keep=Keep.after_withdrawal("removed_at", "needed to sign in", days=1),
    )

    staff_id: Mapped[UUID] = _id("Whose.", primary_key=True)
    credential_id: Mapped[bytes] = _secret("Its id.", primary_key=True)
    public_key: Mapped[bytes] = _secret("Its public half (COSE).")
    sign_count: Mapped[int] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.AUTHENTICATION,
        about="How often the device used it, to notice copies.",
        type_=sa.BigInteger(),
    )
    label: Mapped[str] = _word("Device that it was made on.")
    added_at: Mapped[datetime] = _when("When it was made.")
    removed_at: Mapped[datetime | None] = _when("When it was taken away.", nullable=True)


class StaffSession(DirectoryRow):
    """A browser in which a colleague is signed in."""

    __tablename__ = "staff_session"
    law: ClassVar[Law] = case(
        "Where the operator's staff are signed in.",
        owner="staff_id",
        keep=Keep.after_creation("began_at", "looking into misuse", days=90),
    )

    staff_id: Mapped[UUID] = _id("Whose.", primary_key=True)
    session_id: Mapped[UUID] = _id("Session.", primary_key=True)
    secret_hash: Mapped[bytes] = _secret("SHA-256 of its secret.")
    device: Mapped[str] = _word("Browser and system.")
    began_at: Mapped[datetime] = _when("When it began.")
    seen_at: Mapped[datetime] = _when("When it was used last, to the minute.")
    ended_at: Mapped[datetime | None] = _when("When it was ended.", nullable=True)


class SpentStaffChallenge(DirectoryRow):
    """A question for a passkey that was answered: it is not answered twice."""

    __tablename__ = "staff_spent_challenge"
    law: ClassVar[Law] = case(
        "Sign-in questions that were answered.",
        owner="staff_id",
        keep=Keep.after_creation("spent_at", "an answer is good once", days=1),
    )

    staff_id: Mapped[UUID] = _id("Who answered.", primary_key=True)
    digest: Mapped[bytes] = _secret("SHA-256 of the question.", primary_key=True)
    spent_at: Mapped[datetime] = _when("When.")
