"""The trust centre: every promise, as the newest evidence leaves it."""

import asyncio
from itertools import groupby

from litestar import MediaType, Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.edge import Asker, shell_of
from kept.look import pages
from kept.look.views import HistoryPoint, Link, PromiseGroup, PromiseRow, PromiseState, TrustView
from kept.promises import History, Reading, Verdict, recent, standing
from kept.runtime import Runtime

_STATE = {
    Verdict.GOOD: PromiseState.KEPT,
    Verdict.BAD: PromiseState.BROKEN,
    Verdict.EMPTY: PromiseState.UNPROVEN,
}
_LEDGER = (
    Link(text="Checkpoint of the ledger", href="/ledger/checkpoint"),
    Link(text="Key of the ledger", href="/ledger/vkey"),
    Link(text="Promises as data", href="/api/v1/promises"),
)


@get("/trust", media_type=MediaType.HTML, include_in_schema=False)
async def trust_centre(
    request: Request[object, object, State], runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
) -> str:
    """The page; it shows what the worker measured last, and how old that is."""
    readings, history = await asyncio.gather(standing(runtime), recent(runtime))
    groups = tuple(
        PromiseGroup(
            key=name.lower().replace(" ", "-"), title=name, rows=tuple(_row(one, history) for one in members)
        )
        for name, members in groupby(readings, key=lambda one: one.promise.group)
    )
    measured = [one.measured_at for one in readings if one.measured_at is not None]
    view = TrustView(
        shell=shell_of(request, runtime, anybody),
        groups=groups,
        measured_at=max(measured, default=None),
        operator=runtime.settings.site.operator,
        links=_LEDGER,
    )
    return pages.render_trust(view)


def _row(reading: Reading, history: History) -> PromiseRow:
    promise = reading.promise
    past = history.get(promise.id, [])
    return PromiseRow(
        id=promise.id,
        state=PromiseState(reading.state),
        statement=promise.statement,
        finding=reading.figure,
        enforcement=promise.enforcement,
        evidence=promise.evidence,
        refused=promise.refused,
        measured_at=reading.measured_at,
        history=tuple(HistoryPoint(at=one.at, state=_STATE[one.verdict]) for one in past),
        code=", ".join(reading.code),
    )
