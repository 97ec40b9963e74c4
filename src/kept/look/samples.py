"""Made-up views of clips and accounts: what the gallery, the preview and the tests of the look show. Nobody is meant.

`samples_trust.py` has the documents and the trust centre.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kept.look import paths
from kept.look.views import (
    AuthorView,
    CaptionsView,
    CardView,
    Choice,
    ClipState,
    ClipView,
    CommentsLink,
    ConfirmView,
    DiscoverView,
    DocumentLink,
    DraftRow,
    DraftView,
    ErrorView,
    FeedKey,
    FeedView,
    Following,
    Likes,
    Link,
    MyClip,
    MyClipsView,
    Nav,
    PasskeyView,
    PeopleTab,
    PeopleView,
    PersonFound,
    PersonRow,
    ProfileView,
    SessionsView,
    SessionView,
    SettingsView,
    Shell,
    SignInView,
    SignUpStep,
    SignUpView,
    TagView,
    TiesView,
    UploadView,
    Viewer,
)

NOW = datetime(2026, 3, 14, 16, 5, tzinfo=UTC)
CLIPS = 6  # how many different clips the preview has media for

_CAPTIONS = (
    ("lena.makes", "Glazing the last bowl of the batch. The blue only shows after the second firing, so this is an act of "
                   "faith, and the kiln has eaten better work than mine before. Results on Sunday #ceramics #slow"),
    ("marco_bikes", "Six in the morning, nobody on the pass but me and the goats."),
    ("ana.banana", "Cuatro acordes y ya tienes media canción #guitarra"),
    ("tidepool", "Low tide at the lighthouse. Look at the left edge, just before the end."),
    ("workshop42", "How a dovetail goes together, without a word."),
    ("noor", "Night bus, window seat."),
)


def shell(viewer: str | None = "lena.makes", *, young: bool = False, **changes: object) -> Shell:
    """A page's surroundings: a member with the doors that exist, a young one with none, or a visitor."""
    doors = (Nav.HOME, Nav.DISCOVER, Nav.MAKE, Nav.INBOX, Nav.NOTICES, Nav.ME) if viewer and not young else (Nav.HOME,)
    made = Shell(now=NOW, nav=doors, viewer=Viewer(handle=viewer, young=young) if viewer else None)
    return replace(made, **changes)  # type: ignore[arg-type]


def card(number: int, *, social: bool = False) -> CardView:
    """The card of that number; they repeat after six. `social` adds the buttons of features that are not there yet."""
    handle, caption = _CAPTIONS[number % CLIPS]
    return CardView(
        clip_id=f"0195a1e0-0000-7000-8000-{number:012}", author=AuthorView(handle=handle), caption=caption,
        published_at=NOW - timedelta(hours=3 * number * number + 1), seconds=8.0,
        media=f"/media/clip-{number % CLIPS}.mp4", poster=f"/media/clip-{number % CLIPS}.webp",
        likes=Likes(count=1240 * (number + 1), mine=number % 2 == 0) if social else None,
        comments=CommentsLink(count=86 + number) if social else None,
    )


def feed(around: Shell, *, social: bool = False, count: int = CLIPS, first: int = 1) -> FeedView:
    """A page of a feed. The preview answers its next cursor once."""
    tabs = tuple(FeedKey) if social else ()
    cards = tuple(card(number, social=social) for number in range(first - 1, first - 1 + count))
    return FeedView(shell=replace(around, active=Nav.HOME), cards=cards, tabs=tabs, search=social, first=first,
                    next_cursor="c2" if first == 1 else None)


def empty_feed(around: Shell) -> FeedView:
    """A feed on the first day."""
    return FeedView(shell=replace(around, active=Nav.HOME), cards=())


def my_clip(number: int, state: ClipState, reason: str = "") -> MyClip:
    """One of the viewer's own clips in that state."""
    policy = Link(text="Dangerous acts", href=paths.GUIDELINES + "#dangerous-acts") if state is ClipState.HELD else None
    poster = "" if state in (ClipState.UPLOADING, ClipState.CHECKING, ClipState.FAILED) else card(number).poster
    return MyClip(clip_id=card(number).clip_id, caption=card(number).caption, made_at=card(number).published_at,
                  state=state, seconds=8.0, poster=poster, reason=reason, policy=policy,
                  audience="followers" if number == 3 else "everyone", audiences=("everyone", "followers", "only_me"))


