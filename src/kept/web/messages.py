"""Messages in the browser: the inbox, one conversation, sending and taking back. Forms work without scripts."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from kept.accounts import Session
from kept.catalog import Intake, feeds
from kept.cells import Tx
from kept.edge import Asker, form_of, require_own_page, shell_of, status_of
from kept.edge.answers import lead_on
from kept.edge.answers import page as answer
from kept.kit import KeptError, new_id
from kept.look import pages, paths
from kept.look.views import AuthorView, BubbleView, ConfirmView, ConversationRow, ConversationView, InboxView, Nav
from kept.messages import (
    LONGEST_TEXT,
    Content,
    Listed,
    NoSuchConversation,
    Read,
    Stands,
    accept,
    conversations,
    delete_conversation,
    mute_conversation,
    page,
    peer_of,
    send,
    stands,
    unsend,
)
from kept.policy import Action, Mailbox, Relation, require
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]
GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]

PAGE = 40
_UNSENDS = timedelta(hours=24)

To = Annotated[str | None, QueryParameter(description="Whom to write to.", max_length=64)]
Folder = Annotated[
    str, QueryParameter(description="`requests`: what people wrote whom one doesn't follow.", max_length=16)
]
Before = Annotated[UUID | None, QueryParameter(description="The oldest message of the page before.")]


class Letter(Intake):
    """The form under a conversation."""

    text: Annotated[str, feeds("message.body")] = ""
    key: Annotated[str | None, feeds("message_key.key_index")] = None


class InboxController(Controller):
    """The inbox and the conversations in it."""

    path = paths.INBOX
    include_in_schema = False

    @get()
    async def inbox(
        self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker, to: To = None, folder: Folder = ""
    ) -> Response[Any]:
        """Every conversation, or those that somebody new began; with `to`, leads on to the one with that member."""
        if asker.session is None:
            return lead_on(paths.SIGN_IN)
        if to is not None and (name := to.strip().removeprefix("@")):
            return lead_on(paths.conversation(name))
        found = await conversations(runtime.messages, asker.session)
        shell = shell_of(request, runtime, asker, active=Nav.INBOX)
        asked = folder == "requests"
        view = InboxView(
            shell=shell,
            conversations=tuple(_row(one) for one in found if one.is_request is asked),
            requests=sum(one.is_request for one in found),
            folder=asked,
        )
        return answer(pages.render_inbox(view))

    @get("/{name:str}")
    async def conversation(
        self,
        name: FromPath[str],
        request: AnyRequest,
        runtime: GivenRuntime,
        asker: GivenAsker,
        before: Before = None,
    ) -> Response[Any]:
        """A conversation; an empty one with whoever has that name, or nobody: that shows when something is sent."""
        if asker.session is None:
            return lead_on(paths.SIGN_IN)
        return answer(await _shown(request, runtime, asker, name, before=before))

    @post("/{name:str}")
    async def write(
        self, name: FromPath[str], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker
    ) -> Response[Any]:
        """Send what was typed; what can't be sent comes back with the reason beside it."""
        require_own_page(request)
        sender = asker.member
        form = await form_of(request, Letter)
        try:
            content = Content(text=form.text)
            await send(runtime.messages, sender, name, content, key=form.key, now=runtime.clock.now())
        except KeptError as error:
            html = await _shown(request, runtime, asker, name, draft=form.text, error=error.public)
            return answer(html, status=status_of(error))
        await _accept(runtime, asker, name)
        return lead_on(paths.conversation(name))

    @get("/{name:str}/delete")
    async def ask(
        self, name: FromPath[str], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker
    ) -> Response[Any]:
        """Ask once more. Raises Refused, NoSuchConversation."""
        if asker.session is None:
            return lead_on(paths.SIGN_IN)
        require(asker.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))
        await peer_of(runtime.messages, name)
        view = ConfirmView(
            shell=shell_of(request, runtime, asker),
            kind="delete-conversation",
            thing="",
            action=paths.conversation_act(name, "delete"),
            back=paths.conversation(name),
        )
        return answer(pages.render_confirm(view))

    @post("/{name:str}/{what:str}")
    async def act(
        self,
        name: FromPath[str],
        what: FromPath[str],
        request: AnyRequest,
        runtime: GivenRuntime,
        asker: GivenAsker,
    ) -> Response[bytes]:
        """Accept, mute, unmute or delete a conversation. Raises NoSuchConversation, Refused, NotFoundException."""
        require_own_page(request)
        by, now = asker.member, runtime.clock.now()
        if what not in ACTS:
            raise NotFoundException
        require(by.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))
        peer_id = await peer_of(runtime.messages, name)
        async with by.cell.begin() as tx:
            await ACTS[what](tx, by, peer_id, now)
        return lead_on(paths.INBOX if what == "delete" else paths.conversation(name))

    @post("/{name:str}/{message_id:uuid}/unsend")
    async def take_back(
        self,
        name: FromPath[str],
        message_id: FromPath[UUID],
        request: AnyRequest,
        runtime: GivenRuntime,
        asker: GivenAsker,
    ) -> Response[bytes]:
        """Take one's own message back. Raises NoSuchMessage, Refused."""
        require_own_page(request)
        sender = asker.member
        async with sender.cell.begin() as tx:
            await unsend(tx, runtime.messages, sender, message_id, now=runtime.clock.now())
        return lead_on(paths.conversation(name))


