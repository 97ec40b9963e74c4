"""Every route and every kind of actor: what they are answered. A route that is not in the matrix fails, until it is.

What the policy knows is asked of the policy; the rest is said here, in one line a route.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.routes import HTTPRoute

from kept.kit.settings import Messages, Uploads
from kept.policy import (
    Action,
    AgeBand,
    Audience,
    Choice,
    Clip,
    ClipState,
    Mailbox,
    Payload,
    Person,
    Rating,
    Relation,
    Service,
)
from kept.postgres import EmbeddedPostgres
from tests.api.actors import AUTHORS, LISTED, NOBODY, Kind, Outcome, Town, by_policy, outcome_of, settle
from tests.fixtures.site import PASSWORD, TUS, Site, open_site

OK, SIGN_IN, REFUSED = Outcome.OK, Outcome.SIGN_IN, Outcome.REFUSED
NOT_FOUND, NOT_OFFERED, INVALID = Outcome.NOT_FOUND, Outcome.NOT_OFFERED, Outcome.INVALID

Expected = dict[Kind, Outcome]
Sent = tuple[str, dict[str, Any]]
Make = Callable[[Town, Kind], Awaitable[Sent]]


def everybody(outcome: Outcome = OK, *, listed: Outcome | None = None, nobody: Outcome | None = None) -> Expected:
    """The same for all, but for those from countries on the list and those who are not signed in."""
    special = {kind: listed for kind in LISTED if listed} | {kind: nobody for kind in NOBODY if nobody}
    return {kind: outcome for kind in Kind} | special


def wherever(kind_of_nobody: Outcome = SIGN_IN) -> Expected:
    """For whoever is signed in, also from a country on the list."""
    return everybody(nobody=kind_of_nobody) | {Kind.LISTED_VISITOR: kind_of_nobody}


OFFERED = everybody(listed=NOT_OFFERED)
MEMBERS = everybody(listed=NOT_OFFERED, nobody=SIGN_IN)
OWNERS = everybody(NOT_FOUND, listed=NOT_OFFERED, nobody=SIGN_IN) | dict.fromkeys(AUTHORS, OK)
ONLY_OWNERS_SEE = OWNERS | dict.fromkeys(NOBODY, NOT_FOUND)
UPLOADERS = by_policy(Action.UPLOAD, Service())
A_CLIP = Clip(
    state=ClipState.PUBLISHED,
    audience=Audience.EVERYONE,
    rating=Rating.GENERAL,
    relation=Relation.STRANGER,
    owner_band=AgeBand.ADULT,
)
WATCHERS = by_policy(Action.WATCH, A_CLIP, hidden=True)
GUESTS = by_policy(
    Action.SEE_PROFILE, Person(relation=Relation.STRANGER, owner_band=AgeBand.TEEN_13_15, private=False), hidden=True
)


READERS = by_policy(Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))
WRITERS = by_policy(
    Action.SEND_MESSAGE,
    Mailbox(relation=Relation.STRANGER, owner_band=AgeBand.ADULT, accepts=Choice.EVERYONE, payload=Payload.TEXT),
)
UNSENDERS = everybody(NOT_FOUND, listed=NOT_OFFERED, nobody=SIGN_IN) | {Kind.ADULT: OK}
"""Of a message that the adult sent."""


def with_ended_token(expected: Expected) -> Expected:
    """A program that comes with a token that ended is told so, also where a visitor would be served."""
    return expected | {Kind.ENDED: SIGN_IN}


def sends(path: str, **sent: Any) -> Make:
    async def make(town: Town, kind: Kind) -> Sent:
        names = {"adult": town.members[Kind.ADULT].handle, "pal": town.members[Kind.ENDED].handle}
        return path.format(clip=town.clip, media=town.media, **names), dict(sent)

    return make


async def new_account(town: Town, kind: Kind) -> Sent:
    body = {"handle": f"new{uuid4().hex[:12]}", "password": PASSWORD, "birth_date": "1990-01-01", "country": "US"}
    return "/api/v1/accounts", {"json": body | {"accept_terms": "current"}}


async def new_session(town: Town, kind: Kind) -> Sent:
    return "/api/v1/sessions", {"json": {"login": town.members[Kind.ADULT].handle, "password": PASSWORD}}


async def own_session(town: Town, kind: Kind) -> Sent:
    """One more session of the owner's, by its id."""
    owner = town.owner(kind)
    form = {"login": owner.handle, "password": PASSWORD}
    token = (await town.site.client.post("/api/v1/sessions", json=form)).json()["token"]
    listed = await town.site.client.get("/api/v1/sessions", headers={"authorization": f"Bearer {token}"})
    return next(one["id"] for one in listed.json()["sessions"] if one["current"]), {}


