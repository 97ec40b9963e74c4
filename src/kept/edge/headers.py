"""Security headers on every answer. Pages run our own files only: no inline script, no other host.

The content security policy is the enforcement of `network.declared`: a call that the manifest doesn't hold can't be made.
"""

from collections.abc import Collection

from litestar.types import Message, Scope

from kept.edge.rating import RATING

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'{doors}",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "report-uri /csp-report",
)


def content_policy(doors: Collection[str] = ()) -> str:
    """The content security policy. `doors` are the other regions' origins: a form may be answered by leading there."""
    return "; ".join(_POLICY).format(doors="".join(f" {door}" for door in sorted(doors)))


POLICY = content_policy()

HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(self), geolocation=(), browsing-topics=()"),
    RATING,
]
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")


NO_STORE = (b"cache-control", b"no-store")


class SecurityHeaders:
    """Adds the headers to everything that is sent, also where no route answers; `secure` says that people reach us by TLS.

    What doesn't say how long it may be kept is kept by nobody: most answers are for one person's eyes.
    """

    def __init__(self, *, secure: bool, doors: Collection[str] = ()) -> None:
        policy = (b"content-security-policy", content_policy(doors).encode())
        self._headers = [policy, *HEADERS, STRICT_TRANSPORT] if secure else [policy, *HEADERS]

    async def __call__(self, message: Message, scope: Scope) -> None:
        """A `before_send` hook."""
        if message["type"] == "http.response.start":
            given = [*message["headers"]]
            if not any(name.lower() == NO_STORE[0] for name, _ in given):
                given.append(NO_STORE)
            message["headers"] = given + self._headers