def my_clips(around: Shell, *, empty: bool = False) -> MyClipsView:
    """The viewer's own page, with a clip in every state."""
    states = (ClipState.CHECKING, ClipState.HELD, ClipState.PUBLISHED, ClipState.PREPARING, ClipState.PUBLISHED,
              ClipState.FAILED, ClipState.PUBLISHED, ClipState.WITHDRAWN, ClipState.PUBLISHED)
    clips = () if empty else tuple(my_clip(number, state) for number, state in enumerate(states))
    return MyClipsView(shell=replace(around, active=Nav.ME), author=AuthorView(handle="lena.makes", name="Lena"),
                       clips=clips, region="the European Union", followers=1, following=0 if empty else 23,
                       requests=0 if empty else 2)


def profile(around: Shell, *, closed: bool = False) -> ProfileView:
    """Somebody's public page: an open account that the viewer follows, or a private one."""
    following = Following.ASKED if closed else Following.FOLLOWING
    ties = TiesView(following=following, follows_you=not closed, asks_you=closed, message=paths.conversation("marco_bikes"))
    return ProfileView(shell=around, author=AuthorView(handle="marco_bikes", name="Marco"),
                       clips=() if closed else tuple(card(number) for number in range(11)), joined_at=NOW - timedelta(days=400),
                       about="Passes before breakfast.", followers=12480, following=86, closed=closed,
                       ties=ties if around.viewer else None)


def discover(around: Shell, *, words: str = "", empty: bool = False) -> DiscoverView:
    """New clips by tags, or what was found."""
    around = replace(around, active=Nav.DISCOVER)
    if words:
        found = () if empty else tuple(card(number) for number in range(7))
        handles = () if empty else tuple(handle for handle, _ in _CAPTIONS[1:4])
        people = tuple(PersonFound(author=AuthorView(handle=handle), followers=1280 >> number, private=number == 1)
                       for number, handle in enumerate(handles))
        return DiscoverView(shell=around, words=words, people=people, clips=found)
    tags = () if empty else tuple(TagView(name=name, clips=count, newest=tuple(card(at + number) for number in range(6)))
                                  for at, (name, count) in enumerate((("ceramics", 12), ("slow", 8), ("guitarra", 1))))
    return DiscoverView(shell=around, tags=tags)


def people(around: Shell, tab: PeopleTab, *, empty: bool = False) -> PeopleView:
    """One of the viewer's lists."""
    rows = tuple(PersonRow(author=AuthorView(handle=handle), since=NOW - timedelta(hours=7 * number))
                 for number, (handle, _) in enumerate(_CAPTIONS[1:]))
    return PeopleView(shell=replace(around, active=Nav.ME), tab=tab, people=() if empty else rows,
                      requests=0 if empty else len(rows))


def clip(around: Shell) -> ClipView:
    """A clip's own page, for everybody."""
    return ClipView(shell=around, card=card(3))


def own_clip(around: Shell) -> ClipView:
    """A clip's own page, for its author."""
    return ClipView(shell=around, card=card(3), mine=my_clip(3, ClipState.PUBLISHED))


def captions(around: Shell, *, wrong: bool = False) -> CaptionsView:
    """The captions of a clip, as its author writes them; or what comes back of a file that can't be taken."""
    track = "WEBVTT\n\n00:00:00.400 --> 00:00:02.900\nLow tide at the lighthouse.\n\n"
    track += "00:00:03.200 --> 00:00:06.000\nLook at the left edge,\njust before the end.\n"
    error = "These captions can't be taken: line 3 should be two times, such as 00:01.000 --> 00:04.000."
    return CaptionsView(shell=around, clip_id=card(3).clip_id, media=card(3).media, poster=card(3).poster, seconds=8.0,
                        track="WEBVTT\n\nlow tide" if wrong else track, language="en", longest=300,
                        languages=(("en", "English"), ("es", "Español")), error=error if wrong else "")


def held_clip(around: Shell) -> ClipView:
    """A clip that waits for a person, as its author sees it."""
    reason = "Something in it looks like a dangerous act. A person looks at it before it is published."
    return ClipView(shell=around, card=card(1), mine=my_clip(1, ClipState.HELD, reason))


def clip_on_its_way(around: Shell) -> ClipView:
    """A clip that is being prepared."""
    return ClipView(shell=around, card=None, mine=my_clip(0, ClipState.CHECKING))


