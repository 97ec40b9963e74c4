"""Doors for people, whose browser brings a cookie: each route, what is sent, and what each kind of actor is answered."""

import re

from tests.api.actors import AUTHORS, NOBODY, Kind
from tests.api.expected import (
    CHOOSERS,
    CIRCLE,
    CLIP_OWNERS,
    COMMENT_LIKERS,
    COMMENTERS,
    CORRESPONDENTS,
    DRAFTERS,
    FAMILIES,
    FOLLOWERS,
    GUESTS,
    INVALID,
    LIKERS,
    MEMBERS,
    NOT_FOUND,
    NOT_OFFERED,
    NOTHING_WAITS,
    OF_SOMEBODY,
    OFFERED,
    OK,
    ONLY_OWNERS_SEE,
    OWNERS,
    RANKED,
    READERS,
    REFUSED,
    REPORTERS,
    SEARCHERS,
    SIGN_IN,
    TOLD,
    UNSENDERS,
    UPLOADERS,
    WATCHERS,
    WRITERS,
    YOUNG,
    everybody,
    wherever,
)
from tests.api.sending import (
    Row,
    a_comment,
    a_profile,
    form,
    own_message,
    own_style,
    sends,
    the_clip,
    to_the_pal,
    who_chose,
    with_clip,
    with_draft,
    with_session,
)
from tests.fixtures.site import PASSWORD

A_NOTICE = {
    "place": "https://kept.example/clips/00000000-0000-7000-8000-000000000000",
    "reason": "illegal",
    "country": "FR",
    "why": "It is defamation.",
    "name": "A. Lawyer",
    "email": "lawyer@example.org",
    "good_faith": "yes",
}
COMMENT = "/clips/{clip}/comments/{comment}"
COLLEAGUES = everybody(SIGN_IN)
"""A member's session opens nothing in the console; what each team may do there is tried in `tests/console`."""


def somewhere(route: str) -> str:
    """A path of a route, with something in each of its places."""
    path = route.split()[1].replace("{cell:str}", "us").replace("{number:str}", "2026-1")
    return re.sub(r"\{\w+:uuid\}", "00000000-0000-7000-8000-000000000000", path)


