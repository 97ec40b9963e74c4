"""What the worker does about requests, unasked: bring the list, end what is over, let go of holds, destroy what lay long."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from kept.cells import Tx
from kept.ledger import outbox_insert
from kept.legal.cases import Case, cases_numbered, change, lapsed_cases, open_cases
from kept.legal.listing import keep_lists
from kept.legal.models import LegalRequest
from kept.legal.sealed import is_whole
from kept.legal.states import Ground, State
from kept.legal.works import Works
from kept.residency import erased
from kept.retention import holds, release_case

CONTENTS = timedelta(days=365 * 3)
"""How long after its end a request's contents are kept; figures, which say nothing of anybody, stay longer."""


async def tend(works: Works) -> None:
    """One look at all cells that are here."""
    now = works.clock.now()
    await keep_lists(works.cells, works.settings, now=now)
    for case in await open_cases(works.cells):
        await _stop_if_wrong(works, case, now=now)
        if case.preserved_until is not None and case.preserved_until <= now:
            async with case.cell.begin() as tx:
                await change(tx, case, State.EXPIRED, now=now)
    for case in await lapsed_cases(works.cells, now - CONTENTS):
        await _destroy_contents(works, case, now=now)
    await _let_go(works, now=now)


async def _stop_if_wrong(works: Works, case: Case, *, now: datetime) -> None:
    """Refuse what somebody else than counsel brought where it is: a listed country's, or what is not as it was sealed."""
    ground = Ground.LISTED if case.listed else None if await is_whole(works, case) else Ground.ALTERED
    if ground is not None:
        async with case.cell.begin() as tx:
            await change(tx, case, State.REFUSED, now=now, ground=ground, preserved_until=None)


async def _destroy_contents(works: Works, case: Case, *, now: datetime) -> None:
    """Destroy the case's key, and what was sealed under it; on record, so that a restore does it again."""
    await works.vaults[case.cell.name].shred(case.case_id)
    async with case.cell.begin() as tx:
        gone = sa.update(LegalRequest).where(LegalRequest.case_id == case.case_id)
        await tx.run(gone.values(asked=None, narrowed=None, changed_at=now))
        await _log(tx, works, case, now=now)


async def _log(tx: Tx, works: Works, case: Case, *, now: datetime) -> None:
    for statement in outbox_insert([erased(works.beacon, case.case_id)], cell=case.cell.name, now=now):
        await tx.run(statement)


async def _let_go(works: Works, *, now: datetime) -> None:
    """Lift holds of requests for which nothing is preserved: their members live elsewhere now, or a round broke off."""
    for cell in works.cells:
        running = {one.case_ref for one in await holds(cell) if one.lifted_at is None and one.ends_at > now}
        for number, case in (await cases_numbered(works.cells, running)).items():
            if case.state is not State.VALIDATED or case.preserved_until is None:
                async with cell.begin() as tx:
                    await release_case(tx, number, now=now)
