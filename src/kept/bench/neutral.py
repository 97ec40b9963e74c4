"""A schema that is nobody's in particular, annotated: a video application as others have it, with references all over.

Rows refer to rows of other people, and what hangs on something goes with it or lets it go, as foreign keys do elsewhere. It
knows nothing of cells, keys or ledgers: what is measured on it is what any annotated application gets.
"""

from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from kept.catalog import Category, Keep, Law, Level, Purpose, field, record

WHY = Purpose.SERVICE
KEEP = Keep.after_closure("contract", days=30)


class Base(DeclarativeBase):
    """Puts the law where the table can be asked for it."""

    law: ClassVar[Law]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.metadata.tables[cls.__tablename__].info["law"] = cls.law


def _id(about: str, **column: Any) -> Any:
    return field(Category.ID, Level.INTERNAL, WHY, about=about, type_=sa.Uuid(), **column)


def _owner() -> Any:
    return _id("Whose this is.", primary_key=True)


def _words(category: Category, about: str) -> Any:
    return field(category, Level.CONFIDENTIAL, WHY, about=about, type_=sa.Text())


def _moment(about: str) -> Any:
    return field(Category.OPERATIONS, Level.INTERNAL, WHY, about=about, type_=sa.DateTime(timezone=True))


def _to_member(column: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["member.id"], ondelete=ondelete)


def _to_video() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["author_id", "video_id"], ["video.member_id", "video.id"], ondelete="CASCADE")


class Member(Base):
    __tablename__ = "member"
    law = record("Members.", owner="id", keep=KEEP)
    id = _id("The member.", primary_key=True)
    handle = _words(Category.HANDLE, "Handle.")
    email = _words(Category.EMAIL, "E-mail address.")
    joined_at = _moment("When they joined.")


class Video(Base):
    __tablename__ = "video"
    __table_args__ = (_to_member("member_id"),)
    law = record("Videos.", owner="member_id", keep=KEEP)
    member_id = _owner()
    id = _id("The video.", primary_key=True)
    title = _words(Category.PUBLIC_CONTENT, "Title.")
    published_at = _moment("When it was published.")


class Comment(Base):
    __tablename__ = "comment"
    __table_args__ = (_to_member("member_id"), _to_video(), sa.Index("comment_under", "author_id", "video_id"))
    law = record("Comments, which go with the video.", owner="member_id", keep=KEEP)
    member_id = _owner()
    id = _id("The comment.", primary_key=True)
    author_id = _id("Whose video it is under.", goes_with_other=True)
    video_id = _id("Which video it is under.")
    text = _words(Category.PUBLIC_CONTENT, "What it says.")
    written_at = _moment("When it was written.")


class Liked(Base):
    __tablename__ = "liked"
    __table_args__ = (_to_member("member_id"), _to_video(), sa.Index("liked_video", "author_id", "video_id"))
    law = record("Likes, which go with the video.", owner="member_id", keep=KEEP)
    member_id = _owner()
    author_id = _id("Whose video it is.", goes_with_other=True, primary_key=True)
    video_id = _id("Which video.", primary_key=True)
    liked_at = _moment("When.")


class Follow(Base):
    __tablename__ = "follow"
    __table_args__ = (
        _to_member("member_id"),
        _to_member("followed_id", "CASCADE"),
        sa.Index("follow_of", "followed_id"),
    )
    law = record("Whom members follow.", owner="member_id", keep=KEEP)
    member_id = _owner()
    followed_id = _id("Who is followed.", goes_with_other=True, primary_key=True)
    since = _moment("Since when.")


class Message(Base):
    __tablename__ = "message"
    __table_args__ = (_to_member("member_id"), _to_member("peer_id", "SET NULL"), sa.Index("message_with", "peer_id"))
    law = record("Messages: each party has a copy.", owner="member_id", keep=KEEP)
    member_id = _owner()
    id = _id("The message.", primary_key=True)
    peer_id = _id("The other party.", names_other=True, nullable=True)
    text = _words(Category.PRIVATE_CONTENT, "What it says.")
    sent_at = _moment("When it was sent.")


class Session(Base):
    __tablename__ = "session"
    __table_args__ = (_to_member("member_id"),)
    law = record("Sessions.", owner="member_id", keep=KEEP)
    member_id = _owner()
    id = _id("The session.", primary_key=True)
    device = _words(Category.DEVICE, "Device.")
    address = _words(Category.IP_ADDRESS, "Address.")
    opened_at = _moment("When it was opened.")


class Watched(Base):
    __tablename__ = "watched"
    __table_args__ = (_to_member("member_id"), sa.Index("watched_of", "author_id"))
    law = record("What members watched.", owner="member_id", keep=KEEP)
    member_id = _owner()
    id = _id("The event.", primary_key=True)
    author_id = _id("Whose video it was; it may be gone.", names_other=True)
    video_id = _id("Which video; it may be gone.")
    seconds = field(Category.MEDIA_CONSUMPTION, Level.CONFIDENTIAL, WHY, about="How long.", type_=sa.Float())
    watched_at = _moment("When.")
