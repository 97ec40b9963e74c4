"""Reporting: the sheet of reasons, the form for those without an account, one's own reports, the room of the staff."""

from dataclasses import dataclass
from datetime import datetime

from kept.look.views.console import Desk
from kept.look.views.page import Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    """What is about to be reported, and the reasons in their groups; each is a button that reports.

    `kind` names its text (`report.kind.<kind>`), `thing` is what it says; `about` are the hidden fields that name it. `asks` is
    there for a message: whether our team may read it. `young`: pictures, and nothing to write.
    """

    shell: Shell
    kind: str
    handle: str
    thing: str
    about: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    back: str
    asks: bool = False
    young: bool = False
    longest: int = 1000
    text: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """The form for those without an account. With `number`, that we have it."""

    shell: Shell
    reasons: tuple[str, ...] = ()
    countries: tuple[tuple[str, str], ...] = ()
    place: str = ""
    reason: str = ""
    why: str = ""
    name: str = ""
    email: str = ""
    country: str = ""
    error: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One of one's own reports."""

    number: str
    kind: str
    handle: str
    reason: str
    state: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsView:
    """One's own reports; `done` is the one that was made just now, `again` that it had been made before."""

    shell: Shell
    reports: tuple[ReportRow, ...]
    done: ReportRow | None = None
    again: bool = False
    block: str = ""
    """Whom to block, where that is possible."""
    young: bool = False
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A thing in the queue. `href` leads to what everybody may see; nothing for all else."""

    number: str
    kind: str
    region: str
    severity: int
    reporters: int
    reasons: tuple[tuple[str, int], ...]
    first_at: datetime
    last_at: datetime
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """What waits. `child_safety`: this team's part of it."""

    desk: Desk
    lines: tuple[QueueLine, ...]
    child_safety: bool = False

    @property
    def shell(self) -> Shell:
        """The frame around it."""
        return self.desk.shell
