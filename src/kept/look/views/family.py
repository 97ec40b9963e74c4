"""A family's page: young people as cards with switches for their guardian, and what applies to whoever looks."""

from dataclasses import dataclass
from datetime import datetime

from kept.look.views.page import Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchView:
    """One thing that can be switched off: `key` names its texts; `locked` is off by a guardian, whatever one chooses."""

    key: str
    on: bool
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianView:
    """A young person's guardian; `waiting` until the guardian has confirmed."""

    handle: str
    since: datetime
    waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WardView:
    """A guardian's young person, with what is set for them.

    `band` names a text. `minutes` is empty where nothing is set. `now_minutes` and `now_off` are what is in force by all
    guardians together, where that is more than this one's. `over` goes back with the form: what is replaced by it.
    """

    handle: str
    since: datetime
    band: str
    waiting: bool
    switches: tuple[SwitchView, ...] = ()
    minutes: int | None = None
    over: str = ""
    left: bool = False
    arrived: bool = True
    now_minutes: int | None = None
    now_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsView:
    """Something that happened; `what` and `off` name texts."""

    what: str
    handle: str
    at: datetime
    off: tuple[str, ...] = ()
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayView:
    """The reader's own day: `allowed` is None without a limit; `guarded` when a guardian set it."""

    used: int = 0
    allowed: int | None = None
    guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyView:
    """The page. `code` and `address` (what its drawing says) are there once, right after a guardian asked for a code."""

    shell: Shell
    today: TodayView
    own: tuple[SwitchView, ...]
    own_minutes: int | None
    may_guard: bool
    may_be_guarded: bool
    may_choose_more: bool
    guardians: tuple[GuardianView, ...] = ()
    wards: tuple[WardView, ...] = ()
    news: tuple[NewsView, ...] = ()
    code: str = ""
    address: str = ""
    minutes: int = 15
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingView:
    """What a young person is told before they agree to have a guardian."""

    shell: Shell
    handle: str
    code: str
    switches: tuple[str, ...]
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseView:
    """The day is used up. `may_go_on`: the limit is the reader's own, so they may go on for `minutes`."""

    shell: Shell
    minutes: int
    guarded: bool
    may_go_on: bool
