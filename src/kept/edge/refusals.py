"""How an error becomes a page for a person: what, why, and what they can do."""

from litestar import MediaType, Response

from kept.edge.asking import SAFE
from kept.edge.errors import AnyRequest, explain
from kept.edge.shell import shell_of
from kept.edge.state import runtime_of
from kept.edge.versions import ClientTooOld
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import ErrorView, Link
from kept.policy import Refused, policies


def html_problem(request: AnyRequest, error: Exception) -> Response[str]:
    """The answer to a person. An expected error says its own sentence; others only what their status means."""
    status, _, detail, headers = explain(request, error)
    view = ErrorView(
        shell=shell_of(request, runtime_of(request)),
        status=status,
        reason=detail if isinstance(error, KeptError) and not isinstance(error, ClientTooOld) else "",
        policy=_policy(error),
        retry_after=int(headers["retry-after"]) if "retry-after" in headers else None,
        reload=_reload(request) if isinstance(error, ClientTooOld) and error.details["own"] else "",
    )
    return Response(pages.render_error(view), status_code=status, media_type=MediaType.HTML, headers=headers)


def _reload(request: AnyRequest) -> str:
    """Where loading anew brings the newest page: the address itself, or the start where a form was sent."""
    return request.url.path if request.method in SAFE else paths.HOME


def _policy(error: Exception) -> Link | None:
    """The policy that decided, by its name, on the page that explains it."""
    if not isinstance(error, Refused) or error.policy is None:
        return None
    policy = policies()[error.policy]
    if error.policy == "account.terms-due":
        return Link(text=policy.title, href=paths.SIGN_UP)
    return Link(text=policy.title, href=f"/trust#{policy.promise}" if policy.promise else "/trust")
