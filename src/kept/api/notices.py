"""What members are told, for programs: notices, how many are new, as it changes, and which of them one wants."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter
from litestar.response import Stream

from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.catalog import Intake, feeds
from kept.edge import Asker, ask
from kept.kit import KeptError
from kept.notices import (
    CHOSEN,
    MOST_UNREAD,
    Choices,
    Kind,
    SeenNotice,
    Topic,
    choices_of,
    choose,
    mark_seen,
    page,
    unread,
)
from kept.policy import Account, Action, Choice, can
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
_OWN = problems(401, 403, 451)
_NOT_KEPT = {"cache-control": "no-store"}
SIGN_OF_LIFE = b": here\n\n"

Cursor = Annotated[
    str | None, QueryParameter(description="`next_cursor` of the page before; the newest without.", max_length=100)
]


class NoticeAnswer(msgspec.Struct):
    """Something that one is told, as far as it still may be seen."""

    id: UUID
    kind: Kind
    handle: Annotated[str | None, msgspec.Meta(description="Whose act it was. Who likes something is not told.")]
    clip_id: UUID | None
    comment_id: UUID | None
    count: Annotated[int, msgspec.Meta(description="How many like it; 1 for everything else.")]
    said: Annotated[str, msgspec.Meta(description="The beginning of the comment, if everybody may read it.")]
    new: bool
    told_at: datetime


class NoticesAnswer(msgspec.Struct):
    """A page of notices, the newest first, and how many are new."""

    notices: list[NoticeAnswer]
    unread: Annotated[int, msgspec.Meta(description=f"{MOST_UNREAD} at most.")]
    next_cursor: Annotated[str | None, msgspec.Meta(description="Ask for more with it; null at the end.")]


class NoticeSettings(Intake):
    """What one wants to be told, and when nothing is to rise by itself."""

    off: Annotated[
        list[Topic],
        feeds("notice_choices.off"),
        msgspec.Meta(description="What is not told. What becomes of one's clips always is.", max_length=len(CHOSEN)),
    ]
    mentions: Annotated[Choice, feeds("notice_choices.mentions"), msgspec.Meta(description="Whose mentions are told.")]
    quiet: Annotated[
        bool,
        feeds("notice_choices.quiet"),
        msgspec.Meta(description="Nothing rises by itself from 22 to 7 o'clock. Under 18 that is so in any case."),
    ] = False
    zone: Annotated[
        str,
        feeds("notice_choices.zone"),
        msgspec.Meta(description="Time zone of one's country, for adults; empty for all of them.", max_length=64),
    ] = ""


class NoticeSettingsAnswer(msgspec.Struct):
    """As one chose; for whoever has not, by age."""

    off: list[Topic]
    mentions: Choice
    quiet: bool
    zone: str


class NoticeController(Controller):
    """What happened to oneself and to what is one's own."""

    path = "/api/v1/notices"
    tags = ("notices",)
    security = _BEARER

    @get(summary="What one is told", operation_id="get_notices", responses=problems(400, 401, 403, 451))
    async def get_notices(
        self, asker: GivenAsker, runtime: GivenRuntime, cursor: Cursor = None
    ) -> Response[NoticesAnswer]:
        """Kept for 90 days. What was undone or deleted, or may not be seen any more, is not among them."""
        reader, now = asker.member, runtime.clock.now()
        found = await page(reader, after=cursor, now=now)
        new = await unread(reader, now=now)
        shown = [_answer(one) for one in found.notices]
        return Response(NoticesAnswer(shown, new, found.next_cursor), headers=_NOT_KEPT)

    @post("/seen", status_code=204, summary="Have seen them", operation_id="see_notices", responses=_OWN)
    async def see_notices(self, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """None of what was told until now is new any more."""
        reader = asker.member
        async with reader.cell.begin() as tx:
            await mark_seen(tx, reader, now=runtime.clock.now())

    @get("/settings", summary="What one wants to be told", operation_id="get_notice_settings", responses=_OWN)
    async def get_settings(self, asker: GivenAsker) -> NoticeSettingsAnswer:
        """One's own choices."""
        return _chosen(await choices_of(asker.member))

    @put(
        "/settings",
        status_code=204,
        summary="Choose what to be told",
        operation_id="set_notice_settings",
        dto=Body[NoticeSettings],
        return_dto=None,
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 413, 422, 451),
    )
    async def set_settings(self, data: JSONBody[NoticeSettings], asker: GivenAsker, runtime: GivenRuntime) -> None:
        """From now on; what was told stays."""
        by = asker.member
        chosen = Choices(frozenset(data.off), data.mentions, data.quiet, data.zone)
        async with by.cell.begin() as tx:
            await choose(tx, by, chosen, now=runtime.clock.now())

    @get(
        "/events",
        summary="How many are new, as it changes",
        operation_id="get_notice_events",
        media_type="text/event-stream",
        responses={
            200: ResponseSpec(
                str, description="Server-sent events", media_type="text/event-stream", generate_examples=False
            ),
            **_OWN,
        },
    )
    async def events(self, request: AnyRequest, asker: GivenAsker, runtime: GivenRuntime) -> Stream:
        """Server-sent events `notices` with the number, and a comment as a sign of life. At night, nothing rises: see settings.

        Whoever listens to `GET /api/v1/messages/events?notices=true` hears of it there.
        """
        stream = rung(request, runtime, asker)
        return Stream(stream, media_type="text/event-stream", headers=_NOT_KEPT | {"x-accel-buffering": "no"})


def rung(request: AnyRequest, runtime: Runtime, asker: Asker) -> AsyncGenerator[bytes, None]:
    """How many are new, as text; ends when the session does. Raises Refused at once."""
    return _written(request, runtime.notices.bells.numbers(asker.member, runtime.clock))


def may_be_told(asker: Asker) -> bool:
    """Whether there is anything to listen to."""
    return can(asker.actor, Action.BE_NOTIFIED, Account(undoes_guardian=False)).allowed


async def _written(request: AnyRequest, numbers: AsyncGenerator[int | None, None]) -> AsyncGenerator[bytes, None]:
    async for number in numbers:
        if number is not None:
            yield b"event: notices\ndata: " + msgspec.json.encode({"unread": number}) + b"\n\n"
            continue
        try:
            still = await ask(request)  # the stream has begun, so there is no other way to say that the session ended
        except KeptError:
            return
        if still.session is None or not may_be_told(still):
            return
        yield SIGN_OF_LIFE


def _answer(one: SeenNotice) -> NoticeAnswer:
    about = (one.clip_id, one.comment_id)
    return NoticeAnswer(one.notice_id, one.kind, one.handle, *about, one.amount, one.said, one.new, one.told_at)


def _chosen(one: Choices) -> NoticeSettingsAnswer:
    return NoticeSettingsAnswer([topic for topic in CHOSEN if topic in one.off], one.mentions, one.quiet, one.zone)
