"""Counsel reads what a request says: opened under the case's own key, on record."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kept.ledger import Entry, outbox_insert
from kept.legal.cases import Case, case_of, ledger_name
from kept.legal.listing import listed_countries
from kept.legal.sealed import Asked, Narrowed, asked_in, narrowed_in
from kept.legal.works import Works
from kept.policy import Action, Actor, require
from kept.policy import LegalRequest as Noun


@dataclass(frozen=True, slots=True)
class Read:
    """A request with what is sealed in it."""

    case: Case
    asked: Asked
    narrowed: Narrowed | None


async def read_case(works: Works, number: str, *, actor: Actor, now: datetime, by: UUID | None = None) -> Read:
    """A request as it was written, and what counsel left of it. Raises NoSuchCase, Refused, CaseAltered."""
    case = await case_of(works.cells, number)
    require(actor, Action.SEE_LEGAL_REQUEST, Noun(country_listed=case.country in listed_countries(works.settings)))
    asked = await asked_in(works, case)
    narrowed = await narrowed_in(works, case) if case.narrowed is not None else None
    entry = Entry("legal.read", actor=ledger_name(by), object=case.ledger_object)
    async with case.cell.begin() as tx:
        for statement in outbox_insert([entry], cell=case.cell.name, now=now):
            await tx.run(statement)
    return Read(case, asked, narrowed)
