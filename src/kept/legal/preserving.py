"""Preserving data for an authority until it asks for it properly: legal holds, for a time, and once longer.

Nothing is read or given: what would be deleted is not, for so long.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from kept.cells import Tx
from kept.legal.cases import Case, case_of, note_preserved
from kept.legal.listing import keep_lists, listed_countries
from kept.legal.sealed import narrowed_in
from kept.legal.states import State
from kept.legal.works import BadCase, Works, WrongState
from kept.policy import Action, Actor, require
from kept.policy import LegalRequest as Noun
from kept.retention import NewHold, place_hold

PRESERVED, PROLONGED = "legal.preserved", "legal.prolonged"


async def preserve(works: Works, number: str, *, actor: Actor, now: datetime, by: UUID | None = None) -> Case:
    """Hold the data of the accounts that counsel left in a preservation request, for the time that its law gives.

    Raises:
        NoSuchCase, CaseAltered, WrongState.
        Refused: the actor may not, the country is listed, or the request was not found valid.
        BadCase: it asks for data, not for preservation, or data is preserved for it already.
        HomeElsewhere: one of the accounts is at home in a region that others serve.
    """
    case, accounts = await _ready(works, number, actor=actor, now=now)
    if case.kind.preserve is None or case.preserved_until is not None:
        raise BadCase(why=f"{case.number} asks for no preservation, or it is preserved for already.")
    return await _hold(works, case, accounts, now + case.kind.preserve, PRESERVED, actor=actor, by=by, now=now)


async def prolong(works: Works, number: str, *, actor: Actor, now: datetime, by: UUID | None = None) -> Case:
    """Preserve for longer, once, as its law allows. Raises as `preserve`."""
    case, accounts = await _ready(works, number, actor=actor, now=now)
    if case.kind.prolong is None or case.preserved_until is None or case.prolonged:
        raise BadCase(why=f"{case.number} is not preserved for, or was prolonged already.")
    until = case.preserved_until + case.kind.prolong
    return await _hold(works, case, accounts, until, PROLONGED, actor=actor, by=by, now=now)


async def _ready(works: Works, number: str, *, actor: Actor, now: datetime) -> tuple[Case, Sequence[UUID]]:
    await keep_lists(works.cells, works.settings, now=now)
    case = await case_of(works.cells, number)
    listed = case.listed or case.country in listed_countries(works.settings)
    noun = Noun(country_listed=listed, validated=case.state is State.VALIDATED)
    require(actor, Action.PRESERVE_DATA, noun)
    return case, (await narrowed_in(works, case)).accounts


async def _hold(
    works: Works,
    case: Case,
    accounts: Sequence[UUID],
    until: datetime,
    event: str,
    *,
    actor: Actor,
    by: UUID | None,
    now: datetime,
) -> Case:
    """Holds in every cell where one of them lives; in the case's own, with the case. A round that broke off left some, which
    the worker lifts: they are of a case that nothing is preserved for."""
    homes = await _homes(works, case, accounts)
    for name, members in homes.items():
        if name != case.cell.name:
            async with works.cells.named(name).begin() as tx:
                await _place(works, tx, case, members, until, actor=actor, now=now)
    prolonged = event == PROLONGED
    async with case.cell.begin() as tx:
        if not await note_preserved(tx, case, until, event=event, prolonged=prolonged, by=by, now=now):
            raise WrongState(number=case.number, state=case.state, wanted="preserved for")
        await _place(works, tx, case, homes.get(case.cell.name, []), until, actor=actor, now=now)
    return await case_of(works.cells, case.number)


async def _homes(works: Works, case: Case, accounts: Sequence[UUID]) -> Mapping[str, Sequence[UUID]]:
    """The accounts by the cell that they live in. Raises BadCase: all are gone; HomeElsewhere: others serve its region."""
    homes: dict[str, list[UUID]] = {}
    for member_id, name in (await works.cells.directory.homes(list(accounts))).items():
        homes.setdefault(works.cells.named(name).name, []).append(member_id)
    if not homes:
        raise BadCase(why=f"none of the accounts of {case.number} exists any more.")
    return homes


async def _place(
    works: Works, tx: Tx, case: Case, members: Sequence[UUID], until: datetime, *, actor: Actor, now: datetime
) -> None:
    half: timedelta = (until - now) / 2
    for member_id in members:
        hold = NewHold(member_id, case.number, now + half, until)
        await place_hold(tx, hold, actor=actor, subject=works.beacon.pseudonym(member_id), now=now)
