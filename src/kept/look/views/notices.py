"""What a member is told: the list, by how long ago it was, and their choices about it."""

from dataclasses import dataclass
from datetime import datetime

from kept.look.views.account import Choice
from kept.look.views.clips import AuthorView
from kept.look.views.page import Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """Something that happened. `author` is whose act it was, None for likes and for one's own clips.

    `kind` picks the sentence; `on_clip` tells a mention in a caption from one in a comment. `said` is the beginning of a
    comment, `reason` why a clip was held or failed. `waits`: a request to follow that is answered here.
    """

    href: str
    kind: str
    at: datetime
    new: bool
    author: AuthorView | None = None
    count: int = 1
    said: str = ""
    reason: str = ""
    poster: str = ""
    waits: bool = False
    on_clip: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeGroup:
    """What is about as long ago: `day`, `week` or `earlier`."""

    when: str
    notices: tuple[NoticeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesView:
    """Everything, the newest first."""

    shell: Shell
    groups: tuple[NoticeGroup, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSettingsView:
    """The choices: `topics` and whether each is told. `zones` is empty where there is nothing to choose.

    `may_be_woken` is what an adult may choose about nights; for others they are quiet in any case.
    """

    shell: Shell
    topics: tuple[tuple[str, bool], ...]
    mentions: str
    choices: tuple[str, ...]
    may_be_woken: bool
    quiet: bool = False
    zone: str = ""
    zones: tuple[Choice, ...] = ()
    error: str = ""