WEB = {
    "GET /": Row(sends("/"), OFFERED),
    "GET /cards": Row(sends("/cards"), OFFERED),
    "GET /clips/{clip_id:uuid}": Row(sends("/clips/{clip}"), WATCHERS),
    "GET /clips/{clip_id:uuid}/media": Row(sends("/clips/{clip}/media"), WATCHERS),
    "GET /clips/{clip_id:uuid}/state": Row(with_clip("/clips/{clip}/state"), ONLY_OWNERS_SEE),
    "POST /clips/{clip_id:uuid}/audience": Row(
        with_clip("/clips/{clip}/audience", data={"audience": "everyone"}), OWNERS
    ),
    "GET /clips/{clip_id:uuid}/captions": Row(with_clip("/clips/{clip}/captions"), ONLY_OWNERS_SEE),
    "POST /clips/{clip_id:uuid}/captions": Row(
        with_clip("/clips/{clip}/captions", data={"track": "WEBVTT\n\n00:00.000 --> 00:00.500\nhello"}), OWNERS
    ),
    "GET /clips/{clip_id:uuid}/delete": Row(with_clip("/clips/{clip}/delete"), ONLY_OWNERS_SEE),
    "POST /clips/{clip_id:uuid}/delete": Row(with_clip("/clips/{clip}/delete"), OWNERS),
    "GET /clips/{clip_id:uuid}/likes": Row(sends("/clips/{clip}/likes"), WATCHERS),
    "POST /clips/{clip_id:uuid}/like": Row(form("/clips/{clip}/like", wants="yes"), LIKERS),
    "GET /clips/{clip_id:uuid}/comments": Row(sends("/clips/{clip}/comments"), WATCHERS),
    "POST /clips/{clip_id:uuid}/comments": Row(form("/clips/{clip}/comments", text="What a blue!"), COMMENTERS),
    "GET /clips/{clip_id:uuid}/comments/{comment_id:uuid}": Row(a_comment(COMMENT), WATCHERS),
    "GET /clips/{clip_id:uuid}/comments/{comment_id:uuid}/delete": Row(
        a_comment(f"{COMMENT}/delete"), WATCHERS | dict.fromkeys(NOBODY, SIGN_IN)
    ),
    "POST /clips/{clip_id:uuid}/comments/{comment_id:uuid}/{what:str}": Row(
        a_comment(f"{COMMENT}/like"), COMMENT_LIKERS
    ),
    "POST /clips/{clip_id:uuid}/comments-choice": Row(
        with_clip("/clips/{clip}/comments-choice", data={"comments": "friends"}), OWNERS
    ),
    "GET /inbox/{name:str}/delete": Row(sends("/inbox/{adult}/delete"), READERS),
    "POST /inbox/{name:str}/{what:str}": Row(sends("/inbox/nobody.here/mute"), CORRESPONDENTS),
    "GET /settings/messages": Row(sends("/settings/messages"), READERS),
    "POST /settings/messages": Row(form("/settings/messages", accepts="everyone", receipts="on"), READERS),
    "GET /report": Row(sends("/report?clip={clip}"), REPORTERS),
    "POST /report": Row(
        the_clip("/report", "data", reason="violence.graphic"), REPORTERS | dict.fromkeys(NOBODY, SIGN_IN)
    ),
    "GET /report/notice": Row(sends("/report/notice"), OFFERED),
    "POST /report/notice": Row(form("/report/notice", **A_NOTICE), OFFERED | {Kind.CHILD: INVALID}),
    "GET /reports": Row(sends("/reports"), MEMBERS),
    "GET /held-comments": Row(sends("/held-comments"), CLIP_OWNERS),
    "POST /held-comments/{comment_id:uuid}/{what:str}": Row(
        form("/held-comments/00000000-0000-7000-8000-000000000000/let", clip="00000000-0000-7000-8000-000000000000"),
        NOTHING_WAITS,
    ),
    "GET /settings/comments": Row(sends("/settings/comments"), CLIP_OWNERS),
    "POST /settings/comments": Row(form("/settings/comments", comments="everyone"), CLIP_OWNERS),
    "GET /settings/feed": Row(sends("/settings/feed"), MEMBERS),
    "POST /settings/feed/choice": Row(form("/settings/feed/choice", feed="for_you"), RANKED),
    "POST /settings/feed/interests": Row(form("/settings/feed/interests", tags="rain"), RANKED),
    "POST /settings/feed/forget": Row(
        form("/settings/feed/forget", clip="00000000-0000-7000-8000-000000000000"), MEMBERS
    ),
    "GET /settings/feed/refresh": Row(sends("/settings/feed/refresh"), MEMBERS),
    "POST /settings/feed/refresh": Row(form("/settings/feed/refresh"), MEMBERS),
    "POST /clips/{clip_id:uuid}/unwanted": Row(
        who_chose("/clips/{clip}/unwanted", data={"wants": "no"}), RANKED | {Kind.ADULT: NOT_FOUND}
    ),
    "GET /trust/ranking": Row(sends("/trust/ranking"), everybody()),
    "GET /upload": Row(sends("/upload"), UPLOADERS),
    "POST /upload": Row(
        form("/upload", caption="no file"), UPLOADERS | dict.fromkeys((*AUTHORS, Kind.STRANGER), INVALID)
    ),
    "GET /upload/drafts/{draft_id:uuid}": Row(with_draft("/upload/drafts/{draft}"), DRAFTERS),
    "POST /upload/drafts/{draft_id:uuid}": Row(
        with_draft("/upload/drafts/{draft}", data={"go": "publish", "caption": "hello"}), DRAFTERS
    ),
    "POST /upload/drafts/{draft_id:uuid}/delete": Row(with_draft("/upload/drafts/{draft}/delete", data={}), OWNERS),
    "GET /inbox": Row(sends("/inbox"), READERS),
    "GET /inbox/{name:str}": Row(sends("/inbox/{adult}"), READERS),
    "POST /inbox/{name:str}": Row(form("/inbox/{pal}", text="hello"), WRITERS),
    "POST /inbox/{name:str}/{message_id:uuid}/unsend": Row(own_message("/inbox/{pal}/{message_id}/unsend"), UNSENDERS),
    "GET /notices": Row(sends("/notices"), TOLD),
    "GET /notices/settings": Row(sends("/notices/settings"), TOLD),
    "POST /notices/settings": Row(form("/notices/settings", mentions="friends", likes="on"), TOLD),
    "GET /people/{what:str}": Row(sends("/people/followers"), CIRCLE),
    "POST /people/{what:str}": Row(to_the_pal("/people/follow", data={"handle": "{pal}"}), FOLLOWERS),
    "POST /settings/privacy": Row(form("/settings/privacy", private=""), CIRCLE),
    "GET /discover": Row(sends("/discover"), SEARCHERS),
    "GET /tags/{name:str}": Row(sends("/tags/rain"), SEARCHERS),
    "GET /family": Row(sends("/family"), FAMILIES),
    "GET /family/join": Row(sends("/family/join?of=nobody&code=x"), MEMBERS),
    "POST /family/join": Row(form("/family/join", handle="nobody", code="x"), YOUNG),
    "POST /family/minute": Row(form("/family/minute"), MEMBERS),
    "POST /family/{what:str}": Row(form("/family/own", minutes="45"), CHOOSERS),
    "GET /me": Row(sends("/me"), MEMBERS),
    "GET /{name:str}": Row(a_profile, GUESTS),
    "GET /sign-up": Row(sends("/sign-up"), OFFERED),
    "POST /sign-up": Row(
        form("/sign-up", step="birth", birth_day="1", birth_month="2", birth_year="1990"),
        everybody(INVALID, listed=NOT_OFFERED, nobody=OK),  # a member is asked for a yes, and did not say one
    ),
    "POST /sign-up/passkey": Row(form("/sign-up/passkey", handle="kim"), everybody(INVALID, listed=NOT_OFFERED)),
    "GET /sign-in": Row(sends("/sign-in"), OFFERED),
    "POST /sign-in": Row(form("/sign-in", login="nobody", password="x"), everybody(SIGN_IN, listed=NOT_OFFERED)),
    "GET /sign-in/code": Row(sends("/sign-in/code"), everybody(SIGN_IN, listed=NOT_OFFERED)),
    "POST /sign-in/code": Row(form("/sign-in/code", code="492039"), everybody(INVALID, listed=NOT_OFFERED)),
    "POST /sign-in/passkey": Row(form("/sign-in/passkey", credential="{}"), everybody(INVALID, listed=NOT_OFFERED)),
    "POST /sign-in/passkey/options": Row(form("/sign-in/passkey/options"), OFFERED),
    "POST /sign-out": Row(sends("/sign-out"), everybody(), spends=True),
    "GET /settings": Row(sends("/settings"), MEMBERS),
    "POST /settings/preferences": Row(form("/settings/preferences", theme="dark"), OFFERED),
    "GET /settings/sessions": Row(sends("/settings/sessions"), MEMBERS),
    "POST /settings/sessions/others": Row(sends("/settings/sessions/others"), MEMBERS),
    "POST /settings/sessions/{session_id:uuid}/end": Row(with_session("/settings/sessions/{session_id}/end"), OWNERS),
    "GET /settings/security": Row(sends("/settings/security"), MEMBERS),
    "GET /settings/security/codes": Row(sends("/settings/security/codes"), MEMBERS),
    "POST /settings/security/codes": Row(
        form("/settings/security/codes", ticket="forged"), everybody(INVALID, listed=NOT_OFFERED, nobody=SIGN_IN)
    ),
    "POST /settings/security/codes/renew": Row(
        form("/settings/security/codes/renew", code="1"), everybody(INVALID, listed=NOT_OFFERED, nobody=SIGN_IN)
    ),
    "POST /settings/security/codes/off": Row(
        form("/settings/security/codes/off", code="1"), everybody(INVALID, listed=NOT_OFFERED, nobody=SIGN_IN)
    ),
    "POST /settings/security/passkey-options": Row(form("/settings/security/passkey-options"), MEMBERS),
    "GET /settings/security/password": Row(sends("/settings/security/password"), MEMBERS),
    "POST /settings/security/password": Row(
        form("/settings/security/password", password=PASSWORD, new_password="short"),
        everybody(INVALID, listed=NOT_OFFERED, nobody=SIGN_IN),
    ),
    **{
        f"POST /settings/security/alerts/{{alert_id:uuid}}/{answer}": Row(
            sends(f"/settings/security/alerts/00000000-0000-7000-8000-000000000000/{answer}"),
            everybody(NOT_FOUND, listed=NOT_OFFERED, nobody=SIGN_IN),
        )
        for answer in ("mine", "not-mine")
    },
    "POST /settings/passkeys/options": Row(sends("/settings/passkeys/options"), MEMBERS),
    "POST /settings/passkeys": Row(
        form("/settings/passkeys", credential="{}"), everybody(INVALID, listed=NOT_OFFERED, nobody=SIGN_IN)
    ),
    "POST /settings/passkeys/{passkey_id:str}/remove": Row(
        sends("/settings/passkeys/AAAA/remove"), everybody(NOT_FOUND, listed=NOT_OFFERED, nobody=SIGN_IN)
    ),
    "GET /settings/data": Row(sends("/settings/data"), wherever()),
    "GET /settings/looks": Row(sends("/settings/looks"), wherever()),
    "POST /settings/data/passkey-options": Row(form("/settings/data/passkey-options"), wherever()),
    "POST /settings/data/copy": Row(form("/settings/data/copy", password=PASSWORD), wherever()),
    "POST /settings/data/deletion": Row(
        form("/settings/data/deletion", password="a wrong one"),
        everybody(REFUSED, nobody=SIGN_IN) | {Kind.LISTED_VISITOR: SIGN_IN},
    ),
    "POST /settings/data/{request_id:uuid}/call-off": Row(
        form("/settings/data/00000000-0000-7000-8000-000000000000/call-off"), OF_SOMEBODY
    ),
    "POST /settings/data/{request_id:uuid}/download": Row(
        form("/settings/data/00000000-0000-7000-8000-000000000000/download", password="x"), OF_SOMEBODY
    ),
    "GET /your-request": Row(sends("/your-request"), everybody()),
    "GET /your-request/{request_id:uuid}/receipt": Row(
        sends("/your-request/00000000-0000-7000-8000-000000000000/receipt?code=x"), everybody(NOT_FOUND)
    ),
    "POST /your-request/{request_id:uuid}/download": Row(
        form("/your-request/00000000-0000-7000-8000-000000000000/download", code="x"), everybody(NOT_FOUND)
    ),
    "GET /rights": Row(sends("/rights"), everybody()),
    "POST /rights": Row(form("/rights", kind="nothing"), everybody(INVALID)),
    "GET /rights/verify": Row(sends("/rights/verify"), everybody()),
    "POST /rights/verify": Row(form("/rights/verify", request="x", code="1"), everybody(REFUSED)),
    "GET /trust": Row(sends("/trust"), everybody()),
    "GET /authorities": Row(sends("/authorities"), everybody()),
    "GET /trust/data": Row(sends("/trust/data"), everybody()),
    "GET /trust/data/map": Row(sends("/trust/data/map?q=email"), everybody()),
    "GET /trust/data/map.csv": Row(sends("/trust/data/map.csv"), everybody()),
    "GET /trust/data/retention": Row(sends("/trust/data/retention"), everybody()),
    "GET /documents/{kind:str}": Row(sends("/documents/terms"), everybody()),
    "GET /documents/{kind:str}/{version:str}": Row(sends("/documents/terms/none"), everybody(NOT_FOUND)),
    "GET /.well-known/security.txt": Row(sends("/.well-known/security.txt"), everybody()),
    "GET /static/{build:str}/{path:path}": Row(own_style, everybody()),
    "GET /manifest.webmanifest": Row(sends("/manifest.webmanifest"), everybody()),
    "GET /sw.js": Row(sends("/sw.js"), everybody()),
    "GET /offline": Row(sends("/offline"), everybody()),
    "GET /dev/components": Row(sends("/dev/components"), everybody(NOT_FOUND)),
    "POST /csp-report": Row(sends("/csp-report", headers={"x-forwarded-for": "2001:db8:2::2"}), everybody()),
    **{
        route: Row(sends(somewhere(route)), COLLEAGUES)
        for route in (
            "GET /console",
            "GET /console/requests",
            "GET /console/requests/{cell:str}/{request_id:uuid}",
            "POST /console/requests/{cell:str}/{request_id:uuid}/vote",
            "POST /console/requests/{cell:str}/{request_id:uuid}/end",
            "POST /console/requests/{cell:str}/{request_id:uuid}/review",
            "POST /console/requests/{cell:str}/{request_id:uuid}/read",
            "GET /console/ask",
            "POST /console/ask",
            "GET /console/staff",
            "POST /console/staff",
            "POST /console/staff/{staff_id:uuid}/invite",
            "POST /console/staff/{staff_id:uuid}/move",
            "POST /console/staff/{staff_id:uuid}/leave",
            "GET /console/rights",
            "POST /console/rights",
            "GET /console/rights/{cell:str}/{request_id:uuid}",
            "POST /console/rights/{cell:str}/{request_id:uuid}/act",
            "GET /console/cases",
            "GET /console/cases/{number:str}",
            "POST /console/cases/{number:str}",
            "POST /console/cases/{number:str}/package",
            "GET /console/holds",
            "GET /console/reports",
            "POST /console/holds",
            "POST /console/sign-out",
        )
    },
    "GET /console/sign-in": Row(sends("/console/sign-in"), everybody()),
    "POST /console/sign-in/options": Row(form("/console/sign-in/options"), everybody()),
    "POST /console/sign-in": Row(form("/console/sign-in", credential="{}"), everybody(INVALID)),
    "GET /console/join": Row(sends("/console/join?code=forged"), everybody(NOT_FOUND)),
    "POST /console/join/options": Row(form("/console/join/options", code="forged"), everybody(NOT_FOUND)),
    "POST /console/join": Row(form("/console/join", code="forged"), everybody(INVALID)),
}
