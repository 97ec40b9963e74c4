"""Cookies: HttpOnly, of this host only, SameSite=Lax; Secure and with the `__Host-` prefix where people reach us by TLS.

With the prefix no other host of the domain can set one (RFC 6265bis, 4.1.3.2).
"""

from litestar.datastructures import Cookie

from kept.accounts import KNOWN_FOR, SignedIn
from kept.edge.state import AnyConnection
from kept.kit import Settings

SESSION = "kept"
KNOWN = "known"
"""By which members know a browser, so that they are not alerted when they come again with it."""


def is_secure(settings: Settings) -> bool:
    """Whether people reach us by TLS."""
    return bool(settings.server.certificate) or settings.server.public_url.startswith("https://")


def cookie_name(settings: Settings, name: str = SESSION) -> str:
    """What a cookie of ours is called in the browser."""
    return f"__Host-{name}" if is_secure(settings) else name


def private_cookie(settings: Settings, name: str, value: str, *, seconds: int) -> Cookie:
    """A cookie that pages can't read, for `seconds`."""
    key = cookie_name(settings, name)
    return Cookie(key=key, value=value, max_age=seconds, httponly=True, secure=is_secure(settings), samesite="lax")


def forget_cookie(settings: Settings, name: str) -> Cookie:
    """Makes the browser drop a cookie."""
    return private_cookie(settings, name, "", seconds=0)


def kept_cookie(connection: AnyConnection, settings: Settings, name: str) -> str | None:
    """The value that the browser kept; None without one."""
    return connection.cookies.get(cookie_name(settings, name)) or None


def session_cookies(settings: Settings, made: SignedIn) -> list[Cookie]:
    """The cookie that keeps somebody signed in, and the one by which they know this browser."""
    days = settings.accounts.session_days
    return [
        private_cookie(settings, SESSION, made.token, seconds=days * 86_400),
        private_cookie(settings, KNOWN, made.known, seconds=int(KNOWN_FOR.total_seconds())),
    ]


def known_devices(connection: AnyConnection, settings: Settings) -> str:
    """What a browser remembers of its members."""
    return kept_cookie(connection, settings, KNOWN) or ""


def clear_cookie(settings: Settings) -> Cookie:
    """The cookie that signs somebody out."""
    return forget_cookie(settings, SESSION)
