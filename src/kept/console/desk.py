"""What surrounds every page of the console: the rooms that exist for this colleague, and what waits in them."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from litestar.datastructures import State

from kept.access import Request as Asked
from kept.access import open_requests, unreviewed
from kept.access.approving import asked
from kept.cells import Cell
from kept.console.duty import seat_before
from kept.edge import shell_of
from kept.look import paths
from kept.look.views.console import Desk, Room
from kept.policy import Action, Actor, LegalRequest, RightsRequest, Service, Team, can
from kept.runtime import Runtime
from kept.staff import OnDuty, Seat

AnyRequest = Request[Any, Any, State]
There = tuple[Cell, Asked]
"""A request, and the cell that it is in."""


@dataclass(slots=True)
class Open:
    """Requests of all cells that are not over and are this colleague's business."""

    waiting: list[There] = field(default_factory=list)
    running: list[There] = field(default_factory=list)
    emergencies: list[There] = field(default_factory=list)
    """Those that nobody has looked at."""
    tasks: list[There] = field(default_factory=list)
    """What waits for this colleague's answer."""
    to_review: list[There] = field(default_factory=list)
    """Emergencies that this colleague may look at."""


async def gather(runtime: Runtime, duty: OnDuty) -> Open:
    """All that is open."""
    found, now = Open(), runtime.clock.now()
    for cell in runtime.cells:
        mine = seat_before(runtime, duty, cell)
        for one in await open_requests(cell, now=now):
            if not may_see(one, mine):
                continue
            (found.waiting if one.is_waiting(now) else found.running).append((cell, one))
            if one.is_waiting(now) and is_task(one, mine):
                found.tasks.append((cell, one))
        for one in await unreviewed(cell):
            if not may_see(one, mine):
                continue
            found.emergencies.append((cell, one))
            if may_review(one, mine):
                found.to_review.append((cell, one))
    return found


async def desk_of(request: AnyRequest, runtime: Runtime, duty: OnDuty, active: str, found: Open | None = None) -> Desk:
    """What surrounds a page; `found`, if the page has gathered that already."""
    found = found or await gather(runtime, duty)
    actor = seat_before(runtime, duty, next(iter(runtime.cells))).actor
    return Desk(
        shell=shell_of(request, runtime),
        name=duty.who.name,
        team=duty.who.team.value,
        site=duty.who.site,
        rooms=tuple(_rooms(actor, len(found.tasks))),
        active=active,
        alarm=len(found.emergencies) if duty.who.team is Team.SECURITY else 0,
    )


def answers_rights(runtime: Runtime, duty: OnDuty) -> bool:
    """Whether this colleague answers what members ask about their data."""
    actor = seat_before(runtime, duty, next(iter(runtime.cells))).actor
    return can(actor, Action.HANDLE_RIGHTS, RightsRequest(verified=True)).allowed


def may_see(request: Asked, mine: Seat) -> bool:
    """Whether a request is this colleague's business: theirs, their region's, one that they may answer, or did.

    Whom a request is about, and why, is told to nobody else; an emergency is told to everybody in security.
    """
    theirs = mine.who.staff_id in (request.asker_id, request.reviewer_id, *(vote.approver_id for vote in request.votes))
    loud = request.emergency and mine.who.team is Team.SECURITY
    return theirs or loud or mine.oversees or is_task(request, mine)


def is_task(request: Asked, mine: Seat) -> bool:
    """Whether a request waits for this colleague: they may answer it, and have not."""
    answered = any(vote.approver_id == mine.who.staff_id for vote in request.votes)
    return not answered and can(mine.actor, Action.APPROVE_ACCESS, asked(request, mine)).allowed


def may_review(request: Asked, mine: Seat) -> bool:
    """Whether this colleague may look at an emergency that nobody has looked at."""
    own = request.asker_id == mine.who.staff_id
    return request.emergency and request.reviewed_at is None and mine.oversees and not own


def _rooms(actor: Actor, tasks: int) -> list[Room]:
    rooms = [Room(key="overview", href=paths.CONSOLE), Room(key="requests", href=paths.CONSOLE_REQUESTS, count=tasks)]
    rooms.append(Room(key="staff", href=paths.CONSOLE_STAFF))
    if can(actor, Action.HANDLE_RIGHTS, RightsRequest(verified=True)).allowed:
        rooms.append(Room(key="rights", href=paths.CONSOLE_RIGHTS))
    if can(actor, Action.SEE_REPORTS, Service()).allowed:
        rooms.append(Room(key="reports", href=paths.CONSOLE_REPORTS))
    if can(actor, Action.SEE_LEGAL_REQUEST, LegalRequest()).allowed:
        rooms.append(Room(key="cases", href=paths.CONSOLE_CASES))
    if can(actor, Action.PLACE_HOLD, Service()).allowed:
        rooms.append(Room(key="holds", href=paths.CONSOLE_HOLDS))
    return rooms
