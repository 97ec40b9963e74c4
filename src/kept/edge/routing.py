"""Promise `residency.routing`: what reaches the wrong door is led to the right one, or refused; it is counted either way.

A browser that asks for a page goes on at its home region's door (RFC 9110: 307 keeps the method, 303 leads a form to the
page that asks anew). Nothing that was typed, and no credential, goes along: whoever arrives there signs in there.
"""

from urllib.parse import urlsplit

from litestar import Response

from kept.cells import HomeElsewhere
from kept.edge.asking import SAFE
from kept.edge.errors import AnyRequest
from kept.edge.state import runtime_of
from kept.look import paths

_ASKS_ANEW = (paths.SIGN_IN, paths.SIGN_UP)
"""Forms that begin with a page which any region shows to a visitor."""


def led_elsewhere(request: AnyRequest, error: HomeElsewhere, *, wants_page: bool) -> Response[bytes] | None:
    """Leads a browser to the right door; None where the request must be refused. Counts both."""
    runtime = runtime_of(request)
    here = next(iter(runtime.cells)).name
    place = _place(request) if wants_page else None
    runtime.tallies.routed(here, str(error.details["cell"]), "refused" if place is None else "forwarded")
    if place is None:
        return None
    status = 307 if request.method in SAFE else 303
    headers = {"location": f"{error.details['origin']}{place}", "cache-control": "no-store"}
    return Response(b"", status_code=status, headers=headers)


def _place(request: AnyRequest) -> str | None:
    """Where a browser goes on over there; None for a form that would have to be sent again."""
    if request.method in SAFE:
        parts = urlsplit(str(request.url))
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return next((path for path in _ASKS_ANEW if request.url.path.startswith(path)), None)
