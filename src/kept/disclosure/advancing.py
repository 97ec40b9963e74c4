"""What the worker does about productions, unasked: begin what was agreed to, go on, destroy packages, and tell the members."""

from datetime import datetime, timedelta

from kept.access import find, given_of, note_given
from kept.cells import Cell, NotServedHere, Tx
from kept.disclosure.building import FOLDER, JOB, agreed_to
from kept.disclosure.handing_over import THERE_FOR
from kept.disclosure.works import NotAgreed, Works
from kept.jobs import enqueue
from kept.kit import new_id
from kept.legal import Case, CaseAltered, State, change, narrowed_in, note_after, open_cases, produced_cases
from kept.legal.cases import serving

AGAIN = timedelta(seconds=30)
"""How long after a round that broke off the next one begins."""
_AT_WORK = """
SELECT 1 FROM job WHERE subject_id = $1 AND (state IN ('waiting', 'running') OR updated_at > $2)
"""
_NAMED = "SELECT package FROM legal_request WHERE package = ANY($1)"
_MAKING = "SELECT 1 FROM legal_request WHERE state = 'producing' LIMIT 1"


async def advance_productions(works: Works) -> None:
    """One look at all cells that are here."""
    now = works.clock.now()
    for case in await open_cases(works.cells):
        if case.state is State.VALIDATED and case.production.grant_id is not None:
            await _begin(works, case, now=now)
        elif case.state is State.PRODUCING:
            await _go_on(works, case, now=now)
    for case in await produced_cases(works.cells):
        await _destroy(case, now=now)
        await _tell(works, case, now=now)
    for cell in await serving(works.cells):
        await _tidy(cell)


async def _begin(works: Works, case: Case, *, now: datetime) -> None:
    try:
        await narrowed_in(works, case)
        await agreed_to(works, case, now=now)
    except (NotAgreed, CaseAltered):
        return
    async with case.cell.begin() as tx:
        await _round(tx, case, State.VALIDATED, now=now)


async def _go_on(works: Works, case: Case, *, now: datetime) -> None:
    """Another round, if the last one broke off; or back to counsel, if what was agreed to is over."""
    if await case.cell.database.fetch(_AT_WORK, case.production.round_id, now - AGAIN):
        return
    try:
        await agreed_to(works, case, now=now)
    except NotAgreed:
        async with case.cell.begin() as tx:
            event, back = "legal.production_lapsed", State.PRODUCING
            await change(tx, case, State.VALIDATED, since=back, event=event, now=now, grant_id=None, round_id=None)
        return
    async with case.cell.begin() as tx:
        await _round(tx, case, State.PRODUCING, now=now)


async def _round(tx: Tx, case: Case, since: State, *, now: datetime) -> None:
    """Put a job to work; nothing happens if somebody else did, or the case is elsewhere."""
    round_id = new_id()
    if await change(tx, case, State.PRODUCING, since=since, now=now, round_id=round_id):
        await enqueue(tx, JOB, owner_id=case.case_id, subject_id=round_id, now=now)


async def _destroy(case: Case, *, now: datetime) -> None:
    """Destroy a package that was there for its days; the bytes, once no row names them, are `_tidy`'s."""
    made = case.production
    if made.package is not None and made.produced_at is not None and made.produced_at + THERE_FOR <= now:
        async with case.cell.begin() as tx:
            await note_after(tx, case, event="legal.package_destroyed", now=now, package=None)


async def _tell(works: Works, case: Case, *, now: datetime) -> None:
    """Write into the members' records what was given of theirs, unless an order of silence still stands."""
    made = case.production
    if made.told_at is not None or made.produced_at is None or made.grant_id is None:
        return
    if case.gag_until is not None and case.gag_until > now:
        return
    request = await find(case.cell, made.grant_id)
    given = await given_of(case.cell, made.grant_id)
    homes = await works.cells.directory.homes(list(given))
    try:
        for member_id, name in homes.items():
            async with works.cells.named(name).begin() as tx:
                mine, at = case.cell.name, made.produced_at
                rows = given[member_id]
                await note_given(tx, request, member_id, cell=mine, country=case.country, rows=rows, given_at=at)
    except NotServedHere:
        return  # they have moved to a region that others serve; it stays to be told
    async with case.cell.begin() as tx:
        await note_after(tx, case, event="legal.told", now=now, told_at=now)


async def _tidy(cell: Cell) -> None:
    """Delete packages that no row names: those of rounds that broke off, and of days that are over."""
    keys = [key async for key in cell.objects.keys(FOLDER)]
    if not keys or await cell.database.fetch(_MAKING):
        return
    named = {row["package"] for row in await cell.database.fetch(_NAMED, keys)}
    for key in keys:
        if key not in named:
            await cell.objects.delete(key)
