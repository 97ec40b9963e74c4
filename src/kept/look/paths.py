"""Every address of the site, in one place: templates link to them, routes answer them."""

from urllib.parse import quote

HOME = "/"
CARDS = "/cards"  # the next cards as a fragment, see `pages.render_cards`
FIRST_OPEN = "/api/v1/network/first-open"  # POST: what a browser called when the app was first opened
DISCOVER = "/discover"
INBOX = "/inbox"
UPLOAD = "/upload"
DRAFTS = "/upload/drafts"
UPLOADS = "/uploads"  # tus
ME = "/me"
PEOPLE = "/people"
NOTICES = "/notices"  # what one is told; opening it is having seen it
NOTICE_SETTINGS = "/notices/settings"
SETTINGS = "/settings"
PREFERENCES = "/settings/preferences"  # POST language, theme
SESSIONS = "/settings/sessions"
OTHER_SESSIONS = "/settings/sessions/others"  # POST: sign out everywhere else
PASSKEYS = "/settings/passkeys"
COMMENT_SETTINGS = "/settings/comments"  # who may comment on new clips, and which comments are held
FEED_SETTINGS = "/settings/feed"  # which feed one opens, and what one watched
FEED_CHOICE = "/settings/feed/choice"  # POST: For you, or Latest
FEED_INTERESTS = "/settings/feed/interests"  # POST: tags one wants to see
FEED_FORGET = "/settings/feed/forget"  # POST: one clip that one watched
FEED_REFRESH = "/settings/feed/refresh"  # GET asks, POST deletes all that one watched
WATCHED = "/api/v1/watched"  # POST, by the player: what was watched
MESSAGE_SETTINGS = "/settings/messages"  # who may write, and whether it is told what was read
REQUESTS = "/inbox?folder=requests"  # conversations that somebody new began
HELD = "/held-comments"  # comments that wait for the owner of a clip
SECURITY = "/settings/security"
CODES = "/settings/security/codes"  # GET: set up an app, or what is left; POST turns it on
CODES_OFF = "/settings/security/codes/off"  # POST
CODES_RENEW = "/settings/security/codes/renew"  # POST: new recovery codes
PASSWORD = "/settings/security/password"  # noqa: S105  a path
SECURITY_OPTIONS = "/settings/security/passkey-options"  # POST: options for a passkey, JSON
WHO_SEES = "/settings/privacy"  # POST: a private account, or an open one
REPORT = "/report"  # GET: the reasons, or the form for those without an account; POST reports
NOTICE = "/report/notice"  # the form for those without an account
REPORTS = "/reports"  # one's own
RIGHTS = "/settings/data"
RIGHTS_ACCESS = "/settings/data/copy"  # POST: ask for a copy
RIGHTS_DELETION = "/settings/data/deletion"  # POST: ask to be deleted
RIGHTS_OPTIONS = "/settings/data/passkey-options"  # POST: options for a passkey, JSON
LOOKS = "/settings/looks"  # who of the staff looked at one's data
FAMILY = "/family"
FAMILY_JOIN = "/family/join"  # GET tells what it means, POST agrees
FAMILY_MINUTE = "/family/minute"  # POST, by the player: a minute of watching
RIGHTS_FORM = "/rights"  # asking without being signed in
RIGHTS_VERIFY = "/rights/verify"  # answering a code
FOLLOW = "/your-request"  # a request by its number and secret, without an account
SIGN_UP = "/sign-up"
SIGN_IN = "/sign-in"
SIGN_IN_CODE = "/sign-in/code"
SIGN_IN_PASSKEY = "/sign-in/passkey"
SIGN_OUT = "/sign-out"
CONSOLE = "/console"
CONSOLE_SIGN_IN = "/console/sign-in"
CONSOLE_SIGN_OUT = "/console/sign-out"
CONSOLE_JOIN = "/console/join"
CONSOLE_REQUESTS = "/console/requests"
CONSOLE_ASK = "/console/ask"
CONSOLE_STAFF = "/console/staff"
CONSOLE_RIGHTS = "/console/rights"
CONSOLE_CASES = "/console/cases"
CONSOLE_HOLDS = "/console/holds"
CONSOLE_REPORTS = "/console/reports"
TRUST = "/trust"
AUTHORITIES = "/authorities"
DATA = "/trust/data"  # what is kept: the start page
RANKING = "/trust/ranking"  # how the feed For you is ranked
DATA_MAP = "/trust/data/map"
DATA_CSV = "/trust/data/map.csv"
DATA_RETENTION = "/trust/data/retention"
TERMS = "/documents/terms"
PRIVACY = "/documents/privacy"
PRIVACY_YOUNG = "/documents/privacy-young"
GUIDELINES = "/documents/guidelines"
OFFLINE = "/offline"
GALLERY = "/dev/components"
MANIFEST = "/manifest.webmanifest"
WORKER = "/sw.js"


