"""The feed that is ranked for its member: their choice and their history, and how it is ranked, for everybody."""

from dataclasses import dataclass
from datetime import datetime

from kept.look.views.page import Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedRow:
    """A clip in the history. Without a handle it is gone. `percent` is how much of it was watched."""

    clip_id: str
    handle: str
    caption: str
    watched_at: datetime
    percent: int
    times: int = 1
    unwanted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class YourFeedView:
    """Which feed the viewer opens, what they said they want to see, and what they watched. `tags` are there to pick from."""

    shell: Shell
    may_choose: bool
    ranked: bool
    tags: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    watched: tuple[WatchedRow, ...] = ()
    next_cursor: str | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingFigure:
    """A weight or a rule: its name, which names its text, and its figure as the file has it."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingView:
    """How the feed is ranked: the file, as it is obeyed."""

    shell: Shell
    version: int
    weights: tuple[RankingFigure, ...]
    rules: tuple[RankingFigure, ...]
