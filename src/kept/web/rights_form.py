"""Asking about one's own data without being signed in, and answering the code that is sent to the address on file.

The answer is the same whether or not there is such an account.
"""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.catalog import Intake, Purpose, feeds, not_stored
from kept.edge import FOR_EVERY_VERSION, Asker, RateLimit, form_of, require_own_page, shell_of
from kept.edge.answers import page
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import FollowView, Nav, RightsFormView, VerifyView
from kept.rights import (
    FIELDS,
    USES,
    BadRequest,
    Channel,
    Claim,
    Kind,
    NoMail,
    WrongCode,
    followed,
    require_mail,
    sends_mail,
    take_in,
    verify,
)
from kept.runtime import Runtime
from kept.terms.words import purposes_in_words, words_in
from kept.web.rights import seen

AnyRequest = Request[Any, Any, State]

_ASKS = RateLimit(per_minute=4, burst=60)
_CODES = RateLimit(per_minute=10, burst=60)


class AskForm(Intake):
    """What somebody asks who is not signed in."""

    kind: Annotated[str, feeds("rights_request.kind")] = "access"
    named: Annotated[str, feeds("rights_matter.said")] = ""
    about: Annotated[str, feeds("rights_request.about")] = ""
    value: Annotated[str, feeds("rights_matter.said")] = ""


class CodeForm(Intake):
    """The code from a letter."""

    request: Annotated[str, not_stored("finds the request")] = ""
    code: Annotated[str, not_stored("compared with its hash, then forgotten")] = ""


class RightsFormPages(Controller):
    """The web form, and the code."""

    path = paths.RIGHTS_FORM
    opt = FOR_EVERY_VERSION
    include_in_schema = False
    request_max_body_size = 64 * 1024

    @get()
    async def show(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
    ) -> Response[Any]:
        """The form; without a mail server, what can be done instead."""
        return page(pages.render_rights_form(_view(request, runtime, anybody, AskForm())))

    @post()
    async def ask(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
    ) -> Response[Any]:
        """Take a request; the page shows the code to follow it by, and asks for the one from the letter."""
        require_own_page(request)
        _ASKS.take(request)
        form, now = await form_of(request, AskForm), runtime.clock.now()
        language = shell_of(request, runtime, anybody).language
        try:
            claim = Claim(_kind(form.kind), Channel.FORM, form.named, form.about, form.value, language=language)
            require_mail(runtime.settings)
            taken = await take_in(runtime, claim, now=now)
        except (BadRequest, NoMail) as error:
            view = _view(request, runtime, anybody, form, error.public)
            return page(pages.render_rights_form(view), status=error.kind.value)
        return await _follow(request, runtime, anybody, taken.request_id, taken.secret)

    @get("/verify")
    async def code(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
    ) -> Response[Any]:
        """The form for a code."""
        shell, number = shell_of(request, runtime, anybody, active=Nav.ME), request.query_params.get("request", "")
        return page(pages.render_verify(VerifyView(shell=shell, request_id=_number(number))))

    @post("/verify")
    async def verify(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
    ) -> Response[Any]:
        """Answer a code; a new one to follow the request by is shown."""
        require_own_page(request)
        _CODES.take(request)
        form, shell = await form_of(request, CodeForm), shell_of(request, runtime, anybody, active=Nav.ME)
        number = _number(form.request)
        try:
            if not number:
                raise WrongCode
            done = await verify(runtime, UUID(number), form.code, now=runtime.clock.now())
        except KeptError as error:
            view = VerifyView(shell=shell, request_id=number, error=error.public)
            return page(pages.render_verify(view), status=error.kind.value)
        return await _follow(request, runtime, anybody, done.request.request_id, done.secret)


async def _follow(
    request: AnyRequest, runtime: Runtime, anybody: Asker, request_id: UUID, secret: str
) -> Response[Any]:
    """The page of a request with the code to follow it by, which is shown this once."""
    shell = shell_of(request, runtime, anybody, active=Nav.ME)
    found = await followed(runtime.cells, request_id, secret)
    shown = await seen(found, shell.language)
    return page(pages.render_follow(FollowView(shell=shell, request=shown, code=f"{request_id}.{secret}", fresh=True)))


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError:
        raise BadRequest(why="choose what you would like") from None


def _number(text: str) -> str:
    """A request's number; empty, if it is none."""
    try:
        return str(UUID(text.strip()))
    except ValueError:
        return ""


def _view(request: AnyRequest, runtime: Runtime, anybody: Asker, form: AskForm, error: str = "") -> RightsFormView:
    shell = shell_of(request, runtime, anybody, active=Nav.ME)
    words = words_in(shell.language)
    return RightsFormView(
        shell=shell,
        open=sends_mail(runtime.settings),
        contact=runtime.settings.site.contact,
        kinds=tuple(Kind),
        fields=FIELDS,
        uses=tuple((one, purposes_in_words(frozenset({Purpose(one)}), words)) for one in USES),
        kind=form.kind,
        named=form.named,
        about=form.about,
        value=form.value,
        error=error,
    )
