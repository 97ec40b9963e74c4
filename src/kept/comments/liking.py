"""Liking a comment, and taking that back. Who likes what stays at home; how many do is on a shelf, as with clips."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.comments.models import CommentLiked, CommentLikesDue, ShelfComment, ShelfCommentLikes
from kept.comments.opening import Comments
from kept.comments.reading import SeenComment, comment_seen, published_clip
from kept.likes import Hearts
from kept.policy import Action, Comment, Relation, require
from kept.social import facing

hearts = Hearts(
    ShelfComment,
    liked=CommentLiked,
    due=CommentLikesDue,
    shelf=ShelfCommentLikes,
    key="comment_id",
    also=("clip_id",),
)


async def like_comment(
    comments: Comments, tx: Tx, by: Session, clip_id: UUID, comment_id: UUID, *, now: datetime
) -> None:
    """Like a comment; liked twice, it is liked once. Raises NoSuchVideo, NoSuchComment, Refused."""
    found = await _asked(comments, by, clip_id, comment_id)
    made = insert(CommentLiked).values(
        owner_id=by.member_id, comment_id=comment_id, clip_id=clip_id, author_id=found.author_id, liked_at=now
    )
    if (await tx.run(made.on_conflict_do_nothing().returning(CommentLiked.comment_id))).all():
        await hearts.changed(tx, comment_id, now=now)


async def unlike_comment(
    comments: Comments, tx: Tx, by: Session, clip_id: UUID, comment_id: UUID, *, now: datetime
) -> None:
    """Take a like back, if there is one. Raises NoSuchVideo, NoSuchComment, Refused."""
    await _asked(comments, by, clip_id, comment_id)
    mine = sa.and_(CommentLiked.owner_id == by.member_id, CommentLiked.comment_id == comment_id)
    if (await tx.run(sa.delete(CommentLiked).where(mine).returning(CommentLiked.comment_id))).all():
        await hearts.changed(tx, comment_id, now=now)


async def _asked(comments: Comments, by: Session, clip_id: UUID, comment_id: UUID) -> SeenComment:
    """The comment that a member may see and like."""
    require(by.actor, Action.LIKE_COMMENT, Comment(relation=Relation.STRANGER))
    found = await comment_seen(comments, by, await published_clip(by, clip_id), comment_id)
    relation = (await facing(by.cell, by.member_id, found.author_id)).relation
    require(by.actor, Action.LIKE_COMMENT, Comment(relation=relation))
    return found
