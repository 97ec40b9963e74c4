"""The tables: requests of authorities, and to which countries' authorities nothing is given.

The database itself holds the promise `government.refusal`. A request refers to its country's row by name *and* answer
(`listed`), so that it can't claim another answer than the list's, and a check lets a listed one be in two states only. When a
country is listed, the answer travels into its requests (ON UPDATE CASCADE), which fails while one of them is in another state.
What is made for an authority stands in the same row, so that the same check is in its way: there is a package in `produced`
only, and nothing is produced without a recipient's key that two people vouch for, and a grant.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, case, field, system
from kept.legal.states import OF_LISTED, State
from kept.vault import SealedColumn

Timestamp = sa.DateTime(timezone=True)
COUNTRY_KEY, REFUSAL_CHECK = "legal_request_country", "legal_request_refusal"
"""The constraints that hold the promise."""


def _fact(about: str, type_: Any, **column: Any) -> Any:
    return field(Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about=about, type_=type_, **column)


def _sealed(about: str) -> Any:
    return field(Category.ID, Level.CONFIDENTIAL, Purpose.LEGAL, about=about, type_=SealedColumn(), nullable=True)


def _in(states: Iterable[State]) -> str:
    return f"state IN ({', '.join(repr(state.value) for state in State if state in states)})"


class LegalCountry(CellRow):
    """What is answered to each country's authorities; written from the settings, and from nothing else."""

    __tablename__ = "legal_country"
    __table_args__ = (sa.UniqueConstraint("country", "listed", name="legal_country_answer"),)
    law: ClassVar[Law] = system(
        "To which countries' authorities nothing is given.",
        keep=Keep.after_last_use("told_at", "accountability", days=3650),
    )

    country: Mapped[str] = _fact("ISO 3166-1 code.", sa.Text(), primary_key=True)
    listed: Mapped[bool] = _fact("Whether it is on the operator's refusal list.", sa.Boolean())
    told_at: Mapped[datetime] = _fact("When the settings were last found to say so.", Timestamp)


class LegalRequest(CellRow):
    """What an authority asked for, and what became of it."""

    __tablename__ = "legal_request"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["country", "listed"],
            ["legal_country.country", "legal_country.listed"],
            name=COUNTRY_KEY,
            onupdate="CASCADE",
        ),
        sa.CheckConstraint(f"NOT listed OR {_in(OF_LISTED)}", name=REFUSAL_CHECK),
        sa.CheckConstraint(_in(State), name="legal_request_states"),
        sa.CheckConstraint("state NOT IN ('validated', 'producing') OR narrowed IS NOT NULL", name="legal_request_narrowed"),
        sa.CheckConstraint(
            "state NOT IN ('producing', 'produced') OR (recipient IS NOT NULL AND grant_id IS NOT NULL AND valid_at IS NOT NULL"
            " AND recipient_by IS NOT NULL AND confirmed_by IS NOT NULL AND confirmed_by <> recipient_by)",
            name="legal_request_agreed",
        ),
        sa.CheckConstraint("package IS NULL OR state = 'produced'", name="legal_request_package"),
        sa.Index("legal_request_by_country", "country"),
    )
    law: ClassVar[Law] = case(
        "Requests of authorities for members' data, and how they were answered.",
        keep=Keep.after_withdrawal("closed_at", "legal claims; figures that are published", days=365 * 5 + 1).unless(
            "asked IS NOT NULL"
        ),
    )

    case_id: Mapped[UUID] = _fact("The request.", sa.Uuid(), primary_key=True)
    number: Mapped[str] = _fact("What it is called in letters.", sa.Text())
    instrument: Mapped[str] = _fact("By which kind of document.", sa.Text())
    country: Mapped[str] = _fact("Whose authority would have the data.", sa.Text())
    listed: Mapped[bool] = _fact("Whether that country is on the refusal list.", sa.Boolean())
    asked: Mapped[Any] = _sealed("What was asked, by whom, about whom; destroyed some time after the end.")
    narrowed: Mapped[Any] = _sealed("What counsel found that it may reach.")
    emergency: Mapped[bool] = _fact("Whether somebody is in danger.", sa.Boolean())
    state: Mapped[str] = _fact("Where it is.", sa.Text())
    ground: Mapped[str] = _fact("Why it was refused.", sa.Text())
    stood: Mapped[str] = _fact("Where it was when its country was listed; empty for all others.", sa.Text())
    received_at: Mapped[datetime] = _fact("When it came.", Timestamp)
    due_at: Mapped[datetime | None] = _fact("When it has to be answered.", Timestamp, nullable=True)
    gag_until: Mapped[datetime | None] = _fact("Until when nobody may be told.", Timestamp, nullable=True)
    valid_at: Mapped[datetime | None] = _fact("When counsel found it valid.", Timestamp, nullable=True)
    changed_at: Mapped[datetime] = _fact("When its state changed.", Timestamp)
    closed_at: Mapped[datetime | None] = _fact("When it ended.", Timestamp, nullable=True)
    preserved_until: Mapped[datetime | None] = _fact(
        "Until when data is kept from deletion for it.", Timestamp, nullable=True
    )
    prolonged: Mapped[bool] = _fact("Whether that was prolonged.", sa.Boolean())
    counsel_id: Mapped[UUID | None] = _fact(
        "Who of the staff narrowed it; empty: somebody on the command line.", sa.Uuid(), nullable=True
    )
    recipient: Mapped[str | None] = _fact(
        "The authority's public key (age, X25519), to which a package is sealed.", sa.Text(), nullable=True
    )
    recipient_by: Mapped[UUID | None] = _fact("Who of the staff entered that key.", sa.Uuid(), nullable=True)
    confirmed_by: Mapped[UUID | None] = _fact("Who else compared its fingerprint.", sa.Uuid(), nullable=True)
    grant_id: Mapped[UUID | None] = _fact("The request for access under which it is produced.", sa.Uuid(), nullable=True)
    round_id: Mapped[UUID | None] = _fact("The job that is at work on the package.", sa.Uuid(), nullable=True)
    package: Mapped[str | None] = _fact("Name of the sealed package in the object store.", sa.Text(), nullable=True)
    package_sha256: Mapped[bytes | None] = _fact("SHA-256 of the sealed package.", sa.LargeBinary(), nullable=True)
    package_size: Mapped[int | None] = _fact("Bytes of the sealed package.", sa.BigInteger(), nullable=True)
    outcomes: Mapped[list[dict[str, Any]] | None] = _fact(
        "What was put into the package from each place: counts.", JSONB(), nullable=True
    )
    disclosed: Mapped[int | None] = _fact("Accounts of which something is in it.", sa.Integer(), nullable=True)
    produced_at: Mapped[datetime | None] = _fact("When the package was made.", Timestamp, nullable=True)
    told_at: Mapped[datetime | None] = _fact(
        "When those whom it was about were told: at once, or when they might be.", Timestamp, nullable=True
    )
