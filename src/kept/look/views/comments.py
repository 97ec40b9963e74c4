"""Comments: under a clip, those that wait for its owner, and a member's choices about them."""

from dataclasses import dataclass
from datetime import datetime

from kept.look.views.clips import AuthorView
from kept.look.views.page import Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentView:
    """One comment. What the viewer may do about it: a `likes` of None has no button, and so on.

    `replies` is how many answers it has; they are fetched on demand.
    """

    comment_id: str
    author: AuthorView
    text: str
    written_at: datetime
    likes: int | None = 0
    liked: bool = False
    pinned: bool = False
    by_author: bool = False
    replies: int = 0
    may_delete: bool = False
    may_pin: bool = False
    may_reply: bool = False
    may_report: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentsView:
    """The comments of a clip, or, with `parent`, the answers to one. `piece`: only what a sheet needs, no whole page.

    `key` makes a form that is sent twice write once. `unsure`: what was typed may hurt, and the writer is asked. `closed` says
    in a sentence why there is no form; `choice` is there for the clip's owner alone.
    """

    shell: Shell
    clip_id: str
    author: AuthorView
    comments: tuple[CommentView, ...]
    poster: str = ""
    caption: str = ""
    count: int = 0
    parent: CommentView | None = None
    next_cursor: str | None = None
    may_write: bool = False
    closed: str = ""
    key: str = ""
    longest: int = 500
    draft: str = ""
    error: str = ""
    unsure: bool = False
    choice: str = ""
    choices: tuple[str, ...] = ()
    piece: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A comment that waits. `why` names its text (`comments.why.<why>`)."""

    comment_id: str
    clip_id: str
    author: AuthorView
    text: str
    why: str
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """What waits for the viewer."""

    shell: Shell
    comments: tuple[HeldRow, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentSettingsView:
    """Who may comment on new clips, and which comments wait. `words` is a text, one word or phrase a line."""

    shell: Shell
    choice: str
    choices: tuple[str, ...]
    general: bool
    words: str
    most_words: int
    error: str = ""
