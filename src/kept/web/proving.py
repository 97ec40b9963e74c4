"""Showing again who one is, before what a stolen session must not be enough for: with the password, or with a passkey."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import State

from kept.accounts import BadTicket, PasskeyRefused, Session, begin_asking, confirm, confirm_by_passkey
from kept.edge import kept_cookie, private_cookie
from kept.runtime import Runtime
from kept.web.answers import json_text
from kept.web.relying_party import relying_party

AnyRequest = Request[Any, Any, State]

PASSKEY = "passkey"
"""The cookie that keeps a challenge until its answer."""
SECONDS = 600


def ask_for_passkey(request: AnyRequest, runtime: Runtime) -> Response[Any]:
    """A challenge for whatever passkey the device holds, for the page's module. Raises PasskeyRefused."""
    site = relying_party(request, runtime.settings)
    if site is None:
        raise PasskeyRefused
    begun = begin_asking(runtime.accounts.tickets, site, now=runtime.clock.now())
    return json_text(begun.options, cookies=[private_cookie(runtime.settings, PASSKEY, begun.ticket, seconds=SECONDS)])


async def prove(request: AnyRequest, runtime: Runtime, mine: Session, password: str, credential: str) -> None:
    """Check what the form brought: a passkey's answer as JSON, or else the password.

    Raises:
        WrongPassword, TooManyAttempts, TooBusy: with a password.
        BadTicket, PasskeyRefused: with a passkey.
    """
    now = runtime.clock.now()
    if not credential:
        await confirm(runtime.accounts, mine, password, now=now)
        return
    site, ticket = relying_party(request, runtime.settings), kept_cookie(request, runtime.settings, PASSKEY)
    if site is None:
        raise PasskeyRefused
    if ticket is None:
        raise BadTicket
    await confirm_by_passkey(runtime.accounts, mine, site, ticket, credential, now=now)
