"""Showing again who one is, before what a stolen session must not be enough for: with the password, or with a passkey."""

from typing import Any

from litestar import Request
from litestar.datastructures import State

from kept.accounts import BadTicket, PasskeyRefused, Session, confirm, confirm_by_passkey
from kept.edge import kept_cookie
from kept.edge.passkeys import PASSKEY, relying_party
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]


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
