"""Comments that wait for the owner of a clip: read by them, let through, or deleted (see `deleting.py`)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Tx
from kept.comments.errors import NoSuchComment
from kept.comments.judging import Why, is_for_followers
from kept.comments.models import UNDER, UnderClip
from kept.comments.opening import Comments, Shown
from kept.comments.telling import LetThrough, tell
from kept.policy import Action, Comment, Relation, require
from kept.vault import Reason, Sealed

MOST = 50
_HELD = """
SELECT comment_id, clip_id, author_id, why, body, written_at FROM comment_under_clip
WHERE owner_id = $1 AND state = 'held' AND ($2::uuid IS NULL OR comment_id < $2) ORDER BY comment_id DESC LIMIT $3
"""
_COUNT = "SELECT count(*) AS n FROM comment_under_clip WHERE owner_id = $1 AND state = 'held'"


@dataclass(frozen=True, slots=True)
class Held:
    """A comment that waits, and why."""

    comment_id: UUID
    clip_id: UUID
    handle: str
    text: str
    why: Why
    written_at: datetime


async def held(comments: Comments, by: Session, *, after: UUID | None = None) -> tuple[list[Held], UUID | None]:
    """What waits for a member, the latest first, and after which the next ones begin. Raises Refused."""
    require(by.actor, Action.DELETE_COMMENT, Comment(relation=Relation.STRANGER, on_own_clip=True))
    rows = await by.cell.database.fetch(_HELD, by.member_id, after, MOST + 1)
    shown = rows[:MOST]
    values = [(row["comment_id"], Sealed(row["body"])) for row in shown]
    vault = comments.vaults[by.cell.name]
    texts = await vault.open_many(by.member_id, UNDER, values, reason=Reason.OWNER) if values else []
    names = await comments.directory.handles([row["author_id"] for row in shown]) if shown else {}
    found = [_held(row, text, names) for row, text in zip(shown, texts, strict=True) if row["author_id"] in names]
    return found, shown[-1]["comment_id"] if len(rows) > MOST else None


async def how_many_held(by: Session) -> int:
    """How many wait for a member."""
    return int((await by.cell.database.fetch(_COUNT, by.member_id))[0]["n"])


async def let_through(comments: Comments, tx: Tx, by: Session, comment_id: UUID, *, now: datetime) -> None:
    """Let others see a comment that was held: everybody, or followers where only they see one's clips.

    Raises NoSuchComment, Refused, NoWayThere.
    """
    require(by.actor, Action.DELETE_COMMENT, Comment(relation=Relation.STRANGER, on_own_clip=True))
    mine = sa.and_(UnderClip.owner_id == by.member_id, UnderClip.comment_id == comment_id, UnderClip.state == "held")
    row = (await tx.run(sa.select(UnderClip.__table__).where(mine).with_for_update())).first()
    if row is None:
        raise NoSuchComment
    if await is_for_followers(tx, by.member_id):
        await tx.run(sa.update(UnderClip).where(mine).values(state="followers", why=""))
        await _tell(comments, tx, row, now=now)
        return
    await tx.run(sa.delete(UnderClip).where(mine))
    await tell(comments, tx, row.author_id, LetThrough(comment_id, by.member_id, waited=True), now=now)


async def _tell(comments: Comments, tx: Tx, row: sa.Row[Any], *, now: datetime) -> None:
    """Followers see it from now on."""
    vault = comments.vaults[tx.cell.name]
    text = await vault.open(row.owner_id, UNDER, row.comment_id, row.body, reason=Reason.DELIVERY)
    seen = Shown(
        comment_id=row.comment_id,
        author_id=row.author_id,
        clip_id=row.clip_id,
        clip_owner_id=row.owner_id,
        parent_id=row.parent_id,
        text=text.decode(),
        for_followers=True,
        waited=True,
    )
    await comments.shown(tx, seen, now=now)


def _held(row: Any, text: bytes, names: dict[UUID, str]) -> Held:
    return Held(
        row["comment_id"],
        row["clip_id"],
        names[row["author_id"]],
        text.decode(),
        Why(row["why"]),
        row["written_at"],
    )
