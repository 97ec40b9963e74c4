"""Requests for members' data: the lists, one request with its timeline, the votes, and the rows once they may be read."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from kept.access import (
    MOST_ROWS,
    NoSuchRequest,
    PublicLog,
    Vote,
    decide,
    end,
    find,
    needed,
    read,
    review,
)
from kept.access import Request as Asked
from kept.access.wanting import by_table, choices
from kept.catalog import CellRow, Intake, feeds, not_stored
from kept.cells import Cell, Tx
from kept.console.asking import field_of
from kept.console.desk import desk_of, gather, is_task, may_review, may_see
from kept.console.duty import seat_before
from kept.console.lines import line, lines, names, own_of
from kept.edge import form_of
from kept.edge.answers import lead_on, page
from kept.kit import KeptError
from kept.look import console_pages, paths
from kept.look.views.console import Person, RequestPageView, RequestsView, Shown, Step
from kept.runtime import Runtime
from kept.staff import OnDuty, Seat, still_here

AnyRequest = Request[Any, Any, State]
Act = Callable[[Tx, Seat], Awaitable[None]]


class VoteForm(Intake):
    """A yes or a no, and what is said to it."""

    vote: Annotated[str, feeds("access_approval.approved")] = ""
    note: Annotated[str, feeds("access_approval.note")] = ""


class ReviewForm(Intake):
    """What was found in looking at an emergency."""

    finding: Annotated[str, feeds("access_request.finding")] = ""


class ReadForm(Intake):
    """What is to be read under a grant."""

    table: Annotated[str, not_stored("one of the grant's tables")] = ""
    member: Annotated[str, not_stored("one of the grant's people")] = ""
    skip: Annotated[str, not_stored("rows that were shown already")] = "0"


class RequestPages(Controller):
    """The lists, and one request."""

    path = "/requests"

    @get()
    async def listed(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
    ) -> Response[Any]:
        """What waits, what runs, emergencies, and one's own."""
        now, known, found = runtime.clock.now(), await names(runtime), await gather(runtime, duty)
        view = RequestsView(
            desk=await desk_of(request, runtime, duty, "requests", found),
            waiting=lines(found.waiting, known, now=now),
            running=lines(found.running, known, now=now),
            emergencies=lines(found.emergencies, known, now=now),
            own=lines(await own_of(runtime, duty), known, now=now),
        )
        return page(console_pages.render_requests(view))

    @get("/{cell:str}/{request_id:uuid}")
    async def show(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        cell: FromPath[str],
        request_id: FromPath[UUID],
    ) -> Response[Any]:
        """One request. Raises NoSuchRequest, NotServedHere."""
        at = runtime.cells.named(cell)
        found = await _found(runtime, duty, at, request_id)
        return page(console_pages.render_request(await _view(request, runtime, duty, at, found)))

    @post("/{cell:str}/{request_id:uuid}/vote")
    async def vote(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        cell: FromPath[str],
        request_id: FromPath[UUID],
    ) -> Response[Any]:
        """Say yes or no."""
        form, at = await form_of(request, VoteForm), runtime.cells.named(cell)
        found = await _found(runtime, duty, at, request_id)
        people = {found.asker_id, *(one.approver_id for one in found.votes)}
        here = await still_here(runtime.cells.directory, people)
        said = Vote(form.vote == "yes", form.note)

        async def act(tx: Tx, mine: Seat) -> None:
            await decide(tx, mine, request_id, said, here=here, beacon=runtime.beacon, now=runtime.clock.now())

        return await _done(request, runtime, duty, at, request_id, act)

    @post("/{cell:str}/{request_id:uuid}/end")
    async def end(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        cell: FromPath[str],
        request_id: FromPath[UUID],
    ) -> Response[Any]:
        """Take it back, or end the grant."""

        async def act(tx: Tx, mine: Seat) -> None:
            await end(tx, mine, request_id, now=runtime.clock.now())

        return await _done(request, runtime, duty, runtime.cells.named(cell), request_id, act)

    @post("/{cell:str}/{request_id:uuid}/review")
    async def review(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        cell: FromPath[str],
        request_id: FromPath[UUID],
    ) -> Response[Any]:
        """Say what was found in looking at an emergency."""
        form = await form_of(request, ReviewForm)

        async def act(tx: Tx, mine: Seat) -> None:
            await review(tx, mine, request_id, form.finding, now=runtime.clock.now())

        return await _done(request, runtime, duty, runtime.cells.named(cell), request_id, act)

    @post("/{cell:str}/{request_id:uuid}/read")
    async def read(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        cell: FromPath[str],
        request_id: FromPath[UUID],
    ) -> Response[Any]:
        """Read rows under the grant: on record first, then shown, and kept by no cache."""
        form, at = await form_of(request, ReadForm), runtime.cells.named(cell)
        await _found(runtime, duty, at, request_id)
        try:
            shown = await _read(runtime, seat_before(runtime, duty, at), at, request_id, form)
        except KeptError as error:
            return await _again(request, runtime, duty, at, request_id, error)
        view = await _view(request, runtime, duty, at, await find(at, request_id))
        return page(console_pages.render_request(replace(view, shown=shown)))


