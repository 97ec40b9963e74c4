"""Reports, in a line each."""

from typing import Any
from uuid import UUID

from kept.accounts import Session
from kept.cells import Cell
from kept.messages import Content, send
from kept.policy import Actor, Site, Team
from kept.reports import About, InQueue, NewReport, Receipt, report, waiting
from tests.fixtures.crowd import Crowd

MODERATOR = Actor.staff(Team.TRUST_AND_SAFETY, Site.IN_REGION)
CHILD_SAFETY = Actor.staff(Team.CHILD_SAFETY, Site.IN_REGION)
RUDE = "bullying.harassment"


async def tell(
    crowd: Crowd, by: Session, reason: str = RUDE, *, text: str = "", quote: bool = False, **about: Any
) -> Receipt:
    """Report something, without carrying it anywhere."""
    async with by.cell.begin() as tx:
        new = NewReport(reason=reason, text=text, quote=quote)
        return await report(crowd.reports, tx, by, About(**about), new, now=crowd.lot.now)


async def queued(cell: Cell, item: UUID, actor: Actor = MODERATOR) -> InQueue | None:
    """What the queue of a cell says of a thing."""
    return next((one for one in await waiting(cell, actor) if one.item_id == item), None)


async def write_to(crowd: Crowd, by: Session, to: Session, text: str) -> UUID:
    sent = await send(crowd.messages, by, to.handle, Content(text=text), now=crowd.lot.now)
    await crowd.carry()
    return sent.message_id
