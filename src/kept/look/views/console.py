"""The console of the operator's staff: one desk around every room, and a view a room. Codes become words in the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kept.look.views.page import Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room on the left: its key (texts `console.room.<key>`), its address, and how many things wait there."""

    key: str
    href: str
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What surrounds every page: who works here, and the rooms that exist for them. `alarm` counts open emergencies."""

    shell: Shell
    name: str
    team: str
    site: str
    rooms: tuple[Room, ...]
    active: str
    alarm: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDesk:
    """The base of every room's view."""

    desk: Desk

    @property
    def shell(self) -> Shell:
        """What surrounds every page."""
        return self.desk.shell


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSignInView:
    """Signing in, by passkey alone. Without `options`, this address can't have passkeys, and says so."""

    shell: Shell
    options: str
    next: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinView:
    """A colleague's first passkey. Without a name, the invitation is not good, and `error` says so."""

    shell: Shell
    name: str = ""
    code: str = ""
    options: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A request in a list. `status` is one of waiting, granted, declined, ended, expired, lapsed; `left`: how long it runs."""

    number: str
    href: str
    asker: str
    team: str
    region: str
    level: str
    purpose: str
    people: int
    status: str
    asked_at: datetime
    left: timedelta | None = None
    emergency: bool = False
    review_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLine:
    """A cell and how it is. `standing` is serving, restoring or retired; None where there was no backup or sweep yet."""

    name: str
    region: str
    standing: str
    members: int
    backed_up_at: datetime | None
    swept_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """The log: entries in it, when its head was published, and what its promise says."""

    entries: int
    waiting: int
    state: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView(AtDesk):
    """The start: what waits for this colleague, what is theirs, and how the platform is."""

    tasks: tuple[RequestLine, ...]
    own: tuple[RequestLine, ...]
    cells: tuple[CellLine, ...]
    ledger: LedgerLine
    promises: tuple[tuple[str, int], ...]
    """State and how many."""
    rights_late: int = 0
    """Requests of members that are past the law's day; told to those who answer them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsView(AtDesk):
    """All that is open, and what is one's own."""

    waiting: tuple[RequestLine, ...]
    running: tuple[RequestLine, ...]
    emergencies: tuple[RequestLine, ...]
    own: tuple[RequestLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChoice:
    """A column that can be asked for."""

    place: str
    name: str
    about: str
    level: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChoice:
    """A table and its columns; `open` when one of them is chosen."""

    name: str
    about: str
    fields: tuple[FieldChoice, ...]
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a request would be: its level, who has to say yes (`none`, `region`, `two_teams`), and of which region."""

    level: str
    approvals: str
    region: str
    case: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView(AtDesk):
    """Asking for data: the form as it was filled in, and what it would need, once that is known."""

    tables: tuple[TableChoice, ...]
    purposes: tuple[str, ...]
    people: str = ""
    purpose: str = ""
    reason: str = ""
    case_ref: str = ""
    minutes: int = 60
    clear: bool = False
    preview: Preview | None = None
    may_break: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a request's timeline: what (texts `console.step.<what>`), who, when, and what was said."""

    what: str
    who: str
    at: datetime
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whom a request is about: an id for forms, and a public name."""

    member_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPageView(AtDesk):
    """One request: what is asked, its timeline, what this colleague may do, and, once read, the rows."""

    line: RequestLine
    action: str
    reason: str
    case_ref: str
    clear: bool
    minutes: int
    until: datetime | None
    rows_read: int
    most_rows: int
    fields: tuple[FieldChoice, ...]
    people: tuple[Person, ...]
    tables: tuple[tuple[str, str], ...]
    """Name and meaning of the tables that can be read."""
    steps: tuple[Step, ...]
    approvals: str
    may_answer: bool = False
    may_end: bool = False
    may_read: bool = False
    may_review: bool = False
    error: str = ""
    shown: "Shown | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Rows that were read: logged already. `columns` are (name, meaning)."""

    table: str
    about: str
    person: Person
    columns: tuple[tuple[str, str], ...]
    rows: Sequence[Sequence[Any]]
    masked: bool
    skip: int
    next_skip: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueLine:
    """Somebody who works here."""

    staff_id: str
    name: str
    team: str
    region: str
    site: str
    place: str
    """Seen from the regions: `here` in one of them, or `listed`."""
    manager: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffView(AtDesk):
    """The staff directory. The security team sees the forms; `invitation` is an address, shown once."""

    colleagues: tuple[ColleagueLine, ...]
    may_manage: bool = False
    teams: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    invitation: str = ""
    invited: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsFigure:
    """All requests of one kind: how many, how quickly, how many late."""

    kind: str
    asked: int
    answered: int
    overdue: int
    held: int
    median_days: float
    worst_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsLine:
    """A request of a member about their data that is not answered; nobody's name."""

    number: str
    kind: str
    state: str
    regime: str
    region: str
    asked_at: datetime
    due_at: datetime
    late: bool
    href: str = ""
    channel: str = "app"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsRoomView(AtDesk):
    """Requests of members about their data, with their clocks; and the form for one that came by post.

    `kinds`, `fields` and `uses` are values of its choices; `taken` is the number of one that was just entered.
    """

    figures: tuple[RightsFigure, ...]
    lines: tuple[RightsLine, ...]
    kinds: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsCaseView(AtDesk):
    """One request of a member's. `named`, `value`, `address`: what was written with it; `grounds` and `whys` are choices."""

    line: RightsLine
    action: str
    about: str
    named: str
    value: str
    address: str
    verified_by: str
    confirm_by: datetime | None
    """Until when its receipt is to be confirmed; None: it has been."""
    known: bool
    """There is an account that it names."""
    extended: str
    ground: str
    grounds: tuple[str, ...]
    whys: tuple[str, ...]
    acts: tuple[str, ...]
    """What can be done with it now."""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """A legal hold that stands; `key` is its cell and id, for forms. `by_case`: it goes with an authority's request."""

    key: str
    number: str
    case_ref: str
    region: str
    whole: bool
    placed_at: datetime
    review_at: datetime
    ends_at: datetime
    review_due: bool
    by_case: str = ""
    """The page of the request that it goes with, if it is one of an authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsView(AtDesk):
    """The holds that stand. `confirm` is the act that waits for its second step, with what was `given`."""

    holds: tuple[HoldLine, ...]
    confirm: str = ""
    given: tuple[tuple[str, str], ...] = ()
    error: str = ""

    def filled(self, name: str) -> str:
        """What was filled in."""
        return dict(self.given).get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A request of an authority. Countries are codes; `ground` is empty unless it was refused."""

    number: str
    href: str
    country: str
    instrument: str
    region: str
    state: str
    ground: str
    emergency: bool
    received_at: datetime
    due_at: datetime | None
    late: bool
    gag_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesView(AtDesk):
    """What authorities asked, the newest first."""

    cases: tuple[CaseLine, ...]
