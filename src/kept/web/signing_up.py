"""Signing up, in four steps. What was given so far travels in a sealed cookie; nothing is stored until the last one.

Going back is possible, but not past the age screen: its first answer stays in a cookie of its own for a day.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency

from kept.accounts import (
    COUNTRIES,
    BadBirthDate,
    BadTicket,
    Newcomer,
    agree,
    answer,
    begin_newcomer,
    choose,
    country_of,
    device_of,
    email_of,
    finish_making,
    free_handle,
    may_give_email,
    sign_up,
)
from kept.cells import NameTaken
from kept.edge import (
    Asker,
    RateLimit,
    forget_cookie,
    form_of,
    kept_cookie,
    known_devices,
    private_cookie,
    refusals_counted,
    require_offered,
    require_own_page,
    session_cookies,
    shell_of,
)
from kept.edge.answers import json_text, lead_on, page
from kept.edge.passkeys import relying_party
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import Choice, DocumentLink, SignUpStep, SignUpView
from kept.policy import AgeBand, Standing
from kept.runtime import Runtime
from kept.terms import Document, NotCurrentTerms, required_for
from kept.web.forms import FIELDS, STEP_OF, AccountStep, AgreeStep, BirthStep, PlaceStep
from kept.web.progress import KEPT_FOR, Progress, note_of, read_progress, step_before, step_to_show

AnyRequest = Request[Any, Any, State]

PROGRESS, AGE, PASSKEY = "sign-up", "age", "passkey"
"""Names of cookies."""
_DAY = 86_400
_STEPS = RateLimit(per_minute=120, burst=400)

class SignUpController(Controller):
    """Signing up."""

    path = paths.SIGN_UP
    include_in_schema = False
    request_max_body_size = 64 * 1024

    @get()
    async def show(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """The step that is next, or the earlier one that `?step=` names."""
        if asker.session is not None:
            due = asker.actor.standing is Standing.TERMS_DUE
            return page(pages.render_sign_up(_asking_again(request, runtime, asker))) if due else lead_on(paths.HOME)
        progress = _progress(request, runtime)
        step = step_to_show(progress, request.query_params.get("step", ""))
        values = {} if progress is None else {"country": progress.country, "handle": progress.handle, "email": progress.email}
        return page(pages.render_sign_up(_view(request, runtime, step, progress, values)))

    @post()
    async def take(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """Take one step, and lead on to the next; or show the form again, with what was wrong beside its field."""
        require_own_page(request)
        if asker.session is not None:
            return await _agree_again(request, runtime, asker)
        _STEPS.take(request)
        said = {key: str(value) for key, value in (await request.form()).items()}
        progress = _progress(request, runtime)
        step = said.get("step", "")
        try:
            if step == SignUpStep.BIRTH:
                return await _birth(request, runtime)
            if progress is None or step not in tuple(SignUpStep):
                return lead_on(paths.SIGN_UP)
            return await _TAKE[SignUpStep(step)](request, runtime, progress)
        except KeptError as error:
            if error.code not in FIELDS:
                raise
            return _again(request, runtime, progress, said, error)

    @post("/passkey")
    async def options(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> Response[Any]:
        """Options for a new passkey, for the page's module; the handle is looked at first, so that none is made in vain."""
        require_offered(request)
        require_own_page(request)
        _STEPS.take(request)
        form = await form_of(request, AccountStep)
        site = relying_party(request, runtime.settings)
        now = runtime.clock.now()
        if site is None or _progress(request, runtime) is None:
            raise BadTicket
        handle = await free_handle(runtime.accounts, form.handle, now=now)
        begun = begin_newcomer(runtime.accounts.tickets, site, handle, now=now)
        kept = private_cookie(runtime.settings, PASSKEY, begun.ticket, seconds=600)
        return json_text(begun.options, cookies=[kept])


async def _birth(request: AnyRequest, runtime: Runtime) -> Response[Any]:
    form = await form_of(request, BirthStep)
    try:
        born = date(int(form.birth_year), int(form.birth_month), int(form.birth_day))
    except (ValueError, OverflowError):
        raise BadBirthDate from None
    settings, now = runtime.settings, runtime.clock.now()
    first = answer(runtime.accounts.tickets, kept_cookie(request, settings, AGE), born, now=now)
    return _on(runtime, Progress(born.isoformat()), private_cookie(settings, AGE, first, seconds=_DAY))


async def _place(request: AnyRequest, runtime: Runtime, progress: Progress) -> Response[Any]:
    form = await form_of(request, PlaceStep)
    with refusals_counted(runtime, form.country):
        country = country_of(form.country, refused=runtime.settings.availability.refused_countries)
    runtime.cells.require_home_here(country)
    return _on(runtime, msgspec.structs.replace(progress, country=country))


