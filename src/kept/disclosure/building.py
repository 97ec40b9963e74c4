"""The job that makes a package: everything is checked again, then read, opened with the proof, sealed, and stored.

Whatever breaks off leaves nothing that anybody is given: there is a package from the moment that the case's row names one,
with its hash, and a row is brought there once. What another round stored beside it is deleted.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.access import Request, authorisation, count_given, find, reached
from kept.access import State as Granting
from kept.cells import Cell, Tx
from kept.disclosure.package import Contents, Order, package
from kept.disclosure.scope import Piece, pieces, places
from kept.disclosure.sealing import SealedFile, seal_to
from kept.disclosure.works import NotAgreed, Works, public_log
from kept.jobs import Job, job
from kept.legal import Case, Narrowed, State, asked_in, cases_with, change, keep_lists, listed_countries, narrowed_in
from kept.policy import Action, Actor, LegalRequest, Team, require
from kept.staff import site_of, still_here
from kept.vault import Authorisation

JOB = "produce"
FOLDER = "packages"


@job(JOB)
async def make_package(job: Job, works: Works) -> None:
    """Make the package of a case that two teams agreed to."""
    await job.step("making the package", produce, works, job.cell, job.owner_id, job.subject_id, percent=20)


async def produce(works: Works, cell_name: str, case_id: UUID, round_id: UUID) -> None:
    """One round of work. Does nothing if the case is elsewhere by now, or another round is at work.

    Raises:
        NotAgreed, Refused, CaseAltered: it may not be made.
        NotOnRecord: the log doesn't show yet that it may.
        NotWhole: what was written is not what is there.
    """
    cell, now = works.cells.named(cell_name), works.clock.now()
    await keep_lists(works.cells, works.settings, now=now)
    found = await cases_with(works.cells, [case_id])
    if not found or found[0].state is not State.PRODUCING or found[0].production.round_id != round_id:
        return
    [case] = found
    file = works.studio.work / cell.name / str(round_id) / "package"
    contents = Contents()
    async with cell.begin() as tx:
        await tx.run(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        order = await _order(works, tx, case, now=now)
        written = package(tx, cell.objects, works.vaults[cell.name], order, contents, now=now)
        sealed = await seal_to(str(case.production.recipient), written, file)
    key = f"{FOLDER}/{case.case_id}/{sealed.sha256.hex()}"
    await cell.objects.take_in({key: file})
    async with cell.begin() as tx:
        await _keep(tx, case, key, sealed, contents, now=works.clock.now())


async def _keep(tx: Tx, case: Case, key: str, sealed: SealedFile, contents: Contents, *, now: datetime) -> bool:
    """Name the package in the case's row, once; if another round was there before, or it was stopped, this one is nobody's."""
    if case.production.grant_id is not None:
        await count_given(tx, case.production.grant_id, contents.rows)
    told = [{"where": one["where"], "what": str(one["what"]), "rows": one["rows"]} for one in contents.outcomes]
    return await change(
        tx,
        case,
        State.PRODUCED,
        now=now,
        package=key,
        package_sha256=sealed.sha256,
        package_size=sealed.size,
        outcomes=told,
        disclosed=contents.accounts,
        produced_at=now,
    )


async def _order(works: Works, tx: Tx, case: Case, *, now: datetime) -> Order:
    """What is put in: what counsel narrowed and two teams agreed to, and of whom the log shows that it may be opened."""
    narrowed = await narrowed_in(works, case)
    request = await agreed_to(works, case, now=now)
    chosen = _chosen(narrowed, request)
    members = [one for one in narrowed.accounts if one in request.members]
    proofs = await _proofs(works, tx, request, members)
    _ask_policy(works, case, request)
    until = narrowed.until or case.production.valid_at or case.received_at
    return Order(case, await asked_in(works, case), narrowed, request, chosen, proofs, until)


async def agreed_to(works: Works, case: Case, *, now: datetime) -> Request:
    """The request for access of a case, if two teams agreed to it, are still here, and its time runs. Raises NotAgreed."""
    if case.production.grant_id is None:
        raise NotAgreed(why="access was not asked for")
    request = await find(case.cell, case.production.grant_id)
    if request.case_id != case.case_id:
        raise NotAgreed(why="access was asked for another case")
    if request.state is not Granting.GRANTED or not request.runs(now):
        raise NotAgreed(why="access was not granted, or its time is over")
    agreed = {one.approver_id for one in request.votes if one.approved}
    if agreed & {request.asker_id, request.prepared_by}:
        raise NotAgreed(why="somebody agreed to what they had asked for or narrowed themselves")
    if not agreed <= await still_here(works.cells.directory, agreed):
        raise NotAgreed(why="somebody who agreed works here no more")
    return request


def _chosen(narrowed: Narrowed, request: Request) -> tuple[Piece, ...]:
    """The tables and fields, as they are derived now, if that is what was agreed to. Raises NotAgreed."""
    if not set(places(narrowed.classes)) <= set(request.fields):
        raise NotAgreed(why="what counsel narrowed it to is not what was agreed to; ask again")
    return pieces(narrowed.classes)


async def _proofs(works: Works, tx: Tx, request: Request, members: list[UUID]) -> dict[UUID, Authorisation]:
    """Of each member, also where nothing of theirs is sealed: the log says so first, cosigned. Raises NotOnRecord."""
    log = public_log(works)
    return {one: await authorisation(tx, log, request.request_id, one) for one in members}


def _ask_policy(works: Works, case: Case, request: Request) -> None:
    listed = case.listed or case.country in listed_countries(works.settings)
    noun = LegalRequest(country_listed=listed, validated=True, approvals=reached(request.votes), on_record=True)
    require(asker_of(works, case.cell, request), Action.DISCLOSE, noun)


def asker_of(works: Works, cell: Cell, request: Request) -> Actor:
    """Who asked, as the policy saw them then: their team and place of work."""
    refused = works.settings.availability.refused_governments
    site = site_of(request.site, region=cell.region, cells=works.cells, refused_governments=refused)
    return Actor.staff(Team(request.team), site)
