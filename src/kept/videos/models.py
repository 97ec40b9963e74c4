"""The tables of clips: what is being uploaded, what was, and the files that it is played from.

Rows come before bytes: every object and every spool file is named by a row before its first byte is written, so whatever
no row names is a leftover (see `sweeping.py`).
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Crossing, Keep, Law, Level, Purpose, field, owner_field, record

Timestamp = sa.DateTime(timezone=True)

LONGEST_CAPTION = 300
"""Characters of a caption."""


class VideoState(StrEnum):
    """Where a clip is, as its author sees it. Only a published clip can be seen by anybody else."""

    PROCESSING = "processing"
    HELD = "held"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


# What an author chooses is said of the upload first and of its clip afterwards: in the same words, so that both are told alike.


def _who_comments() -> Any:
    """Who may comment, on an upload and then on its clip."""
    return field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Who may comment on it: `everyone`, `friends` or `nobody`.",
        type_=sa.Text(),
        server_default="everyone",
    )


def _who_watches() -> Any:
    """Who may watch it."""
    return field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Who may watch it: `everyone`, `followers` or `only_me`.",
        type_=sa.Text(),
        server_default="everyone",
    )


def _cut_start() -> Any:
    """Where the clip begins."""
    return field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="From which second of what was sent the clip goes.",
        type_=sa.Float(),
        server_default="0",
    )


def _cut_end() -> Any:
    """Where it ends."""
    return field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Until which second; to its end without one.",
        type_=sa.Float(),
        nullable=True,
    )


def _cover_at() -> Any:
    """Which picture stands for it."""
    return field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="At which second the picture is that stands for it; chosen by us without one.",
        type_=sa.Float(),
        nullable=True,
    )


class Upload(CellRow):
    """Bytes on their way in. The row goes when the upload is complete, cancelled or expired; its id becomes the clip's."""

    __tablename__ = "upload"
    law: ClassVar[Law] = record(
        "Uploads that are not complete.", keep=Keep.after_creation("created_at", "contract", days=1)
    )

    owner_id: Mapped[UUID] = owner_field()
    upload_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.SERVICE, about="Upload, later the clip.", type_=sa.Uuid(), primary_key=True
    )
    length: Mapped[int | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Bytes in all; unknown while a camera records.",
        type_=sa.BigInteger(),
        nullable=True,
    )
    received: Mapped[int] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Bytes that are safe on disk.",
        type_=sa.BigInteger(),
    )
    caption: Mapped[str] = field(
        Category.PUBLIC_CONTENT,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="What the author writes beneath the clip.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
    )
    comments: Mapped[str] = _who_comments()
    audience: Mapped[str] = _who_watches()
    cut_start: Mapped[float] = _cut_start()
    cut_end: Mapped[float | None] = _cut_end()
    cover_at: Mapped[float | None] = _cover_at()
    draft: Mapped[bool] = field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Whether it becomes a draft when it is complete.",
        type_=sa.Boolean(),
        server_default=sa.false(),
    )
    created_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When it began.", type_=Timestamp
    )
    expires_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When it lapses.", type_=Timestamp
    )


