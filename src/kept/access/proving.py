"""Showing a vault that an authorisation is on record: entry, proof and what the entry commits to, as outsiders could check."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

import sqlalchemy as sa

from kept.access.models import AccessSubject
from kept.cells import Tx
from kept.kit import Database, KeptError, Kind
from kept.kit.objects import Objects
from kept.ledger import (
    BadNote,
    BadProof,
    EntryDetail,
    NotInTheLog,
    Opening,
    Quorum,
    Source,
    VerifierKey,
    check_receipt,
    receipt_of,
    source_of,
)
from kept.vault import Authorisation, witnesses_in


class NotOnRecord(KeptError):
    code = "not_on_record"
    kind = Kind.BUSY
    message = "The log doesn't show this grant yet, with its witnesses' word. Try again in a few seconds."


@dataclass(frozen=True, slots=True)
class PublicLog:
    """The log as everybody sees it, and the witnesses whose word is asked for; None: nothing can be on record."""

    source: Source
    head: Database
    """Knows where in the log each entry stands; what stands there is checked, so it needn't be trusted."""
    quorum: Quorum | None

    @classmethod
    def of(cls, objects: Objects, head: Database, policy: Path | None) -> Self:
        """The log in `objects`, with the witness policy in a file. Raises BadPolicy."""
        return cls(source_of(objects), head, witnesses_in(policy))

    async def index_of(self, entry_id: UUID) -> int:
        """Where an entry stands. Raises NotOnRecord: nowhere yet."""
        rows = await self.head.fetch("SELECT position FROM log_entry WHERE entry_id = $1", entry_id)
        if not rows:
            raise NotOnRecord
        return int(rows[0]["position"])


async def authorisation(tx: Tx, log: PublicLog, request_id: UUID, member_id: UUID) -> Authorisation:
    """What is shown to a vault, which checks it again before it touches a key.

    Raises:
        NotOnRecord: the published log doesn't have the entry yet, its witnesses haven't said so, or it is not sound.
    """
    mine = sa.and_(AccessSubject.request_id == request_id, AccessSubject.member_id == member_id)
    theirs = sa.and_(EntryDetail.owner_id == AccessSubject.member_id, EntryDetail.entry_id == AccessSubject.entry_id)
    row = (
        sa.select(
            AccessSubject.entry_id,
            sa.func.coalesce(AccessSubject.salt, EntryDetail.salt).label("salt"),
            sa.func.coalesce(AccessSubject.details, EntryDetail.details).label("details"),
        )
        .outerjoin(EntryDetail, theirs)
        .where(mine)
    )
    found = (await tx.run(row)).first()
    if found is None or found.entry_id is None or found.salt is None:
        raise NotOnRecord
    index = await log.index_of(found.entry_id)
    return await asyncio.to_thread(_shown, log, index, Opening(bytes(found.salt), bytes(found.details)))


def _shown(log: PublicLog, index: int, opening: Opening) -> Authorisation:
    if log.quorum is None:
        raise NotOnRecord
    try:
        key = VerifierKey.parse((log.source.fetch("vkey") or b"").decode(errors="replace"))
        receipt = receipt_of(log.source, index, key, opening)
        check_receipt(receipt.written(), log.quorum)
    except (BadNote, BadProof, NotInTheLog) as error:
        raise NotOnRecord from error
    return Authorisation(receipt.payload.encode(), receipt.proof, opening.salt, opening.details)