def after(path: str, cursor: str) -> str:
    """The next part of a list."""
    return f"{path}?after={quote(cursor, safe='')}"


def search(words: str) -> str:
    """What is found."""
    return f"{DISCOVER}?words={quote(words, safe='')}"


def tag(name: str) -> str:
    """The clips that have a tag."""
    return f"/tags/{quote(name, safe='')}"


def and_after(path: str, cursor: str) -> str:
    """The next part of what an address with a question gives."""
    return f"{path}{'&' if '?' in path else '?'}after={quote(cursor, safe='')}"


def feed(key: str) -> str:
    """One of the feeds; without a key, `HOME` is the one that the member chose."""
    return f"{HOME}?feed={key}"


def feed_after(key: str, cursor: str) -> str:
    """The next part of one of the feeds, as a page."""
    return f"{after(HOME, cursor)}{_which(key)}"


def cards(key: str, cursor: str, first: int) -> str:
    """The next cards of a feed; the first of them has the position `first`."""
    return f"{after(CARDS, cursor)}&first={first}{_which(key)}"


def _which(key: str) -> str:
    return "" if key == "latest" else f"&feed={key}"


def clip(clip_id: str) -> str:
    """A clip's own page."""
    return f"/clips/{clip_id}"


def clip_media(clip_id: str) -> str:
    """Redirects to a fresh media address, for a card whose address has run out."""
    return f"/clips/{clip_id}/media"


def clip_state(clip_id: str) -> str:
    """The state of one's own clip as JSON: `{state, reason, seconds_left}`; states are those of `ClipState`."""
    return f"/clips/{clip_id}/state"


def clip_delete(clip_id: str) -> str:
    """GET asks (a `ConfirmView`), POST deletes."""
    return f"/clips/{clip_id}/delete"


def clip_audience(clip_id: str) -> str:
    """POST chooses who may watch one's own clip."""
    return f"/clips/{clip_id}/audience"


def clip_captions(clip_id: str) -> str:
    """The captions of one's own clip; POST writes them."""
    return f"/clips/{clip_id}/captions"


def clip_like(clip_id: str) -> str:
    """POST likes, or takes that back, as the form says."""
    return f"/clips/{clip_id}/like"


def clip_unwanted(clip_id: str) -> str:
    """POST says that a clip doesn't interest one, or takes that back, as the form says."""
    return f"/clips/{clip_id}/unwanted"


def clip_likes(clip_id: str) -> str:
    """How many like a clip, as JSON: `{count, short, mine}`."""
    return f"/clips/{clip_id}/likes"


def comments(clip_id: str, after: str = "") -> str:
    """A clip's comments; POST writes one."""
    here = f"/clips/{clip_id}/comments"
    return f"{here}?after={quote(after, safe='')}" if after else here


def comment(clip_id: str, comment_id: str) -> str:
    """One comment with what answers it."""
    return f"{comments(clip_id)}/{comment_id}"


def comment_act(clip_id: str, comment_id: str, act: str) -> str:
    """POST likes, unlikes, pins, unpins or deletes a comment; GET `delete` asks (a `ConfirmView`)."""
    return f"{comment(clip_id, comment_id)}/{act}"


