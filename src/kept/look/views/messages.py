"""Messages: the list of conversations, and one conversation. All that is opened here is the viewer's own."""

from dataclasses import dataclass
from datetime import datetime

from kept.look.views.clips import AuthorView
from kept.look.views.page import Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """One conversation in the list. `preview` is the newest text, empty for a clip; `author` is None when they are gone."""

    href: str
    author: AuthorView | None
    preview: str
    mine: bool
    at: datetime
    unread: int = 0
    request: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    """Every conversation, the latest first; or, with `folder`, those that somebody new began. `requests` counts these."""

    shell: Shell
    conversations: tuple[ConversationRow, ...]
    requests: int = 0
    folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BubbleView:
    """One message: a text, or a clip by its address. `unsend` is where it is taken back, empty when it can't be."""

    message_id: str
    mine: bool
    sent_at: datetime
    text: str = ""
    clip: str = ""
    delivered: bool = True
    unsend: str = ""
    seen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """A conversation, the oldest of the shown messages first.

    `older` is the address of what came before; `draft` and `error` are what was typed and why it was not sent; `key` names
    the next message, so that a form that is sent twice sends once. `author` is None when the other one is gone.
    """

    shell: Shell
    author: AuthorView | None
    name: str
    bubbles: tuple[BubbleView, ...]
    longest: int
    key: str
    older: str = ""
    newest_id: str = ""
    request: bool = False
    muted: bool = False
    started: bool = False
    """There is something in it, which can be muted and deleted."""
    draft: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSettingsView:
    """Who may write, and whether it is told what was read. `choices` are those that there are at the viewer's age."""

    shell: Shell
    accepts: str
    choices: tuple[str, ...]
    receipts: bool
