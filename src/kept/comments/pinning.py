"""Pinning: the owner of a clip puts up to three comments above the others."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Tx, put_on_shelf
from kept.comments.errors import NoSuchComment, TooManyPins
from kept.comments.models import ShelfPins
from kept.comments.opening import Comments
from kept.comments.reading import comment_seen, published_clip
from kept.policy import Action, Comment, Relation, require
from kept.videos import SeenVideo

MOST_PINS = 3
_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:clip, 0))")
_STANDING = sa.text("""
SELECT item_id FROM shelf_comment WHERE item_id = ANY(:pins)
UNION SELECT comment_id FROM comment_under_clip WHERE comment_id = ANY(:pins) AND state = 'followers'
""")


async def pin(comments: Comments, tx: Tx, by: Session, clip_id: UUID, comment_id: UUID, *, now: datetime) -> None:
    """Put a comment on top; pinned twice, it is pinned once. Raises NoSuchVideo, NoSuchComment, Refused, TooManyPins."""
    clip = await _asked(by, clip_id)
    if (await comment_seen(comments, by, clip, comment_id)).parent_id is not None:
        raise NoSuchComment
    pins = await _pins(tx, clip)
    if comment_id in pins:
        return
    if len(pins) >= MOST_PINS:
        raise TooManyPins
    await _put(tx, clip, [comment_id, *pins], now=now)


async def unpin(comments: Comments, tx: Tx, by: Session, clip_id: UUID, comment_id: UUID, *, now: datetime) -> None:
    """Take a comment down. Raises NoSuchVideo, Refused."""
    clip = await _asked(by, clip_id)
    pins = await _pins(tx, clip)
    if comment_id in pins:
        await _put(tx, clip, [one for one in pins if one != comment_id], now=now)


async def _asked(by: Session, clip_id: UUID) -> SeenVideo:
    clip = await published_clip(by, clip_id)
    require(by.actor, Action.PIN_COMMENT, Comment(relation=Relation.STRANGER, on_own_clip=clip.own))
    return clip


async def _pins(tx: Tx, clip: SeenVideo) -> list[UUID]:
    """Which comments are pinned and still stand; nobody else changes that until the transaction ends."""
    await tx.run(_LOCK, {"clip": f"pins {clip.video_id}"})
    mine = sa.and_(ShelfPins.owner_id == clip.owner_id, ShelfPins.item_id == clip.video_id)
    told = (await tx.run(sa.select(ShelfPins.pins).where(mine))).scalar_one_or_none() or ""
    pins = [UUID(one) for one in told.split()]
    standing = set((await tx.run(_STANDING, {"pins": pins})).scalars()) if pins else set()
    return [one for one in pins if one in standing]


async def _put(tx: Tx, clip: SeenVideo, pins: list[UUID], *, now: datetime) -> None:
    values = {"owner_id": clip.owner_id, "item_id": clip.video_id, "pins": " ".join(map(str, pins))}
    await put_on_shelf(tx, ShelfPins, values, now=now)
