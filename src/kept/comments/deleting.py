"""Deleting a comment: its author, from wherever it stands, and the owner of the clip, whichever cell the other lives in."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Tx
from kept.comments.models import Comment, UnderClip
from kept.comments.opening import Comments
from kept.comments.reading import comment_seen, published_clip
from kept.comments.telling import Gone, take_away, tell
from kept.policy import Action, Relation, require
from kept.policy import Comment as Asked


async def delete_comment(
    comments: Comments, tx: Tx, by: Session, clip_id: UUID, comment_id: UUID, *, now: datetime
) -> None:
    """Delete one's own comment, or one under one's own clip; what answers it goes with it. Nobody is told.

    Raises NoSuchVideo, NoSuchComment, Refused, NoWayThere.
    """
    require(by.actor, Action.DELETE_COMMENT, Asked(relation=Relation.OWN))
    if await _delete_own(comments, tx, by, comment_id, now=now):
        return
    clip = await published_clip(by, clip_id)
    held = sa.select(UnderClip.author_id).where(
        UnderClip.owner_id == by.member_id, UnderClip.comment_id == comment_id, UnderClip.clip_id == clip_id
    )
    author_id = (await tx.run(held)).scalar_one_or_none()
    if author_id is None:
        author_id = (await comment_seen(comments, by, clip, comment_id)).author_id
    require(by.actor, Action.DELETE_COMMENT, Asked(relation=Relation.STRANGER, on_own_clip=clip.own))
    await take_away(tx, author_id, comment_id, now=now)
    await tell(comments, tx, author_id, Gone(comment_id, by.member_id), now=now)


async def _delete_own(comments: Comments, tx: Tx, by: Session, comment_id: UUID, *, now: datetime) -> bool:
    """Whether there was such a comment of one's own: that goes also where its author may see the clip no more."""
    mine = sa.and_(Comment.owner_id == by.member_id, Comment.comment_id == comment_id)
    gone = (await tx.run(sa.delete(Comment).where(mine).returning(Comment.clip_owner_id))).scalar_one_or_none()
    if gone is None:
        return False
    await take_away(tx, by.member_id, comment_id, now=now)
    await tell(comments, tx, gone, Gone(comment_id, by.member_id), now=now)
    return True
