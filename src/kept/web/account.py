"""The account of whoever is signed in: settings, devices, passkeys, language and look."""

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency
from litestar.params import FromPath

from kept.accounts import (
    COUNTRIES,
    BadTicket,
    NoSuchPasskey,
    PasskeyRefused,
    Session,
    add_passkey,
    begin_another,
    device_of,
    finish_making,
    is_phone,
    overview,
    passkeys_of,
    remove_passkey,
    revoke,
    revoke_others,
    sessions_of,
    set_language,
)
from kept.catalog import Intake, feeds, not_stored
from kept.edge import (
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    Asker,
    forget_cookie,
    form_of,
    kept_cookie,
    private_cookie,
    require_own_page,
    shell_of,
)
from kept.edge.answers import json_text, lead_on, page
from kept.edge.passkeys import PASSKEY, SECONDS, relying_party
from kept.look import pages, paths
from kept.look.views import DocumentLink, Nav, PasskeyView, SessionsView, SessionView, SettingsView, Theme
from kept.look.words import LANGUAGES
from kept.policy import Action, Mailbox, Relation, can
from kept.runtime import Runtime
from kept.social import may_have_profile, privacy_of
from kept.terms import required_for
from kept.web.checkup import security_view

AnyRequest = Request[Any, Any, State]

_YEAR = 365 * 86_400


class Preferences(Intake):
    """How pages look, and in which language."""

    language: Annotated[str, feeds("account.language")] = ""
    theme: Annotated[str, not_stored("kept by the browser, in a cookie")] = ""


class NewPasskeyForm(Intake):
    """A passkey that the browser made, as JSON."""

    credential: Annotated[str, feeds("credential_passkey.public_key")] = ""


