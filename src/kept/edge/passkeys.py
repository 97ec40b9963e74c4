"""Passkeys at the door: this site as they know it, and the question whose answer a page's module brings."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response

from kept.accounts import PasskeyRefused, RelyingParty, begin_asking
from kept.edge.answers import json_text
from kept.edge.cookies import private_cookie
from kept.edge.site import origin_of
from kept.kit import Settings
from kept.runtime import Runtime

PASSKEY = "passkey"
"""The cookie that keeps a challenge until its answer."""
SECONDS = 600


def relying_party(request: Request[Any, Any, Any], settings: Settings) -> RelyingParty | None:
    """None where there is no domain: a passkey can't be bound to a bare address (WebAuthn 5.1.2, effective domain)."""
    origin = origin_of(request, settings)
    host = urlsplit(origin).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return RelyingParty(host, origin, settings.site.name)
    return None


def ask_for_passkey(request: Request[Any, Any, Any], runtime: Runtime, *, cookie: str = PASSKEY) -> Response[Any]:
    """A challenge for whatever passkey the device holds, for the page's module. Raises PasskeyRefused."""
    site = relying_party(request, runtime.settings)
    if site is None:
        raise PasskeyRefused
    begun = begin_asking(runtime.accounts.tickets, site, now=runtime.clock.now())
    return json_text(begun.options, cookies=[private_cookie(runtime.settings, cookie, begun.ticket, seconds=SECONDS)])
