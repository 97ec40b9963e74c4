"""Showing a vault that an authorisation is on record: entry, proof and what the entry commits to, as outsiders could check."""

import asyncio
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Tx
from kept.kit import KeptError, Kind
from kept.ledger import BadNote, BadProof, EntryDetail, NotInTheLog, Opening, Source, VerifierKey, index_of, receipt_of
from kept.vault import Authorisation


class NotOnRecord(KeptError):
    code = "not_on_record"
    kind = Kind.BUSY
    message = "The log doesn't show this grant yet, with its witnesses' word. Try again in a few seconds."


async def authorisation(tx: Tx, source: Source, member_id: UUID, entry_id: UUID) -> Authorisation:
    """What is shown to a vault. Raises NotOnRecord: the published log doesn't have the entry yet, or the log is not sound."""
    row = sa.select(EntryDetail.salt, EntryDetail.details).where(
        EntryDetail.owner_id == member_id, EntryDetail.entry_id == entry_id
    )
    found = (await tx.run(row)).first()
    if found is None:
        raise NotOnRecord
    return await asyncio.to_thread(_shown, source, entry_id, Opening(bytes(found.salt), bytes(found.details)))


def _shown(source: Source, entry_id: UUID, opening: Opening) -> Authorisation:
    try:
        key = VerifierKey.parse((source.fetch("vkey") or b"").decode(errors="replace"))
        receipt = receipt_of(source, index_of(source, entry_id, key), key, opening)
    except (BadNote, BadProof, NotInTheLog) as error:
        raise NotOnRecord from error
    return Authorisation(receipt.payload.encode(), receipt.proof, opening.salt, opening.details)
