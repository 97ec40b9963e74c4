"""Doors for programs, who come with a token: each route, what is sent, and what each kind of actor is answered."""

from tests.api.actors import NOBODY, Kind
from tests.api.expected import (
    BLOCKERS,
    CIRCLE,
    CLIP_OWNERS,
    COMMENT_LIKERS,
    COMMENTERS,
    CORRESPONDENTS,
    FINDERS,
    FOLLOWERS,
    INVALID,
    ITS_OWNER,
    LIKERS,
    MEMBERS,
    NOT_FOUND,
    NOT_OFFERED,
    NOTHING_WAITS,
    OF_SOMEBODY,
    OFFERED,
    OK,
    OWNERS,
    RANKED,
    READERS,
    REFUSED,
    REPORTERS,
    SEARCHERS,
    SIGN_IN,
    TOLD,
    UNASKED,
    UNSENDERS,
    UPLOADERS,
    WATCHERS,
    WRITERS,
    everybody,
    wherever,
    with_ended_token,
)
from tests.api.sending import (
    Row,
    a_comment,
    a_message,
    current_tile,
    new_account,
    new_session,
    own_message,
    read_messages,
    request_of_the_adult,
    sends,
    the_clip,
    to_the_pal,
    what_comes,
    what_is_told,
    who_chose,
    with_clip,
    with_session,
    with_upload,
)
from tests.fixtures.site import PASSWORD, TUS

