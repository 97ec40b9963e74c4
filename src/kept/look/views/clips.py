"""Clips as pages show them: a card in a feed, a clip alone, one's own clips, the composer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kept.look.views.page import Link, Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorView:
    """Who made a clip. `avatar` is a picture's address; without one, the first letter is drawn."""

    handle: str
    name: str = ""
    avatar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likes:
    """The like button: how many (None where no number is shown), and whether the viewer is among them."""

    count: int | None
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentsLink:
    """The way to a clip's comments."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A reason why a clip is shown, which names its text (`ranking.why.<signal>`); the tag that it is about, if any."""

    signal: str
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """One clip in a feed. `media` and `poster` are short-lived addresses; `width` and `height` are pixels of the rendition.

    `placeholder` is a tiny picture as a data URI, painted while the poster loads;
    `captions` is a WebVTT file's address.
    `likes`, `comments` and `share` put their buttons into the rail; None or False leaves them out.
    `why` is there in a feed that is ranked for the viewer, and puts the reasons within reach.
    """

    clip_id: str
    author: AuthorView
    caption: str
    published_at: datetime
    media: str
    poster: str
    seconds: float
    width: int = 720
    height: int = 1280
    placeholder: str = ""
    captions: str = ""
    captions_language: str = ""
    likes: Likes | None = None
    comments: CommentsLink | None = None
    share: bool = True
    why: tuple[Why, ...] = ()

    @property
    def tall(self) -> bool:
        """Whether the clip fills an upright screen; a wide one is shown whole, with bars."""
        return self.height * 10 >= self.width * 14


class FeedKey(StrEnum):
    """One of the feeds, which names its text (`feed.tabs.<key>`)."""

    FOLLOWING = "following"
    FOR_YOU = "for_you"
    LATEST = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """A page of a feed. Tabs are shown when there are two or more; `next_cursor` is None at the end of the feed.

    `first` is the position of the first card in the whole feed, counted from 1. `chooses`: For you and Latest are a choice, and
    their tabs are buttons. `learns`: what is watched is told to the server; `new`: nothing was yet.
    """

    shell: Shell
    cards: tuple[CardView, ...]
    next_cursor: str | None = None
    feed: FeedKey = FeedKey.LATEST
    tabs: tuple[FeedKey, ...] = ()
    search: bool = False
    first: int = 1
    chooses: bool = False
    learns: bool = False
    new: bool = False


class ClipState(StrEnum):
    """Where a clip is. The API's words: `processing` has the steps checking and preparing for people."""

    UPLOADING = "uploading"
    CHECKING = "checking"
    PREPARING = "preparing"
    PUBLISHED = "published"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MyClip:
    """One of the viewer's own clips, with its state and, when it is held, failed or withdrawn, the reason in a sentence.

    `audiences` are who may watch it, of which `audience` is chosen.
    """

    clip_id: str
    caption: str
    made_at: datetime
    state: ClipState
    seconds: float = 0.0
    poster: str = ""
    reason: str = ""
    policy: Link | None = None
    may_delete: bool = True
    audience: str = ""
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipView:
    """One clip on its own page, for everyone who may see it. For its author, `mine` adds state and deletion.

    `card` is None while there is nothing to play yet (then `mine` is there). `site` is this site's origin, for the card that
    others draw of a link; empty where nobody but its author and followers may see the clip.
    """

    shell: Shell
    card: CardView | None
    mine: MyClip | None = None
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionsView:
    """The captions of one's own clip. `track` is WebVTT, as it is kept or as it was sent; `error` what was wrong with that."""

    shell: Shell
    clip_id: str
    media: str
    poster: str
    seconds: float
    track: str
    language: str
    languages: tuple[tuple[str, str], ...]
    longest: int
    captions: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyClipsView:
    """The viewer's own page: every clip in every state, and the ways to the account."""

    shell: Shell
    author: AuthorView
    clips: tuple[MyClip, ...]
    region: str
    next_cursor: str | None = None
    may_upload: bool = True
    followers: int | None = None
    following: int | None = None
    requests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A draft among its author's."""

    draft_id: str
    caption: str
    changed_at: datetime
    lapses_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """A draft, as its author goes on with it; `cut_start`, `cut_end` and `cover_at` are seconds of what was sent."""

    shell: Shell
    draft_id: str
    changed_at: datetime
    lapses_at: datetime
    caption: str
    caption_limit: int
    audience: str
    audiences: tuple[str, ...]
    comments: str
    choices: tuple[str, ...]
    cut_start: float = 0.0
    cut_end: float | None = None
    cover_at: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadView:
    """The composer. `endpoint` is where the tus client creates uploads, `action` where a browser without modules posts.

    `max_bytes` and `max_seconds` are the limits, told before and not after. `audiences` are who may watch, of which `audience`
    is chosen; `choices` are who may comment, of which `comments` is chosen.
    `drafts` are one's own; `may_draft`, whether there is room for another.
    `account` separates what this browser remembers of unfinished uploads, by member; opaque. `error` is what was wrong
    with a form that came back.
    """

    shell: Shell
    endpoint: str
    action: str
    account: str
    max_bytes: int
    max_seconds: int
    caption_limit: int = 300
    camera: bool = True
    audience: str = ""
    audiences: tuple[str, ...] = ()
    comments: str = ""
    choices: tuple[str, ...] = ()
    caption: str = ""
    drafts: tuple[DraftRow, ...] = ()
    may_draft: bool = False
    error: str = ""