def with_session(path: str) -> Make:
    async def make(town: Town, kind: Kind) -> Sent:
        session_id, _ = await own_session(town, kind)
        return path.format(session_id=session_id), {}

    return make


def with_upload(**sent: Any) -> Make:
    """An upload of the owner's, begun a moment ago."""

    async def make(town: Town, kind: Kind) -> Sent:
        begun = await town.site.begin(town.owner(kind), 10)
        assert begun.status_code == 201, begun.text
        return begun.headers["location"], {"headers": TUS | sent}

    return make


def with_clip(path: str) -> Make:
    """A clip of the owner's that is not processed yet."""

    async def make(town: Town, kind: Kind) -> Sent:
        return path.format(clip=await town.site.upload(town.owner(kind), town.clip_data)), {}

    return make


async def current_tile(town: Town, kind: Kind) -> Sent:
    await town.site.runtime.ledger.objects.put("checkpoint", b"a checkpoint\n")
    return "/ledger/checkpoint", {}


async def own_style(town: Town, kind: Kind) -> Sent:
    page = await town.site.client.get("/trust")
    return page.text.split('rel="stylesheet" href="')[1].split('"')[0], {}


async def a_profile(town: Town, kind: Kind) -> Sent:
    return f"/@{town.members[Kind.ADULT].handle}", {}


async def a_message(town: Town, kind: Kind) -> Sent:
    """To an adult who is none of those who send."""
    return "/api/v1/messages", {"json": {"to": town.members[Kind.ENDED].handle, "text": "hello"}}


async def sent_by_the_adult(town: Town) -> str:
    headers = town.members[Kind.ADULT].headers
    body = {"to": town.members[Kind.ENDED].handle, "text": "hello"}
    answer = await town.site.client.post("/api/v1/messages", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["message_id"])


def own_message(path: str) -> Make:
    async def make(town: Town, kind: Kind) -> Sent:
        return path.format(message_id=await sent_by_the_adult(town), pal=town.members[Kind.ENDED].handle), {}

    return make


async def read_messages(town: Town, kind: Kind) -> Sent:
    """Of a conversation that the adults have with somebody."""
    for writer in (Kind.ADULT, Kind.STRANGER):
        body = {"to": town.members[Kind.ENDED].handle, "text": "hello"}
        sent = await town.site.client.post("/api/v1/messages", json=body, headers=town.members[writer].headers)
    read = {"with": town.members[Kind.ENDED].handle, "up_to": sent.json()["message_id"]}
    return "/api/v1/messages/read", {"json": read}


async def what_comes(town: Town, kind: Kind) -> Sent:
    """A stream that ends a moment after it began: this client waits for the whole answer."""
    members = [UUID(member.member_id) for member in town.members.values()]
    live = town.site.runtime.messages.live
    asyncio.get_running_loop().call_later(0.3, lambda: [live.end(member_id) for member_id in members])
    return "/api/v1/messages/events", {}


def form(path: str, **fields: str) -> Make:
    return sends(path, data=fields)


