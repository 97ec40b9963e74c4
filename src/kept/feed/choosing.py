"""Which feed a member opens: ranked for them, or the newest clips with nobody profiled (DSA Art. 38). Until they choose, the
latter (GDPR Art. 25(2)); one tap leads from each to the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.feed.errors import NotRanked, TooManyInterests
from kept.feed.models import FeedChoice
from kept.feed.words import tag_of
from kept.policy import Account, Action, Actor, Service, can, require
from kept.videos import Viewer

MOST_INTERESTS = 20
_OWN = Account(undoes_guardian=False)
_CHOSEN = "SELECT ranked, interests FROM feed_choice WHERE owner_id = $1"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a member chose, and the tags that they said they want to see."""

    ranked: bool = False
    interests: tuple[str, ...] = ()


def may_be_profiled(actor: Actor) -> bool:
    """Whether the policy lets a feed be ranked for somebody of that kind."""
    return bool(can(actor, Action.OPEN_FOR_YOU, Service()) and can(actor, Action.KEEP_HISTORY, _OWN))


async def chosen_by(viewer: Viewer) -> Chosen:
    """What the viewer chose; nothing, where the policy lets nothing be ranked for them, whatever they once chose."""
    if viewer.member_id is None or not may_be_profiled(viewer.actor):
        return Chosen()
    rows = await viewer.cell.database.fetch(_CHOSEN, viewer.member_id)
    return Chosen(rows[0]["ranked"], tuple(rows[0]["interests"])) if rows else Chosen()


async def require_ranked(viewer: Viewer) -> Chosen:
    """What the viewer chose. Raises Refused; NotRanked where they did not choose the feed that is ranked for them."""
    require(viewer.actor, Action.OPEN_FOR_YOU, Service())
    require(viewer.actor, Action.KEEP_HISTORY, _OWN)
    chosen = await chosen_by(viewer)
    if not chosen.ranked:
        raise NotRanked
    return chosen


async def choose_feed(tx: Tx, by: Session, *, ranked: bool, now: datetime) -> None:
    """Choose a feed. Raises Refused for whom nothing may be ranked: they have the one without profiling, and no choice."""
    require(by.actor, Action.KEEP_HISTORY, _OWN)
    await _put(tx, by, {"ranked": ranked, "changed_at": now})


async def choose_interests(tx: Tx, by: Session, tags: Iterable[str], *, now: datetime) -> None:
    """Say what one wants to see. What is no tag is left out. Raises Refused, TooManyInterests."""
    require(by.actor, Action.KEEP_HISTORY, _OWN)
    names = list(dict.fromkeys(tag for tag in map(tag_of, tags) if tag))
    if len(names) > MOST_INTERESTS:
        raise TooManyInterests(most=MOST_INTERESTS)
    await _put(tx, by, {"interests": names, "changed_at": now})


async def is_ranked(tx: Tx, by: Session) -> bool:
    """Whether the member has chosen it, locked until the transaction ends: nothing is learned after they chose otherwise."""
    mine = sa.select(FeedChoice.ranked).where(FeedChoice.owner_id == by.member_id)
    return bool((await tx.run(mine.with_for_update(read=True))).scalar_one_or_none())


async def _put(tx: Tx, by: Session, values: dict[str, object]) -> None:
    require(by.actor, Action.CHANGE_SETTINGS, _OWN)
    made = insert(FeedChoice).values(**({"owner_id": by.member_id, "ranked": False, "interests": []} | values))
    await tx.run(made.on_conflict_do_update(index_elements=["owner_id"], set_=values))
