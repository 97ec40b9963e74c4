"""A member's choices about messages: who may write, and whether it is told what was read. Both go by age until they choose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Cell, Tx
from kept.messages.models import MessageChoice
from kept.policy import Account, Action, AgeBand, Choice, Mailbox, Relation, require

CHOSEN = """
SELECT a.band, c.accepts, c.receipts FROM account a LEFT JOIN message_choice c ON c.owner_id = a.owner_id
WHERE a.owner_id = $1
"""


@dataclass(frozen=True, slots=True)
class Choices:
    """Who may write to a member, and whether others see what they have read, and they what others have: both, or neither."""

    accepts: Choice
    receipts: bool


NOTHING = Choices(Choice.NOBODY, receipts=False)
"""Of somebody who is not here."""


def usual(band: AgeBand) -> Choices:
    """What holds until a member chooses. Minors hear from friends, which is all that the policy lets through."""
    grown = band is AgeBand.ADULT
    return Choices(Choice.EVERYONE if grown else Choice.FRIENDS, receipts=grown)


def offered(band: AgeBand) -> tuple[Choice, ...]:
    """What there is to choose from."""
    return (
        (Choice.EVERYONE, Choice.FRIENDS, Choice.NOBODY) if band is AgeBand.ADULT else (Choice.FRIENDS, Choice.NOBODY)
    )


async def choices_of(cell: Cell, member_id: UUID) -> Choices:
    """What holds for a member at home in `cell`."""
    return chosen(await cell.database.fetch(CHOSEN, member_id))


async def choices_in(tx: Tx, member_id: UUID) -> Choices:
    """The same, inside a transaction."""
    return chosen((await tx.connection.exec_driver_sql(CHOSEN, (member_id,))).mappings().all())


async def choose_messages(tx: Tx, by: Session, choices: Choices, *, now: datetime) -> Choices:
    """Choose anew. What is open stays open; who may not write any more, can't. Raises Refused."""
    require(by.actor, Action.CHANGE_SETTINGS, Account(undoes_guardian=False))
    require(by.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))
    accepts = choices.accepts if choices.accepts in offered(by.band) else Choice.FRIENDS
    fresh = {"accepts": accepts, "receipts": choices.receipts, "changed_at": now}
    row = insert(MessageChoice).values(owner_id=by.member_id, **fresh)
    await tx.run(row.on_conflict_do_update(index_elements=["owner_id"], set_=fresh))
    return Choices(accepts, choices.receipts)


def chosen(rows: "list[Any] | Any") -> Choices:
    """What a row of `CHOSEN` says; on a birthday, what was chosen at a younger age still holds."""
    if not rows:
        return NOTHING
    row: Mapping[str, Any] = rows[0]
    band = AgeBand(row["band"])
    if row["accepts"] is None:
        return usual(band)
    accepts = Choice(row["accepts"])
    return Choices(accepts if accepts in offered(band) else Choice.FRIENDS, row["receipts"])
