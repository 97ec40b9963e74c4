"""What somebody wrote with a request: sealed under the request's own key, and destroyed when the request ends."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.cells import Cell, Tx
from kept.kit import new_id
from kept.ledger import outbox_insert
from kept.residency import erased
from kept.rights.models import RightsMail, RightsMatter
from kept.rights.works import Sealing, Works
from kept.vault import KeyDestroyed, NoSuchKey, NotSealed, Reason, Sealed, WrongKey

PLACE = "rights_matter.said"
LETTER_WAITS = timedelta(days=14)
"""How long an address is kept for the last letter, if nobody prints it."""
LONGEST = 2_000
"""Letters of anything that somebody writes with a request."""

_SAID = "SELECT said FROM rights_matter WHERE request_id = $1 AND said IS NOT NULL"
_OVER = """
SELECT m.request_id FROM rights_matter m JOIN rights_request r USING (request_id)
WHERE r.done_at IS NOT NULL
  AND (r.verified_by <> 'email' OR r.state IN ('joined', 'called_off', 'expired') OR r.told_at >= r.done_at)
  AND (NOT m.by_letter OR r.told_at >= r.done_at OR r.done_at <= $1)
  AND NOT EXISTS (SELECT FROM rights_mail l WHERE l.request_id = m.request_id) LIMIT 100
"""


class Matter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In the words of whoever sent it; each may be empty. `email` is where the answer goes, `value` what would be right."""

    named: str = ""
    """Whose account: a handle or an address."""
    email: str = ""
    address: str = ""
    value: str = ""
    words: str = ""
    language: str = "en"
    reach: str = ""
    """The address on file to which the code was sent: what becomes of the request is told there."""
    agent_number: str = ""
    """The number that the agent who sent it has given it."""

    def __repr__(self) -> str:
        return "<matter>"


async def prepare(works: Sealing, cell: Cell, matter: Matter) -> tuple[UUID, Sealed]:
    """A number for a new request, with a key of its own, and what was written, sealed under it."""
    request_id = new_id()
    await works.vaults[cell.name].create(request_id)
    return request_id, await seal_matter(works, cell, request_id, matter)


async def seal_matter(works: Sealing, cell: Cell, request_id: UUID, matter: Matter) -> Sealed:
    """What was written, sealed under its request's key."""
    return await works.vaults[cell.name].seal(request_id, PLACE, request_id, msgspec.json.encode(matter))


async def attach(tx: Tx, request_id: UUID, said: Sealed, *, by_letter: bool = False, now: datetime) -> None:
    """Put what was written beside its request. `by_letter`: it is kept until its end was told by a letter."""
    row = insert(RightsMatter).values(
        request_id=request_id, said=said, by_letter=by_letter, guesses=0, changed_at=now
    )
    await tx.run(row.on_conflict_do_nothing())


async def matter_of(works: Sealing, cell: Cell, request_id: UUID) -> Matter:
    """What was written with a request; an empty one, where nothing was or it can't be opened any more."""
    rows = await cell.database.fetch(_SAID, request_id)
    if not rows:
        return Matter()
    try:
        sealed = Sealed(bytes(rows[0]["said"]))
        clear = await works.vaults[cell.name].open(request_id, PLACE, request_id, sealed, reason=Reason.CASE)
        return msgspec.json.decode(clear, type=Matter)
    except (KeyDestroyed, NoSuchKey, NotSealed, WrongKey, msgspec.DecodeError):
        return Matter()


async def destroy_matters(works: Works, cell: Cell, *, now: datetime) -> int:
    """Destroy what was written with requests that have ended, once their last letter is sent or printed; how many.

    The key goes first, on record, so that a restored backup does it again.
    """
    rows = await cell.database.fetch(_OVER, now - LETTER_WAITS)
    for row in rows:
        request_id: UUID = row["request_id"]
        await works.vaults[cell.name].shred(request_id)
        async with cell.begin() as tx:
            for table in (RightsMatter, RightsMail):
                await tx.run(sa.delete(table).where(table.request_id == request_id))
            for statement in outbox_insert([erased(works.beacon, request_id)], cell=cell.name, now=now):
                await tx.run(statement)
    return len(rows)
