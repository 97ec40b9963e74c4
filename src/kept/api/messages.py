"""Messages between members, for programs: sending, reading, taking back, and what comes, as it comes."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter
from litestar.response import Stream

from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.api.notices import may_be_told, rung
from kept.api.streaming import merged
from kept.catalog import Intake, feeds, not_stored
from kept.edge import Asker, ask, runtime_of
from kept.kit import KeptError
from kept.messages import (
    LONGEST_TEXT,
    MOST,
    PAGE,
    Content,
    Happened,
    Kind,
    Listed,
    Read,
    conversations,
    mark_read,
    page,
    peer_of,
    send,
    tell_seen,
    unread,
    unsend,
)
from kept.policy import Action, Mailbox, Relation, can
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
_NOT_KEPT = {"cache-control": "no-store"}
_EVENTS = {Kind.MESSAGE: "message", Kind.UNSENT: "unsent", Kind.NOT_DELIVERED: "not_delivered", Kind.READ: "read"}


class NewMessage(Intake):
    """A text or a clip, exactly one of them, and whom it goes to."""

    to: Annotated[
        str,
        feeds("message.peer_id"),
        msgspec.Meta(description="Handle of the one it goes to.", examples=["kim.lee"], max_length=64),
    ]
    text: Annotated[
        str | None,
        feeds("message.body"),
        msgspec.Meta(
            description=f"1 to {LONGEST_TEXT:,} characters. No files, no data URLs, no links to pictures, videos or"
            " files elsewhere.",
            examples=["See you on Sunday."],
        ),
    ] = None
    video_id: Annotated[
        UUID | None, feeds("message.body"), msgspec.Meta(description="A clip of this platform that the sender can see.")
    ] = None


class ReadUpTo(Intake):
    """What somebody has read."""

    with_: Annotated[
        str, not_stored("finds the conversation"), msgspec.Meta(description="As in `GET /api/v1/messages`.")
    ] = msgspec.field(name="with")
    up_to: Annotated[UUID, feeds("conversation.read_to"), msgspec.Meta(description="The newest message that was read.")]


class SentAnswer(msgspec.Struct):
    """A message that is on its way, or the one that was sent by the first of repeated requests."""

    message_id: UUID
    sent_at: datetime


class MessageAnswer(msgspec.Struct):
    """A message, as one of its two parties reads it: `text` or `video_id` is null."""

    id: UUID
    mine: Annotated[bool, msgspec.Meta(description="Whether the one who asks wrote it.")]
    text: str | None
    video_id: UUID | None
    delivered: Annotated[bool, msgspec.Meta(description="False when it can't be delivered; nothing says why.")]
    sent_at: datetime


class MessagesAnswer(msgspec.Struct):
    """A page of a conversation, the newest message first."""

    messages: list[MessageAnswer]
    next_cursor: Annotated[UUID | None, msgspec.Meta(description="Ask for older ones with it; null at the end.")]


class ConversationAnswer(msgspec.Struct, rename={"with_": "with"}):
    """A conversation and its newest message."""

    with_: Annotated[str, msgspec.Meta(description="Handle of the other one, or their id when the account is gone.")]
    gone: Annotated[bool, msgspec.Meta(description="The other one's account was deleted.")]
    request: Annotated[bool, msgspec.Meta(description="Somebody new began it, and it has not been answered.")]
    unread: int
    last: MessageAnswer


class ConversationsAnswer(msgspec.Struct):
    """Everybody with whom there are messages, the latest first; and how many messages are new."""

    conversations: list[ConversationAnswer]
    unread: int


class UnreadAnswer(msgspec.Struct):
    """How many are new in the conversation."""

    unread: int


class _Event(msgspec.Struct, omit_defaults=True, rename={"with_": "with"}):
    id: UUID
    with_: str | None = None
    message: MessageAnswer | None = None


With = Annotated[str, QueryParameter(name="with", description="Handle or id of the other one.", max_length=64)]
Cursor = Annotated[UUID | None, QueryParameter(description="`next_cursor` of the page before; the newest without.")]
Limit = Annotated[int, QueryParameter(description="Messages on a page.", ge=1, le=MOST)]
Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Chosen by the client, one for each message. For 24 hours, a request that is repeated with it sends"
        " nothing and gets the same answer.",
    ),
]
LastEvent = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", description="Id of the last event that was received.")
]
AndNotices = Annotated[
    bool, QueryParameter(name="notices", description="Whether events `notices` come along, for pages that show both.")
]


class MessageController(Controller):
    """Messages. Encrypted at rest and in transit, not end to end."""

    path = "/api/v1/messages"
    tags = ("messages",)
    security = _BEARER

    @post(
        summary="Send a message",
        operation_id="send_message",
        dto=Body[NewMessage],
        return_dto=None,
        request_max_body_size=LARGEST_BODY,
        responses={
            201: ResponseSpec(SentAnswer, description="Sent", generate_examples=False),
            **problems(401, 403, 404, 413, 422, 429, 451),
        },
    )
    async def send_message(
        self, request: AnyRequest, data: JSONBody[NewMessage], idempotency_key: Key = None
    ) -> Response[bytes]:
        """Sends a text or a clip to a member. Who can't be written to, and who isn't there, is answered in the same way (403).

        A message to another region that is not taken there shows `delivered: false` a moment later.
        """
        runtime, asker = runtime_of(request), await ask(request)  # injected, they would cost as much as all the rest
        sent = await send(
            runtime.messages,
            asker.member,
            data.to,
            Content(text=data.text, video_id=data.video_id),
            key=idempotency_key,
            now=runtime.clock.now(),
        )
        body = msgspec.json.encode(SentAnswer(sent.message_id, sent.sent_at))
        return Response(body, status_code=201, media_type="application/json", headers=_NOT_KEPT)

    @get(summary="A conversation", operation_id="get_messages", responses=problems(401, 403, 404, 451))
    async def get_messages(
        self, asker: GivenAsker, runtime: GivenRuntime, peer: With, cursor: Cursor = None, limit: Limit = PAGE
    ) -> Response[MessagesAnswer]:
        """The messages with somebody, the newest first."""
        reader = asker.member
        peer_id = await peer_of(runtime.messages, peer)
        found, more = await page(runtime.messages, reader, peer_id, before=cursor, limit=limit)
        following = found[-1].message_id if more else None
        return Response(MessagesAnswer([_answer(one) for one in found], following), headers=_NOT_KEPT)

    @get("/conversations", summary="Conversations", operation_id="get_conversations", responses=problems(401, 403, 451))
    async def get_conversations(self, asker: GivenAsker, runtime: GivenRuntime) -> Response[ConversationsAnswer]:
        """Everybody with whom there are messages, the latest first."""
        found = await conversations(runtime.messages, asker.member)
        new = await unread(asker.member)
        return Response(ConversationsAnswer([_listed(one) for one in found], new.messages), headers=_NOT_KEPT)

    @post(
        "/read",
        status_code=200,
        summary="Tell what was read",
        operation_id="read_messages",
        dto=Body[ReadUpTo],
        return_dto=None,
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 404, 413, 422, 451),
    )
    async def read_messages(self, data: JSONBody[ReadUpTo], asker: GivenAsker, runtime: GivenRuntime) -> UnreadAnswer:
        """Marks a conversation as read up to a message; goes forward only."""
        reader = asker.member
        peer_id = await peer_of(runtime.messages, data.with_)
        async with reader.cell.begin() as tx:
            left = await mark_read(tx, reader, peer_id, up_to=data.up_to)
        async with reader.cell.begin() as tx:  # by itself: nobody holds both sides of a conversation, in either order
            await tell_seen(runtime.messages, tx, reader, peer_id, up_to=data.up_to, now=runtime.clock.now())
        return UnreadAnswer(left)

    @delete(
        "/{message_id:uuid}",
        summary="Take a message back",
        operation_id="unsend_message",
        responses=problems(401, 403, 404, 451),
    )
    async def unsend_message(
        self,
        message_id: Annotated[UUID, PathParameter(description="A message of one's own, sent less than 24 hours ago.")],
        asker: GivenAsker,
        runtime: GivenRuntime,
    ) -> None:
        """Removes both copies of a message, wherever they are."""
        sender = asker.member
        async with sender.cell.begin() as tx:
            await unsend(tx, runtime.messages, sender, message_id, now=runtime.clock.now())

    @get(
        "/events",
        summary="What comes, as it comes",
        operation_id="get_message_events",
        media_type="text/event-stream",
        responses={
            200: ResponseSpec(
                str, description="Server-sent events", media_type="text/event-stream", generate_examples=False
            ),
            **problems(401, 403, 451),
        },
    )
    async def events(
        self,
        request: AnyRequest,
        asker: GivenAsker,
        runtime: GivenRuntime,
        last_event_id: LastEvent = None,
        and_notices: AndNotices = False,
    ) -> Stream:
        """Server-sent events `message`, `unsent`, `not_delivered` and `read`; if asked for, `notices`, too.

        A comment is a sign of life. After a break, send `Last-Event-ID`: nothing that came meanwhile is missed; what came just
        before it may come again.
        """
        happenings = runtime.messages.live.events(asker.member, since=last_event_id, now=runtime.clock.now())
        streams = [_written(request, runtime, happenings)]
        if and_notices and may_be_told(asker):
            streams.append(rung(request, runtime, asker))
        stream = merged(*streams)
        return Stream(stream, media_type="text/event-stream", headers=_NOT_KEPT | {"x-accel-buffering": "no"})


async def _written(
    request: AnyRequest, runtime: Runtime, happenings: AsyncGenerator[Happened, None]
) -> AsyncGenerator[bytes, None]:
    """Events as text; ends when the session does, which is looked at with every sign of life."""
    names: dict[UUID, str] = {}
    async for happened in happenings:
        if happened.kind is None:
            if not await _still_there(request):
                return
            yield b": here\n\n"
            continue
        event = _Event(happened.message_id) if happened.message_id else None
        if event is None:
            continue
        if happened.message is not None:
            peer_id = happened.message.peer_id
            names |= {} if peer_id in names else await runtime.messages.people.names([peer_id])
            event.with_, event.message = names.get(peer_id, str(peer_id)), _answer(happened.message)
        head = f"id: {happened.event_id}\n" if happened.event_id else ""
        yield f"{head}event: {_EVENTS[happened.kind]}\ndata: ".encode() + msgspec.json.encode(event) + b"\n\n"


async def _still_there(request: AnyRequest) -> bool:
    """Whether the session is still good; the stream has begun, so there is no other way to say that it is not."""
    try:
        asker: Asker = await ask(request)
    except KeptError:
        return False
    return asker.session is not None and bool(can(asker.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN)))


def _answer(one: Read) -> MessageAnswer:
    return MessageAnswer(one.message_id, one.mine, one.content.text, one.content.video_id, one.delivered, one.sent_at)


def _listed(one: Listed) -> ConversationAnswer:
    return ConversationAnswer(
        one.name or str(one.peer_id), one.name is None, one.is_request, one.unread, _answer(one.last)
    )
