"""How an error becomes an answer for a program: problem details (RFC 9457), mapped once from the error's kind."""

from http import HTTPStatus

import msgspec
import structlog
from litestar import Response
from litestar.connection import Request
from litestar.datastructures import State
from litestar.exceptions import HTTPException, InternalServerException, ValidationException

from kept.cells import HomeElsewhere
from kept.edge.state import runtime_of
from kept.kit import KeptError, Kind
from kept.policy import Refused

_log = structlog.get_logger()

AnyRequest = Request[object, object, State]

_BROKEN_OFF = "client disconnected prematurely"
"""What the framework says of a body that never ends or is no HTTP; it takes that for a fault of ours."""

BUG = "Something went wrong on our side. Nothing was lost; try again."


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Problem details. `code` is stable; `detail` is for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    origin: str = ""
    """The right door, where this is the wrong one (status 421)."""


def json_problem(request: AnyRequest, error: Exception) -> Response[bytes]:
    """The answer to a program."""
    status, code, detail, headers = explain(request, error)
    origin = str(error.details["origin"]) if isinstance(error, HomeElsewhere) else ""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, origin=origin)
    body = msgspec.json.encode(problem)
    return Response(body, status_code=status, media_type="application/problem+json", headers=headers)


def explain(request: AnyRequest, error: Exception) -> tuple[int, str, str, dict[str, str]]:
    """Status, code, sentence and headers of an error; unexpected ones are logged by type, never by value."""
    if isinstance(error, KeptError):
        if isinstance(error, Refused):
            runtime_of(request).tallies.count(f"refused:{error.band}:{error.action}")
        if error.kind is Kind.BUG:
            _log.error("edge.bug", code=error.code, path=request.url.path)
        headers = {"www-authenticate": "Bearer"} if error.kind is Kind.UNAUTHENTICATED else {}
        if error.kind.may_pass:
            headers["retry-after"] = str(int(error.details.get("retry_after", 5)))
        return error.kind.value, error.code, error.public, headers
    if isinstance(error, InternalServerException) and error.detail == _BROKEN_OFF:
        return 400, "broken_off", "The body of this request broke off, or can't be read.", {}
    if isinstance(error, HTTPException):
        headers = {key.lower(): value for key, value in (error.headers or {}).items()}
        return error.status_code, "http", _plain(error), headers
    _log.error("edge.unexpected", error=type(error).__name__, path=request.url.path, exc_info=error)
    return 500, "bug", BUG, {}


def status_of(error: KeptError) -> int:
    """The HTTP status of an expected error."""
    return error.kind.value


def _plain(error: HTTPException) -> str:
    """A sentence; never the framework's own, which repeats the whole address, with what stands in its query."""
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        wrong = ", ".join(f"“{one.get('key', '')}” ({one.get('message', '')})" for one in error.extra)
        return f"Something in this request can't be read: {wrong}."
    phrases = {
        404: "There is nothing here.",
        405: "This address doesn't take that method.",
        413: "That is more than we take at once.",
    }
    return phrases.get(error.status_code, HTTPStatus(error.status_code).phrase + ".")
