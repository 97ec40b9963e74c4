"""Protecting one's account, for people: the check-up, codes from an app, recovery codes, the password, alerts."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from kept.accounts import (
    SHORTEST,
    SHORTEST_ALONE,
    Beginning,
    Held,
    Session,
    begin_second_factor,
    choose_another,
    disown,
    held_by,
    own_up,
    renew_recovery_codes,
    resume_second_factor,
    revoke_others,
    set_password,
    turn_off,
    turn_on,
)
from kept.catalog import Intake, feeds, not_stored
from kept.edge import Asker, form_of, require_own_page, shell_of
from kept.edge.answers import lead_on, page
from kept.edge.passkeys import ask_for_passkey, relying_party
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import CodesView, Nav, PasswordView, RecoveryCodesView, SetUpView
from kept.runtime import Runtime
from kept.web.checkup import security_view
from kept.web.proving import prove

AnyRequest = Request[Any, Any, State]

_CHECKED = "checked against its hash, then forgotten"
_AT = {"wrong_password": "password", "too_many_attempts": "password", "too_busy": "password", "wrong_code": "code"}
"""Beside which field an error's sentence stands; other errors have a page of their own."""


class SetUpForm(Intake):
    """A first code of an authenticator app, and the password."""

    ticket: Annotated[str, feeds("second_factor.secret")] = ""
    code: Annotated[str, feeds("second_factor.last_step")] = ""
    password: Annotated[str, not_stored(_CHECKED)] = ""


class BothForm(Intake):
    """Showing again who one is with password and code."""

    password: Annotated[str, not_stored(_CHECKED)] = ""
    code: Annotated[str, not_stored("checked, then forgotten")] = ""


class PasswordForm(Intake):
    """A new password, and the old one or a passkey's answer."""

    new_password: Annotated[str, feeds("credential_password.hash")] = ""
    end_others: Annotated[str, not_stored("decides whether other sessions end")] = ""
    password: Annotated[str, not_stored(_CHECKED)] = ""
    credential: Annotated[str, not_stored("checked against the passkey's public half, then forgotten")] = ""