async def _account(request: AnyRequest, runtime: Runtime, progress: Progress) -> Response[Any]:
    form = await form_of(request, AccountStep)
    accounts, settings, now = runtime.accounts, runtime.settings, runtime.clock.now()
    band = progress.band(now)
    handle = await free_handle(accounts, form.handle, now=now)
    email = email_of(form.email) if form.email and may_give_email(band) else ""
    hashed, passkey = "", None
    site = relying_party(request, settings)
    if form.credential and site is not None:
        ticket = kept_cookie(request, settings, PASSKEY) or ""
        passkey = note_of(finish_making(accounts.tickets, site, ticket, form.credential, now=now))
    else:
        hashed = (await choose(accounts, form.password, handle=handle, email=email)).hash
    return _on(runtime, msgspec.structs.replace(progress, handle=handle, email=email, hash=hashed, passkey=passkey))


async def _agree(request: AnyRequest, runtime: Runtime, progress: Progress) -> Response[Any]:
    form = await form_of(request, AgreeStep)
    if progress.reached is not SignUpStep.AGREE or progress.credential is None:
        return lead_on(paths.SIGN_UP)
    newcomer = Newcomer(
        handle=progress.handle,
        birth_date=progress.born,
        country=progress.country,
        credential=progress.credential,
        accepts=form.accept,
        email=progress.email or None,
        language=shell_of(request, runtime).language,
        device=device_of(request.headers.get("user-agent", "")),
        known=known_devices(request, runtime.settings),
    )
    made = await sign_up(runtime.accounts, newcomer, now=runtime.clock.now())
    settings = runtime.settings
    gone = [forget_cookie(settings, name) for name in (PROGRESS, PASSKEY)]
    return lead_on(paths.HOME, cookies=[*session_cookies(settings, made), *gone])


async def _agree_again(request: AnyRequest, runtime: Runtime, asker: Asker) -> Response[Any]:
    """The yes of a member to documents that changed."""
    form = await form_of(request, AgreeStep)
    try:
        async with asker.cell.begin() as tx:
            await agree(runtime.accounts, tx, asker.member, form.accept, now=runtime.clock.now())
    except NotCurrentTerms as error:
        view = _asking_again(request, runtime, asker, {"accept": error.public})
        return page(pages.render_sign_up(view), status=error.kind.value)
    return lead_on(paths.HOME)


_TAKE = {SignUpStep.PLACE: _place, SignUpStep.ACCOUNT: _account, SignUpStep.AGREE: _agree}


def _on(runtime: Runtime, progress: Progress, *cookies: Cookie) -> Response[Any]:
    """Keep what was given, and lead on to the next step."""
    ticket = runtime.accounts.tickets.write(progress, until=runtime.clock.now() + KEPT_FOR)
    seconds = int(KEPT_FOR.total_seconds())
    kept = private_cookie(runtime.settings, PROGRESS, ticket, seconds=seconds)
    return lead_on(paths.SIGN_UP, cookies=[kept, *cookies])


def _again(
    request: AnyRequest, runtime: Runtime, progress: Progress | None, said: Mapping[str, str], error: KeptError
) -> Response[Any]:
    """The form once more, with all that was typed but the password, and the error's sentence beside its field."""
    name = FIELDS[error.code]
    if isinstance(error, NameTaken) and "mail" in error.details["what"]:
        name = "email"
    step = STEP_OF.get(name, SignUpStep(said["step"]))
    values = {"country": progress.country, "handle": progress.handle, "email": progress.email} if progress else {}
    values |= {key: value for key, value in said.items() if key not in ("step", "password", "credential")}
    view = _view(request, runtime, step, progress, values, {name: error.public})
    return page(pages.render_sign_up(view), status=error.kind.value)


def _progress(request: AnyRequest, runtime: Runtime) -> Progress | None:
    kept = kept_cookie(request, runtime.settings, PROGRESS)
    return read_progress(runtime.accounts.tickets, kept, now=runtime.clock.now())


def _asking_again(
    request: AnyRequest, runtime: Runtime, asker: Asker, errors: Mapping[str, str] | None = None
) -> SignUpView:
    """The last step alone, for a member whose yes is due again."""
    shell = shell_of(request, runtime, asker)
    documents = required_for(asker.member.band, language=shell.language, on=shell.now.date())
    return SignUpView(
        shell=shell,
        step=SignUpStep.AGREE,
        errors=errors or {},
        documents=_links(documents),
    )


def _links(documents: Iterable[Document]) -> tuple[DocumentLink, ...]:
    return tuple(
        DocumentLink(title=one.title, href=f"/documents/{one.kind}", version=one.version, summary=one.summary)
        for one in documents
    )


def _view(
    request: AnyRequest,
    runtime: Runtime,
    step: SignUpStep,
    progress: Progress | None,
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
) -> SignUpView:
    shell, now = shell_of(request, runtime), runtime.clock.now()
    back = step_before(step)
    band = progress.band(now) if progress else AgeBand.ADULT  # the first step shows neither
    countries = sorted(COUNTRIES.items(), key=lambda one: one[1])
    return SignUpView(
        shell=shell,
        step=step,
        values=values,
        errors=errors or {},
        countries=tuple(Choice(value=code, text=name) for code, name in countries) if step is SignUpStep.PLACE else (),
        documents=_links(required_for(band, language=shell.language, on=now.date())),
        passkey_options=f"{paths.SIGN_UP}/passkey" if relying_party(request, runtime.settings) else "",
        email=may_give_email(band),
        back=f"{paths.SIGN_UP}?step={back}" if back else "",
    )