PART = {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
CALLED = {"json": {"calls": []}, "headers": {"x-forwarded-for": "2001:db8:2::1"}}


@dataclass(frozen=True)
class Row:
    """One route: what is sent, and what each kind of actor is answered."""

    make: Make
    expected: Expected
    spends: bool = False
    """The session that it comes with is over afterwards."""


REQUEST = "/api/v1/rights/requests/00000000-0000-7000-8000-000000000000"
OF_SOMEBODY = everybody(NOT_FOUND, nobody=SIGN_IN) | {Kind.LISTED_VISITOR: SIGN_IN}
"""Something of the one who asks, which isn't there."""


async def request_of_the_adult(town: Town, kind: Kind) -> Sent:
    body = {"kind": "access", "password": PASSWORD}
    asked = await town.site.client.post("/api/v1/rights/requests", json=body, headers=town.members[Kind.ADULT].headers)
    return f"/api/v1/rights/requests/{asked.json()['request_id']}", {}


API = {
    "POST /api/v1/accounts": Row(new_account, OFFERED),
    "POST /api/v1/sessions": Row(new_session, OFFERED),
    "GET /api/v1/sessions": Row(sends("/api/v1/sessions"), MEMBERS),
    "DELETE /api/v1/sessions/current": Row(sends("/api/v1/sessions/current"), wherever(), spends=True),
    "DELETE /api/v1/sessions/{session_id:uuid}": Row(with_session("/api/v1/sessions/{session_id}"), OWNERS),
    "GET /api/v1/me": Row(sends("/api/v1/me"), MEMBERS),
    "OPTIONS /api/v1/uploads": Row(sends("/api/v1/uploads"), everybody()),
    "POST /api/v1/uploads": Row(sends("/api/v1/uploads", headers=TUS | {"upload-length": "10"}), UPLOADERS),
    "HEAD /api/v1/uploads/{upload_id:uuid}": Row(with_upload(), OWNERS),
    "PATCH /api/v1/uploads/{upload_id:uuid}": Row(with_upload(**PART), OWNERS),
    "DELETE /api/v1/uploads/{upload_id:uuid}": Row(with_upload(), OWNERS),
    "POST /api/v1/uploads/{upload_id:uuid}": Row(with_upload(**{"x-http-method-override": "DELETE"}), OWNERS),
    "GET /api/v1/videos/{video_id:uuid}": Row(sends("/api/v1/videos/{clip}"), with_ended_token(WATCHERS)),
    "GET /api/v1/videos/{video_id:uuid}/media": Row(sends("/api/v1/videos/{clip}/media"), with_ended_token(WATCHERS)),
    "DELETE /api/v1/videos/{video_id:uuid}": Row(with_clip("/api/v1/videos/{clip}"), OWNERS),
    "GET /api/v1/feed": Row(sends("/api/v1/feed"), with_ended_token(OFFERED)),
    "POST /api/v1/messages": Row(a_message, WRITERS),
    "GET /api/v1/messages": Row(sends("/api/v1/messages?with={adult}"), READERS),
    "GET /api/v1/messages/conversations": Row(sends("/api/v1/messages/conversations"), READERS),
    "GET /api/v1/messages/events": Row(what_comes, READERS),
    "POST /api/v1/messages/read": Row(read_messages, READERS | {Kind.OLD_TEEN: NOT_FOUND}),
    "DELETE /api/v1/messages/{message_id:uuid}": Row(own_message("/api/v1/messages/{message_id}"), UNSENDERS),
    "POST /api/v1/rights/requests": Row(
        sends("/api/v1/rights/requests", json={"kind": "access", "password": PASSWORD}), wherever()
    ),
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
"""Doors for programs, who come with a token."""

WEB = {
    "GET /": Row(sends("/"), OFFERED),
    "GET /cards": Row(sends("/cards"), OFFERED),
    "GET /clips/{clip_id:uuid}": Row(sends("/clips/{clip}"), WATCHERS),
    "GET /clips/{clip_id:uuid}/media": Row(sends("/clips/{clip}/media"), WATCHERS),
    "GET /clips/{clip_id:uuid}/state": Row(with_clip("/clips/{clip}/state"), ONLY_OWNERS_SEE),
    "GET /clips/{clip_id:uuid}/delete": Row(with_clip("/clips/{clip}/delete"), ONLY_OWNERS_SEE),
    "POST /clips/{clip_id:uuid}/delete": Row(with_clip("/clips/{clip}/delete"), OWNERS),
    "GET /upload": Row(sends("/upload"), UPLOADERS),
    "POST /upload": Row(form("/upload", caption="no file"), UPLOADERS | dict.fromkeys((*AUTHORS, Kind.STRANGER), INVALID)),
    "GET /inbox": Row(sends("/inbox"), READERS),
    "GET /inbox/{name:str}": Row(sends("/inbox/{adult}"), READERS),
    "POST /inbox/{name:str}": Row(form("/inbox/{pal}", text="hello"), WRITERS),
    "POST /inbox/{name:str}/{message_id:uuid}/unsend": Row(own_message("/inbox/{pal}/{message_id}/unsend"), UNSENDERS),
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
    "POST /sign-in/passkey": Row(form("/sign-in/passkey", credential="{}"), everybody(INVALID, listed=NOT_OFFERED)),
    "POST /sign-in/passkey/options": Row(form("/sign-in/passkey/options"), OFFERED),
    "POST /sign-out": Row(sends("/sign-out"), everybody(), spends=True),
    "GET /settings": Row(sends("/settings"), MEMBERS),
    "POST /settings/preferences": Row(form("/settings/preferences", theme="dark"), OFFERED),
    "GET /settings/sessions": Row(sends("/settings/sessions"), MEMBERS),
    "POST /settings/sessions/others": Row(sends("/settings/sessions/others"), MEMBERS),
    "POST /settings/sessions/{session_id:uuid}/end": Row(with_session("/settings/sessions/{session_id}/end"), OWNERS),
    "POST /settings/passkeys/options": Row(sends("/settings/passkeys/options"), MEMBERS),
    "POST /settings/passkeys": Row(
        form("/settings/passkeys", credential="{}"), everybody(INVALID, listed=NOT_OFFERED, nobody=SIGN_IN)
    ),
    "POST /settings/passkeys/{passkey_id:str}/remove": Row(
        sends("/settings/passkeys/AAAA/remove"), everybody(NOT_FOUND, listed=NOT_OFFERED, nobody=SIGN_IN)
    ),
    "GET /settings/data": Row(sends("/settings/data"), wherever()),
    "POST /settings/data/passkey-options": Row(form("/settings/data/passkey-options"), wherever()),
    "POST /settings/data/copy": Row(form("/settings/data/copy", access_password=PASSWORD), wherever()),
    "POST /settings/data/deletion": Row(
        form("/settings/data/deletion", deletion_password="a wrong one"),
        everybody(REFUSED, nobody=SIGN_IN) | {Kind.LISTED_VISITOR: SIGN_IN},
    ),
    "POST /settings/data/{request_id:uuid}/call-off": Row(
        form("/settings/data/00000000-0000-7000-8000-000000000000/call-off"), OF_SOMEBODY
    ),
    "POST /settings/data/{request_id:uuid}/download": Row(
        form("/settings/data/00000000-0000-7000-8000-000000000000/download", download_password="x"), OF_SOMEBODY
    ),
    "GET /your-request": Row(sends("/your-request"), everybody()),
    "GET /your-request/{request_id:uuid}/receipt": Row(
        sends("/your-request/00000000-0000-7000-8000-000000000000/receipt?code=x"), everybody(NOT_FOUND)
    ),
    "GET /trust": Row(sends("/trust"), everybody()),
    "GET /documents/{kind:str}": Row(sends("/documents/terms"), everybody()),
    "GET /documents/{kind:str}/{version:str}": Row(sends("/documents/terms/none"), everybody(NOT_FOUND)),
    "GET /.well-known/security.txt": Row(sends("/.well-known/security.txt"), everybody()),
    "GET /static/{build:str}/{path:path}": Row(own_style, everybody()),
    "GET /manifest.webmanifest": Row(sends("/manifest.webmanifest"), everybody()),
    "GET /sw.js": Row(sends("/sw.js"), everybody()),
    "GET /offline": Row(sends("/offline"), everybody()),
    "GET /dev/components": Row(sends("/dev/components"), everybody(NOT_FOUND)),
    "POST /csp-report": Row(sends("/csp-report", headers={"x-forwarded-for": "2001:db8:2::2"}), everybody()),
}
"""Doors for people, whose browser brings a cookie."""

CASES = [(route, kind) for route in (*API, *WEB) for kind in Kind]


@pytest.fixture(scope="module")
async def town(postgres: EmbeddedPostgres, templates: dict[str, str], small_clip: bytes) -> AsyncIterator[Town]:
    generous = Uploads(max_bytes=32 * 1024 * 1024, unfinished=1_000, per_day=1_000)
    async with open_site(postgres, templates, "matrix", uploads=generous, messages=Messages(burst=1_000)) as site:
        yield await settle(site, small_clip)


async def attempt(town: Town, route: str, kind: Kind) -> Outcome:
    """What comes of it when somebody of a kind knocks."""
    row = (API | WEB)[route]
    path, sent = await row.make(town, kind)
    token = await town.another_session(kind) if row.spends else town.token(kind)
    headers = dict(sent.pop("headers", {})) | ({"x-country": "CN"} if kind in LISTED else {})
    if token is not None:
        headers |= {"authorization": f"Bearer {token}"} if route in API else {"cookie": f"kept={token}"}
    if route in WEB:
        headers["sec-fetch-site"] = "same-origin"
    answer = await town.site.client.request(route.split()[0], path, headers=headers, **sent)
    town.site.client.cookies.clear()
    return outcome_of(answer)


def routes_of(site: Site) -> set[str]:
    found = set()
    for route in site.app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                found |= {f"{method} {route.path_format}" for method in handler.http_methods}
    return found


def test_every_route_is_in_the_matrix_and_nothing_else(site: Site) -> None:
    told = {f"{route.split()[0]} {plain(route.split()[1])}" for route in (*API, *WEB)}
    automatic = {one for one in routes_of(site) if one.startswith("OPTIONS ")} - told
    assert routes_of(site) - automatic == told


def plain(path: str) -> str:
    """A path as the framework formats it."""
    return "/" + "/".join("{" + part[1:].split(":")[0] + "}" if part[:1] == "{" else part for part in path[1:].split("/"))


@pytest.mark.parametrize(("route", "kind"), CASES, ids=lambda value: str(value).replace(" ", "_"))
async def test_who_is_answered_what(town: Town, route: str, kind: Kind) -> None:
    assert await attempt(town, route, kind) is (API | WEB)[route].expected[kind]


FOR_CHILDREN_TOO = {
    "POST /api/v1/accounts",
    "POST /api/v1/sessions",
    "DELETE /api/v1/sessions/current",
    "POST /api/v1/network/first-open",
    "POST /sign-in/passkey/options",
    "POST /sign-out",
    "POST /settings/preferences",
    "POST /api/v1/rights/requests",
    "POST /settings/data/copy",
    "POST /settings/data/passkey-options",
    "POST /settings/sessions/others",
    "POST /settings/passkeys/options",
    "POST /csp-report",
}
"""What a child may send: nothing of it puts anything before anybody, or reaches anybody."""


def test_under_13_no_other_request_that_changes_something_succeeds() -> None:
    unsafe = {route: row for route, row in (API | WEB).items() if route.split()[0] not in ("GET", "HEAD", "OPTIONS")}
    assert {route for route, row in unsafe.items() if row.expected[Kind.CHILD] is OK} == FOR_CHILDREN_TOO
    written = [route for route in unsafe if "upload" in route or "videos" in route or "clips" in route or "messages" in route]
    assert written
    assert {unsafe[route].expected[Kind.CHILD] for route in written} <= {REFUSED, NOT_FOUND}


async def test_a_member_whose_country_is_on_the_list_is_refused_wherever_they_are(town: Town) -> None:
    member = await town.site.join()
    for cell in town.site.runtime.cells:
        await cell.database.fetch("UPDATE account SET country = 'CN' WHERE handle = $1", member.handle)
    for path in ("/api/v1/me", "/api/v1/feed", "/api/v1/sessions"):
        answer = await town.site.client.get(path, headers=member.headers)
        assert (answer.status_code, answer.json()["code"]) == (451, "not_offered_here")
    assert (await town.site.client.delete("/api/v1/sessions/current", headers=member.headers)).status_code == 204