class SecurityPages(Controller):
    """Settings: security."""

    path = paths.SECURITY
    include_in_schema = False
    request_max_body_size = 64 * 1024

    @get()
    async def show(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """The check-up."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.SECURITY}")
        return page(pages.render_security(await security_view(request, runtime, asker, asker.session)))

    @post("/alerts/{alert_id:uuid}/mine")
    async def mine(self, request: AnyRequest, asker: NamedDependency[Asker], alert_id: FromPath[UUID]) -> Response[Any]:
        """It was me."""
        require_own_page(request)
        member = asker.member
        async with member.cell.begin() as tx:
            await own_up(tx, member, alert_id)
        return lead_on(paths.SECURITY)

    @post("/alerts/{alert_id:uuid}/not-mine")
    async def not_mine(
        self, request: AnyRequest, asker: NamedDependency[Asker], alert_id: FromPath[UUID]
    ) -> Response[Any]:
        """It wasn't me: that session ends, and the check-up shows what else to do."""
        require_own_page(request)
        member = asker.member
        async with member.cell.begin() as tx:
            await disown(tx, member, alert_id)
        return lead_on(f"{paths.SECURITY}?disowned=yes")

    @get("/codes")
    async def codes(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """Setting up an app; or, once that is done, what is left and how to turn it off."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.CODES}")
        now = runtime.clock.now()
        held = await held_by(asker.session, now=now)
        if held.second:
            return page(pages.render_codes(_codes(request, runtime, asker, held)))
        begun = await begin_second_factor(runtime.accounts, asker.session, now=now)
        return page(pages.render_set_up(_set_up(request, runtime, asker, begun)))

    @post("/codes")
    async def on(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """Ask for codes from now on, and show the recovery codes."""
        require_own_page(request)
        mine, now = asker.member, runtime.clock.now()
        form = await form_of(request, SetUpForm)
        try:
            made = await turn_on(runtime.accounts, mine, form.ticket, password=form.password, code=form.code, now=now)
        except KeptError as error:
            if error.code not in _AT:
                raise
            again = resume_second_factor(runtime.accounts, mine, form.ticket, now=now)
            view = _set_up(request, runtime, asker, again, error.public, _AT[error.code])
            return page(pages.render_set_up(view), status=error.kind.value)
        return _shown(request, runtime, asker, made, fresh=True)

    @post("/codes/renew")
    async def renew(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """New recovery codes."""
        require_own_page(request)
        mine, form = asker.member, await form_of(request, BothForm)
        try:
            made = await renew_recovery_codes(
                runtime.accounts, mine, password=form.password, code=form.code, now=runtime.clock.now()
            )
        except KeptError as error:
            return await _codes_again(request, runtime, asker, error, "renew")
        return _shown(request, runtime, asker, made, fresh=False)

    @post("/codes/off")
    async def off(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """Ask for no codes any more."""
        require_own_page(request)
        mine, form = asker.member, await form_of(request, BothForm)
        try:
            await turn_off(runtime.accounts, mine, password=form.password, code=form.code, now=runtime.clock.now())
        except KeptError as error:
            return await _codes_again(request, runtime, asker, error, "off")
        return lead_on(paths.SECURITY)

    @post("/passkey-options")
    async def options(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """A challenge for a passkey, for the page's module."""
        require_own_page(request)
        _ = asker.member
        await form_of(request, PasswordForm)
        return ask_for_passkey(request, runtime)

    @get("/password")
    async def password(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """The form for a new password."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.PASSWORD}")
        return page(pages.render_password(await _password(request, runtime, asker, asker.session)))

    @post("/password")
    async def change(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """Put another password in place of the old one; other sessions end if that is wanted."""
        require_own_page(request)
        mine, form, now = asker.member, await form_of(request, PasswordForm), runtime.clock.now()
        try:
            await prove(request, runtime, mine, form.password, form.credential)
            chosen = await choose_another(runtime.accounts, mine, form.new_password)
        except KeptError as error:
            at = "new_password" if error.code.startswith("password_") else "passkey" if form.credential else "password"
            view = await _password(request, runtime, asker, mine, error.public, at)
            return page(pages.render_password(view), status=error.kind.value)
        async with mine.cell.begin() as tx:
            await set_password(tx, mine, chosen, now=now)
            if form.end_others:
                await revoke_others(tx, mine)
        return lead_on(paths.SECURITY)


def _set_up(
    request: AnyRequest, runtime: Runtime, asker: Asker, begun: Beginning, error: str = "", error_at: str = ""
) -> SetUpView:
    shell = shell_of(request, runtime, asker, active=Nav.ME)
    return SetUpView(
        shell=shell, uri=begun.uri, secret=begun.secret, ticket=begun.ticket, error=error, error_at=error_at
    )


def _codes(
    request: AnyRequest, runtime: Runtime, asker: Asker, held: Held, error: str = "", error_at: str = ""
) -> CodesView:
    shell = shell_of(request, runtime, asker, active=Nav.ME)
    return CodesView(shell=shell, left=held.codes, error=error, error_at=error_at)


async def _codes_again(
    request: AnyRequest, runtime: Runtime, asker: Asker, error: KeptError, form: str
) -> Response[Any]:
    """The page once more, with what is wrong beside its field. Raises the error where there is no place for it."""
    at = _AT | {"password_too_short": "password"}
    if error.code not in at:
        raise error
    held = await held_by(asker.member, now=runtime.clock.now())
    view = _codes(request, runtime, asker, held, error.public, f"{form}_{at[error.code]}")
    return page(pages.render_codes(view), status=error.kind.value)


def _shown(request: AnyRequest, runtime: Runtime, asker: Asker, codes: Any, *, fresh: bool) -> Response[Any]:
    """Recovery codes, on a page that can't be had again."""
    shell = shell_of(request, runtime, asker, active=Nav.ME)
    view = RecoveryCodesView(
        shell=shell, codes=tuple(codes), site=runtime.settings.site.name, handle=asker.member.handle, fresh=fresh
    )
    return page(pages.render_recovery_codes(view))


async def _password(
    request: AnyRequest, runtime: Runtime, asker: Asker, mine: Session, error: str = "", error_at: str = ""
) -> PasswordView:
    held = await held_by(mine, now=runtime.clock.now())
    by_passkey = held.passkeys and relying_party(request, runtime.settings) is not None
    return PasswordView(
        shell=shell_of(request, runtime, asker, active=Nav.ME),
        has_password=held.password,
        shortest=SHORTEST if held.second else SHORTEST_ALONE,
        passkey_options=paths.SECURITY_OPTIONS if by_passkey else "",
        error=error,
        error_at=error_at,
    )