async def _read(runtime: Runtime, mine: Seat, cell: Cell, request_id: UUID, form: ReadForm) -> Shown:
    now = runtime.clock.now()
    skip = int(form.skip) if form.skip.isascii() and form.skip.isdecimal() and len(form.skip) < 10 else 0
    try:
        member_id = UUID(form.member)
    except ValueError:
        raise NoSuchRequest from None
    log = PublicLog.of(runtime.ledger.objects, runtime.ledger.database, runtime.settings.witness_policy)
    async with cell.begin() as tx:
        reading = await read(
            tx, mine, request_id, form.table, member_id, log=log, beacon=runtime.beacon, now=now, skip=skip
        )
    rows = await reading.shown(runtime.vaults[cell.name])
    person = (await _people(runtime, [member_id]))[0]
    return Shown(
        table=rows.table,
        about=CellRow.metadata.tables[rows.table].info["law"].about,
        person=person,
        columns=tuple((name, choices()[f"{rows.table}.{name}"].about) for name in rows.columns),
        rows=rows.rows,
        masked=rows.masked,
        skip=skip,
        next_skip=skip + len(rows.rows) if rows.more else None,
        at=now,
    )


async def _found(runtime: Runtime, duty: OnDuty, cell: Cell, request_id: UUID) -> Asked:
    """A request that is this colleague's business. Raises NoSuchRequest: none, or another's, which looks the same."""
    found = await find(cell, request_id)
    if not may_see(found, seat_before(runtime, duty, cell)):
        raise NoSuchRequest
    return found


async def _done(
    request: AnyRequest, runtime: Runtime, duty: OnDuty, cell: Cell, request_id: UUID, act: Act
) -> Response[Any]:
    """Carry out an act on a request, and lead back to it; or show it again with what went wrong."""
    await _found(runtime, duty, cell, request_id)
    try:
        async with cell.begin() as tx:
            await act(tx, seat_before(runtime, duty, cell))
    except KeptError as error:
        return await _again(request, runtime, duty, cell, request_id, error)
    return lead_on(paths.console_request(cell.name, str(request_id)))


async def _again(
    request: AnyRequest, runtime: Runtime, duty: OnDuty, cell: Cell, request_id: UUID, error: KeptError
) -> Response[Any]:
    view = await _view(request, runtime, duty, cell, await find(cell, request_id))
    return page(console_pages.render_request(replace(view, error=error.public)), status=error.kind.value)


async def _people(runtime: Runtime, members: list[UUID]) -> tuple[Person, ...]:
    known = await runtime.cells.directory.handles(members)
    return tuple(Person(member_id=str(one), name=f"@{known[one]}" if one in known else "?") for one in members)


async def _view(request: AnyRequest, runtime: Runtime, duty: OnDuty, cell: Cell, found: Asked) -> RequestPageView:
    now, known, mine = runtime.clock.now(), await names(runtime), seat_before(runtime, duty, cell)
    own = found.asker_id == duty.who.staff_id
    return RequestPageView(
        desk=await desk_of(request, runtime, duty, "requests"),
        line=line(found, cell, known, now=now),
        action=paths.console_request(cell.name, str(found.request_id)),
        reason=found.reason,
        case_ref=found.case_ref,
        clear=found.clear,
        minutes=found.minutes,
        until=found.until,
        rows_read=found.rows_read,
        most_rows=MOST_ROWS,
        fields=tuple(field_of(place) for place in found.fields if place in choices()),
        people=await _people(runtime, list(found.members)),
        tables=tuple((name, CellRow.metadata.tables[name].info["law"].about) for name in by_table(found.fields)),
        steps=_steps(found, known),
        approvals=needed(found.level).approvals.value,
        may_answer=found.is_waiting(now) and is_task(found, mine),
        may_end=found.is_open(now) and (own or mine.oversees),
        may_read=own and found.runs(now),
        may_review=may_review(found, mine),
    )


def _steps(found: Asked, known: Mapping[UUID, str]) -> tuple[Step, ...]:
    asker = known.get(found.asker_id, "?")
    steps = [Step(what="glass" if found.emergency else "asked", who=asker, at=found.asked_at)]
    for vote in found.votes:
        what = ("approved_region" if vote.oversees else "approved") if vote.approved else "declined"
        who = f"{known.get(vote.approver_id, '?')}, {vote.team.replace('_', ' ')}, {vote.site}"
        steps.append(Step(what=what, who=who, at=vote.decided_at, said=vote.note))
    if found.granted_at:
        steps.append(Step(what="granted", who="", at=found.granted_at))
    if found.closed_at and found.state.value == "ended":
        steps.append(Step(what="ended", who="", at=found.closed_at))
    if found.reviewed_at and found.reviewer_id:
        who = known.get(found.reviewer_id, "?")
        steps.append(Step(what="reviewed", who=who, at=found.reviewed_at, said=found.finding))
    return tuple(sorted(steps, key=lambda step: step.at))
