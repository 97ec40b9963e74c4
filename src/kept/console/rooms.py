"""Rooms of the legal team: requests of authorities with their clocks, and legal holds.

Nobody's name is shown, and nothing that is sealed is opened.
"""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.console.desk import desk_of
from kept.console.duty import seat_before
from kept.console.lines import number_of
from kept.edge.answers import page
from kept.legal import cases
from kept.look import pages
from kept.look.views.console import CaseLine, CasesView, HoldLine, HoldsView
from kept.policy import Action, LegalRequest, Service, require
from kept.retention import holds
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
        cases=tuple(
            CaseLine(
                number=one.number,
                country=one.country,
                instrument=one.instrument,
                region=one.cell.region,
                state=one.state.value,
                ground=one.ground.value if one.ground else "",
                emergency=one.emergency,
                received_at=one.received_at,
                due_at=one.due_at,
                late=one.overdue(now),
                gag_until=one.gag_until,
            )
            for one in await cases(runtime.cells)
        ),
    )
    return page(pages.render_cases(view))


@get("/holds")
async def holds_room(
    request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
) -> Response[Any]:
    """The holds that stand. Raises Refused."""
    actor = seat_before(runtime, duty, next(iter(runtime.cells))).actor
    require(actor, Action.PLACE_HOLD, Service())
    now = runtime.clock.now()
    found = [(cell, one) for cell in runtime.cells for one in await holds(cell) if one.ends_at > now]
    view = HoldsView(
        desk=await desk_of(request, runtime, duty, "holds"),
        holds=tuple(
            HoldLine(
                number=number_of(one.hold_id),
                case_ref=one.case_ref,
                region=cell.region,
                whole=one.item_id is None,
                placed_at=one.placed_at,
                review_at=one.review_at,
                ends_at=one.ends_at,
                review_due=one.review_at < now,
            )
            for cell, one in found
        ),
    )
    return page(pages.render_holds(view))
