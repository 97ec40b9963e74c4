"""Who is at the console: the colleague whose cookie it is, and the seat they have before each region's data."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.datastructures import Cookie, State
from litestar.di import Provide

from kept.cells import Cell
from kept.edge import cookie_name, kept_cookie, require_own_page
from kept.edge.answers import lead_on
from kept.edge.asking import SAFE
from kept.edge.cookies import is_secure
from kept.edge.refusals import html_problem
from kept.look import paths
from kept.policy import Action, Service, require
from kept.runtime import Runtime
from kept.staff import LONGEST, NotOnDuty, OnDuty, Seat, seat, taken_up

AnyRequest = Request[Any, Any, State]

COOKIE = "kept-console"


def duty_cookie(runtime: Runtime, token: str) -> Cookie:
    """The cookie that keeps a colleague signed in: sent to the console only, and never from another site."""
    settings = runtime.settings
    return Cookie(
        key=cookie_name(settings, COOKIE),
        value=token,
        path="/" if is_secure(settings) else paths.CONSOLE,  # the prefix __Host- asks for the whole site
        max_age=int(LONGEST.total_seconds()) if token else 0,
        httponly=True,
        secure=is_secure(settings),
        samesite="strict",
    )


async def _on_duty(request: AnyRequest) -> OnDuty:
    """Raises NotOnDuty, CrossSite; Refused: they work where nobody works on members' data."""
    runtime: Runtime = request.app.state.runtime
    token = kept_cookie(request, runtime.settings, COOKIE)
    if token is None:
        raise NotOnDuty
    if request.method not in SAFE:
        require_own_page(request)
    duty = await taken_up(runtime.cells.directory, token, now=runtime.clock.now())
    require(seat_before(runtime, duty, next(iter(runtime.cells))).actor, Action.ENTER_CONSOLE, Service())
    return duty


on_duty = Provide(_on_duty)


def seat_before(runtime: Runtime, duty: OnDuty, cell: Cell) -> Seat:
    """A colleague's seat before a cell's data."""
    refused = runtime.settings.availability.refused_governments
    return seat(duty.who, region=cell.region, cells=runtime.cells, refused_governments=refused)


def lead_to_sign_in(request: AnyRequest, error: Exception) -> Response[Any]:
    """Whoever opens a page without being on duty signs in first, and comes back; a form says so."""
    if request.method in SAFE:
        return lead_on(f"{paths.CONSOLE_SIGN_IN}?next={quote(request.url.path, safe='/')}")
    return html_problem(request, error)
