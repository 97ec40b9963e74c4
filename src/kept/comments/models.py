"""The tables of comments. A comment is its author's own, sealed, at home; what everybody may read stands on a shelf.

What is not public (held for the clip's owner, or under a clip for followers) is with the owner of the clip, sealed under
their key, and on no shelf. Nothing of the author's tells which of these it is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import (
    Category,
    CellRow,
    Crossing,
    Keep,
    Law,
    Level,
    Purpose,
    field,
    owner_field,
    record,
    shelf,
    system,
)
from kept.cells import ShelfRow
from kept.likes import item_of
from kept.vault import Sealed, SealedColumn

Timestamp = sa.DateTime(timezone=True)
CLOSED = Keep.after_closure("contract", days=30)

BODY = "comment.body"
UNDER = "comment_under_clip.body"
WORDS = "comment_filter.words"
"""Sealed columns, as the vault names them."""


def _clip(**column: Any) -> Mapped[UUID]:
    return field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="The clip.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        **column,
    )


def _person(about: str, **column: Any) -> Mapped[UUID]:
    return field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about=about,
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        goes_with_other=True,
        index=True,
        **column,
    )


def _parent() -> Mapped[UUID | None]:
    return field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="The comment that it answers.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        nullable=True,
    )


def _body(about: str) -> Mapped[Sealed]:
    """Sealed, because it may be held back or be for followers; written for whoever sees the clip, so no private message."""
    return field(
        Category.PUBLIC_CONTENT,
        Level.RESTRICTED,
        Purpose.SERVICE,
        Purpose.SECURITY,
        Purpose.LEGAL,
        about=about,
        type_=SealedColumn(),
        crossing=Crossing.ADDRESSED,
    )


def _moment(about: str, **column: Any) -> Mapped[datetime]:
    return field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about=about,
        type_=Timestamp,
        **({"crossing": Crossing.ADDRESSED} | column),
    )


class Comment(CellRow):
    """A comment, as its author has it. Whether others see it is not written here."""

    __tablename__ = "comment"
    __table_args__ = (sa.Index("comment_by_clip", "owner_id", "clip_id"),)
    law: ClassVar[Law] = record("Comments that members wrote.", keep=CLOSED)

    owner_id: Mapped[UUID] = owner_field()
    comment_id: Mapped[UUID] = field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="The comment.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        primary_key=True,
    )
    clip_id: Mapped[UUID] = _clip(index=True)
    clip_owner_id: Mapped[UUID] = _person("Whose clip it is.")
    parent_id: Mapped[UUID | None] = _parent()
    body: Mapped[Sealed] = _body("What you wrote.")
    written_at: Mapped[datetime] = _moment("When you wrote it.")


class UnderClip(CellRow):
    """A comment under a member's clip that is not public, as the clip's owner has it."""

    __tablename__ = "comment_under_clip"
    __table_args__ = (sa.Index("comment_under_clip_by_clip", "clip_id", "state"),)
    law: ClassVar[Law] = record("Comments under members' clips that are not public.", keep=CLOSED)

    owner_id: Mapped[UUID] = owner_field()
    comment_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.SERVICE, about="The comment.", type_=sa.Uuid(), primary_key=True
    )
    clip_id: Mapped[UUID] = _clip()
    author_id: Mapped[UUID] = _person("Who wrote it.")
    parent_id: Mapped[UUID | None] = _parent()
    state: Mapped[str] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="`held` until you decide, or `followers`: for them alone.",
        type_=sa.Text(),
    )
    why: Mapped[str] = field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="Why it was held: your own `words`, the `general` filter, or that its author is `restricted`.",
        type_=sa.Text(),
    )
    body: Mapped[Sealed] = _body("What they wrote.")
    written_at: Mapped[datetime] = _moment("When it was written.")


class CommentLiked(CellRow):
    """A comment that a member likes."""

    __tablename__ = "comment_liked"
    law: ClassVar[Law] = record("Comments that members like.", keep=CLOSED)

    owner_id: Mapped[UUID] = owner_field()
    comment_id: Mapped[UUID] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="The comment.",
        type_=sa.Uuid(),
        primary_key=True,
        index=True,
    )
    clip_id: Mapped[UUID] = field(
        Category.SOCIAL, Level.CONFIDENTIAL, Purpose.SERVICE, about="The clip.", type_=sa.Uuid(), index=True
    )
    author_id: Mapped[UUID] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="Who wrote it.",
        type_=sa.Uuid(),
        goes_with_other=True,
        index=True,
    )
    liked_at: Mapped[datetime] = _moment("When.", crossing=Crossing.NEVER)


class CommentFilter(CellRow):
    """Which comments a member looks at before others see them. Without a row, it goes by age."""

    __tablename__ = "comment_filter"
    law: ClassVar[Law] = record("Which comments members hold back.", keep=CLOSED)

    owner_id: Mapped[UUID] = owner_field()
    general: Mapped[bool] = field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Whether comments that are hurtful by our list are held for you.",
        type_=sa.Boolean(),
    )
    words: Mapped[Sealed | None] = field(
        Category.SETTINGS,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="Your own words and phrases: comments with one are held for you.",
        type_=SealedColumn(),
        nullable=True,
    )
    changed_at: Mapped[datetime] = _moment("When you chose that.", crossing=Crossing.NEVER)


class CommentKey(CellRow):
    """An `Idempotency-Key` that a comment was sent with, so that a repeated request writes nothing."""

    __tablename__ = "comment_key"
    law: ClassVar[Law] = record(
        "Keys that requests to comment were repeated by.", keep=Keep.after_creation("made_at", "contract", days=1)
    )

    owner_id: Mapped[UUID] = owner_field()
    key_index: Mapped[bytes] = field(
        Category.PSEUDONYM,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Keyed hash of the key that your app chose.",
        type_=sa.LargeBinary(),
        primary_key=True,
    )
    request_index: Mapped[bytes] = field(
        Category.PSEUDONYM,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Keyed hash of the request, to tell a repeated one from another.",
        type_=sa.LargeBinary(),
    )
    comment_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.SERVICE, about="The comment that was written.", type_=sa.Uuid()
    )
    made_at: Mapped[datetime] = _moment("When.", crossing=Crossing.NEVER, index=True)


class CommentLikesDue(CellRow):
    """A comment whose likes in this cell have changed and are to be counted again; gone within a second or so."""

    __tablename__ = "comment_likes_due"
    law: ClassVar[Law] = system(
        "Comments whose likes are to be counted.", keep=Keep.after_creation("due_at", "contract", days=1)
    )

    comment_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="The comment.", type_=sa.Uuid(), primary_key=True
    )
    due_at: Mapped[datetime] = _moment("Since when.", crossing=Crossing.NEVER)


def _public(category: Category, about: str, type_: Any, **column: Any) -> Mapped[Any]:
    return field(category, Level.PUBLIC, Purpose.SERVICE, about=about, type_=type_, crossing=Crossing.PUBLIC, **column)


class ShelfComment(ShelfRow):
    """A comment that everybody may read who may see the clip, in every cell. `item_id` is the comment."""

    __tablename__ = "shelf_comment"
    __table_args__ = (
        sa.Index("shelf_comment_by_clip", "clip_id", "parent_id"),
        sa.Index("shelf_comment_by_item", "item_id"),
    )
    law: ClassVar[Law] = shelf("Comments.", source="comment", keep=CLOSED)

    clip_id: Mapped[UUID] = _public(Category.ID, "The clip.", sa.Uuid())
    parent_id: Mapped[UUID | None] = _public(Category.ID, "The comment that it answers.", sa.Uuid(), nullable=True)
    text: Mapped[str] = _public(Category.PUBLIC_CONTENT, "What it says.", sa.Text(), derived_from=("comment.body",))
    written_at: Mapped[datetime] = _public(
        Category.OPERATIONS, "When it was written.", Timestamp, derived_from=("comment.written_at",)
    )


class ShelfCommentLikes(ShelfRow):
    """How many members of one cell like a comment; `item_id` stands for the comment and the cell."""

    __tablename__ = "shelf_comment_likes"
    __table_args__ = (sa.Index("shelf_comment_likes_by_clip", "clip_id"),)
    source_item: ClassVar[str] = "comment_id"
    law: ClassVar[Law] = shelf("How many like comments.", source="comment", keep=CLOSED)

    comment_id: Mapped[UUID] = _public(Category.ID, "The comment.", sa.Uuid())
    clip_id: Mapped[UUID] = _public(Category.ID, "The clip.", sa.Uuid())
    cell: Mapped[str] = _public(Category.OPERATIONS, "Whose members are counted.", sa.Text())
    likes: Mapped[int] = _public(Category.OPERATIONS, "How many like it.", sa.Integer())

    @classmethod
    def items_of(cls, source_id: UUID, cells: Sequence[str]) -> Sequence[UUID]:
        """One for each cell."""
        return [item_of(source_id, cell) for cell in cells]


class ShelfPins(ShelfRow):
    """Which comments the owner of a clip has pinned. `item_id` is the clip."""

    __tablename__ = "shelf_pins"
    living: ClassVar[str] = "state = 'published'"
    law: ClassVar[Law] = shelf("Pinned comments.", source="video", keep=CLOSED)

    pins: Mapped[str] = _public(Category.ID, "The comments, the latest pin first, parted by spaces.", sa.Text())
