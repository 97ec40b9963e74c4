"""Cases at the console: what an authority asked, how it stands, and what counsel does about it, each act in two steps.

The page itself opens nothing; what is sealed in a case is shown to whoever asks for that, which goes on record. Every verb is
`legal`'s or `disclosure`'s; here forms become their arguments, and their refusals sentences.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from kept.catalog import Intake, feeds, not_stored
from kept.console.casework import case_view, said_of
from kept.console.duty import seat_before
from kept.disclosure import ask_for_production, confirm_key, enter_key, open_package
from kept.edge import form_of
from kept.edge.answers import PRIVATE, lead_on, page
from kept.kit import KeptError
from kept.legal import (
    BadCase,
    Case,
    DataClass,
    Ground,
    Span,
    case_of,
    preserve,
    prolong,
    read_case,
    refuse,
    validate,
    withdraw,
)
from kept.look import console_pages, paths
from kept.policy import Action, LegalRequest, require
from kept.runtime import Runtime
from kept.staff import OnDuty, Seat

AnyRequest = Request[Any, Any, State]
_MOMENTS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d")


class CaseForm(Intake):
    """What counsel does. `act` says which; `sure` is there with the second, deliberate step."""

    act: Annotated[str, not_stored("which button was pressed")] = ""
    sure: Annotated[str, not_stored("that it was confirmed")] = ""
    accounts: Annotated[str, feeds("legal_request.narrowed")] = ""
    classes: Annotated[list[str], feeds("legal_request.narrowed")] = msgspec.field(default_factory=list)
    since: Annotated[str, feeds("legal_request.narrowed")] = ""
    until: Annotated[str, feeds("legal_request.narrowed")] = ""
    finding: Annotated[str, feeds("legal_request.narrowed")] = ""
    ground: Annotated[str, feeds("legal_request.ground")] = ""
    key: Annotated[str, feeds("legal_request.recipient")] = ""
    fingerprint: Annotated[str, not_stored("compared with the key's own")] = ""


class CasePages(Controller):
    """One case, and its forms."""

    path = "/cases/{number:str}"

    @get()
    async def show(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        number: FromPath[str],
    ) -> Response[Any]:
        """How it stands. Raises Refused, NoSuchCase."""
        case, seat = await _mine(runtime, duty, number)
        return page(console_pages.render_case(await case_view(request, runtime, duty, case, seat)))

    @post()
    async def act(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        number: FromPath[str],
    ) -> Response[Any]:
        """Open it; ask whether somebody is sure; or do it, and lead back. Raises Refused, NoSuchCase."""
        case, seat = await _mine(runtime, duty, number)
        form = await form_of(request, CaseForm)
        view = await case_view(request, runtime, duty, case, seat)
        try:
            if form.act == "open":
                now = runtime.clock.now()
                read = await read_case(runtime, case.number, actor=seat.actor, now=now, by=duty.who.staff_id)
                return page(console_pages.render_case(replace(view, said=await said_of(runtime, read))))
            verb = ACTS.get(form.act)
            if verb is None:
                raise BadCase(why="choose what to do.")
            if form.sure != "yes":
                return page(console_pages.render_case(replace(view, confirm=form.act, given=_given(form))))
            await verb(runtime, case, seat, form, runtime.clock.now())
        except KeptError as error:
            again = replace(view, error=error.public, given=_given(form))
            return page(console_pages.render_case(again), status=error.kind.value)
        return lead_on(paths.console_case(case.number))

    @post("/package")
    async def package(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        number: FromPath[str],
    ) -> Response[Any]:
        """Download the sealed package; on record before the first byte. Raises Refused, NoSuchCase."""
        case, seat = await _mine(runtime, duty, number)
        try:
            found = await open_package(runtime, case.number, seat=seat, now=runtime.clock.now())
        except KeptError as error:
            view = await case_view(request, runtime, duty, case, seat)
            return page(console_pages.render_case(replace(view, error=error.public)), status=error.kind.value)
        headers = PRIVATE | {
            "content-disposition": f'attachment; filename="{found.name}"',
            "content-length": str(found.size),
            "repr-digest": f"sha-256=:{_base64(found.sha256)}:",
        }
        return Stream(found.pieces, media_type="application/octet-stream", headers=headers)


async def _mine(runtime: Runtime, duty: OnDuty, number: str) -> tuple[Case, Seat]:
    """A case, and the seat before its region's data. Raises Refused before it says whether there is one."""
    seat = seat_before(runtime, duty, next(iter(runtime.cells)))
    require(seat.actor, Action.SEE_LEGAL_REQUEST, LegalRequest())
    case = await case_of(runtime.cells, number)
    return case, seat_before(runtime, duty, case.cell)