PART = {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
CALLED = {"json": {"calls": []}, "headers": {"x-forwarded-for": "2001:db8:2::1"}}
COMMENT = "/api/v1/clips/{clip}/comments/{comment}"
DRP = "/v1/data-rights-request/00000000-0000-7000-8000-000000000000"
REQUEST = "/api/v1/rights/requests/00000000-0000-7000-8000-000000000000"

API = {
    "POST /api/v1/accounts": Row(new_account, OFFERED),
    "POST /api/v1/sessions": Row(new_session, OFFERED),
    "POST /api/v1/sessions/code": Row(
        sends("/api/v1/sessions/code", json={"ticket": "forged", "code": "492039"}),
        everybody(INVALID, listed=NOT_OFFERED),
    ),
    "DELETE /api/v1/sessions/others": Row(sends("/api/v1/sessions/others"), MEMBERS),
    "GET /api/v1/sessions": Row(sends("/api/v1/sessions"), MEMBERS),
    "DELETE /api/v1/sessions/current": Row(sends("/api/v1/sessions/current"), wherever(), spends=True),
    "DELETE /api/v1/sessions/{session_id:uuid}": Row(with_session("/api/v1/sessions/{session_id}"), OWNERS),
    "GET /api/v1/me": Row(sends("/api/v1/me"), MEMBERS),
    "GET /api/v1/search/clips": Row(sends("/api/v1/search/clips?words=rain"), with_ended_token(SEARCHERS)),
    "GET /api/v1/search/people": Row(sends("/api/v1/search/people?words=ann"), FINDERS),
    "OPTIONS /api/v1/uploads": Row(sends("/api/v1/uploads"), everybody()),
    "POST /api/v1/uploads": Row(sends("/api/v1/uploads", headers=TUS | {"upload-length": "10"}), UPLOADERS),
    "HEAD /api/v1/uploads/{upload_id:uuid}": Row(with_upload(), OWNERS),
    "PATCH /api/v1/uploads/{upload_id:uuid}": Row(with_upload(**PART), OWNERS),
    "DELETE /api/v1/uploads/{upload_id:uuid}": Row(with_upload(), OWNERS),
    "POST /api/v1/uploads/{upload_id:uuid}": Row(with_upload(**{"x-http-method-override": "DELETE"}), OWNERS),
    "GET /api/v1/videos/{video_id:uuid}": Row(sends("/api/v1/videos/{clip}"), with_ended_token(WATCHERS)),
    "GET /api/v1/videos/{video_id:uuid}/media": Row(sends("/api/v1/videos/{clip}/media"), with_ended_token(WATCHERS)),
    "DELETE /api/v1/videos/{video_id:uuid}": Row(with_clip("/api/v1/videos/{clip}"), OWNERS),
    "PUT /api/v1/videos/{video_id:uuid}/audience": Row(
        with_clip("/api/v1/videos/{clip}/audience", json={"audience": "everyone"}), OWNERS
    ),
    "PUT /api/v1/videos/{video_id:uuid}/captions": Row(
        with_clip("/api/v1/videos/{clip}/captions", json={"track": "WEBVTT\n\n00:00.000 --> 00:00.500\nhello"}), OWNERS
    ),
    "DELETE /api/v1/videos/{video_id:uuid}/captions": Row(with_clip("/api/v1/videos/{clip}/captions"), OWNERS),
    "PUT /api/v1/videos/{video_id:uuid}/like": Row(sends("/api/v1/videos/{clip}/like"), LIKERS),
    "DELETE /api/v1/videos/{video_id:uuid}/like": Row(sends("/api/v1/videos/{clip}/like"), LIKERS),
    "GET /api/v1/clips/{clip_id:uuid}/comments": Row(
        sends("/api/v1/clips/{clip}/comments"), with_ended_token(WATCHERS)
    ),
    "POST /api/v1/clips/{clip_id:uuid}/comments": Row(
        sends("/api/v1/clips/{clip}/comments", json={"text": "What a blue!"}), COMMENTERS
    ),
    "PUT /api/v1/clips/{clip_id:uuid}/comments/choice": Row(
        with_clip("/api/v1/clips/{clip}/comments/choice", json={"comments": "friends"}), OWNERS
    ),
    "GET /api/v1/clips/{clip_id:uuid}/comments/{comment_id:uuid}/replies": Row(
        a_comment("/api/v1/clips/{clip}/comments/{comment}/replies"), with_ended_token(WATCHERS)
    ),
    "DELETE /api/v1/clips/{clip_id:uuid}/comments/{comment_id:uuid}": Row(
        a_comment("/api/v1/clips/{clip}/comments/{comment}"), ITS_OWNER
    ),
    "PUT /api/v1/clips/{clip_id:uuid}/comments/{comment_id:uuid}/like": Row(
        a_comment(f"{COMMENT}/like"), COMMENT_LIKERS
    ),
    "DELETE /api/v1/clips/{clip_id:uuid}/comments/{comment_id:uuid}/like": Row(
        a_comment(f"{COMMENT}/like"), COMMENT_LIKERS
    ),
    "PUT /api/v1/clips/{clip_id:uuid}/comments/{comment_id:uuid}/pin": Row(
        a_comment(f"{COMMENT}/pin"), ITS_OWNER | {Kind.CHILD: NOT_FOUND}
    ),
    "DELETE /api/v1/clips/{clip_id:uuid}/comments/{comment_id:uuid}/pin": Row(
        a_comment(f"{COMMENT}/pin"), ITS_OWNER | {Kind.CHILD: NOT_FOUND}
    ),
    "GET /api/v1/me/messages": Row(sends("/api/v1/me/messages"), READERS),
    "PUT /api/v1/me/messages": Row(
        sends("/api/v1/me/messages", json={"accepts": "everyone", "receipts": True}), READERS
    ),
    "POST /api/v1/me/messages/conversations": Row(
        sends("/api/v1/me/messages/conversations", json={"with": "nobody.here", "act": "mute"}), CORRESPONDENTS
    ),
    "POST /api/v1/reports": Row(
        the_clip("/api/v1/reports", "json", reason="violence.graphic"),
        REPORTERS | dict.fromkeys(NOBODY, SIGN_IN),
    ),
    "GET /api/v1/reports": Row(sends("/api/v1/reports"), MEMBERS),
    "GET /api/v1/reports/reasons": Row(sends("/api/v1/reports/reasons"), with_ended_token(OFFERED)),
    "GET /api/v1/me/held-comments": Row(sends("/api/v1/me/held-comments"), CLIP_OWNERS),
    "PUT /api/v1/me/held-comments/{comment_id:uuid}": Row(
        a_comment("/api/v1/me/held-comments/{comment}"), NOTHING_WAITS
    ),
    "GET /api/v1/me/comments": Row(sends("/api/v1/me/comments"), CLIP_OWNERS),
    "PUT /api/v1/me/comments": Row(
        sends("/api/v1/me/comments", json={"comments": "everyone", "general": False}), CLIP_OWNERS
    ),
    "GET /api/v1/restrictions": Row(sends("/api/v1/restrictions"), CIRCLE),
    "PUT /api/v1/restrictions/{handle:str}": Row(to_the_pal("/api/v1/restrictions/{pal}"), BLOCKERS),
    "DELETE /api/v1/restrictions/{handle:str}": Row(to_the_pal("/api/v1/restrictions/{pal}"), BLOCKERS),
    "GET /api/v1/feed": Row(sends("/api/v1/feed"), with_ended_token(OFFERED)),
    "GET /api/v1/feed/choice": Row(sends("/api/v1/feed/choice"), MEMBERS),
    "PUT /api/v1/feed/choice": Row(sends("/api/v1/feed/choice", json={"ranked": True}), RANKED),
    "GET /api/v1/watched": Row(sends("/api/v1/watched"), MEMBERS),
    "POST /api/v1/watched": Row(
        who_chose("/api/v1/watched", json={"clips": [{"clip": "00000000-0000-7000-8000-000000000000", "seconds": 2}]}),
        RANKED,
    ),
    "DELETE /api/v1/watched": Row(sends("/api/v1/watched"), MEMBERS),
    "DELETE /api/v1/watched/{clip_id:uuid}": Row(sends("/api/v1/watched/{clip}"), MEMBERS),
    "PUT /api/v1/clips/{clip_id:uuid}/unwanted": Row(
        who_chose("/api/v1/clips/{clip}/unwanted"), RANKED | {Kind.ADULT: NOT_FOUND}
    ),
    "DELETE /api/v1/clips/{clip_id:uuid}/unwanted": Row(sends("/api/v1/clips/{clip}/unwanted"), RANKED),
    "POST /api/v1/messages": Row(a_message, WRITERS),
    "GET /api/v1/messages": Row(sends("/api/v1/messages?with={adult}"), READERS),
    "GET /api/v1/messages/conversations": Row(sends("/api/v1/messages/conversations"), READERS),
    "GET /api/v1/messages/events": Row(what_comes, READERS),
    "POST /api/v1/messages/read": Row(read_messages, READERS | {Kind.OLD_TEEN: NOT_FOUND}),
    "DELETE /api/v1/messages/{message_id:uuid}": Row(own_message("/api/v1/messages/{message_id}"), UNSENDERS),
    "GET /api/v1/notices": Row(sends("/api/v1/notices"), TOLD),
    "POST /api/v1/notices/seen": Row(sends("/api/v1/notices/seen"), TOLD),
    "GET /api/v1/notices/settings": Row(sends("/api/v1/notices/settings"), TOLD),
    "PUT /api/v1/notices/settings": Row(
        sends("/api/v1/notices/settings", json={"off": ["likes"], "mentions": "friends"}), TOLD
    ),
    "GET /api/v1/notices/events": Row(what_is_told, TOLD),
    "GET /api/v1/follows": Row(sends("/api/v1/follows"), CIRCLE),
    "PUT /api/v1/follows/{handle:str}": Row(to_the_pal("/api/v1/follows/{pal}"), FOLLOWERS),
    "DELETE /api/v1/follows/{handle:str}": Row(to_the_pal("/api/v1/follows/{pal}"), CIRCLE),
    "GET /api/v1/followers": Row(sends("/api/v1/followers"), CIRCLE),
    "DELETE /api/v1/followers/{handle:str}": Row(to_the_pal("/api/v1/followers/{pal}"), CIRCLE),
    "GET /api/v1/follow-requests": Row(sends("/api/v1/follow-requests"), CIRCLE),
    "PUT /api/v1/follow-requests/{handle:str}": Row(to_the_pal("/api/v1/follow-requests/{pal}"), UNASKED),
    "DELETE /api/v1/follow-requests/{handle:str}": Row(to_the_pal("/api/v1/follow-requests/{pal}"), CIRCLE),
    "GET /api/v1/blocks": Row(sends("/api/v1/blocks"), CIRCLE),
    "PUT /api/v1/blocks/{handle:str}": Row(to_the_pal("/api/v1/blocks/{pal}"), BLOCKERS),
    "DELETE /api/v1/blocks/{handle:str}": Row(to_the_pal("/api/v1/blocks/{pal}"), BLOCKERS),
    "GET /api/v1/mutes": Row(sends("/api/v1/mutes"), CIRCLE),
    "PUT /api/v1/mutes/{handle:str}": Row(to_the_pal("/api/v1/mutes/{pal}"), BLOCKERS),
    "DELETE /api/v1/mutes/{handle:str}": Row(to_the_pal("/api/v1/mutes/{pal}"), BLOCKERS),
    "GET /api/v1/me/privacy": Row(sends("/api/v1/me/privacy"), MEMBERS),
    "PUT /api/v1/me/privacy": Row(sends("/api/v1/me/privacy", json={"private": False}), CIRCLE),
    "POST /api/v1/rights/requests": Row(
        sends("/api/v1/rights/requests", json={"kind": "access", "password": PASSWORD}), wherever()
    ),
    "POST /v1/data-rights-request": Row(sends("/v1/data-rights-request", content=b"x"), everybody(SIGN_IN)),
    "GET /v1/data-rights-request/{request_id:uuid}": Row(sends(DRP), everybody(SIGN_IN)),
    "DELETE /v1/data-rights-request/{request_id:uuid}": Row(sends(DRP), everybody(SIGN_IN)),
    "POST /api/v1/rights/mail": Row(sends("/api/v1/rights/mail", content=b"From: a@example.org"), everybody(REFUSED)),
    "GET /api/v1/rights/requests": Row(sends("/api/v1/rights/requests"), wherever()),
    "GET /api/v1/rights/requests/{request_id:uuid}": Row(
        request_of_the_adult, OF_SOMEBODY | {Kind.ADULT: OK, Kind.LISTED_MEMBER: OK}
    ),
    "DELETE /api/v1/rights/requests/{request_id:uuid}": Row(sends(REQUEST), OF_SOMEBODY),
    "POST /api/v1/rights/requests/{request_id:uuid}/download": Row(
        sends(REQUEST + "/download", json={"password": PASSWORD}), OF_SOMEBODY
    ),
    "GET /api/v1/rights/requests/{request_id:uuid}/receipt": Row(sends(REQUEST + "/receipt"), everybody(NOT_FOUND)),
    "GET /api/v1/rights/copies/{ticket:str}": Row(sends("/api/v1/rights/copies/forged"), everybody(INVALID)),
    "GET /api/v1/promises": Row(sends("/api/v1/promises"), everybody()),
    "POST /api/v1/network/first-open": Row(sends("/api/v1/network/first-open", **CALLED), everybody()),
    "GET /api": Row(sends("/api"), everybody()),
    "GET /api/{path:str}": Row(sends("/api/nothing"), everybody(NOT_FOUND)),
    "GET /api/openapi.json": Row(sends("/api/openapi.json"), everybody()),
    "GET /media/{home:str}/{video_id:uuid}/{name:str}": Row(sends("{media}"), OFFERED),
    "HEAD /media/{home:str}/{video_id:uuid}/{name:str}": Row(sends("{media}"), OFFERED),
    "GET /ledger/{path:path}": Row(current_tile, everybody()),
    "GET /healthz": Row(sends("/healthz"), everybody()),
    "GET /readyz": Row(sends("/readyz"), everybody()),
    "GET /metrics": Row(sends("/metrics", headers={"x-forwarded-for": "203.0.113.7"}), everybody(NOT_FOUND)),
    "POST /gateway/v1/parcels": Row(sends("/gateway/v1/parcels"), everybody(REFUSED)),
}
