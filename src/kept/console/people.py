"""The staff directory: everybody sees who works here; the security team enters, invites, moves, and lets go."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from kept.catalog import Intake, feeds
from kept.console.desk import desk_of
from kept.console.duty import seat_before
from kept.console.lines import names
from kept.edge import form_of
from kept.edge.answers import lead_on, page
from kept.kit import KeptError
from kept.look import console_pages, paths
from kept.look.views.console import ColleagueLine, StaffView
from kept.policy import Action, Service, Team, can
from kept.runtime import Runtime
from kept.staff import (
    Colleague,
    Invitation,
    NewColleague,
    OnDuty,
    Seat,
    change_site,
    colleague,
    colleagues,
    enter,
    invite,
    leave,
)

AnyRequest = Request[Any, Any, State]


class EnterForm(Intake):
    """Somebody new."""

    name: Annotated[str, feeds("staff_member.name")] = ""
    team: Annotated[str, feeds("staff_member.team")] = ""
    region: Annotated[str, feeds("staff_member.region")] = ""
    site: Annotated[str, feeds("staff_member.site")] = ""
    manager: Annotated[str, feeds("staff_member.manager_id")] = ""


class MoveForm(Intake):
    """Another place of work."""

    site: Annotated[str, feeds("staff_member.site")] = ""


class StaffPages(Controller):
    """The directory and its forms."""

    path = "/staff"

    @get()
    async def show(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
    ) -> Response[Any]:
        """Everybody who works here."""
        return page(console_pages.render_staff(await _view(request, runtime, duty)))

    @post()
    async def enter(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
    ) -> Response[Any]:
        """Enter somebody, and show the invitation to hand over."""
        form, mine = await form_of(request, EnterForm), _seat(runtime, duty)
        directory, now = runtime.cells.directory, runtime.clock.now()
        try:
            team = Team(form.team) if form.team in tuple(Team) else Team.NONE
            new = NewColleague(form.name.strip(), team, form.site.strip().upper(), form.region, form.manager.strip())
            by, regions = mine.ledger_name, list(runtime.settings.regions)
            staff_id = await enter(directory, new, regions=regions, actor=mine.actor, by=by, now=now)
            invitation = await invite(directory, staff_id, actor=mine.actor, by=by, now=now)
        except KeptError as error:
            values = tuple((name, getattr(form, name)) for name in ("name", "team", "region", "site", "manager"))
            view = replace(await _view(request, runtime, duty), error=error.public, values=values)
            return page(console_pages.render_staff(view), status=error.kind.value)
        return await _invited(request, runtime, duty, new.name, invitation)

    @post("/{staff_id:uuid}/invite")
    async def invite(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        staff_id: FromPath[UUID],
    ) -> Response[Any]:
        """Another invitation, for another passkey."""
        mine, directory = _seat(runtime, duty), runtime.cells.directory
        by, now = mine.ledger_name, runtime.clock.now()
        invitation = await invite(directory, staff_id, actor=mine.actor, by=by, now=now)
        return await _invited(request, runtime, duty, (await colleague(directory, staff_id)).name, invitation)

    @post("/{staff_id:uuid}/move")
    async def move(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        staff_id: FromPath[UUID],
    ) -> Response[Any]:
        """Another place of work."""
        form, mine = await form_of(request, MoveForm), _seat(runtime, duty)
        directory, now, site = runtime.cells.directory, runtime.clock.now(), form.site.strip().upper()
        await change_site(directory, staff_id, site, actor=mine.actor, by=mine.ledger_name, now=now)
        return lead_on(paths.CONSOLE_STAFF)

    @post("/{staff_id:uuid}/leave")
    async def leave(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        duty: NamedDependency[OnDuty],
        staff_id: FromPath[UUID],
    ) -> Response[Any]:
        """Somebody no longer works here."""
        mine = _seat(runtime, duty)
        now = runtime.clock.now()
        await leave(runtime.cells.directory, staff_id, actor=mine.actor, by=mine.ledger_name, now=now)
        return lead_on(paths.CONSOLE_STAFF)


def _seat(runtime: Runtime, duty: OnDuty) -> Seat:
    return seat_before(runtime, duty, next(iter(runtime.cells)))


async def _invited(
    request: AnyRequest, runtime: Runtime, duty: OnDuty, name: str, invitation: Invitation
) -> Response[Any]:
    origin = runtime.settings.server.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    address = f"{origin}{paths.CONSOLE_JOIN}?code={invitation.code}"
    view = await _view(request, runtime, duty)
    return page(console_pages.render_staff(replace(view, invitation=address, invited=name)))


async def _view(request: AnyRequest, runtime: Runtime, duty: OnDuty) -> StaffView:
    known = await names(runtime)
    return StaffView(
        desk=await desk_of(request, runtime, duty, "staff"),
        colleagues=tuple(_line(runtime, one, known) for one in await colleagues(runtime.cells.directory)),
        may_manage=can(_seat(runtime, duty).actor, Action.MANAGE_STAFF, Service()).allowed,
        teams=tuple(team.value for team in Team if team is not Team.NONE),
        regions=tuple(runtime.settings.regions),
    )


def _line(runtime: Runtime, one: Colleague, known: Mapping[UUID, str]) -> ColleagueLine:
    listed = one.site in {country.upper() for country in runtime.settings.availability.refused_governments}
    return ColleagueLine(
        staff_id=str(one.staff_id),
        name=one.name,
        team=one.team.value,
        region=one.region,
        site=one.site,
        place="listed" if listed else "here",
        manager=known.get(one.manager_id, "") if one.manager_id else "",
        added_at=one.added_at,
    )
