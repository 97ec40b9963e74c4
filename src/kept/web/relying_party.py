"""This site as passkeys know it: its domain, and the address that people have in front of them."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from kept.accounts import RelyingParty
from kept.kit import Settings


def relying_party(request: Request[Any, Any, Any], settings: Settings) -> RelyingParty | None:
    """None where there is no domain: a passkey can't be bound to a bare address (WebAuthn 5.1.2, effective domain)."""
    origin = settings.server.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    host = urlsplit(origin).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return RelyingParty(host, origin, settings.site.name)
    return None
