"""Messages in the browser: the inbox, one conversation, sending and taking back. Forms work without scripts."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from kept.catalog import Intake, feeds
from kept.edge import Asker, form_of, require_own_page, shell_of, status_of
from kept.edge.answers import lead_on
from kept.edge.answers import page as answer
from kept.kit import KeptError, new_id
from kept.look import pages, paths
from kept.look.views import AuthorView, BubbleView, ConversationRow, ConversationView, InboxView, Nav
from kept.messages import (
    LONGEST_TEXT,
    Content,
    Listed,
    NoSuchConversation,
    Read,
    accept,
    conversations,
    page,
    peer_of,
    send,
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
        self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker, to: To = None
    ) -> Response[Any]:
        """Every conversation; with `to`, leads on to the one with that member."""
        if asker.session is None:
            return lead_on(paths.SIGN_IN)
        if to is not None and (name := to.strip().removeprefix("@")):
            return lead_on(paths.conversation(name))
        found = await conversations(runtime.messages, asker.session)
        shell = shell_of(request, runtime, asker, active=Nav.INBOX)
        return answer(pages.render_inbox(InboxView(shell=shell, conversations=tuple(_row(one) for one in found))))

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
    more, handle = False, name.lower().removeprefix("@")
    try:
        peer_id = await peer_of(runtime.messages, handle)
    except NoSuchConversation:
        author: AuthorView | None = AuthorView(handle=handle)
    else:
        found, more = await page(runtime.messages, reader, peer_id, before=before, limit=PAGE)
        known = (await runtime.messages.people.names([peer_id])).get(peer_id)
        author = None if known is None else AuthorView(handle=known)
    now = runtime.clock.now()
    view = ConversationView(
        shell=shell_of(request, runtime, asker, active=Nav.INBOX),
        author=author,
        name=handle,
        bubbles=tuple(_bubble(one, handle, recent=now - one.sent_at < _UNSENDS) for one in reversed(found)),
        longest=LONGEST_TEXT,
        key=new_id().hex,
        older=f"{paths.conversation(handle)}?before={found[-1].message_id}" if more else "",
        newest_id=str(found[0].message_id) if found and before is None else "",
        draft=draft,
        error=error,
    )
    return pages.render_conversation(view)


def _bubble(one: Read, name: str, *, recent: bool) -> BubbleView:
    return BubbleView(
        message_id=str(one.message_id),
        mine=one.mine,
        sent_at=one.sent_at,
        text=one.content.text or "",
        clip=paths.clip(str(one.content.video_id)) if one.content.video_id else "",
        delivered=one.delivered,
        unsend=paths.message_unsend(name, str(one.message_id)) if one.mine and recent else "",
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
    )
