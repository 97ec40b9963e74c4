"""What is sealed in a case, under the case's own key: who asked, for what, about whom; and what counsel left of it.

Both name the country and the instrument. So a row whose country was changed afterwards can be told, and is never acted upon:
whoever writes to the database has no key to seal another one with.
"""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec

from kept.legal.cases import Case
from kept.legal.instruments import DataClass
from kept.legal.states import NARROWED as WITH_FINDING
from kept.legal.works import CaseAltered, Works
from kept.vault import KeyDestroyed, NoSuchKey, NotSealed, Reason, Sealed, WrongKey

ASKED, NARROWED = "legal_request.asked", "legal_request.narrowed"


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request as it was written."""

    country: str
    instrument: str
    authority: str
    basis: str
    """The law, and the document's own number."""
    identifiers: tuple[str, ...]
    """Whom it names, in its own words: handles, addresses, links."""
    classes: tuple[DataClass, ...]


class Narrowed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counsel found lawful of it: never more than was asked for."""

    country: str
    instrument: str
    accounts: tuple[UUID, ...]
    classes: tuple[DataClass, ...]
    finding: str
    """Why it is lawful, in counsel's words."""
    since: datetime | None = None
    """Nothing from before; None: from the beginning."""
    until: datetime | None = None
    """Nothing from this moment on: at the latest when it was narrowed, for nobody's future is handed out."""


Said = TypeVar("Said", Asked, Narrowed)


async def seal(works: Works, cell: str, case_id: UUID, place: str, said: Asked | Narrowed) -> Sealed:
    """Seal it under the case's key."""
    return await works.vaults[cell].seal(case_id, place, case_id, msgspec.json.encode(said))


async def asked_in(works: Works, case: Case) -> Asked:
    """What was asked for. Raises CaseAltered: the row says something else, or it can't be opened."""
    return await _opened(works, case, ASKED, case.asked, Asked)


async def narrowed_in(works: Works, case: Case) -> Narrowed:
    """What counsel left of it. Raises CaseAltered."""
    await asked_in(works, case)
    return await _opened(works, case, NARROWED, case.narrowed, Narrowed)


async def is_whole(works: Works, case: Case) -> bool:
    """Whether a request's row is what was sealed, and, if it was found valid, what counsel sealed then."""
    try:
        await (narrowed_in if case.state in WITH_FINDING else asked_in)(works, case)
    except CaseAltered:
        return False
    return True


async def _opened(works: Works, case: Case, place: str, sealed: bytes | None, kind: type[Said]) -> Said:
    if sealed is None:
        raise CaseAltered(number=case.number)
    try:
        value = Sealed(bytes(sealed))
        clear = await works.vaults[case.cell.name].open(case.case_id, place, case.case_id, value, reason=Reason.CASE)
        said = msgspec.json.decode(clear, type=kind)
    except (WrongKey, NotSealed, NoSuchKey, KeyDestroyed, msgspec.DecodeError) as error:
        raise CaseAltered(number=case.number) from error
    if (said.country, said.instrument) != (case.country, case.instrument):
        raise CaseAltered(number=case.number)
    return said