Act = Callable[[Runtime, Case, Seat, CaseForm, datetime], Awaitable[object]]


async def _narrow(runtime: Runtime, case: Case, seat: Seat, form: CaseForm, now: datetime) -> None:
    span = Span(_moment(form.since), _moment(form.until))
    classes = [_one_of(DataClass, one, "which classes of data") for one in form.classes]
    accounts = await _accounts(runtime, form.accounts)
    await validate(
        runtime,
        case.number,
        accounts=accounts,
        classes=classes,
        finding=form.finding,
        actor=seat.actor,
        now=now,
        span=span,
        by=seat.who.staff_id,
    )


async def _refuse(runtime: Runtime, case: Case, seat: Seat, form: CaseForm, now: datetime) -> None:
    ground = _one_of(Ground, form.ground, "on which ground")
    await refuse(runtime, case.number, ground=ground, actor=seat.actor, now=now, by=seat.who.staff_id)


ACTS: Mapping[str, Act] = {
    "narrow": _narrow,
    "refuse": _refuse,
    "close": lambda works, case, seat, _, now: withdraw(
        works, case.number, actor=seat.actor, now=now, by=seat.who.staff_id
    ),
    "preserve": lambda works, case, seat, _, now: preserve(
        works, case.number, actor=seat.actor, now=now, by=seat.who.staff_id
    ),
    "prolong": lambda works, case, seat, _, now: prolong(
        works, case.number, actor=seat.actor, now=now, by=seat.who.staff_id
    ),
    "key": lambda works, case, seat, form, now: enter_key(works, case.number, form.key, seat=seat, now=now),
    "confirm": lambda works, case, seat, form, now: confirm_key(
        works, case.number, form.fingerprint, seat=seat, now=now
    ),
    "produce": lambda works, case, seat, _, now: ask_for_production(works, case.number, seat=seat, now=now),
}
"""What can be done to a case; the texts are `console.act.<name>`."""


async def _accounts(runtime: Runtime, text: str) -> list[UUID]:
    found = []
    for name in text.replace(",", " ").split():
        home = await runtime.cells.directory.by_handle(name.removeprefix("@"))
        if home is None:
            raise BadCase(why=f"there is nobody called {name[:40]}.")
        found.append(home.member_id)
    return found


def _moment(text: str) -> datetime | None:
    """A moment in UTC, as a form gives it; None for an empty one. Raises BadCase."""
    for shape in _MOMENTS if text.strip() else ():
        try:
            return datetime.strptime(text.strip(), shape).replace(tzinfo=UTC)
        except ValueError:
            continue
    if text.strip():
        raise BadCase(why="write a time as 2026-03-31T18:00 (UTC).")
    return None


def _one_of(kind: Any, text: str, what: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise BadCase(why=f"say {what}.") from None


def _given(form: CaseForm) -> tuple[tuple[str, str], ...]:
    """What was filled in, so that the second step brings it along and a mistake loses nothing."""
    one = (
        (name, getattr(form, name))
        for name in ("accounts", "since", "until", "finding", "ground", "key", "fingerprint")
    )
    return tuple((name, value) for name, value in one if value) + tuple(("classes", value) for value in form.classes)


def _base64(data: bytes) -> str:
    return msgspec.to_builtins(data)  # type: ignore[no-any-return]
