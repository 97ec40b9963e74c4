"""Telling a member something: in this cell at once, elsewhere by an envelope. Their own cell decides whether they are told.

An envelope names what happened and whose act it was; likes come without a name, and without a number: that stands on the shelf.
Everything may arrive twice, and after what it tells is over: then it is drawn no more (`reading.py`), and deleted soon.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.accounts import Account
from kept.cells import Addressed, Tx
from kept.notices.choices import Choices, choices_in
from kept.notices.counting import count
from kept.notices.kinds import Kind, Topic
from kept.notices.opening import Notices
from kept.notices.storing import id_of, put
from kept.policy import Action, Actor, AgeBand, Person, Relation, Standing, can
from kept.social import facing, may_have_profile, relation_of
from kept.vault import NoWayThere

WHAT = "notice"
"""`Addressed.what` of what follows."""

_WRITER = Actor.member(AgeBand.TEEN_13_15, standing=Standing.GOOD, offered=True, limits=())
"""Who could comment or publish, asked at home; how old they are is not told, and no rule of mentions goes by more than this."""
_SEEN = sa.text("""
SELECT EXISTS (SELECT FROM video v WHERE v.owner_id = :me AND v.video_id = :clip) OR EXISTS (
    SELECT FROM shelf_card c JOIN shelf_profile p ON p.owner_id = c.owner_id
    WHERE c.item_id = :clip AND NOT c.away AND (NOT (p.private OR c.audience = 'followers' OR :followers) OR EXISTS (
        SELECT FROM follow f WHERE f.owner_id = :me AND f.other_id = c.owner_id AND f.state = 'following'
            AND f.ended_at IS NULL)))
""")


class Happened(msgspec.Struct, tag="happened", frozen=True):
    """Somebody did something to the one whom this is addressed to; `followers`: only followers of the clip's owner see it."""

    kind: Kind
    by: UUID
    clip_id: UUID
    comment_id: UUID | None = None
    followers: bool = False


class Counted(msgspec.Struct, tag="counted", frozen=True):
    """The likes of a clip, or of a comment under it, were counted again: the shelf has the number."""

    clip_id: UUID
    comment_id: UUID | None = None


Told = Happened | Counted
_decode = msgspec.msgpack.Decoder(Told).decode


@dataclass(frozen=True, slots=True)
class Recipient:
    """A member at home here who may be told something."""

    member_id: UUID
    band: AgeBand
    choices: Choices

    def wants(self, topic: Topic) -> bool:
        """Whether they want to hear of it."""
        return topic not in self.choices.off


async def tell(notices: Notices, tx: Tx, to: UUID, told: Told, *, now: datetime) -> None:
    """Let a member know; nobody, when they are gone. What can't reach them is no reason to refuse what it tells of."""
    home = await notices.directory.home(to)
    if home == tx.cell.name:
        await hear(tx, to, told, now=now)
    elif home is not None:
        try:
            await notices.post.send(tx, WHAT, home, to, msgspec.msgpack.encode(told), now=now)
        except NoWayThere:
            return


async def deliver(notices: Notices, tx: Tx, parcel: Addressed, *, now: datetime) -> None:
    """Apply what came from another cell. Raises EnvelopeRefused, NoWayThere."""
    opened = await notices.post.opened(tx, parcel, now=now)
    if opened is not None:
        await hear(tx, parcel.to_member, _decode(opened), now=now)


async def hear(tx: Tx, member_id: UUID, told: Told, *, now: datetime) -> None:
    """Write it down, if this member is to be told, and wants to be."""
    to = await recipient(tx, member_id)
    if to is None:
        return
    if isinstance(told, Counted):
        if to.wants(Topic.LIKES):
            await count(tx, member_id, told.clip_id, told.comment_id, now=now)
        return
    if not to.wants(told.kind.topic) or not await _may_tell(tx, to, told):
        return
    about = told.comment_id or told.clip_id
    await put(
        tx,
        member_id,
        id_of(about, "said"),
        told.kind,
        actor_id=told.by,
        clip_id=told.clip_id,
        comment_id=told.comment_id,
        now=now,
    )


async def recipient(tx: Tx, member_id: UUID) -> Recipient | None:
    """The member, if they are at home here and anybody may have to do with them: nobody has, with a child."""
    there = sa.and_(Account.owner_id == member_id, Account.closed_at.is_(None))
    band = (await tx.run(sa.select(Account.band).where(there))).scalar_one_or_none()
    if band is None or not may_have_profile(AgeBand(band)):
        return None
    return Recipient(member_id, AgeBand(band), await choices_in(tx, member_id, AgeBand(band)))


async def _may_tell(tx: Tx, to: Recipient, told: Happened) -> bool:
    """Nothing of what one does oneself, nothing of those whom one keeps away, nothing that one may not see."""
    if told.by == to.member_id:
        return False
    mine = await facing(tx.cell, to.member_id, told.by)
    if mine.relation is Relation.BLOCKED or mine.muted or mine.restricted:
        return False
    if told.kind is Kind.MENTIONED:
        relation = relation_of(blocked=False, follows=mine.followed, followed=mine.follows)
        person = Person(relation=relation, owner_band=to.band, private=False, mentions=to.choices.mentions)
        if not can(_WRITER, Action.MENTION, person):
            return False
    seen = {"me": to.member_id, "clip": told.clip_id, "followers": told.followers}
    return bool((await tx.run(_SEEN, seen)).scalar_one())
