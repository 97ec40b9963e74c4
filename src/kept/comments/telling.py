"""What the two cells of a comment tell each other: its author's, where it is kept, and that of the clip's owner, who decides.

In one cell it is one transaction; elsewhere each sentence is an envelope. Everything may arrive twice, and out of order: what
was deleted has a tombstone, and never comes back.
"""

from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.cells import Addressed, Tx, put_on_shelf, take_off_all_shelves
from kept.comments.judging import Verdict, judged
from kept.comments.models import BODY, UNDER, Comment, ShelfComment, UnderClip
from kept.comments.opening import Comments, Shown
from kept.policy import AgeBand
from kept.social import introduce
from kept.vault import KeyDestroyed, NoSuchKey, Reason

WHAT = "comment"
"""`Addressed.what` of everything below."""

_GONE = sa.text("""
SELECT 1 FROM shelf_gone WHERE shelf = 'shelf_comment' AND item_id IN (:comment, :parent)
    OR shelf = 'shelf_card' AND item_id = :clip
""")


class Written(msgspec.Struct, tag="written", frozen=True):
    """Somebody wrote a comment under a clip of the one it is addressed to."""

    comment_id: UUID
    by: UUID
    band: AgeBand
    clip_id: UUID
    parent_id: UUID | None
    text: str
    written_at: datetime

    def __repr__(self) -> str:
        return f"<comment {self.comment_id} on its way>"


class LetThrough(msgspec.Struct, tag="let_through", frozen=True):
    """The clip's owner, or nobody's objection, lets everybody see the comment of the one it is addressed to."""

    comment_id: UUID
    by: UUID
    waited: bool = False
    """It waited for the owner, who has seen it."""


class Gone(msgspec.Struct, tag="gone", frozen=True):
    """One of the two deleted a comment, or it was not taken; nothing says which."""

    comment_id: UUID
    by: UUID


Told = Written | LetThrough | Gone
_decode = msgspec.msgpack.Decoder(Told).decode


async def tell(comments: Comments, tx: Tx, to: UUID, told: Told, *, now: datetime) -> bool:
    """Let the other one's cell know; False when it said no at once. Raises NoWayThere."""
    home = await comments.directory.home(to)
    if home == tx.cell.name:
        return await _hear(comments, tx, to, told, now=now)
    if home is not None:
        await comments.post.send(tx, WHAT, home, to, msgspec.msgpack.encode(told), now=now)
    return home is not None


async def deliver(comments: Comments, tx: Tx, parcel: Addressed, *, now: datetime) -> None:
    """Apply what came from another cell. Raises EnvelopeRefused, NoWayThere."""
    opened = await comments.post.opened(tx, parcel, now=now)
    if opened is None:
        return
    told = _decode(opened)
    taken = await _hear(comments, tx, parcel.to_member, told, now=now)
    if not taken and isinstance(told, Written):
        await tell(comments, tx, told.by, Gone(told.comment_id, parcel.to_member), now=now)


async def show(
    comments: Comments, tx: Tx, author_id: UUID, comment_id: UUID, *, waited: bool, now: datetime
) -> None:
    """Put a comment of a member at home here on every shelf; nothing, if it is there no more."""
    mine = sa.and_(Comment.owner_id == author_id, Comment.comment_id == comment_id)
    row = (await tx.run(sa.select(Comment.__table__).where(mine).with_for_update())).first()
    if row is None:
        return
    vault = comments.vaults[tx.cell.name]
    try:
        text = await vault.open(author_id, BODY, comment_id, row.body, reason=Reason.DELIVERY)
    except (KeyDestroyed, NoSuchKey):
        return
    await introduce(tx, author_id, now=now)
    values = {"owner_id": author_id, "item_id": comment_id, "clip_id": row.clip_id, "parent_id": row.parent_id}
    values |= {"text": text.decode(), "written_at": row.written_at}
    await put_on_shelf(tx, ShelfComment, values, now=now)
    seen = Shown(
        comment_id=comment_id,
        author_id=author_id,
        clip_id=row.clip_id,
        clip_owner_id=row.clip_owner_id,
        parent_id=row.parent_id,
        text=text.decode(),
        for_followers=False,
        waited=waited,
    )
    await comments.shown(tx, seen, now=now)


