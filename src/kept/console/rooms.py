"""The room of the legal team: requests of authorities, with their clocks.

Nobody's name is shown, and nothing that is sealed is opened.
"""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.console.casework import case_line
from kept.console.desk import desk_of
from kept.console.duty import seat_before
from kept.edge.answers import page
from kept.legal import cases
from kept.look import console_pages
from kept.look.views.console import CasesView
from kept.policy import Action, LegalRequest, require
from kept.runtime import Runtime
from kept.staff import OnDuty

AnyRequest = Request[Any, Any, State]


@get("/cases")
async def cases_room(
    request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
) -> Response[Any]:
    """What authorities asked, and how it stands. Raises Refused."""
    actor = seat_before(runtime, duty, next(iter(runtime.cells))).actor
    require(actor, Action.SEE_LEGAL_REQUEST, LegalRequest())
    now = runtime.clock.now()
    view = CasesView(
        desk=await desk_of(request, runtime, duty, "cases"),
        cases=tuple(case_line(one, now) for one in await cases(runtime.cells)),
    )
    return page(console_pages.render_cases(view))
