"""The room of those who look at what is reported: what waits, the most severe first. It shows, and decides nothing yet.

Nobody is named. What everybody may see (a clip, a comment under it) is linked to; for all else there are grants.
"""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.cells import Cell
from kept.console.desk import desk_of
from kept.console.duty import seat_before
from kept.console.lines import number_of
from kept.edge.answers import page
from kept.look import console_pages, paths
from kept.look.views.reports import QueueLine, QueueView
from kept.policy import Action, Judgement, can
from kept.reports import InQueue, Kind, waiting
from kept.runtime import Runtime
from kept.staff import OnDuty

AnyRequest = Request[Any, Any, State]


@get("/reports")
async def reports_room(
    request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
) -> Response[Any]:
    """What waits in every region that is served here. Raises Refused."""
    found: list[tuple[Cell, InQueue]] = []
    for cell in runtime.cells:
        found += [(cell, one) for one in await waiting(cell, seat_before(runtime, duty, cell).actor)]
    found.sort(key=lambda pair: (-pair[1].severity, pair[1].first_at))
    actor = seat_before(runtime, duty, next(iter(runtime.cells))).actor
    view = QueueView(
        desk=await desk_of(request, runtime, duty, "reports"),
        lines=tuple(_line(cell, one) for cell, one in found),
        child_safety=can(actor, Action.SEE_CHILD_SAFETY, Judgement()).allowed,
    )
    return page(console_pages.render_queue(view))


def _line(cell: Cell, one: InQueue) -> QueueLine:
    return QueueLine(
        number=number_of(one.item_id),
        kind=one.kind,
        region=cell.region,
        severity=int(one.severity),
        reporters=one.reporters,
        reasons=one.reasons,
        first_at=one.first_at,
        last_at=one.last_at,
        href=_public(one),
    )


def _public(one: InQueue) -> str:
    if one.kind is Kind.CLIP:
        return paths.clip(str(one.item_id))
    return paths.comment(str(one.clip_id), str(one.item_id)) if one.kind is Kind.COMMENT else ""