async def take_away(tx: Tx, author_id: UUID, comment_id: UUID, *, now: datetime) -> None:
    """Off every shelf for good, also one that it has not reached yet, and out of what the owner of the clip keeps here."""
    await take_off_all_shelves(tx, "comment", owner_id=author_id, source_id=comment_id, now=now)
    under = sa.and_(UnderClip.comment_id == comment_id, UnderClip.author_id == author_id)
    await tx.run(sa.delete(UnderClip).where(under))


async def _hear(comments: Comments, tx: Tx, member_id: UUID, told: Told, *, now: datetime) -> bool:
    if isinstance(told, Written):
        return await _receive(comments, tx, member_id, told, now=now)
    mine = sa.and_(Comment.owner_id == member_id, Comment.comment_id == told.comment_id)
    if isinstance(told, LetThrough):
        theirs = sa.select(Comment.comment_id).where(mine, Comment.clip_owner_id == told.by)
        if (await tx.run(theirs)).first() is not None:
            await show(comments, tx, member_id, told.comment_id, waited=told.waited, now=now)
        return True
    gone = sa.delete(Comment).where(mine, Comment.clip_owner_id == told.by).returning(Comment.comment_id)
    if (await tx.run(gone)).all():
        await take_away(tx, member_id, told.comment_id, now=now)
    else:
        own = sa.and_(UnderClip.owner_id == member_id, UnderClip.author_id == told.by)
        await tx.run(sa.delete(UnderClip).where(own, UnderClip.comment_id == told.comment_id))
    return True


async def _receive(comments: Comments, tx: Tx, owner_id: UUID, told: Written, *, now: datetime) -> bool:
    """Decide about a comment under a clip of a member at home here; False when it is not taken."""
    ids = {"comment": told.comment_id, "parent": told.parent_id, "clip": told.clip_id}
    if (await tx.run(_GONE, ids)).first() is not None:
        return False
    verdict = await judged(
        comments,
        tx,
        owner_id=owner_id,
        clip_id=told.clip_id,
        author_id=told.by,
        band=told.band,
        text=told.text,
        reply=told.parent_id is not None,
    )
    if not verdict.taken:
        return False
    if verdict.why is None and not verdict.for_followers:
        return await tell(comments, tx, told.by, LetThrough(told.comment_id, owner_id), now=now)
    return await _keep(comments, tx, owner_id, told, verdict, now=now)


async def _keep(
    comments: Comments, tx: Tx, owner_id: UUID, told: Written, verdict: Verdict, *, now: datetime
) -> bool:
    """Keep what is not public with the owner of the clip, under their key."""
    try:
        vault = comments.vaults[tx.cell.name]
        body = await vault.seal(owner_id, UNDER, told.comment_id, told.text.encode())
    except (KeyDestroyed, NoSuchKey):
        return False
    kept = insert(UnderClip).values(
        owner_id=owner_id,
        comment_id=told.comment_id,
        clip_id=told.clip_id,
        author_id=told.by,
        parent_id=told.parent_id,
        state="held" if verdict.why else "followers",
        why=verdict.why or "",
        body=body,
        written_at=told.written_at,
    )
    await tx.run(kept.on_conflict_do_nothing())
    if verdict.why is None:
        await comments.shown(tx, _among_followers(owner_id, told), now=now)
    return True


def _among_followers(owner_id: UUID, told: Written) -> Shown:
    return Shown(
        comment_id=told.comment_id,
        author_id=told.by,
        clip_id=told.clip_id,
        clip_owner_id=owner_id,
        parent_id=told.parent_id,
        text=told.text,
        for_followers=True,
    )