def upload(around: Shell, drafts: tuple[DraftRow, ...] = ()) -> UploadView:
    """The composer."""
    return UploadView(shell=replace(around, active=Nav.MAKE), endpoint=paths.UPLOADS, action=paths.UPLOAD, account="a1b2",
                      max_bytes=500_000_000, max_seconds=180, comments="everyone",
                      audience="everyone", audiences=("everyone", "followers", "only_me"),
                      choices=("everyone", "friends", "nobody"), may_draft=True, drafts=drafts)


def drafts() -> tuple[DraftRow, ...]:
    """What waits in the composer."""
    words = "Second firing of the celadon bowls, and why the first one cracked. #pottery", ""
    changed = NOW - timedelta(hours=3), NOW - timedelta(days=12)
    return tuple(DraftRow(draft_id=f"d{at}", caption=caption, changed_at=when, lapses_at=when + timedelta(days=30))
                 for at, (caption, when) in enumerate(zip(words, changed, strict=True)))


def draft(around: Shell, *, wrong: bool = False) -> DraftView:
    """One of them."""
    one = drafts()[0]
    return DraftView(shell=replace(around, active=Nav.MAKE), draft_id=one.draft_id, changed_at=one.changed_at,
                     lapses_at=one.lapses_at, caption=one.caption, caption_limit=300, audience="followers",
                     audiences=("everyone", "followers", "only_me"), comments="friends",
                     choices=("everyone", "friends", "nobody"), cut_start=1.5, cut_end=12.0, cover_at=4.0,
                     error="A caption may have 300 characters at most." if wrong else "")


def documents() -> tuple[DocumentLink, ...]:
    """What a new member agrees to."""
    return (
        DocumentLink(title="Terms of service", href=paths.TERMS, version="3", summary="What you and we may expect.",
                     accepted_at=NOW - timedelta(days=40)),
        DocumentLink(title="Privacy notice", href=paths.PRIVACY, version="5", accepted_at=NOW - timedelta(days=40),
                     summary="What we store about you, where, why and for how long."),
    )


def sign_up(around: Shell, step: SignUpStep, *, wrong: bool = False) -> SignUpView:
    """One step of signing up, as it is first seen or as it comes back."""
    countries = tuple(Choice(value=code, text=name) for code, name in
                      (("BR", "Brazil"), ("DE", "Germany"), ("ES", "Spain"), ("US", "United States")))
    errors = {"handle": "Somebody else has this handle.", "password": "This password has been seen in a data breach."}
    return SignUpView(
        shell=around, step=step, countries=countries, documents=documents(), passkey_options="/passkey",
        values={"handle": "lena.makes"} if wrong else {}, errors=errors if wrong else {},
        back=paths.SIGN_UP if step in (SignUpStep.ACCOUNT, SignUpStep.AGREE) else "",
    )


def sign_in(around: Shell, *, wrong: bool = False) -> SignInView:
    """Signing in."""
    return SignInView(shell=around, login="lena.makes" if wrong else "", passkey_options="/passkey",
                      error="This handle and this password don't belong together." if wrong else "")


def sessions(around: Shell) -> SessionsView:
    """Three devices."""
    rows = (("Firefox on Android", "phone", 0, 12), ("Safari on a Mac", "laptop", 26, 90),
            ("Chrome on Windows", "laptop", 240, 200))
    return SessionsView(shell=around, sessions=tuple(
        SessionView(session_id=f"s{number}", name=name, device=device, region="the European Union", current=number == 0,
                    started_at=NOW - timedelta(days=days), seen_at=NOW - timedelta(hours=hours))
        for number, (name, device, hours, days) in enumerate(rows)
    ))


def settings(around: Shell) -> SettingsView:
    """The account."""
    keys = (PasskeyView(passkey_id="p1", name="Phone", added_at=NOW - timedelta(days=90)),)
    return SettingsView(shell=around, handle="lena.makes", region="the European Union", country="Germany",
                        joined_at=NOW - timedelta(days=400), sessions=3, email="l…@example.org", passkeys=keys,
                        passkey_options="/passkey", documents=documents(),
                        private=None if around.viewer and around.viewer.young else True)


def error(around: Shell, status: int) -> ErrorView:
    """The page of a status."""
    return ErrorView(shell=around, status=status, retry_after=30 if status == 429 else None,
                     reference="0195a1e0-7c3b" if status >= 500 else "")


def confirm(around: Shell) -> ConfirmView:
    """Asking once more before a clip is deleted."""
    return ConfirmView(shell=around, kind="delete-clip", thing=card(4).caption, action=paths.clip_delete(card(4).clip_id),
                       back=paths.clip(card(4).clip_id), poster=card(4).poster)
