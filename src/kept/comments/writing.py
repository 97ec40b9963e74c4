"""Writing a comment: may they, is it text, are they sure; stored with its author and told to the owner of the clip at once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.comments.errors import AreYouSure, BadKey, KeyUsedOtherwise, NoSuchComment
from kept.comments.models import BODY, Comment, CommentKey
from kept.comments.opening import Comments
from kept.comments.reading import comment_seen, published_clip
from kept.comments.telling import Written, tell
from kept.comments.wording import checked_text
from kept.kit import new_id
from kept.policy import Action, AgeBand, Choice, Refused, Relation, can, require
from kept.social import facing, introduce
from kept.videos import SeenVideo, as_resource

LONGEST_KEY = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComment:
    """What somebody wants to say: under a clip, or in answer to a comment there. `sure`: they were asked, and said yes."""

    text: str
    parent_id: UUID | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """A comment that is kept; the first one, where the request was repeated."""

    comment_id: UUID
    written_at: datetime


async def write(
    comments: Comments, tx: Tx, by: Session, clip_id: UUID, new: NewComment, *, key: str | None = None, now: datetime
) -> Posted:
    """Comment on a published clip. With a `key`, a repeated request writes nothing.

    Whoever wrote it sees it from now on; others as soon as the clip's owner's cell lets it through, which mostly is at once.

    Raises:
        NoSuchVideo, NoSuchComment, Refused, NotAComment.
        AreYouSure: it may hurt somebody, and `sure` is not said.
        TooManyComments, BadKey, KeyUsedOtherwise; NoWayThere: the region of the clip's owner can't be reached.
    """
    action = Action.COMMENT if new.parent_id is None else Action.REPLY
    require_writer(by, action)
    comments.pace.take(by.member_id)
    text = checked_text(new.text)
    clip = await published_clip(by, clip_id)
    before = None if key is None else await _repeated(comments, tx, by, clip_id, new, key, now=now)
    if isinstance(before, Posted):
        return before
    await require_under(by, clip, action)
    if new.parent_id is not None:
        await _require_parent(comments, by, clip, new.parent_id)
    if comments.hurtful.found_in(text) and not new.sure:
        raise AreYouSure
    comment_id = new_id() if before is None else before
    await _store(comments, tx, by, clip, comment_id, new.parent_id, text, now=now)
    told = Written(comment_id, by.member_id, by.band, clip_id, new.parent_id, text, now)
    if not await tell(comments, tx, clip.owner_id, told, now=now):
        raise _not_available(by, action)
    return Posted(comment_id, now)


def require_writer(by: Session, action: Action = Action.COMMENT) -> None:
    """Whether somebody may write comments at all. Raises Refused."""
    anybodys = as_resource(relation=Relation.STRANGER, owner_band=AgeBand.ADULT, comments=Choice.EVERYONE)
    require(by.actor, action, anybodys)


async def require_under(by: Session, clip: SeenVideo, action: Action = Action.COMMENT) -> None:
    """Whether somebody may comment on this clip, as their own cell knows it. Raises Refused."""
    relation = (await facing(by.cell, by.member_id, clip.owner_id)).relation
    # nobody's age is on a shelf: what is open to everyone is no young person's, and friends are friends at any age
    band = AgeBand.ADULT if clip.comments is Choice.EVERYONE else None
    resource = as_resource(relation=relation, owner_band=band, private=clip.private, comments=clip.comments)
    require(by.actor, action, resource)


async def _require_parent(comments: Comments, by: Session, clip: SeenVideo, parent_id: UUID) -> None:
    """The comment that is answered stands under this clip, and is no answer itself. Raises NoSuchComment."""
    parent = await comment_seen(comments, by, clip, parent_id)
    if parent.parent_id is not None:
        raise NoSuchComment


async def _store(
    comments: Comments,
    tx: Tx,
    by: Session,
    clip: SeenVideo,
    comment_id: UUID,
    parent_id: UUID | None,
    text: str,
    *,
    now: datetime,
) -> None:
    vault = comments.vaults[by.cell.name]
    made = sa.insert(Comment).values(
        owner_id=by.member_id,
        comment_id=comment_id,
        clip_id=clip.video_id,
        clip_owner_id=clip.owner_id,
        parent_id=parent_id,
        body=await vault.seal(by.member_id, BODY, comment_id, text.encode()),
        written_at=now,
    )
    await tx.run(made)
    await introduce(tx, by.member_id, now=now)


async def _repeated(
    comments: Comments, tx: Tx, by: Session, clip_id: UUID, new: NewComment, key: str, *, now: datetime
) -> Posted | UUID:
    """What was written with this key before; else the id of what is about to be. Raises BadKey, KeyUsedOtherwise."""
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise BadKey
    said = hashlib.sha256(repr((clip_id.hex, new.parent_id, new.text)).encode()).hexdigest()
    chosen = hashlib.sha256(key.encode()).hexdigest()
    vault = comments.vaults[by.cell.name]
    key_index, request_index = await vault.blind_indexes([("comment-key", chosen), ("comment-request", said)])
    values = {"owner_id": by.member_id, "key_index": key_index, "request_index": request_index}
    made = insert(CommentKey).values(**values, comment_id=(comment_id := new_id()), made_at=now)
    if (await tx.run(made.on_conflict_do_nothing().returning(CommentKey.comment_id))).first() is not None:
        return comment_id
    mine = sa.and_(CommentKey.owner_id == by.member_id, CommentKey.key_index == key_index)
    found = (await tx.run(sa.select(CommentKey.__table__).where(mine))).one()
    if found.request_index != request_index:
        raise KeyUsedOtherwise
    return Posted(found.comment_id, found.made_at)


def _not_available(by: Session, action: Action) -> Refused:
    """The one answer of whoever doesn't take a comment, whatever the reason."""
    closed = as_resource(relation=Relation.STRANGER, owner_band=AgeBand.ADULT, comments=Choice.NOBODY)
    return Refused.of(can(by.actor, action, closed), action, by.band)
