"""A member's choices about messages: who may write, and whether it is told what was read."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.catalog import Intake, feeds
from kept.edge import Asker, form_of, require_own_page, shell_of
from kept.edge.answers import lead_on, page
from kept.look import pages, paths
from kept.look.views import Nav
from kept.look.views.messages import MessageSettingsView
from kept.messages import Choices, choices_of, choose_messages, offered
from kept.policy import Action, Choice, Mailbox, Relation, require
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]
GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]


class MessageSettingsForm(Intake):
    """The form."""

    accepts: Annotated[Choice, feeds("message_choice.accepts")]
    receipts: Annotated[str, feeds("message_choice.receipts")] = ""


class MessageSettingsPages(Controller):
    """The page."""

    path = paths.MESSAGE_SETTINGS
    include_in_schema = False

    @get()
    async def show(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """How it is. Raises Refused: who has no messages has nothing to choose."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.MESSAGE_SETTINGS}")
        by = asker.session
        require(by.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))
        mine = await choices_of(by.cell, by.member_id)
        view = MessageSettingsView(
            shell=shell_of(request, runtime, asker, active=Nav.ME),
            accepts=str(mine.accepts),
            choices=tuple(str(one) for one in offered(by.band)),
            receipts=mine.receipts,
        )
        return page(pages.render_message_settings(view))

    @post()
    async def choose(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """Store it. Raises Refused."""
        require_own_page(request)
        by = asker.member
        form = await form_of(request, MessageSettingsForm)
        async with by.cell.begin() as tx:
            await choose_messages(tx, by, Choices(form.accepts, bool(form.receipts)), now=runtime.clock.now())
        return lead_on(paths.MESSAGE_SETTINGS)
