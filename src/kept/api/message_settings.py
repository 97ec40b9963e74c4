"""What members choose about messages, and do with a whole conversation, for programs."""

from typing import Annotated, Literal

import msgspec
from litestar import Controller, get, post, put
from litestar.params import JSONBody

from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.catalog import Intake, feeds, not_stored
from kept.messages import (
    Choices,
    accept,
    choices_of,
    choose_messages,
    delete_conversation,
    mute_conversation,
    peer_of,
)
from kept.policy import Action, Choice, Mailbox, Relation, require

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]


class MessageChoices(Intake):
    """Who may write, and whether it is told what was read."""

    accepts: Annotated[
        Choice,
        feeds("message_choice.accepts"),
        msgspec.Meta(description="Who may write: `friends` follow each other. At 16 and 17, `everyone` means friends."),
    ]
    receipts: Annotated[
        bool,
        feeds("message_choice.receipts"),
        msgspec.Meta(description="Whether others see what one has read, and one sees the same of them."),
    ]


class ChoicesAnswer(msgspec.Struct):
    """How it is."""

    accepts: Choice
    receipts: bool


class ConversationAct(Intake):
    """What is done with a conversation. Nobody is told of any of it."""

    with_: Annotated[
        str,
        not_stored("finds the conversation"),
        msgspec.Meta(description="As in `GET /api/v1/messages`.", max_length=64),
    ] = msgspec.field(name="with")
    act: Annotated[
        Literal["accept", "mute", "unmute", "delete"],
        not_stored("says what is done"),
        msgspec.Meta(description="`delete` takes away one's own copies, for good."),
    ]


class MessageSettingsController(Controller):
    """Choices about messages."""

    path = "/api/v1/me/messages"
    tags = ("messages",)
    security = _BEARER

    @get(summary="Choices about messages", operation_id="get_message_choices", responses=problems(401, 403, 451))
    async def choices(self, asker: GivenAsker) -> ChoicesAnswer:
        """As one chose; by age, until then."""
        by = asker.member
        require(by.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))
        mine = await choices_of(by.cell, by.member_id)
        return ChoicesAnswer(mine.accepts, mine.receipts)

    @put(
        summary="Choose about messages",
        operation_id="set_message_choices",
        dto=Body[MessageChoices],
        return_dto=None,
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 413, 422, 451),
    )
    async def choose(self, data: JSONBody[MessageChoices], asker: GivenAsker, runtime: GivenRuntime) -> ChoicesAnswer:
        """Holds from the next message on."""
        by = asker.member
        async with by.cell.begin() as tx:
            done = await choose_messages(tx, by, Choices(data.accepts, data.receipts), now=runtime.clock.now())
        return ChoicesAnswer(done.accepts, done.receipts)

    @post(
        "/conversations",
        status_code=204,
        summary="Accept, mute or delete a conversation",
        operation_id="act_on_conversation",
        dto=Body[ConversationAct],
        return_dto=None,
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 404, 413, 422, 451),
    )
    async def act(self, data: JSONBody[ConversationAct], asker: GivenAsker, runtime: GivenRuntime) -> None:
        """One's own side of it; the other's stays as it is."""
        by, now = asker.member, runtime.clock.now()
        require(by.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))
        peer_id = await peer_of(runtime.messages, data.with_)
        async with by.cell.begin() as tx:
            if data.act == "accept":
                await accept(tx, by, peer_id)
            elif data.act == "delete":
                await delete_conversation(tx, by, peer_id, now=now)
            else:
                await mute_conversation(tx, by, peer_id, muted=data.act == "mute", now=now)