class Video(CellRow):
    """A clip, from its last uploaded byte on."""

    __tablename__ = "video"
    __table_args__ = (
        sa.Index("video_by_id", "video_id"),
        sa.Index("video_in_work", "changed_at", postgresql_where=sa.text("state = 'processing'")),
    )
    law: ClassVar[Law] = record("Clips that members made.", keep=Keep.after_withdrawal("ended_at", "contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    video_id: Mapped[UUID] = field(
        Category.ID, Level.PUBLIC, Purpose.SERVICE, about="Clip.", type_=sa.Uuid(), primary_key=True
    )
    state: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="See VideoState.", type_=sa.Text()
    )
    reason: Mapped[str] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Why it is held, failed or withdrawn: a code; empty otherwise.",
        type_=sa.Text(),
    )
    changed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When it came into its state.", type_=Timestamp
    )
    changed_by: Mapped[UUID | None] = field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Who brought it there; nobody, where the platform itself did.",
        type_=sa.Uuid(),
        nullable=True,
        names_other=True,
    )
    caption: Mapped[str] = field(
        Category.PUBLIC_CONTENT,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="What the author wrote beneath it.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
    )
    comments: Mapped[str] = _who_comments()
    audience: Mapped[str] = _who_watches()
    cut_start: Mapped[float] = _cut_start()
    cut_end: Mapped[float | None] = _cut_end()
    cover_at: Mapped[float | None] = _cover_at()
    size: Mapped[int] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Length of what was uploaded.",
        type_=sa.BigInteger(),
    )
    sha256: Mapped[bytes] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        Purpose.SECURITY,
        about="SHA-256 of what was uploaded.",
        type_=sa.LargeBinary(),
    )
    seconds: Mapped[float | None] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.SERVICE, about="Playing time.", type_=sa.Float(), nullable=True
    )
    width: Mapped[int | None] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.SERVICE, about="Pixels, upright.", type_=sa.Integer(), nullable=True
    )
    height: Mapped[int | None] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.SERVICE, about="Pixels, upright.", type_=sa.Integer(), nullable=True
    )
    placeholder: Mapped[str] = field(
        Category.PUBLIC_CONTENT,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="A tiny picture (data URI) that is shown while the poster loads.",
        type_=sa.Text(),
    )
    picked_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="When staff picked it for viewers under 13.",
        type_=Timestamp,
        nullable=True,
    )
    picked_by: Mapped[UUID | None] = field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Who picked it.",
        type_=sa.Uuid(),
        nullable=True,
        names_other=True,
    )
    created_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When the upload was complete.", type_=Timestamp
    )
    original_gone_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Since when the uploaded file, with all that a camera writes into it, is not kept any more.",
        type_=Timestamp,
        nullable=True,
    )
    published_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="When it was published.",
        type_=Timestamp,
        nullable=True,
    )
    ended_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="When it was withdrawn, or failed.",
        type_=Timestamp,
        nullable=True,
    )


class Rendition(CellRow):
    """A file that a clip is played or shown from. Planned before it is stored; `ready_at` says that it is there."""

    __tablename__ = "rendition"
    __table_args__ = (
        sa.ForeignKeyConstraint(["owner_id", "video_id"], ["video.owner_id", "video.video_id"], ondelete="CASCADE"),
    )
    law: ClassVar[Law] = record("Files that clips are played from.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    video_id: Mapped[UUID] = field(
        Category.ID, Level.PUBLIC, Purpose.SERVICE, about="Clip.", type_=sa.Uuid(), primary_key=True
    )
    name: Mapped[str] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="`source`, `poster`, or lines of the picture's shorter side.",
        type_=sa.Text(),
        primary_key=True,
    )
    object_key: Mapped[str] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Name in the object store.",
        type_=sa.Text(),
        names_object=True,
    )
    media_type: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.SERVICE, about="Media type.", type_=sa.Text()
    )
    size: Mapped[int | None] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.SERVICE, about="Length.", type_=sa.BigInteger(), nullable=True
    )
    sha256: Mapped[bytes | None] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.SERVICE, about="SHA-256.", type_=sa.LargeBinary(), nullable=True
    )
    ready_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="When it was stored.",
        type_=Timestamp,
        nullable=True,
    )


class CaptionTrack(CellRow):
    """What is said in a clip, to read along. Written by its author, or begun by a recogniser of speech."""

    __tablename__ = "caption_track"
    __table_args__ = (
        sa.ForeignKeyConstraint(["owner_id", "video_id"], ["video.owner_id", "video.video_id"], ondelete="CASCADE"),
    )
    law: ClassVar[Law] = record("Captions of clips.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    video_id: Mapped[UUID] = field(
        Category.ID, Level.PUBLIC, Purpose.SERVICE, about="Clip.", type_=sa.Uuid(), primary_key=True
    )
    language: Mapped[str] = field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Language of the captions.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
    )
    body: Mapped[str] = field(
        Category.PUBLIC_CONTENT,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="What is said in the clip, and when (WebVTT).",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
    )
    changed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When they were written.", type_=Timestamp
    )


class ClipDefaults(CellRow):
    """What a member chooses for the clips that they will make. Without a row, it goes by age."""

    __tablename__ = "clip_defaults"
    law: ClassVar[Law] = record("What members choose for new clips.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    comments: Mapped[str] = field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Who may comment on your new clips: `everyone`, `friends` or `nobody`.",
        type_=sa.Text(),
    )
    changed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When you chose that.", type_=Timestamp
    )
