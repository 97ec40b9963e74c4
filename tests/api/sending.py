"""What is sent to each route, and what must be there before it is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from kept.social import introduce
from tests.api.actors import Kind, Town
from tests.api.expected import Expected
from tests.fixtures.site import PASSWORD, TUS

Sent = tuple[str, dict[str, Any]]
Make = Callable[[Town, Kind], Awaitable[Sent]]


@dataclass(frozen=True)
class Row:
    """One route: what is sent, and what each kind of actor is answered."""

    make: Make
    expected: Expected
    spends: bool = False
    """The session that it comes with is over afterwards."""


def sends(path: str, **sent: Any) -> Make:
    async def make(town: Town, kind: Kind) -> Sent:
        names = {"adult": town.members[Kind.ADULT].handle, "pal": town.members[Kind.ENDED].handle}
        return path.format(clip=town.clip, media=town.media, **names), dict(sent)

    return make


def who_chose(path: str, **sent: Any) -> Make:
    """From somebody who chose to have a feed ranked, if they may."""

    async def make(town: Town, kind: Kind) -> Sent:
        headers = {"authorization": f"Bearer {town.token(kind)}"}
        await town.site.client.put("/api/v1/feed/choice", json={"ranked": True}, headers=headers)
        return path.format(clip=town.clip), dict(sent)

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


def with_draft(path: str, **sent: Any) -> Make:
    """A draft of the owner's."""

    async def make(town: Town, kind: Kind) -> Sent:
        begun = await town.site.begin(town.owner(kind), 10)
        where = begun.headers["location"]
        done = await town.site.send(town.owner(kind), where, b"not a clip", **{"upload-metadata": "draft MQ=="})
        assert done.headers["draft-id"] == where.rsplit("/", 1)[-1]
        assert "video-id" not in done.headers
        return path.format(draft=done.headers["draft-id"]), dict(sent)

    return make


def with_clip(path: str, **sent: Any) -> Make:
    """A clip of the owner's that is not processed yet."""

    async def make(town: Town, kind: Kind) -> Sent:
        return path.format(clip=await town.site.upload(town.owner(kind), town.clip_data)), dict(sent)

    return make


def a_comment(path: str, **sent: Any) -> Make:
    """A comment of the adult under their own clip, which is pinned nowhere."""

    async def make(town: Town, kind: Kind) -> Sent:
        where, headers = f"/api/v1/clips/{town.clip}/comments", town.members[Kind.ADULT].headers
        written = await town.site.client.post(where, json={"text": "hello"}, headers=headers)
        assert written.status_code == 201, written.text
        for cell in town.site.runtime.cells:
            await cell.database.fetch("UPDATE shelf_pins SET pins = ''")
        return path.format(clip=town.clip, comment=written.json()["id"]), dict(sent)

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


def to_the_pal(path: str, **sent: Any) -> Make:
    """An act towards somebody who has a profile, and is none of those who act; nobody blocks anybody any more."""

    async def make(town: Town, kind: Kind) -> Sent:
        pal = town.members[Kind.ENDED]
        cell = town.site.runtime.cells.named(pal.region)
        async with cell.begin() as tx:
            await introduce(tx, UUID(pal.member_id), now=town.site.runtime.clock.now())
        await cell.database.fetch("DELETE FROM block")
        await cell.database.fetch("DELETE FROM blocked_by")
        return path.format(pal=pal.handle), {name: _filled(value, pal.handle) for name, value in sent.items()}

    return make


def _filled(value: Any, pal: str) -> Any:
    return {key: one.format(pal=pal) for key, one in value.items()} if isinstance(value, dict) else value


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


async def what_is_told(town: Town, kind: Kind) -> Sent:
    """As `what_comes`, of notices."""
    members = [UUID(member.member_id) for member in town.members.values()]
    bells = town.site.runtime.notices.bells
    asyncio.get_running_loop().call_later(0.3, lambda: [bells.end(member_id) for member_id in members])
    return "/api/v1/notices/events", {}
def the_clip(path: str, how: str, **fields: str) -> Make:
    """Something about the adult's clip, by a form (`data`) or as `json`."""

    async def make(town: Town, kind: Kind) -> Sent:
        return path, {how: fields | {"clip": town.clip}}

    return make


def form(path: str, **fields: str) -> Make:
    return sends(path, data=fields)


async def request_of_the_adult(town: Town, kind: Kind) -> Sent:
    body = {"kind": "access", "password": PASSWORD}
    asked = await town.site.client.post("/api/v1/rights/requests", json=body, headers=town.members[Kind.ADULT].headers)
    return f"/api/v1/rights/requests/{asked.json()['request_id']}", {}
