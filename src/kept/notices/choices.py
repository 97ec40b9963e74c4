"""What a member wants to be told, and when nothing is to rise by itself: for young people at night, whatever they choose."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.notices.errors import NoSuchZone
from kept.notices.kinds import CHOSEN, Topic
from kept.notices.models import NoticeChoices
from kept.notices.quiet import is_night, zones_of
from kept.policy import Account, Action, AgeBand, Choice, can, require

_ITSELF = Account(undoes_guardian=False)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a member chose, or what holds for their age as long as they didn't."""

    off: frozenset[Topic] = frozenset()
    mentions: Choice = Choice.EVERYONE
    quiet: bool = False
    zone: str = ""


async def choices_of(by: Session) -> Choices:
    """One's own. Raises Refused: who is told nothing has nothing to choose."""
    require(by.actor, Action.BE_NOTIFIED, _ITSELF)
    rows = await by.cell.database.fetch(
        "SELECT off, mentions, quiet, zone FROM notice_choices WHERE owner_id = $1", by.member_id
    )
    return _chosen(rows[0] if rows else None, by.band)


async def choices_in(tx: Tx, member_id: UUID, band: AgeBand) -> Choices:
    """Those of a member at home in this cell, who is about to be told something."""
    wanted = sa.select(NoticeChoices.__table__).where(NoticeChoices.owner_id == member_id)
    return _chosen((await tx.run(wanted)).mappings().first(), band)


async def choose(tx: Tx, by: Session, chosen: Choices, *, now: datetime) -> None:
    """Choose what to be told from now on. Raises NoSuchZone, Refused."""
    require(by.actor, Action.BE_NOTIFIED, _ITSELF)
    require(by.actor, Action.CHANGE_SETTINGS, _ITSELF)
    if chosen.zone and (not may_be_woken(by) or chosen.zone not in zones_of(by.country)):
        raise NoSuchZone
    off = " ".join(topic for topic in CHOSEN if topic in chosen.off)
    fresh = {"off": off, "mentions": chosen.mentions, "quiet": chosen.quiet, "zone": chosen.zone, "changed_at": now}
    made = insert(NoticeChoices).values(owner_id=by.member_id, **fresh)
    await tx.run(made.on_conflict_do_update(index_elements=["owner_id"], set_=fresh))


def may_be_woken(by: Session) -> bool:
    """Whether the policy leaves it to a member if something rises at night."""
    return can(by.actor, Action.BE_NOTIFIED_AT_NIGHT, _ITSELF).allowed


def is_quiet(by: Session, chosen: Choices, now: datetime) -> bool:
    """Whether nothing may rise by itself for a member now."""
    if may_be_woken(by):
        return chosen.quiet and is_night(by.country, now, zone=chosen.zone)
    return is_night(by.country, now)


def _chosen(row: Any, band: AgeBand) -> Choices:
    young = band in (AgeBand.UNDER_13, AgeBand.TEEN_13_15)
    if row is None:
        return Choices(mentions=Choice.FRIENDS if young else Choice.EVERYONE)
    off = frozenset(Topic(name) for name in row["off"].split())
    return Choices(off, Choice(row["mentions"]), row["quiet"], row["zone"])
