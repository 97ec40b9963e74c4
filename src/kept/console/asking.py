"""Asking for members' data: choose people and fields, see what that would need, then ask; or break the glass."""

import re
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.access import BadRequest, Wanted, ask, break_glass, choices, level_of, needed
from kept.access.wanting import LONGEST_REASON, MOST_PEOPLE, tables
from kept.catalog import CellRow, Intake, Level, Purpose, feeds, not_stored
from kept.cells import Cell, NotServedHere
from kept.console.desk import desk_of
from kept.console.duty import seat_before
from kept.edge import form_of
from kept.edge.answers import lead_on, page
from kept.kit import KeptError
from kept.look import console_pages, paths
from kept.look.views.console import AskView, FieldChoice, Preview, TableChoice
from kept.policy import Action, Data, can
from kept.runtime import Runtime
from kept.staff import OnDuty

AnyRequest = Request[Any, Any, State]

_BETWEEN = re.compile(r"[\s,;]+")


class AskForm(Intake):
    """What is asked for. `act` is look, ask or break."""

    people: Annotated[str, feeds("access_subject.member_id")] = ""
    fields: Annotated[list[str], feeds("access_request.fields")] = msgspec.field(default_factory=list)
    purpose: Annotated[str, feeds("access_request.purpose")] = ""
    reason: Annotated[str, feeds("access_request.reason")] = ""
    case_ref: Annotated[str, feeds("access_request.case_ref")] = ""
    minutes: Annotated[str, feeds("access_request.minutes")] = "60"
    clear: Annotated[str, feeds("access_request.clear")] = ""
    act: Annotated[str, not_stored("which button was pressed")] = "look"


class AskPages(Controller):
    """The form, and what becomes of it."""

    path = "/ask"

    @get()
    async def show(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
    ) -> Response[Any]:
        """The empty form; with `?people=` somebody is named already."""
        form = AskForm(people=request.query_params.get("people", "")[:200])
        return page(console_pages.render_ask(await _view(request, runtime, duty, form)))

    @post()
    async def send(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
    ) -> Response[Any]:
        """Say what it would need; or ask, and lead to the request."""
        form = await form_of(request, AskForm)
        try:
            found = await _wanted(runtime, form)
            if form.act == "look":
                preview = _preview(found)
                return page(console_pages.render_ask(await _view(request, runtime, duty, form, preview=preview)))
            request_id = await _ask(runtime, duty, found, at_once=form.act == "break")
        except KeptError as error:
            view = await _view(request, runtime, duty, form, error=error.public)
            return page(console_pages.render_ask(view), status=error.kind.value)
        return lead_on(paths.console_request(found.cell.name, str(request_id)))


@dataclass(frozen=True, slots=True)
class _Found:
    cell: Cell
    wanted: Wanted


async def _ask(runtime: Runtime, duty: OnDuty, found: _Found, *, at_once: bool) -> UUID:
    verb = break_glass if at_once else ask
    mine, now = seat_before(runtime, duty, found.cell), runtime.clock.now()
    async with found.cell.begin() as tx:
        return await verb(tx, mine, found.wanted, beacon=runtime.beacon, now=now)


async def _wanted(runtime: Runtime, form: AskForm) -> _Found:
    """The form, understood. Raises BadRequest."""
    handles = [one.removeprefix("@").lower() for one in _BETWEEN.split(form.people) if one][: MOST_PEOPLE + 1]
    if not handles:
        raise BadRequest(why="say whose data it is, by their public names")
    homes = {handle: await runtime.cells.directory.by_handle(handle) for handle in handles}
    missing = [handle for handle, home in homes.items() if home is None]
    if missing:
        raise BadRequest(why=f"there is nobody called {missing[0][:40]}")
    cells = {home.cell for home in homes.values() if home is not None}
    if len(cells) > 1:
        raise BadRequest(why="these people live in different regions; ask each region for its own")
    try:
        cell = runtime.cells.named(cells.pop())
    except NotServedHere:
        raise BadRequest(why="their region is served elsewhere; ask at its own console") from None
    return _Found(
        cell,
        Wanted(
            members=tuple(home.member_id for home in homes.values() if home is not None),
            fields=tuple(form.fields),
            purpose=_purpose(form.purpose),
            reason=form.reason[: LONGEST_REASON + 1],
            case_ref=form.case_ref.strip(),
            clear=form.clear == "on",
            minutes=int(form.minutes) if form.minutes.isascii() and form.minutes.isdecimal() else 0,
        ),
    )


def _purpose(name: str) -> Purpose:
    try:
        return Purpose[name.upper()]
    except KeyError:
        raise BadRequest(why="say what it is for") from None


def _preview(found: _Found) -> Preview:
    level = level_of(found.wanted.fields)
    wants = needed(level)
    return Preview(level=level.name.lower(), approvals=wants.approvals.value, region=found.cell.region, case=wants.case)


async def _view(
    request: AnyRequest,
    runtime: Runtime,
    duty: OnDuty,
    form: AskForm,
    *,
    preview: Preview | None = None,
    error: str = "",
) -> AskView:
    chosen = frozenset(form.fields)
    actor = seat_before(runtime, duty, next(iter(runtime.cells))).actor
    in_need = Data(level=Level.CONFIDENTIAL, purpose_fits=True)
    return AskView(
        desk=await desk_of(request, runtime, duty, "requests"),
        tables=tuple(_table(name, chosen) for name in tables() if any(one.table == name for one in choices().values())),
        purposes=tuple(purpose.name.lower() for purpose in Purpose),
        people=form.people,
        purpose=form.purpose,
        reason=form.reason,
        case_ref=form.case_ref,
        minutes=int(form.minutes) if form.minutes.isascii() and form.minutes.isdecimal() else 60,
        clear=form.clear == "on",
        preview=preview,
        may_break=can(actor, Action.BREAK_GLASS, in_need).allowed,
        error=error,
    )


def _table(name: str, chosen: frozenset[str]) -> TableChoice:
    fields = tuple(field_of(one.place, chosen) for one in choices().values() if one.table == name)
    about = CellRow.metadata.tables[name].info["law"].about
    return TableChoice(name=name, about=about, fields=fields, open=any(one.chosen for one in fields))


def field_of(place: str, chosen: frozenset[str] = frozenset()) -> FieldChoice:
    """A column as the form shows it."""
    one = choices()[place]
    name = place.partition(".")[2]
    return FieldChoice(place=place, name=name, about=one.about, level=one.level.name.lower(), chosen=place in chosen)
