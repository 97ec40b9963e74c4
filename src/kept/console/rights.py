"""The privacy team's room: what members asked about their data, with clocks; one request, and what is decided about it.

A name is shown where somebody wrote it with their request, and nothing of any account. Each decision takes two deliberate
acts: the button does nothing without the word beside it. What came by post is entered here.
"""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from kept.catalog import Intake, feeds, not_stored
from kept.console.desk import desk_of
from kept.console.duty import seat_before
from kept.console.lines import number_of
from kept.edge import form_of
from kept.edge.answers import PRIVATE, lead_on, page
from kept.kit import KeptError
from kept.look import console_pages, paths
from kept.look.views.console import RightsCaseView, RightsFigure, RightsLine, RightsRoomView
from kept.policy import Action, RightsRequest, require
from kept.rights import (
    ANSWERED,
    COPIES,
    DECIDED,
    FIELDS,
    REGIMES,
    BadRequest,
    Channel,
    Claim,
    Ground,
    Kind,
    NoSuchRequest,
    Why,
    confirm,
    correct,
    extend,
    figures,
    find_verified,
    matter_of,
    not_verified,
    refuse,
    request_of,
    take_in,
    unanswered,
    write_letter,
)
from kept.rights import Request as Asked
from kept.rights import State as Stands
from kept.runtime import Runtime
from kept.staff import OnDuty, Seat

AnyRequest = Request[Any, Any, State]

_GROUNDS = (Ground.ALREADY_RIGHT, Ground.NOT_CHANGEABLE, Ground.NEEDED, Ground.UNFOUNDED)


class LetterForm(Intake):
    """A request that came by post."""

    kind: Annotated[str, feeds("rights_request.kind")] = ""
    named: Annotated[str, feeds("rights_matter.said")] = ""
    about: Annotated[str, feeds("rights_request.about")] = ""
    value: Annotated[str, feeds("rights_matter.said")] = ""
    address: Annotated[str, feeds("rights_matter.said")] = ""


class ActForm(Intake):
    """What is decided, and the word that it is meant."""

    act: Annotated[str, not_stored("which act")] = ""
    sure: Annotated[str, not_stored("the second of two deliberate acts")] = ""
    ground: Annotated[str, feeds("rights_request.ground")] = ""
    why: Annotated[str, feeds("rights_request.extended_why")] = ""


class RightsDesk(Controller):
    """The list, and one request."""

    path = "/rights"

    @get()
    async def listed(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
    ) -> Response[Any]:
        """Figures by kind, and what is not answered. Raises Refused."""
        _seat(runtime, duty, next(iter(runtime.cells)).name)
        return page(console_pages.render_rights_room(await _room(request, runtime, duty)))

    @post()
    async def enter(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
    ) -> Response[Any]:
        """Enter what came by post. Raises Refused."""
        _seat(runtime, duty, next(iter(runtime.cells)).name)
        form = await form_of(request, LetterForm)
        try:
            kind = Kind(form.kind) if form.kind in tuple(Kind) else None
            if kind is None:
                raise BadRequest(why="choose what they want")
            claim = Claim(kind, Channel.POST, form.named, form.about, form.value, address=form.address)
            await take_in(runtime, claim, now=runtime.clock.now())
        except KeptError as error:
            view = await _room(request, runtime, duty, error.public)
            return page(console_pages.render_rights_room(view), status=error.kind.value)
        return lead_on(paths.CONSOLE_RIGHTS)

    @get("/{cell:str}/{request_id:uuid}")
    async def show(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        cell: FromPath[str],
        request_id: FromPath[UUID],
    ) -> Response[Any]:
        """One request. Raises Refused, NoSuchRequest, NotServedHere."""
        _seat(runtime, duty, cell)
        return page(
            console_pages.render_rights_case(await _case(request, runtime, duty, await _found(runtime, cell, request_id)))
        )

    @post("/{cell:str}/{request_id:uuid}/act")
    async def act(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        cell: FromPath[str],
        request_id: FromPath[UUID],
    ) -> Response[Any]:
        """Decide. Raises Refused, NoSuchRequest."""
        mine, form = _seat(runtime, duty, cell), await form_of(request, ActForm)
        found = await _found(runtime, cell, request_id)
        try:
            if form.act == "letter":
                return await _letter(runtime, mine, found, form)
            await _decide(runtime, mine, found, form)
        except KeptError as error:
            view = await _case(request, runtime, duty, await _found(runtime, cell, request_id), error.public)
            return page(console_pages.render_rights_case(view), status=error.kind.value)
        return lead_on(paths.console_rights(cell, str(request_id)))


async def _letter(runtime: Runtime, mine: Seat, found: Asked, form: ActForm) -> Response[Any]:
    """The letter to print. Raises BadRequest, NoLetter."""
    _require_sure(form)
    now, name = runtime.clock.now(), f"letter-{number_of(found.request_id)}.pdf"
    pdf = await write_letter(runtime, found, actor=mine.actor, by=mine.ledger_name, now=now)
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{name}"'}
    return Response(pdf, media_type="application/pdf", headers=headers, status_code=200)


