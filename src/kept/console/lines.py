"""Requests as lines of a list: names for ids, words' keys for codes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from kept.access import Request, is_overdue, own_requests
from kept.cells import Cell
from kept.look import paths
from kept.look.views.console import RequestLine
from kept.runtime import Runtime
from kept.staff import OnDuty, colleagues


async def names(runtime: Runtime) -> Mapping[UUID, str]:
    """Colleagues' work names by id, also of those who left."""
    return {one.staff_id: one.name for one in await colleagues(runtime.cells.directory, gone=True)}


def number_of(request_id: UUID) -> str:
    """What people call a request: the last eight digits of its id."""
    return str(request_id)[-8:].upper()


def line(request: Request, cell: Cell, known: Mapping[UUID, str], *, now: datetime) -> RequestLine:
    """One request in a list."""
    left = request.until - now if request.runs(now) and request.until else None
    return RequestLine(
        number=number_of(request.request_id),
        href=paths.console_request(cell.name, str(request.request_id)),
        asker=known.get(request.asker_id, "?"),
        team=request.team,
        region=cell.region,
        level=request.level.name.lower(),
        purpose=request.purpose.name.lower(),
        people=len(request.members),
        status=request.status(now),
        asked_at=request.asked_at,
        left=left,
        emergency=request.emergency,
        review_due=is_overdue(request, now),
    )


def lines(
    found: Sequence[tuple[Cell, Request]], known: Mapping[UUID, str], *, now: datetime
) -> tuple[RequestLine, ...]:
    """Requests of several cells."""
    return tuple(line(request, cell, known, now=now) for cell, request in found)


async def own_of(runtime: Runtime, duty: OnDuty, *, most: int = 50) -> list[tuple[Cell, Request]]:
    """A colleague's own requests in all cells, the newest first."""
    own = [(cell, one) for cell in runtime.cells for one in await own_requests(cell, duty.who.staff_id, most=most)]
    return sorted(own, key=lambda pair: pair[1].asked_at, reverse=True)[:most]
