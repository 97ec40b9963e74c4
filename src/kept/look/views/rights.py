"""One's own data: the page with requests, and the copy that goes into the archive."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kept.look.views.page import Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """A place, in words: what it `holds`, or the name of a special `place` that the texts know. `left` are still there."""

    place: str
    holds: str
    of_others: bool
    rows: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeGroup:
    """The places where it ended the same way: `what` is one of `subjects.What`."""

    what: str
    lines: tuple[OutcomeLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """One request. `kind` is one of `rights.Kind`, `state` of `rights.State`, `ground` of `rights.Ground`; moments are
    UTC, None where there is none.

    `percent` tells how far the job is.
    """

    request_id: str
    kind: str
    state: str
    asked_at: datetime
    due_at: datetime
    grace_until: datetime | None = None
    answered_at: datetime | None = None
    expires_at: datetime | None = None
    percent: int = 0
    outcomes: tuple[OutcomeGroup, ...] = ()
    has_receipt: bool = False
    by_code: bool = False
    """It waits for the code that is sent to the address on file."""
    ground: str = ""
    extended: str = ""
    """Why the answer takes longer: `complex` or `numerous`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsView:
    """The member's own page about their data. `leaving` while the account is at rest; `error` is a sentence.

    `has_password` tells whether a password can be asked for; `passkey_options` is where a passkey's options are had.
    """

    shell: Shell
    requests: tuple[RequestView, ...]
    leaving: bool = False
    error: str = ""
    error_at: str = ""
    has_password: bool = True
    passkey_options: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowView:
    """A request as followed with its secret, by whoever has no session any more. Without a request, the form alone."""

    shell: Shell
    request: RequestView | None = None
    code: str = ""
    error: str = ""
    may_download: bool = False
    """They were verified without a session, so the secret is what they have."""
    fresh: bool = False
    """It was asked for this very moment: the code is shown to be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsFormView:
    """Asking without being signed in. `open`: codes can be sent; else the form is not there, and the page says what is.

    `kinds`, `fields` and `uses` (each with its words) are values of the choices; `kind` to `value` are what was typed.
    """

    shell: Shell
    open: bool
    contact: str
    kinds: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    uses: tuple[tuple[str, str], ...] = ()
    kind: str = "access"
    named: str = ""
    about: str = ""
    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyView:
    """Answering a code."""

    shell: Shell
    request_id: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyField:
    """A column: what it is, why it is kept, who may see it."""

    name: str
    about: str
    why: str
    who: str
    category: str


@dataclass(slots=True, kw_only=True)
class CopyTable:
    """A table in the copy; `rows` are the first of `total`, as text, in the order of `fields`."""

    name: str
    about: str
    how_long: str
    file: str
    fields: tuple[CopyField, ...]
    rows: list[Sequence[str]] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """The page of the archive; it works without a network."""

    language: str
    service: str
    operator: str
    contact: str
    region: str
    made_at: datetime
    files: int
    tables: tuple[CopyTable, ...]
    empty: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLine:
    """That somebody of the staff read something: their team, the country they sat in, what for, and which fields."""

    team: str
    site: str
    purpose: str
    fields: tuple[str, ...]
    rows: int
    masked: bool
    emergency: bool
    at: datetime
    given_to: str = ""
    """The country to whose authorities it was given; empty: it was read here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksView:
    """Who looked at the viewer's data, the newest first."""

    shell: Shell
    looks: tuple[LookLine, ...]
