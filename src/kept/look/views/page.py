"""What every page knows: who looks, in which language, at what time, and which doors the bottom bar may show."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from kept.look.words import DEFAULT_LANGUAGE


class Nav(StrEnum):
    """The doors of the bottom bar, in their order."""

    HOME = "home"
    DISCOVER = "discover"
    MAKE = "make"
    INBOX = "inbox"
    NOTICES = "notices"
    ME = "me"


class Theme(StrEnum):
    """Light or dark, or as the device says. The clip page is dark in every theme; the young people's place is bright."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Tone(StrEnum):
    """What a notice is about; each has an icon of its own."""

    INFO = "info"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place to go and its words, in the reader's language."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence about what just happened ('Your clip is deleted.'), shown once."""

    text: str
    tone: Tone = Tone.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The member who looks. `young` is the watch-only place; no age and no birth date reaches a page."""

    handle: str
    young: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """What a member is asked about: a `session` that began with a new device, or wrong `codes` after their password."""

    alert_id: str
    kind: str
    device: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What surrounds every page. `nav` holds exactly the doors that exist for this viewer.

    Forms carry no token: the edge takes a cookie from our own pages only, as browsers tell (Fetch Metadata, SameSite).
    `save_data` is the browser's wish to be sent little (Save-Data). With the ticket `opening` a browser tells its calls.
    """

    now: datetime
    language: str = DEFAULT_LANGUAGE
    theme: Theme = Theme.SYSTEM
    viewer: Viewer | None = None
    nav: tuple[Nav, ...] = (Nav.HOME,)
    active: Nav | None = None
    notice: Notice | None = None
    alert: AlertView | None = None
    save_data: bool = False
    counts: bool = False
    """A limit is set for the viewer, so the player tells of each minute."""
    opening: str = ""


class Page(Protocol):
    """Any view of a whole page."""

    @property
    def shell(self) -> Shell:
        """What surrounds it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """A refusal or a failure: what, why, what one can do. The texts for known statuses are in `texts/`, by status.

    `status` is the HTTP status, 0 when there is no connection. `reason` is the sentence of a `KeptError`, when there is one;
    it replaces the general why. `policy` links the policy that decided. `retry_after` is in seconds. `reference` is the
    request's id, shown for 5xx so that a person can name it. `reload` is where the newest page is.
    """

    shell: Shell
    status: int
    reason: str = ""
    policy: Link | None = None
    retry_after: int | None = None
    reference: str = ""
    reload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmView:
    """A second deliberate act before something that cannot be taken back. `thing` names what it is about.

    `kind` picks the texts (`confirm.<kind>`): `delete-clip`, `sign-out-everywhere`. The form is posted to `action`.
    """

    shell: Shell
    kind: str
    thing: str
    action: str
    back: str
    poster: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryView:
    """The component gallery, in development only."""

    shell: Shell