class SettingsController(Controller):
    """The account and its settings."""

    path = paths.SETTINGS
    include_in_schema = False
    request_max_body_size = 64 * 1024

    @get()
    async def settings(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """Everything about the account on one page."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.SETTINGS}")
        return page(pages.render_settings(await _settings(request, runtime, asker, asker.session)))

    @post("/preferences")
    async def prefer(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """Language and look, kept in this browser; the language with the account, too."""
        require_own_page(request)
        form = await form_of(request, Preferences)
        cookies = []
        if form.language in LANGUAGES:
            cookies.append(_choice(LANGUAGE_COOKIE, form.language))
            if asker.session is not None:
                async with asker.session.cell.begin() as tx:
                    await set_language(tx, asker.session, form.language)
        if form.theme in tuple(Theme):
            cookies.append(_choice(THEME_COOKIE, form.theme))
        return lead_on(paths.SETTINGS, cookies=cookies)

    @get("/sessions")
    async def sessions(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """Where the member is signed in, this device first."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.SESSIONS}")
        mine = asker.session
        listed = [
            SessionView(
                session_id=str(one.session_id),
                name=one.name,
                device="phone" if is_phone(one.name) else "laptop",
                region=_region(runtime, mine),
                started_at=one.signed_in_at,
                seen_at=one.last_seen_at,
                current=one.session_id == mine.session_id,
            )
            for one in await sessions_of(mine.cell, mine.member_id)
        ]
        listed.sort(key=lambda one: not one.current)
        shell = shell_of(request, runtime, asker, active=Nav.ME)
        return page(pages.render_sessions(SessionsView(shell=shell, sessions=tuple(listed))))

    @post("/sessions/others")
    async def end_others(self, asker: NamedDependency[Asker]) -> Response[Any]:
        """Sign out everywhere else."""
        mine = asker.member
        async with mine.cell.begin() as tx:
            await revoke_others(tx, mine)
        return lead_on(paths.SESSIONS)

    @post("/sessions/{session_id:uuid}/end")
    async def end(self, asker: NamedDependency[Asker], session_id: FromPath[UUID]) -> Response[Any]:
        """Sign one device out."""
        mine = asker.member
        async with mine.cell.begin() as tx:
            await revoke(tx, mine, session_id)
        return lead_on(paths.SESSIONS)

    @post("/passkeys/options")
    async def options(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """Options for one more passkey, for the page's module."""
        mine, site = asker.member, relying_party(request, runtime.settings)
        if site is None:
            raise PasskeyRefused
        begun = await begin_another(runtime.accounts.tickets, site, mine, now=runtime.clock.now())
        kept = private_cookie(runtime.settings, PASSKEY, begun.ticket, seconds=SECONDS)
        return json_text(begun.options, cookies=[kept])

    @post("/passkeys")
    async def add(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """Add the passkey that the browser made."""
        mine, site, now = asker.member, relying_party(request, runtime.settings), runtime.clock.now()
        form = await form_of(request, NewPasskeyForm)
        ticket = kept_cookie(request, runtime.settings, PASSKEY)
        if site is None or ticket is None:
            raise BadTicket
        key = finish_making(runtime.accounts.tickets, site, ticket, form.credential, now=now)
        label = device_of(request.headers.get("user-agent", ""))
        async with mine.cell.begin() as tx:
            await add_passkey(tx, mine, key, label=label, now=now)
        return lead_on(paths.SETTINGS, cookies=[forget_cookie(runtime.settings, PASSKEY)])

    @post("/passkeys/{passkey_id:str}/remove")
    async def remove(self, asker: NamedDependency[Asker], passkey_id: FromPath[str]) -> Response[Any]:
        """Take one passkey away."""
        mine = asker.member
        try:
            credential_id = base64.b64decode(passkey_id + "=" * (-len(passkey_id) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise NoSuchPasskey from None
        async with mine.cell.begin() as tx:
            await remove_passkey(tx, mine, credential_id)
        return lead_on(paths.SETTINGS)


async def _settings(request: AnyRequest, runtime: Runtime, asker: Asker, mine: Session) -> SettingsView:
    account = await overview(runtime.accounts, mine)
    shell = shell_of(request, runtime, asker, active=Nav.ME)
    documents = required_for(mine.band, language=shell.language, on=runtime.clock.now().date())
    offered = relying_party(request, runtime.settings) is not None
    keys = await passkeys_of(mine.cell, mine.member_id)
    chosen = await privacy_of(mine.cell, mine.member_id) if may_have_profile(mine.band) else None
    return SettingsView(
        shell=shell,
        handle=mine.handle,
        region=_region(runtime, mine),
        country=COUNTRIES[mine.country],
        joined_at=account.joined_at,
        sessions=account.sessions,
        protected=(await security_view(request, runtime, asker, mine)).done,
        email=account.email,
        passkeys=tuple(
            PasskeyView(passkey_id=_text(key.credential_id), name=key.label, added_at=key.added_at) for key in keys
        ),
        passkey_options=f"{paths.PASSKEYS}/options" if offered else "",
        private=None if chosen is None else chosen.private,
        unlisted=chosen is not None and chosen.unlisted,
        hides_likes=chosen is not None and chosen.hides_likes,
        sees_no_likes=chosen is not None and chosen.sees_no_likes,
        messages=can(mine.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN)).allowed,
        documents=tuple(
            DocumentLink(
                title=one.title,
                href=f"/documents/{one.kind}",
                version=one.version,
                accepted_at=yes.at if (yes := account.agreed.get(one.kind)) and yes.version == one.version else None,
            )
            for one in documents
        ),
    )


def _region(runtime: Runtime, mine: Session) -> str:
    """The name of the region where the member's private data lives."""
    return runtime.settings.regions[mine.cell.region].label or mine.cell.region


def _choice(name: str, value: str) -> Cookie:
    """A choice about pages, kept by the browser for a year; says nothing about anybody."""
    return Cookie(key=name, value=value, max_age=_YEAR, httponly=True, samesite="lax")


def _text(credential_id: bytes) -> str:
    return base64.urlsafe_b64encode(credential_id).rstrip(b"=").decode()
