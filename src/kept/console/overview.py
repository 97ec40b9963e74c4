"""The start of the console: what waits for this colleague, and how the platform is."""

from collections import Counter
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.cells import Cell, Standing
from kept.console.desk import answers_rights, desk_of, gather
from kept.console.lines import lines, names, own_of
from kept.edge.answers import page
from kept.look import console_pages
from kept.look.views.console import CellLine, LedgerLine, OverviewView
from kept.promises import standing
from kept.promises.promise import State as PromiseState
from kept.retention import LastSweep, last_sweeps
from kept.rights import overdue
from kept.runtime import Runtime
from kept.staff import OnDuty

AnyRequest = Request[Any, Any, State]

_RECENT = 8


@get("/")
async def overview(
    request: AnyRequest, runtime: NamedDependency[Runtime], duty: NamedDependency[OnDuty]
) -> Response[Any]:
    """My tasks, my requests, the regions, the ledger, the promises."""
    now, known, found = runtime.clock.now(), await names(runtime), await gather(runtime, duty)
    own = await own_of(runtime, duty, most=_RECENT)
    readings = await standing(runtime)
    counts = Counter(reading.state for reading in readings)
    ledger = next(one for one in readings if one.promise.id == "audit.independent")
    view = OverviewView(
        desk=await desk_of(request, runtime, duty, "overview", found),
        tasks=lines([*found.to_review, *found.tasks], known, now=now),
        own=lines(own[:_RECENT], known, now=now),
        cells=await _cells(runtime),
        ledger=await _ledger(runtime, ledger.state.value, ledger.figure),
        rights_late=await overdue(runtime.cells, now=now) if answers_rights(runtime, duty) else 0,
        promises=tuple((state.value, counts[state]) for state in PromiseState),
    )
    return page(console_pages.render_overview(view))


async def _cells(runtime: Runtime) -> tuple[CellLine, ...]:
    standings, sweeps = await runtime.cells.standings.all(), await last_sweeps(runtime.cells)
    return tuple([await _cell(runtime, cell, standings.get(cell.name), sweeps[cell.name]) for cell in runtime.cells])


async def _cell(runtime: Runtime, cell: Cell, stands: Standing | None, swept: LastSweep | None) -> CellLine:
    (row,) = await cell.database.fetch("SELECT count(*) AS members FROM account WHERE closed_at IS NULL")
    backup = "SELECT max(taken_at) AS at FROM backup WHERE cell = $1 AND kind = 'data'"
    (backed_up,) = await runtime.cells.directory.database.fetch(backup, cell.name)
    return CellLine(
        name=cell.name,
        region=runtime.settings.regions[cell.region].label or cell.region,
        standing=stands.value if stands else "serving",
        members=row["members"],
        backed_up_at=backed_up["at"],
        swept_at=swept.began_at if swept else None,
    )


async def _ledger(runtime: Runtime, state: str, finding: str) -> LedgerLine:
    rows = await runtime.ledger.database.fetch("SELECT size FROM log_head")
    waiting = [
        (await store.fetch("SELECT count(*) AS n FROM ledger_outbox"))[0]["n"]
        for store in (*(cell.database for cell in runtime.cells), runtime.cells.directory.database)
    ]
    return LedgerLine(entries=rows[0]["size"] if rows else 0, waiting=sum(waiting), state=state, finding=finding)
