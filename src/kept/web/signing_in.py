"""Signing in and out: by password with a plain form, and a code if one is asked for; by passkey with a module's help."""

from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import quote

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.accounts import (
    HALFWAY,
    BadTicket,
    Halfway,
    NoSuchSession,
    PasskeyRefused,
    SignedIn,
    device_of,
    finish_sign_in,
    revoke,
    sign_in,
    sign_in_with_passkey,
)
from kept.catalog import Intake, not_stored
from kept.edge import (
    FOR_EVERY_VERSION,
    Asker,
    RateLimit,
    clear_cookie,
    forget_cookie,
    form_of,
    kept_cookie,
    known_devices,
    private_cookie,
    require_offered,
    require_own_page,
    session_cookies,
    shell_of,
)
from kept.edge.answers import lead_on, own_path, page
from kept.edge.passkeys import PASSKEY, ask_for_passkey, relying_party
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import CodeView, SignInView
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]

_TRIES = RateLimit(per_minute=60, burst=200)
HALF = "half"
"""The cookie that keeps a right password until its code."""
_SHOWN = ("wrong_login", "too_many_attempts", "too_busy", "passkey_refused", "bad_ticket", "wrong_code")
"""Errors whose sentence stands on the form; others have a page of their own."""


class SignInForm(Intake):
    """A name and its password."""

    login: Annotated[str, not_stored("looked up by its keyed hash, then forgotten")] = ""
    password: Annotated[str, not_stored("checked against its hash, then forgotten")] = ""
    next: Annotated[str, not_stored("where to go afterwards")] = ""


class PasskeyForm(Intake):
    """A passkey's answer, as JSON."""

    credential: Annotated[str, not_stored("checked against the passkey's public half, then forgotten")] = ""
    next: Annotated[str, not_stored("where to go afterwards")] = ""
    login: Annotated[str, not_stored("not needed with a passkey")] = ""


class CodeForm(Intake):
    """The second step: a code of the app, or a recovery code."""

    code: Annotated[str, not_stored("checked, then forgotten")] = ""
    next: Annotated[str, not_stored("where to go afterwards")] = ""


class SignInController(Controller):
    """Signing in."""

    path = paths.SIGN_IN
    opt = FOR_EVERY_VERSION
    include_in_schema = False
    request_max_body_size = 64 * 1024

    @get()
    async def show(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """The form. Who is signed in already goes where they wanted to."""
        wanted = request.query_params.get("next", "")
        if asker.session is not None:
            return lead_on(own_path(wanted))
        return page(pages.render_sign_in(_view(request, runtime, wanted)))

    @post()
    async def by_password(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """Check name and password, and lead on: to the code, where one is asked for."""
        _admit(request)
        form = await form_of(request, SignInForm)
        try:
            made = await sign_in(
                runtime.accounts, form.login, form.password, **_device(request, runtime), now=runtime.clock.now()
            )
        except KeptError as error:
            return _again(request, runtime, form.next, form.login, error)
        if isinstance(made, Halfway):
            seconds = int(HALFWAY.total_seconds())
            kept = private_cookie(runtime.settings, HALF, made.ticket, seconds=seconds)
            return lead_on(f"{paths.SIGN_IN_CODE}?next={quote(own_path(form.next), safe='/')}", cookies=[kept])
        return _welcome(request, runtime, made, form.next)

    @get("/code")
    async def ask_code(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """The form for the code; without a right password before, the first form."""
        require_offered(request)
        wanted = own_path(request.query_params.get("next", ""))
        if kept_cookie(request, runtime.settings, HALF) is None:
            return lead_on(paths.SIGN_IN)
        return page(pages.render_code(CodeView(shell=shell_of(request, runtime), next=wanted)))

    @post("/code")
    async def by_code(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """Check the code, and lead on; when the ticket is too old, begin again."""
        _admit(request)
        form = await form_of(request, CodeForm)
        ticket = kept_cookie(request, runtime.settings, HALF)
        try:
            if ticket is None:
                raise BadTicket
            made = await finish_sign_in(
                runtime.accounts, ticket, form.code, **_device(request, runtime), now=runtime.clock.now()
            )
        except BadTicket as error:
            return _again(request, runtime, form.next, "", error)
        except KeptError as error:
            if error.code not in _SHOWN:
                raise
            view = CodeView(shell=shell_of(request, runtime), next=form.next, error=error.public)
            return page(pages.render_code(view), status=error.kind.value)
        return _welcome(request, runtime, made, form.next)

    @post("/passkey")
    async def by_passkey(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """Check a passkey's answer, and lead on."""
        _admit(request)
        form = await form_of(request, PasskeyForm)
        site = relying_party(request, runtime.settings)
        ticket = kept_cookie(request, runtime.settings, PASSKEY)
        try:
            if site is None:
                raise PasskeyRefused
            if ticket is None:
                raise BadTicket
            made = await sign_in_with_passkey(
                runtime.accounts,
                site,
                ticket,
                form.credential,
                **_device(request, runtime),
                now=runtime.clock.now(),
            )
        except KeptError as error:
            return _again(request, runtime, form.next, "", error)
        return _welcome(request, runtime, made, form.next)

    @post("/passkey/options")
    async def options(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """A challenge for whatever passkey the device holds, for the page's module."""
        _admit(request)
        await form_of(request, SignInForm)
        return ask_for_passkey(request, runtime)


@post(paths.SIGN_OUT, include_in_schema=False, opt=FOR_EVERY_VERSION)
async def sign_out(runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]) -> Response[Any]:
    """End the session of this browser, and lead to the start."""
    if anybody.session is not None:
        mine = anybody.session
        with suppress(NoSuchSession):  # pressed twice
            async with mine.cell.begin() as tx:
                await revoke(tx, mine, mine.session_id)
    return lead_on(paths.HOME, cookies=[clear_cookie(runtime.settings)])


def _admit(request: AnyRequest) -> None:
    require_offered(request)
    require_own_page(request)
    _TRIES.take(request)


def _device(request: AnyRequest, runtime: Runtime) -> dict[str, str]:
    """What the device is called, and what it remembers."""
    name = device_of(request.headers.get("user-agent", ""))
    return {"device": name, "known": known_devices(request, runtime.settings)}


def _welcome(request: AnyRequest, runtime: Runtime, made: SignedIn, wanted: str) -> Response[Any]:
    settings = runtime.settings
    gone = [forget_cookie(settings, name) for name in (PASSKEY, HALF) if kept_cookie(request, settings, name)]
    return lead_on(own_path(wanted), cookies=[*session_cookies(settings, made), *gone])


def _again(request: AnyRequest, runtime: Runtime, wanted: str, login: str, error: KeptError) -> Response[Any]:
    """The form once more, with the name that was typed. Raises the error itself where the form has no place for it."""
    if error.code not in _SHOWN:
        raise error
    html = pages.render_sign_in(_view(request, runtime, wanted, login, error.public))
    return page(html, status=error.kind.value)


def _view(request: AnyRequest, runtime: Runtime, wanted: str, login: str = "", error: str = "") -> SignInView:
    options = f"{paths.SIGN_IN_PASSKEY}/options" if relying_party(request, runtime.settings) else ""
    return SignInView(
        shell=shell_of(request, runtime), login=login, error=error, next=wanted, passkey_options=options
    )
