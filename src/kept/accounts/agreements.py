"""What members agreed to: the versions of the documents that were in force, and whether a new yes is due."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from kept.accounts.models import Acceptance
from kept.accounts.opening import Accounts
from kept.cells import Tx
from kept.ledger import Entry
from kept.policy import AgeBand, Standing
from kept.terms import Document, agreed, still_good


def agreement_rows(member_id: UUID, documents: tuple[Document, ...], *, now: datetime) -> list[dict[str, Any]]:
    """The rows that say that somebody agreed to these documents."""
    return [
        {"owner_id": member_id, "document": one.kind, "version": one.version, "accepted_at": now} for one in documents
    ]


def on_record(documents: tuple[Document, ...]) -> str:
    """The first of the documents, the terms, as the ledger names it: `document:terms-2026-11-01`."""
    return f"document:{documents[0].kind}-{documents[0].version}"


async def agree(accounts: Accounts, tx: Tx, member_id: UUID, band: AgeBand, said: str, *, now: datetime) -> None:
    """A member says yes to the documents that are in force for them; `said` is the version of the terms, or `current`.

    Raises:
        NotCurrentTerms: another version than the one in force.
    """
    documents = agreed(said, band, on=now.date())
    rows = insert(Acceptance).values(agreement_rows(member_id, documents, now=now))
    who = accounts.vault(tx.cell).pseudonym(member_id)
    entry = Entry("terms.accepted", actor=who, subject=who, object=on_record(documents), purpose="essential.legal_obligation")
    await tx.act(rows.on_conflict_do_nothing().returning(Acceptance.version), entry, now=now)


@lru_cache(maxsize=1024)
def standing(agreements: tuple[str, ...], on: date) -> Standing:
    """How an account stands that agreed to `kind@version` …: a later version that asks again makes a new yes due.

    Only what somebody agreed to can be outdated; on an eighteenth birthday another notice is meant for them, and no yes due.
    """
    newest: dict[str, str] = {}
    for one in agreements:
        kind, _, version = one.partition("@")
        newest[kind] = max(version, newest.get(kind, ""))
    good = "terms" in newest and all(still_good(kind, version, on=on) for kind, version in newest.items())
    return Standing.GOOD if good else Standing.TERMS_DUE
