"""Legal holds at the console: what stands, and placing, prolonging or lifting one, each in two steps.

A hold is placed by person, by one thing of theirs, or for a case, whose number it bears. Nobody's name is shown in the list.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.catalog import Intake, feeds, not_stored
from kept.console.desk import desk_of
from kept.console.duty import seat_before
from kept.console.lines import number_of
from kept.edge import form_of
from kept.edge.answers import lead_on, page
from kept.kit import KeptError
from kept.legal import cases_numbered
from kept.look import console_pages, paths
from kept.look.views.console import HoldLine, HoldsView
from kept.policy import Action, Service, require
from kept.retention import BadHold, NewHold, NoSuchHold, holds, lift_hold, place_hold, prolong_hold
from kept.runtime import Runtime
from kept.staff import OnDuty

AnyRequest = Request[Any, Any, State]
_KEPT = ("person", "item", "case_ref", "review", "ends", "hold")


class HoldForm(Intake):
    """What is held, or which hold it is about. `act` says what is done; `sure` is there with the second, deliberate step."""

    act: Annotated[str, not_stored("which button was pressed")] = ""
    sure: Annotated[str, not_stored("that it was confirmed")] = ""
    hold: Annotated[str, not_stored("which hold it is about: cell and id")] = ""
    person: Annotated[str, feeds("legal_hold.owner_id")] = ""
    item: Annotated[str, feeds("legal_hold.item_id")] = ""
    case_ref: Annotated[str, feeds("legal_hold.case_ref")] = ""
    review: Annotated[str, feeds("legal_hold.review_at")] = ""
    ends: Annotated[str, feeds("legal_hold.ends_at")] = ""


class HoldPages(Controller):
    """The room, and its forms."""

    path = "/holds"

    @get()
    async def show(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
    ) -> Response[Any]:
        """The holds that stand. Raises Refused."""
        return page(console_pages.render_holds(await _view(request, runtime, duty)))

    @post()
    async def act(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
    ) -> Response[Any]:
        """Ask whether somebody is sure; or do it, and lead back. Raises Refused."""
        form = await form_of(request, HoldForm)
        given = tuple((name, getattr(form, name)) for name in _KEPT if getattr(form, name))
        try:
            verb = ACTS.get(form.act)
            if verb is None:
                raise BadHold(why="choose what to do.")
            if form.sure != "yes":
                return page(console_pages.render_holds(await _view(request, runtime, duty, confirm=form.act, given=given)))
            await verb(runtime, duty, form, runtime.clock.now())
        except KeptError as error:
            view = await _view(request, runtime, duty, given=given, error=error.public)
            return page(console_pages.render_holds(view), status=error.kind.value)
        return lead_on(paths.CONSOLE_HOLDS)


async def _place(runtime: Runtime, duty: OnDuty, form: HoldForm, now: datetime) -> None:
    home = await runtime.cells.directory.by_handle(form.person.strip().removeprefix("@"))
    if home is None:
        raise BadHold(why=f"there is nobody called {form.person.strip()[:40]}.")
    cell, item = runtime.cells.named(home.cell), form.item.strip()
    new = NewHold(
        home.member_id, form.case_ref.strip(), _day(form.review), _day(form.ends), _id(item) if item else None
    )
    actor, subject = seat_before(runtime, duty, cell).actor, runtime.beacon.pseudonym(home.member_id)
    async with cell.begin() as tx:
        await place_hold(tx, new, actor=actor, subject=subject, now=now)


async def _prolong(runtime: Runtime, duty: OnDuty, form: HoldForm, now: datetime) -> None:
    cell, hold_id = _which(runtime, form)
    actor, review, ends = seat_before(runtime, duty, cell).actor, _day(form.review), _day(form.ends)
    async with cell.begin() as tx:
        await prolong_hold(tx, hold_id, review_at=review, ends_at=ends, actor=actor, now=now)


async def _lift(runtime: Runtime, duty: OnDuty, form: HoldForm, now: datetime) -> None:
    cell, hold_id = _which(runtime, form)
    async with cell.begin() as tx:
        await lift_hold(tx, hold_id, actor=seat_before(runtime, duty, cell).actor, now=now)


Act = Callable[[Runtime, OnDuty, HoldForm, datetime], Awaitable[None]]
ACTS: Mapping[str, Act] = {"place": _place, "longer": _prolong, "lift": _lift}


def _which(runtime: Runtime, form: HoldForm) -> tuple[Any, UUID]:
    name, _, hold_id = form.hold.partition("/")
    return runtime.cells.named(name), _id(hold_id)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchHold from None


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise BadHold(why="say when it is looked at again and when it ends, as 2026-12-31.") from None


async def _view(
    request: AnyRequest,
    runtime: Runtime,
    duty: OnDuty,
    *,
    confirm: str = "",
    given: tuple[tuple[str, str], ...] = (),
    error: str = "",
) -> HoldsView:
    require(seat_before(runtime, duty, next(iter(runtime.cells))).actor, Action.PLACE_HOLD, Service())
    now = runtime.clock.now()
    found = [(cell, one) for cell in runtime.cells for one in await holds(cell) if one.ends_at > now]
    known = await cases_numbered(runtime.cells, {one.case_ref for _, one in found})
    lines = tuple(
        HoldLine(
            key=f"{cell.name}/{one.hold_id}",
            number=number_of(one.hold_id),
            case_ref=one.case_ref,
            region=cell.region,
            whole=one.item_id is None,
            placed_at=one.placed_at,
            review_at=one.review_at,
            ends_at=one.ends_at,
            review_due=one.review_at < now,
            by_case=paths.console_case(one.case_ref) if one.case_ref in known else "",
        )
        for cell, one in found
    )
    desk = await desk_of(request, runtime, duty, "holds")
    return HoldsView(desk=desk, holds=lines, confirm=confirm, given=given, error=error)
