"""Rooms of the privacy and legal teams: requests of members and of authorities, with their clocks.

Nobody's name is shown, and nothing that is sealed is opened.
"""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.console.casework import case_line
from kept.console.desk import desk_of
from kept.console.duty import seat_before
from kept.console.lines import number_of
from kept.edge.answers import page
from kept.legal import cases
from kept.look import pages
from kept.look.views.console import CasesView, RightsFigure, RightsLine, RightsRoomView
from kept.policy import Action, LegalRequest, RightsRequest, require
from kept.rights import Kind, figures, unanswered
from kept.runtime import Runtime
from kept.staff import OnDuty

AnyRequest = Request[Any, Any, State]


@get("/rights")
async def rights_room(
    request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
) -> Response[Any]:
    """What members asked about their data: figures by kind, and what is not answered. Raises Refused."""
    actor = seat_before(runtime, duty, next(iter(runtime.cells))).actor
    require(actor, Action.HANDLE_RIGHTS, RightsRequest(verified=True))
    now = runtime.clock.now()
    told = [(kind, await figures(runtime.cells, kind, now=now)) for kind in Kind]
    view = RightsRoomView(
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
        lines=tuple(
            RightsLine(
                number=number_of(one.request_id),
                kind=one.kind.value,
                state=one.state.value,
                regime=one.regime,
                region=one.cell.region,
                asked_at=one.asked_at,
                due_at=one.due_at,
                late=one.due_at < now,
            )
            for one in await unanswered(runtime.cells)
        ),
    )
    return page(pages.render_rights_room(view))


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
    return page(pages.render_cases(view))
