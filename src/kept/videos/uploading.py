"""Uploads that survive: a dropped connection, a second request, a full disk, a killed server. Knows nothing of HTTP.

The offset that a client is told is on disk for good (fdatasync), and the offset in the database never exceeds what is on
disk; what lies beyond it after a crash is cut off. Whoever asks for the offset ends a request that still sends, for the
client has given that one up (draft-ietf-httpbis-resumable-upload, Concurrency).
The last byte turns the upload into a clip, or into a draft of one: one transaction inserts it, asks for the processing of a
clip and drops the upload. All have the same id, so a client that missed the last answer finds out by asking again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Cell, Resident, Tx
from kept.kit import new_id
from kept.kit.settings import Uploads as Limits
from kept.media import WHOLE, Cut
from kept.policy import Action, Audience, Choice, Service, require
from kept.vault import Vault
from kept.videos.arriving import WholeFile, Words, arrive, columns_of
from kept.videos.choosing import WatchedBy, default_audience, default_comments
from kept.videos.drafting import keep_draft, seal_words
from kept.videos.drafts import ClipDraft
from kept.videos.errors import (
    EmptyUpload,
    LengthMismatch,
    NoSuchUpload,
    OffsetMismatch,
    StoreFull,
    TooLarge,
    TooManyUploads,
    UploadBusy,
    UploadExpired,
    UploadInterrupted,
)
from kept.videos.models import Upload, Video
from kept.videos.receiving import PATIENCE, Checksum, Receiver
from kept.videos.spool import Spool, SpoolFile

_HAND_OVER = 2.0
_DAY = timedelta(days=1)


class Ends(Enum):
    """Whether the upload ends with a part."""

    AT_LENGTH = "when the length is reached"
    """tus: the length alone tells."""
    HERE = "with this part"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a request says of the bytes that it brings, and of the clip.

    `size` is its own length and `length` that of the whole upload, where the request tells; `caption`, and who may comment and
    watch, replace what was said earlier. A `draft` is not published when this part completes it.
    """

    offset: int
    ends: Ends = Ends.AT_LENGTH
    size: int | None = None
    length: int | None = None
    checksum: Checksum | None = None
    caption: str | None = None
    comments: Choice | None = None
    audience: WatchedBy | None = None
    cut: Cut | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Where an upload stands. `video_id` is there once it is a clip; then, and as a draft, it is whole."""

    upload_id: UUID
    offset: int
    length: int | None
    caption: str
    comments: Choice
    audience: Audience
    cut: Cut
    expires_at: datetime | None
    video_id: UUID | None = None
    draft: bool = False
    as_draft: bool = False
    """It becomes a draft when it is complete: so it was begun."""

    @property
    def whole(self) -> bool:
        """Whether everything is there: it is a clip, or the draft of one."""
        return self.draft or self.video_id is not None


class Uploads:
    """The uploads of all cells of this process."""

    def __init__(self, spool: Spool, limits: Limits, pseudonym: Callable[[UUID], str]) -> None:
        self.limits = limits
        self._spool = spool
        self._pseudonym = pseudonym
        self._writers: dict[UUID, asyncio.Timeout] = {}

    async def create(
        self,
        by: Session,
        *,
        length: int | None,
        caption: str,
        comments: Choice | None = None,
        audience: WatchedBy | None = None,
        cut: Cut = WHOLE,
        as_draft: bool = False,
        now: datetime,
    ) -> Received:
        """Begin an upload of `length` bytes; None while nobody knows. Who may comment is as the member chose for all clips,
        who may watch goes by their age.

        Raises:
            Refused: the policy says no (under 13, for one).
            EmptyUpload, TooLarge, TooManyUploads, StoreFull.
        """
        require(by.actor, Action.UPLOAD, Service())
        if length == 0:
            raise EmptyUpload
        if length is not None and length > self.limits.max_bytes:
            raise TooLarge(limit=self.limits.max_bytes)
        if not self._spool.has_room(length or 0):
            raise StoreFull
        expires = now + timedelta(hours=self.limits.expires_hours)
        who = comments or await default_comments(by.cell, by.member_id)
        begun = Received(
            upload_id=new_id(),
            offset=0,
            length=length,
            caption=caption,
            comments=who,
            audience=Audience(audience) if audience else default_audience(by.band),
            cut=cut,
            expires_at=expires,
            as_draft=as_draft,
        )
        values: dict[str, Any] = {"owner_id": by.member_id, "upload_id": begun.upload_id, "length": length, "received": 0}
        values |= {"caption": caption, "comments": who, "audience": begun.audience, "draft": as_draft}
        values |= columns_of(cut)
        values |= {"created_at": now, "expires_at": expires}
        async with by.cell.begin() as tx:
            await self._check_quota(tx, by.member_id, now=now)
            await tx.run(sa.insert(Upload).values(**values))
        return begun

    async def stand(self, by: Session, upload_id: UUID, *, now: datetime) -> Received:
        """Where an upload stands; ends a request of this process that still sends to it.

        Raises:
            NoSuchUpload, UploadExpired.
        """
        await self._end_writer(by.cell, upload_id)
        return await _find(by, upload_id, now=now)

    async def append(
        self,
        by: Session,
        upload_id: UUID,
        part: Part,
        chunks: AsyncIterator[bytes],
        *,
        now: datetime,
        vault: Vault | None = None,
    ) -> Received:
        """Take one part; complete the upload if it ends there. `vault` seals what is said of a draft.

        What arrived of a part that broke off is kept, unless it came with a checksum. `chunks` may raise anything.

        Raises:
            NoSuchUpload, UploadExpired, OffsetMismatch, LengthMismatch, UploadBusy, TooLarge, EmptyUpload,
            ChecksumMismatch, UploadInterrupted, StoreFull; Refused, TooManyDrafts for a draft.
        """
        await _find(by, upload_id, now=now)
        async with self._spool.locked(by.cell.name, upload_id) as descriptor:
            state = await _find(by, upload_id, now=now)
            length = _agreed_length(state, part, self.limits.max_bytes)
            if state.whole:
                return state
            async with self._spool.writing(by.cell.name, descriptor, upload_id, state.offset) as file:
                most = self.limits.max_bytes if length is None else length
                receiver = Receiver(by.cell, by.member_id, upload_id, file, most=most, length=length)
                await self._receive(receiver, upload_id, part, chunks)
                state = replace(_told(state, part), offset=file.position, length=length)
                short = part.size is not None and receiver.came < part.size
                if short or not _is_whole(state, part):
                    await receiver.save()
                    if short:
                        raise UploadInterrupted
                    return state
                draft_in = _vault_for(vault) if part.draft or state.as_draft else None
                await self._complete(by, state, file, draft_in=draft_in, now=now)
        video_id = None if draft_in else upload_id
        return replace(state, length=state.offset, expires_at=None, video_id=video_id, draft=draft_in is not None)

    async def cancel(self, by: Session, upload_id: UUID) -> None:
        """Drop an upload and what arrived of it. Raises NoSuchUpload, also for one that is complete."""
        await self._end_writer(by.cell, upload_id)
        mine = sa.delete(Upload).where(Upload.owner_id == by.member_id, Upload.upload_id == upload_id)
        async with by.cell.begin() as tx:
            if not (await tx.run(mine.returning(Upload.upload_id))).all():
                raise NoSuchUpload
        await self._spool.remove(by.cell.name, upload_id)

    async def _check_quota(self, tx: Tx, owner_id: UUID, *, now: datetime) -> None:
        """Count what the member began; the lock on their `resident` row makes two requests count one after the other."""
        await tx.run(sa.select(Resident.since).where(Resident.member_id == owner_id).with_for_update(key_share=True))
        mine, day = Upload.owner_id == owner_id, now - _DAY
        made = sa.select(sa.func.count()).where(Video.owner_id == owner_id, Video.created_at > day).scalar_subquery()
        kept = sa.select(sa.func.count()).where(ClipDraft.owner_id == owner_id, ClipDraft.created_at > day).scalar_subquery()
        alive = sa.func.count().filter(Upload.expires_at > now)
        begun = sa.func.count().filter(Upload.created_at > day) + made + kept
        counted = (await tx.run(sa.select(alive.label("unfinished"), begun.label("begun")).where(mine))).one()
        if counted.unfinished >= self.limits.unfinished:
            raise TooManyUploads(limit=self.limits.unfinished, when="at a time", retry_after=600)
        if counted.begun >= self.limits.per_day:
            raise TooManyUploads(limit=self.limits.per_day, when="in a day", retry_after=3600)

    async def _receive(self, receiver: Receiver, upload_id: UUID, part: Part, chunks: AsyncIterator[bytes]) -> None:
        try:
            async with self._patience(upload_id) as patience:
                if part.checksum is None:
                    await receiver.take(chunks, patience)
                else:
                    await receiver.take_checked(chunks, patience, part.checksum)
        except TimeoutError as error:
            raise UploadInterrupted from error

    async def _complete(
        self, by: Session, state: Received, file: SpoolFile, *, draft_in: Vault | None, now: datetime
    ) -> None:
        """Turn a complete upload into a clip, or into a draft: one transaction. Raises NoSuchUpload, Refused, TooManyDrafts."""
        name, upload_id = self._pseudonym(by.member_id), state.upload_id
        words = Words(state.caption, state.comments, state.audience, state.cut)
        whole = WholeFile(file.position, file.digest.digest(), now)
        sealed = await seal_words(draft_in, by.member_id, upload_id, words) if draft_in else None
        if sealed is not None:
            await file.sync()
        mine = sa.and_(Upload.owner_id == by.member_id, Upload.upload_id == upload_id)
        async with by.cell.begin() as tx:
            if not (await tx.run(sa.delete(Upload).where(mine).returning(Upload.upload_id))).all():
                raise NoSuchUpload
            if sealed is not None:
                await keep_draft(tx, by, upload_id, sealed, whole)
            else:
                await arrive(tx, by.member_id, upload_id, words, whole, pseudonym=name, now=now)

    @asynccontextmanager
    async def _patience(self, upload_id: UUID) -> AsyncIterator[asyncio.Timeout]:
        """A limit on silence, which `_end_writer` can bring forward."""
        async with asyncio.timeout(PATIENCE) as patience:
            self._writers[upload_id] = patience
            try:
                yield patience
            finally:
                del self._writers[upload_id]

    async def _end_writer(self, cell: Cell, upload_id: UUID) -> None:
        """End a request of this process that still sends, and wait until what it brought is on record."""
        patience = self._writers.get(upload_id)
        if patience is None:
            return
        loop = asyncio.get_running_loop()
        patience.reschedule(loop.time())
        until = loop.time() + _HAND_OVER
        while loop.time() < until:
            await asyncio.sleep(0.01)
            try:
                async with self._spool.locked(cell.name, upload_id):
                    return
            except UploadBusy:
                continue


def _told(state: Received, part: Part) -> Received:
    """What is known of the clip after a part that may say more of it."""
    return replace(
        state,
        caption=state.caption if part.caption is None else part.caption,
        comments=part.comments or state.comments,
        audience=Audience(part.audience) if part.audience else state.audience,
        cut=part.cut or state.cut,
    )


def _vault_for(vault: Vault | None) -> Vault:
    if vault is None:
        raise TypeError("a draft is sealed: say with which vault")  # rather than publish it
    return vault


def _agreed_length(state: Received, part: Part, max_bytes: int) -> int | None:
    """The length that an upload has after all that was said of it; None while nobody knows.

    Raises:
        OffsetMismatch, LengthMismatch, TooLarge, EmptyUpload: the part does not fit.
    """
    if part.offset != state.offset:
        raise OffsetMismatch(expected=state.offset, provided=part.offset)
    end = part.offset if part.size is None else part.offset + part.size
    length = state.length
    for stated in (part.length, end if part.ends is Ends.HERE and part.size is not None else None):
        if stated is None:
            continue
        if stated < state.offset or (length is not None and stated != length):
            raise LengthMismatch(declared=state.offset if length is None else length, stated=stated)
        length = stated
    if length == 0:
        raise EmptyUpload
    most = max_bytes if length is None else min(length, max_bytes)
    if max(end, length or 0) > most:
        raise TooLarge(limit=most)
    return length


def _is_whole(state: Received, part: Part) -> bool:
    """Whether the upload is complete after a part. Raises EmptyUpload, UploadInterrupted."""
    if part.ends is Ends.LATER or (part.ends is Ends.AT_LENGTH and state.offset != state.length):
        return False
    if state.length is not None and state.offset != state.length:
        raise UploadInterrupted
    if state.offset == 0:
        raise EmptyUpload
    return True


async def _find(by: Session, upload_id: UUID, *, now: datetime) -> Received:
    """Where an upload of somebody's stands, or the clip that it became. Raises NoSuchUpload, UploadExpired."""
    rows = await by.cell.database.fetch(
        "SELECT received, length, caption, comments, audience, cut_start, cut_end, cover_at,"
        " expires_at, false AS clip, false AS whole, draft FROM upload"
        " WHERE owner_id = $1 AND upload_id = $2 UNION ALL"
        " SELECT size, size, caption, comments, audience, cut_start, cut_end, cover_at, NULL, true, true, false"
        " FROM video WHERE owner_id = $1 AND video_id = $2 UNION ALL"
        " SELECT size, size, '', 'nobody', 'only_me', 0, NULL, NULL, NULL, false, true, true FROM clip_draft"
        " WHERE owner_id = $1 AND draft_id = $2",
        by.member_id,
        upload_id,
    )
    if not rows:
        raise NoSuchUpload
    row = rows[0]
    if row["expires_at"] is not None and row["expires_at"] <= now:
        raise UploadExpired
    return Received(
        upload_id=upload_id,
        offset=row["received"],
        length=row["length"],
        caption=row["caption"],
        comments=Choice(row["comments"]),
        audience=Audience(row["audience"]),
        cut=Cut(start=row["cut_start"], end=row["cut_end"], cover=row["cover_at"]),
        expires_at=row["expires_at"],
        video_id=upload_id if row["clip"] else None,
        draft=row["draft"] and row["whole"],
        as_draft=row["draft"],
    )
