"""What browsers report of the network: calls at first open, and calls that the content security policy blocked.

Promise `network.declared`: the manifest below is the whole list. A browser tells once, at its first open, which addresses
were called, as paths of this host or as the name of another; nothing about who or what is asked, and none of it is stored
but the counts. A report that does not come from a page of ours is answered and not counted: nobody else makes evidence.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.params import JSONBody

from kept.api.bodies import Body, problems
from kept.api.given import GivenRuntime
from kept.catalog import Intake, not_stored
from kept.edge import RateLimit, is_opening

_REPORTS = RateLimit(per_minute=60, burst=60)

LARGEST_REPORT = 1024 * 1024
"""Bytes; as much as the addresses that a report may hold."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A call that the app may make, and what for."""

    prefix: str
    purpose: str


MANIFEST = (
    Declared("/static/", "the pages' own files"),
    Declared("/media/", "clips and posters"),
    Declared("/cards", "the next clips"),
    Declared("/uploads", "a clip that is being uploaded"),
    Declared("/clips/", "a clip's state, and a fresh address for it"),
    Declared("/api/v1/", "the service itself"),
    Declared("/manifest.webmanifest", "installing the app"),
    Declared("/sw.js", "pages without a connection"),
    Declared("/favicon.ico", "the browser's own wish"),
)
"""Every call of the app, by path on this host; there is no other host."""


class FirstOpen(Intake):
    """What a browser called when the app was first opened."""

    calls: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=2048)]],
        msgspec.Meta(max_length=500),
        not_stored("held against the manifest and counted"),
    ]
    ticket: Annotated[
        str, msgspec.Meta(max_length=200), not_stored("shows that the report comes from a page of ours")
    ] = ""


@post(
    "/api/v1/network/first-open",
    status_code=204,
    summary="Report the calls of a first open",
    tags=["promises"],
    request_max_body_size=LARGEST_REPORT,
    dto=Body[FirstOpen],
    responses=problems(413, 422, 429),
)
async def first_open(
    data: JSONBody[FirstOpen], request: Request[object, object, State], runtime: GivenRuntime
) -> None:
    """Takes the addresses that a browser called, and counts those outside the manifest."""
    _REPORTS.take(request)
    if not is_opening(runtime, data.ticket):
        runtime.tallies.count("network.strangers")
        return
    undeclared = sum(not is_declared(call, request.headers.get("host", "")) for call in data.calls)
    runtime.tallies.count("network.openings")
    runtime.tallies.count("network.calls", len(data.calls))
    runtime.tallies.count("network.undeclared", undeclared)


@post("/csp-report", status_code=204, include_in_schema=False)
async def blocked(request: Request[object, object, State], runtime: GivenRuntime) -> Response[None]:
    """Counts a call that a browser blocked; reads nothing of the report."""
    _REPORTS.take(request)
    runtime.tallies.count("network.blocked")
    return Response(None, status_code=204)


def is_declared(call: str, host: str) -> bool:
    """Whether an address, as the browser saw it, is in the manifest. A page itself is what the person asked for."""
    parts = urlsplit(call)
    if parts.scheme in ("data", "blob"):
        return True
    if parts.netloc and parts.netloc != host:
        return False
    return any(parts.path.startswith(one.prefix) for one in MANIFEST)
