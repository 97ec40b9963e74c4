"""Liking a clip, and taking that back. Whoever may not watch it can't: it is loaded through the door."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.kit import Settings
from kept.kit.pace import Pace
from kept.likes.counting import likes_changed
from kept.likes.errors import TooManyLikes
from kept.likes.models import Liked
from kept.policy import Action, Relation, require
from kept.social import facing
from kept.videos import NoSuchVideo, VideoState, Viewer, as_resource, visible_video


async def like(tx: Tx, by: Session, clip_id: UUID, *, pace: Pace | None = None, now: datetime) -> None:
    """Like a published clip; liked twice, it is liked once. Raises NoSuchVideo, Refused, TooManyLikes.

    `pace` is how fast one may: given by whoever asks on somebody's behalf.
    """
    if pace is not None:
        pace.take(by.member_id)
    author_id = await _asked(by, clip_id, Action.LIKE)
    made = insert(Liked).values(owner_id=by.member_id, clip_id=clip_id, author_id=author_id, liked_at=now)
    if (await tx.run(made.on_conflict_do_nothing().returning(Liked.clip_id))).all():
        await likes_changed(tx, clip_id, now=now)


def pace_of_likes(settings: Settings) -> Pace:
    """How fast members may like; opened once a process."""
    told = settings.social
    return Pace(TooManyLikes, per_minute=told.likes_per_minute, burst=told.likes_burst)


async def unlike(tx: Tx, by: Session, clip_id: UUID, *, now: datetime) -> None:
    """Take a like back, if there is one. Raises NoSuchVideo, Refused."""
    await _asked(by, clip_id, Action.UNLIKE)
    mine = sa.and_(Liked.owner_id == by.member_id, Liked.clip_id == clip_id)
    if (await tx.run(sa.delete(Liked).where(mine).returning(Liked.clip_id))).all():
        await likes_changed(tx, clip_id, now=now)


async def _asked(by: Session, clip_id: UUID, action: Action) -> UUID:
    """The author of a clip that a member may see and do this to."""
    require(by.actor, action, as_resource(relation=Relation.STRANGER))
    viewer = Viewer(cell=by.cell, actor=by.actor, member_id=by.member_id)
    clip = await visible_video(viewer, clip_id)
    if clip.state is not VideoState.PUBLISHED:
        raise NoSuchVideo
    require(by.actor, action, as_resource(relation=(await facing(by.cell, by.member_id, clip.owner_id)).relation))
    return clip.owner_id
