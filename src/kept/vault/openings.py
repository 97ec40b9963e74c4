"""What was opened for others: committed before anybody reads it, with the entry that tells the world."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.kit import Database
from kept.ledger import Entry
from kept.ledger import Opening as Opened
from kept.vault.authorising import Granted
from kept.vault.entries import note
from kept.vault.models import AuthorisedOpening
from kept.vault.reasons import Reason

EVENT = "vault.opened_authorised"
_ALL = "SELECT opening_id, authorisation_id, case_ref, reason, place, opened, opened_at FROM authorised_opening"
_COMMITTED = "SELECT salt, details FROM authorised_opening WHERE opening_id = $1"


@dataclass(frozen=True, slots=True)
class Opening:
    """That `opened` values of `place` were opened under an authorisation; both are entries of the ledger."""

    opening_id: UUID
    authorisation_id: UUID
    case: str
    reason: Reason
    place: str
    opened: int
    at: datetime


class Openings:
    """The record of one cell, in its key store."""

    def __init__(self, cell: str, store: Database) -> None:
        self._cell = cell
        self._store = store

    async def record(
        self, granted: Granted, member_id: UUID, subject: str, place: str, reason: Reason, opened: int, *, now: datetime
    ) -> None:
        """Commit an opening and its ledger entry."""
        said = {"authorisation": str(granted.entry_id), "opened": opened, "place": place}
        entry = Entry(
            EVENT,
            actor="system:vault",
            subject=subject,
            object=f"authorisation:{granted.entry_id}",
            purpose=reason.value,
            details=said,
            owner=member_id,
        )
        async with self._store.begin() as connection:
            waiting, detail = await note(connection, entry, cell=self._cell, now=now)
            row = sa.insert(AuthorisedOpening).values(
                opening_id=waiting.entry_id,
                authorisation_id=granted.entry_id,
                case_ref=granted.case,
                reason=reason.value,
                place=place,
                opened=opened,
                salt=detail.salt if detail else b"",
                details=detail.details if detail else b"",
                opened_at=now,
            )
            await connection.execute(row)

    async def all(self) -> list[Opening]:
        """Every one that is kept."""
        return [
            Opening(
                row["opening_id"],
                row["authorisation_id"],
                row["case_ref"],
                Reason(row["reason"]),
                row["place"],
                row["opened"],
                row["opened_at"],
            )
            for row in await self._store.fetch(_ALL)
        ]


async def committed(keys: Database, entry_id: UUID) -> Opened | None:
    """What opens the commitment of an opening's entry, out of a cell's key store; None if it keeps no such opening."""
    for row in await keys.fetch(_COMMITTED, entry_id):
        return Opened(row["salt"], row["details"])
    return None