def _require_sure(form: ActForm) -> None:
    if form.sure != "yes":
        raise BadRequest(why="say that you mean it: tick the line above the button")


async def _decide(runtime: Runtime, mine: Seat, found: Asked, form: ActForm) -> None:
    now, actor, by = runtime.clock.now(), mine.actor, mine.ledger_name
    _require_sure(form)
    if form.act not in _acts(found):
        raise BadRequest(why="that can't be decided about this request now")
    if form.act == "correct":
        await correct(runtime, found, actor=actor, by=by, now=now)
        return
    async with found.cell.begin() as tx:
        if form.act == "verify":
            await find_verified(tx, found, actor=actor, by=by, now=now)
        elif form.act == "not_verified":
            await not_verified(tx, found, actor=actor, by=by, now=now)
        elif form.act == "confirm":
            await confirm(tx, found, actor=actor, by=by, now=now)
        elif form.act == "extend" and form.why in tuple(Why):
            await extend(tx, found, Why(form.why), actor=actor, by=by, now=now)
        elif form.act == "refuse" and form.ground in _GROUNDS:
            await refuse(tx, found, Ground(form.ground), actor=actor, by=by, now=now)
        else:
            raise BadRequest(why="choose the reason")


def _acts(found: Asked) -> tuple[str, ...]:
    """What can be decided about a request as it stands."""
    acts: list[str] = ["confirm"] if found.confirmed_at is None and found.state not in ANSWERED else []
    if found.state is Stands.UNVERIFIED:
        acts += ["verify"] if found.member_id is not None and found.kind not in COPIES else []
        acts.append("not_verified")
    if found.state is Stands.RECEIVED and found.kind in DECIDED:
        acts += ["correct"] if found.about == "birth_date" else []
        acts.append("refuse")
    if found.extended_at is None and found.state not in ANSWERED:
        acts.append("extend")
    return (*acts, "letter") if found.channel == Channel.POST else tuple(acts)


def _seat(runtime: Runtime, duty: OnDuty, cell: str) -> Seat:
    """The seat of a colleague who answers members' requests. Raises Refused, NotServedHere."""
    mine = seat_before(runtime, duty, runtime.cells.named(cell))
    require(mine.actor, Action.HANDLE_RIGHTS, RightsRequest(verified=True))
    return mine


async def _found(runtime: Runtime, cell: str, request_id: UUID) -> Asked:
    found = await request_of(runtime.cells.named(cell), request_id)
    if found is None:
        raise NoSuchRequest
    return found


async def _room(request: AnyRequest, runtime: Runtime, duty: OnDuty, error: str = "") -> RightsRoomView:
    now = runtime.clock.now()
    told = [(kind, await figures(runtime.cells, kind, now=now)) for kind in Kind]
    return RightsRoomView(
        desk=await desk_of(request, runtime, duty, "rights"),
        figures=tuple(
            RightsFigure(
                kind=kind.value,
                asked=one.asked,
                answered=one.answered,
                overdue=one.overdue,
                held=one.held,
                median_days=one.median_days,
                worst_days=one.worst_days,
            )
            for kind, one in told
        ),
        lines=tuple([_line(runtime, one) for one in await unanswered(runtime.cells)]),
        kinds=tuple(Kind),
        fields=FIELDS,
        error=error,
    )


def _line(runtime: Runtime, one: Asked) -> RightsLine:
    return RightsLine(
        number=number_of(one.request_id),
        kind=one.kind.value,
        state=one.state.value,
        regime=one.regime,
        region=one.cell.region,
        asked_at=one.asked_at,
        due_at=one.due_at,
        late=one.state not in ANSWERED and one.due_at < runtime.clock.now(),
        href=paths.console_rights(one.cell.name, str(one.request_id)),
        channel=one.channel,
        also=tuple(one.also),
    )


async def _case(request: AnyRequest, runtime: Runtime, duty: OnDuty, found: Asked, error: str = "") -> RightsCaseView:
    said = await matter_of(runtime, found.cell, found.request_id)
    return RightsCaseView(
        desk=await desk_of(request, runtime, duty, "rights"),
        line=_line(runtime, found),
        action=paths.console_rights(found.cell.name, str(found.request_id)),
        about=found.about,
        named=said.named,
        value=said.value,
        address=said.address,
        confirm_by=REGIMES[found.regime].confirmed_by(found.asked_at) if found.confirmed_at is None else None,
        verified_by=found.verified_by,
        known=found.member_id is not None,
        extended=found.extended_why,
        ground=found.ground,
        grounds=_GROUNDS,
        whys=tuple(Why),
        acts=_acts(found),
        error=error,
    )