ACTS: dict[str, Callable[[Tx, Session, UUID, datetime], Awaitable[None]]] = {
    "accept": lambda tx, by, peer_id, now: accept(tx, by, peer_id),
    "mute": lambda tx, by, peer_id, now: mute_conversation(tx, by, peer_id, muted=True, now=now),
    "unmute": lambda tx, by, peer_id, now: mute_conversation(tx, by, peer_id, muted=False, now=now),
    "delete": lambda tx, by, peer_id, now: delete_conversation(tx, by, peer_id, now=now),
}
"""What the forms of a conversation do, by their address."""


async def _accept(runtime: Runtime, asker: Asker, name: str) -> None:
    """Whoever answers has taken the conversation up."""
    reader = asker.member
    async with reader.cell.begin() as tx:
        await accept(tx, reader, await peer_of(runtime.messages, name))


async def _shown(
    request: AnyRequest,
    runtime: Runtime,
    asker: Asker,
    name: str,
    *,
    before: UUID | None = None,
    draft: str = "",
    error: str = "",
) -> str:
    """The page of a conversation. Raises Refused; NotFoundException for what is no name."""
    reader = asker.member
    require(asker.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))
    if len(name) > 64 or not name.isprintable():
        raise NotFoundException
    found: list[Read] = []
    more, handle, stand = False, name.lower().removeprefix("@"), Stands()
    try:
        peer_id = await peer_of(runtime.messages, handle)
    except NoSuchConversation:
        author: AuthorView | None = AuthorView(handle=handle)
    else:
        found, more = await page(runtime.messages, reader, peer_id, before=before, limit=PAGE)
        stand = await stands(reader, peer_id)
        known = (await runtime.messages.people.names([peer_id])).get(peer_id)
        author = None if known is None else AuthorView(handle=known)
    now = runtime.clock.now()
    seen = next(
        (one.message_id for one in found if one.mine and stand.seen_to and one.message_id <= stand.seen_to), None
    )
    view = ConversationView(
        shell=shell_of(request, runtime, asker, active=Nav.INBOX),
        author=author,
        name=handle,
        bubbles=tuple(
            _bubble(one, handle, recent=now - one.sent_at < _UNSENDS, seen=one.message_id == seen)
            for one in reversed(found)
        ),
        longest=LONGEST_TEXT,
        key=new_id().hex,
        older=f"{paths.conversation(handle)}?before={found[-1].message_id}" if more else "",
        newest_id=str(found[0].message_id) if found and before is None else "",
        request=stand.is_request,
        muted=stand.muted,
        started=bool(found),
        draft=draft,
        error=error,
    )
    return pages.render_conversation(view)


def _bubble(one: Read, name: str, *, recent: bool, seen: bool) -> BubbleView:
    return BubbleView(
        message_id=str(one.message_id),
        mine=one.mine,
        sent_at=one.sent_at,
        text=one.content.text or "",
        clip=paths.clip(str(one.content.video_id)) if one.content.video_id else "",
        delivered=one.delivered,
        unsend=paths.message_unsend(name, str(one.message_id)) if one.mine and recent else "",
        seen=seen,
    )


def _row(one: Listed) -> ConversationRow:
    return ConversationRow(
        href=paths.conversation(one.name or str(one.peer_id)),
        author=None if one.name is None else AuthorView(handle=one.name),
        preview=one.last.content.text or "",
        mine=one.last.mine,
        at=one.last.sent_at,
        unread=one.unread,
        request=one.is_request,
        muted=one.muted,
    )
