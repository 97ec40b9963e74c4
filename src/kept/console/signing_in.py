"""Signing in to the console, and a colleague's first passkey."""

from contextlib import suppress
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.accounts import BadPasskey, BadTicket, PasskeyRefused, device_of
from kept.catalog import Intake, feeds, not_stored
from kept.console.duty import COOKIE, duty_cookie
from kept.edge import (
    FOR_EVERY_VERSION,
    RateLimit,
    forget_cookie,
    form_of,
    kept_cookie,
    private_cookie,
    require_own_page,
    shell_of,
)
from kept.edge.answers import json_text, lead_on, own_path, page
from kept.edge.passkeys import SECONDS, ask_for_passkey, relying_party
from kept.kit import KeptError
from kept.look import console_pages, paths
from kept.look.views.console import ConsoleSignInView, JoinView
from kept.runtime import Runtime
from kept.staff import NotOnDuty, begin_joining, finish_joining, sign_in, taken_up
from kept.staff import sign_out as end_session
from kept.staff.signing_in import begin_session

AnyRequest = Request[Any, Any, State]

QUESTION = "console-passkey"
"""The cookie that keeps a challenge until its answer."""
_TRIES = RateLimit(per_minute=30, burst=60)


class ConsoleSignInForm(Intake):
    """A passkey's answer, as JSON."""

    credential: Annotated[str, not_stored("checked against the passkey's public half, then forgotten")] = ""
    next: Annotated[str, not_stored("where to go afterwards")] = ""


class JoinForm(Intake):
    """An invitation, and the passkey that a device made."""

    code: Annotated[str, not_stored("checked against its hash, which is deleted with its use")] = ""
    credential: Annotated[str, feeds("staff_passkey.public_key")] = ""


class SignInPages(Controller):
    """By passkey, and in no other way."""

    path = "/sign-in"

    @get()
    async def show(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """The page. Who is on duty already goes on."""
        wanted = request.query_params.get("next", "")
        token = kept_cookie(request, runtime.settings, COOKIE)
        with suppress(NotOnDuty):  # then this is the page to be on
            if token is not None:
                await taken_up(runtime.cells.directory, token, now=runtime.clock.now())
                return lead_on(_inside(wanted))
        return page(console_pages.render_console_sign_in(_view(request, runtime, wanted)))

    @post("/options")
    async def options(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """A challenge, for the page's module."""
        require_own_page(request)
        _TRIES.take(request)
        await form_of(request, ConsoleSignInForm)
        return ask_for_passkey(request, runtime, cookie=QUESTION)

    @post()
    async def by_passkey(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """Check the answer, and lead on."""
        require_own_page(request)
        _TRIES.take(request)
        form = await form_of(request, ConsoleSignInForm)
        site, ticket = relying_party(request, runtime.settings), kept_cookie(request, runtime.settings, QUESTION)
        try:
            if site is None:
                raise PasskeyRefused
            if ticket is None:
                raise BadTicket
            token = await sign_in(
                runtime.cells.directory,
                runtime.accounts.tickets,
                site,
                ticket,
                form.credential,
                device=device_of(request.headers.get("user-agent", "")),
                now=runtime.clock.now(),
            )
        except (BadTicket, PasskeyRefused) as error:
            html = console_pages.render_console_sign_in(_view(request, runtime, form.next, error.public))
            return page(html, status=error.kind.value)
        cookies = [duty_cookie(runtime, token), forget_cookie(runtime.settings, QUESTION)]
        return lead_on(_inside(form.next), cookies=cookies)


class JoinPages(Controller):
    """The first passkey, with an invitation."""

    path = "/join"

    @get()
    async def show(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """Who is invited; or why the invitation is not good."""
        return await _join(request, runtime, request.query_params.get("code", ""))

    @post("/options")
    async def options(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """Options for the passkey, for the page's module."""
        require_own_page(request)
        _TRIES.take(request)
        form, site = await form_of(request, JoinForm), relying_party(request, runtime.settings)
        if site is None:
            raise BadPasskey
        _, begun = await begin_joining(
            runtime.cells.directory, runtime.accounts.tickets, site, form.code, now=runtime.clock.now()
        )
        cookie = private_cookie(runtime.settings, QUESTION, begun.ticket, seconds=SECONDS)
        return json_text(begun.options, cookies=[cookie])

    @post()
    async def join(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """Store the passkey, and sign in."""
        require_own_page(request)
        _TRIES.take(request)
        form, now = await form_of(request, JoinForm), runtime.clock.now()
        site, ticket = relying_party(request, runtime.settings), kept_cookie(request, runtime.settings, QUESTION)
        device = device_of(request.headers.get("user-agent", ""))
        directory = runtime.cells.directory
        try:
            if site is None or ticket is None:
                raise BadTicket
            staff_id = await finish_joining(
                directory, runtime.accounts.tickets, site, form.code, ticket, form.credential, label=device, now=now
            )
        except KeptError as error:
            return await _join(request, runtime, form.code, error)
        token = await begin_session(directory, staff_id, device=device, now=now)
        return lead_on(paths.CONSOLE, cookies=[duty_cookie(runtime, token), forget_cookie(runtime.settings, QUESTION)])


@post("/sign-out", opt=FOR_EVERY_VERSION)
async def sign_out(request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
    """End the session of this browser."""
    require_own_page(request)
    token, now = kept_cookie(request, runtime.settings, COOKIE), runtime.clock.now()
    directory = runtime.cells.directory
    with suppress(NotOnDuty):  # a session that ended by itself needs no ending
        if token is not None:
            await end_session(directory, await taken_up(directory, token, now=now), now=now)
    return lead_on(paths.CONSOLE_SIGN_IN, cookies=[duty_cookie(runtime, "")])


def _inside(wanted: str) -> str:
    path = own_path(wanted)
    return path if path.startswith(paths.CONSOLE) else paths.CONSOLE


def _view(request: AnyRequest, runtime: Runtime, wanted: str, error: str = "") -> ConsoleSignInView:
    options = f"{paths.CONSOLE_SIGN_IN}/options" if relying_party(request, runtime.settings) else ""
    return ConsoleSignInView(shell=shell_of(request, runtime), options=options, next=wanted, error=error)


async def _join(request: AnyRequest, runtime: Runtime, code: str, wrong: KeptError | None = None) -> Response[Any]:
    shell, site = shell_of(request, runtime), relying_party(request, runtime.settings)
    try:
        if site is None:
            raise BadPasskey
        directory, tickets = runtime.cells.directory, runtime.accounts.tickets
        who, _ = await begin_joining(directory, tickets, site, code, now=runtime.clock.now())
    except KeptError as error:
        shown = wrong or error
        return page(console_pages.render_join(JoinView(shell=shell, error=shown.public)), status=shown.kind.value)
    view = JoinView(
        shell=shell,
        name=who.name,
        code=code,
        options=f"{paths.CONSOLE_JOIN}/options",
        error=wrong.public if wrong else "",
    )
    return page(console_pages.render_join(view), status=wrong.kind.value if wrong else 200)
