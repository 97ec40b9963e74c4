"""Drafts: kept, looked at by their author alone, changed, published or deleted.

Publishing makes the same clip, by the same job and through the same gates, as an upload that was never a draft.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Resident, Tx
from kept.media import Cut
from kept.policy import Action, Audience, Choice, Service, require
from kept.vault import Reason, Sealed, Vault
from kept.videos.arriving import WholeFile, Words, arrive
from kept.videos.choosing import WatchedBy
from kept.videos.drafts import ClipDraft
from kept.videos.errors import NoSuchDraft, TooManyDrafts
from kept.videos.models import Video
from kept.videos.spool import Spool

MOST_DRAFTS = 20
"""Drafts of one member: their files wait on our disk."""

LAPSE = timedelta(days=30)
"""After this time without a change they go; the law of the table says the same."""

_WORDS = "clip_draft.words"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as its author sees it."""

    draft_id: UUID
    words: Words
    changed_at: datetime

    @property
    def lapses_at(self) -> datetime:
        """When it goes, if nobody changes it."""
        return self.changed_at + LAPSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the author says anew of a draft; what is None stays as it was."""

    caption: str | None = None
    comments: Choice | None = None
    audience: WatchedBy | None = None

    def over(self, words: Words) -> Words:
        """The words that a draft has then."""
        return replace(
            words,
            caption=words.caption if self.caption is None else self.caption,
            comments=self.comments or words.comments,
            audience=Audience(self.audience) if self.audience else words.audience,
        )


async def seal_words(vault: Vault, owner_id: UUID, draft_id: UUID, words: Words) -> Sealed:
    """What is written of a draft. Raises KeyDestroyed, NoSuchKey."""
    cut = {"start": words.cut.start, "end": words.cut.end, "cover": words.cut.cover}
    said = {"caption": words.caption, "comments": words.comments, "audience": words.audience, "cut": cut}
    return await vault.seal(owner_id, _WORDS, draft_id, msgspec.json.encode(said))


async def keep_draft(tx: Tx, by: Session, draft_id: UUID, sealed: Sealed, file: WholeFile) -> None:
    """Keep a complete upload as a draft. Raises Refused, TooManyDrafts."""
    require(by.actor, Action.UPLOAD, Service())
    await tx.run(sa.select(Resident.since).where(Resident.member_id == by.member_id).with_for_update(key_share=True))
    if (await tx.run(sa.select(sa.func.count()).where(ClipDraft.owner_id == by.member_id))).scalar_one() >= MOST_DRAFTS:
        raise TooManyDrafts(limit=MOST_DRAFTS)
    values: dict[str, Any] = {"owner_id": by.member_id, "draft_id": draft_id, "words": sealed, "size": file.size}
    values |= {"sha256": file.sha256, "created_at": file.since, "changed_at": file.since}
    await tx.run(sa.insert(ClipDraft).values(**values))


async def own_drafts(by: Session, vault: Vault, *, now: datetime) -> list[Draft]:
    """All of one's drafts, the last changed first."""
    wanted = sa.select(ClipDraft.__table__).where(ClipDraft.owner_id == by.member_id, ClipDraft.changed_at > now - LAPSE)
    async with by.cell.begin() as tx:
        rows = (await tx.run(wanted.order_by(ClipDraft.changed_at.desc(), ClipDraft.draft_id))).all()
    return [await _opened(vault, row, Reason.OWNER) for row in rows]


async def own_draft(by: Session, vault: Vault, draft_id: UUID, *, now: datetime) -> Draft:
    """One of one's own. Raises NoSuchDraft, also for somebody else's and for one that lapsed."""
    async with by.cell.begin() as tx:
        row = await _mine(tx, by, draft_id, now=now)
    if row is None:
        raise NoSuchDraft
    return await _opened(vault, row, Reason.OWNER)


async def change_draft(tx: Tx, by: Session, vault: Vault, draft_id: UUID, told: Told, *, now: datetime) -> None:
    """Say something else of a draft. Raises NoSuchDraft, Refused."""
    require(by.actor, Action.UPLOAD, Service())
    row = await _mine(tx, by, draft_id, now=now)
    if row is None:
        raise NoSuchDraft
    words = told.over((await _opened(vault, row, Reason.OWNER)).words)
    sealed = await seal_words(vault, by.member_id, draft_id, words)
    await tx.run(sa.update(ClipDraft).where(*_here(by, draft_id)).values(words=sealed, changed_at=now))


async def publish_draft(
    tx: Tx, by: Session, vault: Vault, draft_id: UUID, told: Told, *, pseudonym: str, now: datetime
) -> None:
    """Make a clip of a draft, with the same id. Doing it twice does it once. Raises NoSuchDraft, Refused."""
    require(by.actor, Action.UPLOAD, Service())
    row = await _mine(tx, by, draft_id, now=now)
    if row is None:
        clip = sa.select(Video.video_id).where(Video.owner_id == by.member_id, Video.video_id == draft_id)
        if (await tx.run(clip)).one_or_none() is None:
            raise NoSuchDraft
        return
    words = told.over((await _opened(vault, row, Reason.PROCESSING)).words)
    file = WholeFile(row.size, row.sha256, row.created_at)
    await tx.run(sa.delete(ClipDraft).where(*_here(by, draft_id)))
    await arrive(tx, by.member_id, draft_id, words, file, pseudonym=pseudonym, now=now)


async def delete_draft(by: Session, spool: Spool, draft_id: UUID) -> None:
    """Delete a draft and its file. Raises NoSuchDraft, also for one that is a clip by now."""
    async with by.cell.begin() as tx:
        gone = await tx.run(sa.delete(ClipDraft).where(*_here(by, draft_id)).returning(ClipDraft.draft_id))
        if not gone.all():
            raise NoSuchDraft
    await spool.remove(by.cell.name, draft_id)


def _here(by: Session, draft_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return ClipDraft.owner_id == by.member_id, ClipDraft.draft_id == draft_id


async def _mine(tx: Tx, by: Session, draft_id: UUID, *, now: datetime) -> sa.Row[Any] | None:
    """The row of a draft that has not lapsed, ours until the transaction ends."""
    alive = ClipDraft.changed_at > now - LAPSE
    wanted = sa.select(ClipDraft.__table__).where(*_here(by, draft_id), alive)
    return (await tx.run(wanted.with_for_update())).one_or_none()


async def _opened(vault: Vault, row: sa.Row[Any], reason: Reason) -> Draft:
    said = msgspec.json.decode(await vault.open(row.owner_id, _WORDS, row.draft_id, row.words, reason=reason))
    words = Words(said["caption"], Choice(said["comments"]), Audience(said["audience"]), Cut(**said["cut"]))
    return Draft(row.draft_id, words, row.changed_at)
