"""How things fail: one kind of error inside, translated once at each edge.

A `KeptError` carries a stable code (for programs), a kind (which an edge maps to a status, an exit code or a retry), a
public message (for people: what, why, and what they can do), and typed details. `Fatal` means: stop rather than lie.
"""

from enum import Enum
from typing import Any, ClassVar


class Kind(Enum):
    """What an edge needs to know of an error. The value is the HTTP status; exit codes and retries map from it, too."""

    INVALID = 422
    MALFORMED = 400
    UNAUTHENTICATED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    CONFLICT = 409
    GONE = 410
    PRECONDITION = 412
    TOO_LARGE = 413
    UNSUPPORTED = 415
    MISDIRECTED = 421
    TOO_OLD = 426
    TOO_MANY = 429
    UNAVAILABLE_FOR_LEGAL_REASONS = 451
    BUG = 500
    BUSY = 503
    FULL = 507

    @property
    def may_pass(self) -> bool:
        """Whether trying again later can help."""
        return self in (Kind.TOO_MANY, Kind.BUSY, Kind.FULL)


class KeptError(Exception):
    """The base of every error that is expected. Subclasses set `code`, `kind` and `message`, and take typed details.

    `message` may name details in braces; it is shown to people as it is, so it holds no private value.
    """

    code: ClassVar[str] = "error"
    kind: ClassVar[Kind] = Kind.BUG
    message: ClassVar[str] = "Something went wrong."

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.public)

    @property
    def public(self) -> str:
        """The sentence for people."""
        return self.message.format(**self.details)


class Fatal(Exception):
    """Stop rather than lie: a forked ledger, a wrong key, a breach of residency. No edge turns this into an answer."""
