"""Is it alive, is it ready, and what does it count? For operators' machines; `/metrics` answers this machine only."""

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.openapi.datastructures import ResponseSpec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from kept import __version__
from kept.api.given import GivenRuntime
from kept.edge import FOR_EVERY_VERSION
from kept.kit.database import DATABASE_AWAY
from kept.ledger import stopped

LOOPBACK = ("127.0.0.1", "::1")


class Health(msgspec.Struct):
    """The process answers."""

    status: str
    version: str


class Readiness(msgspec.Struct):
    """Whether members can be served, and what stands in the way: one line a problem."""

    ready: bool
    problems: list[str]


@get("/healthz", summary="The process answers", tags=["operations"], opt=FOR_EVERY_VERSION)
async def healthz() -> Health:
    """Says that this process is alive, and its version."""
    return Health("ok", __version__)


_NOT_READY = {503: ResponseSpec(Readiness, description="Something is missing", generate_examples=False)}


@get("/readyz", summary="Members can be served", tags=["operations"], responses=_NOT_READY, opt=FOR_EVERY_VERSION)
async def readyz(runtime: GivenRuntime) -> Response[Readiness]:
    """Asks every database and every vault, and whether the ledger is being written. 503 when anything is missing."""
    problems = []
    databases = [(f"cell {cell.name}", cell.database) for cell in runtime.cells]
    databases += [("directory", runtime.cells.directory.database), ("ledger", runtime.ledger.database)]
    for name, database in databases:
        try:
            await database.fetch("SELECT 1")
        except DATABASE_AWAY:
            problems.append(f"{name}: the database is away")
    for name, vault in runtime.vaults.items():
        try:
            await vault.reach()
        except DATABASE_AWAY:
            problems.append(f"keys of {name}: they can't be got at")
    if not problems:
        stop = await stopped(runtime.ledger.database, runtime.ledger.origin)
        problems += [] if stop is None else [f"the ledger has stopped: {stop.code}"]
    return Response(Readiness(not problems, problems), status_code=503 if problems else 200)


@get("/metrics", include_in_schema=False, opt=FOR_EVERY_VERSION)
async def metrics(request: Request[object, object, State]) -> Response[bytes]:
    """Counters in Prometheus' text format. Not public: only for a client on this machine that no proxy stands before."""
    peer = request.client.host if request.client else ""
    if peer not in LOOPBACK or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        raise NotFoundException
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
