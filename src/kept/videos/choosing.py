"""Who may watch a member's clips, and comment on them: on one of them, and on those that they will make."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Cell, Tx
from kept.policy import Account, Action, AgeBand, Audience, Choice, Relation, require
from kept.videos.cards import as_resource, comments_at_most, is_recommended, show_card
from kept.videos.errors import NoSuchVideo
from kept.videos.models import ClipDefaults, Video, VideoState
from kept.videos.states import locked

WatchedBy = Literal["everyone", "followers", "only_me"]
"""Whom authors can choose: the policy's `Audience`, but for what no page offers."""
AUDIENCES: tuple[WatchedBy, ...] = get_args(WatchedBy)

_DEFAULT = """
SELECT a.band, d.comments FROM account a LEFT JOIN clip_defaults d ON d.owner_id = a.owner_id WHERE a.owner_id = $1
"""


async def default_comments(cell: Cell, member_id: UUID) -> Choice:
    """Who may comment on the next clip of a member at home in `cell`, if they say nothing else of it."""
    rows = await cell.database.fetch(_DEFAULT, member_id)
    if not rows:
        return Choice.NOBODY
    return comments_at_most(Choice(rows[0]["comments"] or Choice.EVERYONE), AgeBand(rows[0]["band"]))


async def choose_default_comments(tx: Tx, by: Session, choice: Choice, *, now: datetime) -> None:
    """Choose for the clips that one will make; those that are there stay as they are. Raises Refused."""
    require(by.actor, Action.CHANGE_SETTINGS, Account(undoes_guardian=False))
    require(by.actor, Action.EDIT_CLIP, as_resource(relation=Relation.OWN))
    fresh = {"comments": comments_at_most(choice, by.band), "changed_at": now}
    chosen = insert(ClipDefaults).values(owner_id=by.member_id, **fresh)
    await tx.run(chosen.on_conflict_do_update(index_elements=["owner_id"], set_=fresh))


async def choose_comments(tx: Tx, by: Session, video_id: UUID, choice: Choice, *, now: datetime) -> None:
    """Choose for one of one's own clips; what was written stays. Raises NoSuchVideo, Refused."""
    await _change(tx, by, video_id, {"comments": comments_at_most(choice, by.band)}, now=now)


def default_audience(band: AgeBand) -> Audience:
    """Who may watch the next clip of a member of that age, if they say nothing else of it.

    Followers, where the policy shows their clips to no strangers of its own accord.
    """
    return Audience.EVERYONE if is_recommended(band) else Audience.FOLLOWERS


async def choose_audience(tx: Tx, by: Session, video_id: UUID, audience: WatchedBy, *, now: datetime) -> None:
    """Show one of one's own clips to more or fewer people from now on. Raises NoSuchVideo, Refused."""
    await _change(tx, by, video_id, {"audience": Audience(audience)}, now=now)


async def _change(tx: Tx, by: Session, video_id: UUID, values: dict[str, str], *, now: datetime) -> None:
    video = await locked(tx, by.member_id, video_id)
    if video is None or video.state == VideoState.WITHDRAWN:
        raise NoSuchVideo
    require(by.actor, Action.EDIT_CLIP, as_resource(relation=Relation.OWN))
    here = sa.and_(Video.owner_id == by.member_id, Video.video_id == video_id)
    chosen = sa.update(Video).where(here).values(**values)
    video = (await tx.run(chosen.returning(*Video.__table__.c))).one()
    if video.state == VideoState.PUBLISHED:
        await show_card(tx, video, now=now)
