"""A request comes in: it is recorded, whoever sends it. From a listed country it is refused in the same statement."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import COUNTRIES
from kept.cells import Cell
from kept.kit import new_id
from kept.ledger import Entry
from kept.legal.cases import Case, case_of, serving
from kept.legal.instruments import INSTRUMENTS, DataClass, Instrument
from kept.legal.listing import LEGAL, keep_list, listed_countries
from kept.legal.models import LegalRequest
from kept.legal.sealed import ASKED, Asked, seal
from kept.legal.states import Ground, State
from kept.legal.works import BadCase, Works
from kept.policy import Action, Actor, require
from kept.policy import LegalRequest as Noun

LONGEST_TEXT = 2_000
MOST_IDENTIFIERS = 1_000
_CODE = re.compile(r"\A[A-Z]{2}\Z")


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as it came. `country`: whose authority would have the data, also where another passes it on."""

    instrument: str
    country: str
    authority: str
    basis: str
    identifiers: tuple[str, ...]
    classes: tuple[DataClass, ...]
    emergency: bool = False
    due_at: datetime | None = None
    gag_until: datetime | None = None


async def enter(works: Works, cell: str, new: NewRequest, *, actor: Actor, now: datetime) -> Case:
    """Record a request that came, in a cell of the region whose members it is about.

    Raises:
        Refused: the actor may not.
        BadCase: it is not complete, or the cell does not serve.
        NotServedHere: no such cell.
    """
    instrument = _check(new, now)
    require(actor, Action.ENTER_LEGAL_REQUEST, Noun(country_listed=new.country in listed_countries(works.settings)))
    home = works.cells.named(cell)
    if home not in await serving(works.cells):
        raise BadCase(why=f"{cell} takes no cases at present; its members and cases move to another cell.")
    case_id = new_id()
    await works.vaults[cell].create(case_id)
    number = f"L-{now:%Y}-{case_id.hex[-12:].upper()}"
    await _record(works, home, case_id, number, new, instrument, now=now)
    return await case_of(works.cells, number)


async def _record(
    works: Works, cell: Cell, case_id: UUID, number: str, new: NewRequest, instrument: Instrument, *, now: datetime
) -> None:
    listing = listed_countries(works.settings)
    listed = new.country in listing
    said = Asked(
        country=new.country,
        instrument=new.instrument,
        authority=new.authority.strip(),
        basis=new.basis.strip(),
        identifiers=new.identifiers,
        classes=new.classes,
    )
    row = sa.insert(LegalRequest).values(
        case_id=case_id,
        number=number,
        instrument=new.instrument,
        country=new.country,
        listed=listed,
        asked=await seal(works, cell.name, case_id, ASKED, said),
        emergency=new.emergency,
        stood="",
        received_at=now,
        due_at=instrument.due(now, emergency=new.emergency, said=new.due_at),
        gag_until=new.gag_until,
        changed_at=now,
        prolonged=False,
        **_answer(listed=listed, now=now),
    )
    events = ["legal.received", "legal.refused"] if listed else ["legal.received"]
    entries = [Entry(event, actor=LEGAL, object=f"case:{case_id}") for event in events]
    async with cell.begin() as tx:
        await keep_list(tx, listing, now=now)
        await tx.act(row.returning(LegalRequest.case_id), *entries, now=now)


def _answer(*, listed: bool, now: datetime) -> dict[str, Any]:
    if listed:
        return {"state": State.REFUSED, "ground": Ground.LISTED, "closed_at": now}
    return {"state": State.RECEIVED, "ground": "", "closed_at": None}


def _check(new: NewRequest, now: datetime) -> Instrument:
    instrument = INSTRUMENTS.get(new.instrument)
    if instrument is None:
        raise BadCase(why=f"there is no instrument “{new.instrument}”; these are known: {', '.join(INSTRUMENTS)}.")
    if not _CODE.match(new.country) or new.country not in COUNTRIES:
        raise BadCase(why="name the country by its two letters (ISO 3166-1), such as FR.")
    texts = (new.authority, new.basis, *new.identifiers)
    if not all(0 < len(text.strip()) <= LONGEST_TEXT for text in texts):
        raise BadCase(why=f"authority, basis and identifiers are texts of 1 to {LONGEST_TEXT:,} letters.")
    if not 0 < len(new.identifiers) <= MOST_IDENTIFIERS or not new.classes:
        raise BadCase(why="say whom it names, and which classes of data it asks for.")
    if any(moment is not None and moment <= now for moment in (new.due_at, new.gag_until)):
        raise BadCase(why="a deadline or an order of silence that is over when it is entered is none; leave it out.")
    return instrument
