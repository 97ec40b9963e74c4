"""What members agree to: the versions of the documents that are in force for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from kept.accounts.models import Acceptance
from kept.accounts.opening import Accounts
from kept.accounts.sessions import Session
from kept.cells import Tx
from kept.ledger import Entry
from kept.policy import Account, Action, require
from kept.terms import Document, agreed


def agreement_rows(member_id: UUID, documents: tuple[Document, ...], *, now: datetime) -> list[dict[str, Any]]:
    """The rows that say that somebody agreed to these documents."""
    return [
        {"owner_id": member_id, "document": one.kind, "version": one.version, "accepted_at": now} for one in documents
    ]


def on_record(documents: tuple[Document, ...]) -> str:
    """The first of the documents, the terms, as the ledger names it: `document:terms-2026-11-01`."""
    return f"document:{documents[0].kind}-{documents[0].version}"


async def agree(accounts: Accounts, tx: Tx, session: Session, said: str, *, now: datetime) -> None:
    """A member says yes to the documents that are in force for them; `said` is the version of the terms, or `current`.

    Raises:
        Refused.
        NotCurrentTerms: another version than the one in force.
    """
    require(session.actor, Action.ACCEPT_TERMS, Account())
    documents, member_id = agreed(said, session.band, on=now.date()), session.member_id
    rows = insert(Acceptance).values(agreement_rows(member_id, documents, now=now))
    who = accounts.vault(tx.cell).pseudonym(member_id)
    entry = Entry("terms.accepted", actor=who, subject=who, object=on_record(documents), purpose="essential.legal_obligation")
    await tx.act(rows.on_conflict_do_nothing().returning(Acceptance.version), entry, now=now)
