"""The tables of ties between members: each party has its own row, in its own cell, and so has the other's mirror.

Who follows or blocks whom is known to the two alone: no shelf has it. What is public is how many (see `profiles.py`).
A tie that ended is kept for as long as a parcel may be late, so that nothing old brings it back.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Crossing, Keep, Law, Level, Purpose, field, owner_field, record

Timestamp = sa.DateTime(timezone=True)
LATE = Keep.after_withdrawal("ended_at", "parcels that come late", days=30)
_CURRENT = sa.text("ended_at IS NULL")


class Tie(CellRow):
    """The base of every tie: a row of `owner_id` about somebody else."""

    __abstract__ = True

    owner_id: Mapped[UUID] = owner_field()
    other_id: Mapped[UUID] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="The other one.",
        type_=sa.Uuid(),
        crossing=Crossing.ADDRESSED,
        goes_with_other=True,
        primary_key=True,
        index=True,
    )
    turn: Mapped[int] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Counts up with each change, so that an older one that comes late changes nothing.",
        type_=sa.BigInteger(),
        crossing=Crossing.ADDRESSED,
    )
    since: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Since when it is so.", type_=Timestamp
    )
    ended_at: Mapped[datetime | None] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="When it ended.",
        type_=Timestamp,
        nullable=True,
        index=True,
    )


class FollowTie(Tie):
    """The base of both sides of following: a wish, and the answer to it."""

    __abstract__ = True

    wants: Mapped[bool] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="Whether the one who follows wants to.",
        type_=sa.Boolean(),
        crossing=Crossing.ADDRESSED,
    )
    answer_to: Mapped[int] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Which wish was answered last.",
        type_=sa.BigInteger(),
        crossing=Crossing.ADDRESSED,
    )
    accepted: Mapped[bool] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="Whether the one who is followed said yes.",
        type_=sa.Boolean(),
        crossing=Crossing.ADDRESSED,
    )
    state: Mapped[str] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="`asked`, `following` or `ended`: what comes of the wish and the answer.",
        type_=sa.Text(),
    )


class Follow(FollowTie):
    """Somebody whom a member follows, or asked to."""

    __tablename__ = "follow"
    __table_args__ = (sa.Index("follow_current", "owner_id", "state", "since", postgresql_where=_CURRENT),)
    law: ClassVar[Law] = record("Whom members follow, or asked to follow.", keep=LATE)


class Follower(FollowTie):
    """Somebody who follows a member, or asked to: the mirror of their `follow`."""

    __tablename__ = "follower"
    __table_args__ = (sa.Index("follower_current", "owner_id", "state", "since", postgresql_where=_CURRENT),)
    law: ClassVar[Law] = record("Who follows members, or asked to.", keep=LATE)


class Block(Tie):
    """Somebody whom a member has blocked."""

    __tablename__ = "block"
    law: ClassVar[Law] = record("Whom members block.", keep=LATE)


class BlockedBy(Tie):
    """Somebody who has blocked a member: the mirror of their `block`, by which they aren't shown to each other."""

    __tablename__ = "blocked_by"
    law: ClassVar[Law] = record("Who blocks members.", keep=LATE)


class Mute(CellRow):
    """Somebody whose clips a member doesn't want to see in feeds. Nobody else knows, so it has no mirror."""

    __tablename__ = "mute"
    law: ClassVar[Law] = record("Whom members mute.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    other_id: Mapped[UUID] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="Who is muted.",
        type_=sa.Uuid(),
        goes_with_other=True,
        primary_key=True,
        index=True,
    )
    since: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Since when.", type_=Timestamp
    )


class Restriction(CellRow):
    """Somebody whose comments a member looks at before others see them. Nobody else knows, so it has no mirror."""

    __tablename__ = "restriction"
    law: ClassVar[Law] = record("Whom members restrict.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    other_id: Mapped[UUID] = field(
        Category.SOCIAL,
        Level.CONFIDENTIAL,
        Purpose.SERVICE,
        about="Who is restricted.",
        type_=sa.Uuid(),
        goes_with_other=True,
        primary_key=True,
        index=True,
    )
    since: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Since when.", type_=Timestamp
    )


class Circle(CellRow):
    """Whom a member lets come close. Without a row, the account is open."""

    __tablename__ = "circle"
    law: ClassVar[Law] = record("Whom members let follow them.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    private: Mapped[bool] = field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Whether your account is private: only followers whom you let in see your clips.",
        type_=sa.Boolean(),
        crossing=Crossing.PUBLIC,
    )
    unlisted: Mapped[bool] = field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Whether you are left out when somebody searches for people.",
        type_=sa.Boolean(),
        crossing=Crossing.PUBLIC,
        server_default=sa.false(),
    )
    hides_likes: Mapped[bool] = field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Whether only you see how many like your clips.",
        type_=sa.Boolean(),
        crossing=Crossing.PUBLIC,
        server_default=sa.false(),
    )
    sees_no_likes: Mapped[bool] = field(
        Category.SETTINGS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Whether you are shown no numbers of likes.",
        type_=sa.Boolean(),
        server_default=sa.false(),
    )
    changed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When you chose that.", type_=Timestamp
    )


class ProfileRow(CellRow):
    """That a member has a profile, and by which id others' shelves know it: not the member's own, which goes for good."""

    __tablename__ = "profile"
    __table_args__ = (sa.UniqueConstraint("owner_id"),)
    law: ClassVar[Law] = record("Members' public profiles.", keep=Keep.after_closure("contract", days=30))

    owner_id: Mapped[UUID] = owner_field()
    profile_id: Mapped[UUID] = field(
        Category.ID, Level.PUBLIC, Purpose.SERVICE, about="The profile.", type_=sa.Uuid(), primary_key=True
    )
    made_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When it came to be.", type_=Timestamp
    )


class ProfileDue(CellRow):
    """A member whose public figures have changed and are to be drawn again; gone within a second or so."""

    __tablename__ = "profile_due"
    law: ClassVar[Law] = record(
        "Profiles that are to be drawn again.", keep=Keep.after_creation("due_at", "contract", days=1)
    )

    owner_id: Mapped[UUID] = owner_field()
    due_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Since when.", type_=Timestamp
    )