def comments_choice(clip_id: str) -> str:
    """POST chooses who may comment on one's own clip."""
    return f"/clips/{clip_id}/comments-choice"


def draft(draft_id: str) -> str:
    """GET: a draft of one's own; POST saves or publishes it."""
    return f"{DRAFTS}/{draft_id}"


def draft_deletion(draft_id: str) -> str:
    """POST deletes a draft."""
    return f"{DRAFTS}/{draft_id}/delete"


def held_act(comment_id: str, act: str) -> str:
    """POST lets a held comment through, or deletes it: `let` or `delete`."""
    return f"{HELD}/{comment_id}/{act}"


def report(kind: str, item: str, clip: str = "") -> str:
    """Where something is reported: a `clip`, a `comment` (with its clip), a `message`, or a member by `handle`."""
    return f"{REPORT}?{kind}={quote(item, safe='')}{f'&clip={clip}' if clip else ''}"


def conversation(name: str) -> str:
    """One's messages with somebody, by name, or by id when they are gone; POST sends."""
    return f"{INBOX}/{quote(name, safe='')}"


def message_unsend(name: str, message_id: str) -> str:
    """POST takes a message back."""
    return f"{conversation(name)}/{message_id}/unsend"


def conversation_act(name: str, act: str) -> str:
    """POST accepts, mutes, unmutes or deletes a conversation; GET `delete` asks (a `ConfirmView`)."""
    return f"{conversation(name)}/{act}"


def profile(handle: str) -> str:
    """Somebody's public page."""
    return f"/@{handle}"


def people(tab: str) -> str:
    """One of one's own lists: `following`, `followers`, `requests`, `muted`, `blocked`."""
    return f"{PEOPLE}/{tab}"


def family(act: str) -> str:
    """POST does something in the family, then goes on at its page."""
    return f"{FAMILY}/{act}"


def family_join(handle: str, code: str) -> str:
    """Where a guardian's drawn code leads."""
    return f"{FAMILY_JOIN}?of={quote(handle, safe='')}&code={quote(code, safe='')}"


def person_act(act: str) -> str:
    """POST does something about the member in the field `handle`, then goes on at the page in `back`."""
    return f"{PEOPLE}/{act}"


def session_end(session_id: str) -> str:
    """POST ends one session."""
    return f"/settings/sessions/{session_id}/end"


def alert_answer(alert_id: str, answer: str) -> str:
    """POST says whether it was oneself: `mine` or `not-mine`."""
    return f"{SECURITY}/alerts/{alert_id}/{answer}"


def rights_call_off(request_id: str) -> str:
    """POST keeps the account."""
    return f"{RIGHTS}/{request_id}/call-off"


def rights_download(request_id: str) -> str:
    """POST, with the password: leads to the copy."""
    return f"{RIGHTS}/{request_id}/download"


def follow_download(request_id: str) -> str:
    """POST: a copy, for whoever was verified without an account's session."""
    return f"{FOLLOW}/{request_id}/download"


def rights_receipt(request_id: str, code: str) -> str:
    """The signed receipt, as a file."""
    return f"{FOLLOW}/{request_id}/receipt?code={quote(code, safe='')}"


def follow(code: str) -> str:
    """A request by its code."""
    return f"{FOLLOW}?code={quote(code, safe='')}"


def passkey_remove(passkey_id: str) -> str:
    """POST removes one passkey."""
    return f"/settings/passkeys/{passkey_id}/remove"


def console_case(number: str) -> str:
    """A request of an authority; posted to, it takes its acts; `/package` is its download."""
    return f"{CONSOLE_CASES}/{number}"


def console_rights(cell: str, request_id: str) -> str:
    """One request of a member's; `/act` is its form."""
    return f"{CONSOLE_RIGHTS}/{cell}/{request_id}"


def console_request(cell: str, request_id: str) -> str:
    """One request of staff for members' data; `/vote`, `/end`, `/review` and `/read` are its forms."""
    return f"{CONSOLE_REQUESTS}/{cell}/{request_id}"
