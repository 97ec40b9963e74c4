"""The public side of a member, on a shelf in every cell: whether the account is private, and how many follow and are followed.

Both sides of following are at home with their owner, so a member's figures are counted in one place and drawn by one cell.
Somebody has a profile from the first clip or the first act among others; who only watches is on no shelf.
Verbs note whose figures have changed; the worker draws them a moment later, many at once, so that a member whom many follow
at the same time is no bottleneck.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped

from kept.accounts import Account, limits_in
from kept.catalog import Category, Crossing, Keep, Law, Level, Purpose, field, shelf
from kept.cells import Cell, ShelfRow, Tx, put_on_shelf
from kept.kit import new_id
from kept.policy import Account as OwnAccount
from kept.policy import Action, Actor, AgeBand, Standing, can
from kept.social.models import Circle, ProfileDue, ProfileRow

PRIVATE_AT_FIRST = AgeBand.TEEN_13_15
"""Whose account is private unless they choose otherwise."""
MOST = 200
"""Profiles that are drawn in one transaction."""

_KNOWN = """
SELECT a.owner_id, q.profile_id, a.handle, a.leaving_at IS NOT NULL AS away,
    coalesce((SELECT c.private FROM circle c WHERE c.owner_id = a.owner_id), false) AS private,
    coalesce((SELECT c.unlisted FROM circle c WHERE c.owner_id = a.owner_id), false) AS unlisted,
    coalesce((SELECT c.hides_likes FROM circle c WHERE c.owner_id = a.owner_id), false) AS hides_likes,
    a.band, l.guarded, l.guarded_minutes, l.chosen, l.chosen_minutes,
    (SELECT count(*) FROM follower f WHERE f.owner_id = a.owner_id AND f.state = 'following' AND f.ended_at IS NULL)
        AS followers,
    (SELECT count(*) FROM follow f WHERE f.owner_id = a.owner_id AND f.state = 'following' AND f.ended_at IS NULL)
        AS following
FROM account a JOIN profile q ON q.owner_id = a.owner_id LEFT JOIN member_limits l ON l.owner_id = a.owner_id
WHERE a.owner_id = ANY(:members) AND a.closed_at IS NULL
"""
_DUE = """
DELETE FROM profile_due WHERE owner_id IN (
    SELECT owner_id FROM profile_due ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED
) RETURNING owner_id
"""
_DRIFTED = """
INSERT INTO profile_due (owner_id, due_at)
SELECT p.owner_id, :now FROM shelf_profile p JOIN resident r ON r.member_id = p.owner_id
LEFT JOIN (SELECT owner_id, count(*) AS n FROM follower WHERE state = 'following' AND ended_at IS NULL GROUP BY 1) a
    ON a.owner_id = p.owner_id
LEFT JOIN (SELECT owner_id, count(*) AS n FROM follow WHERE state = 'following' AND ended_at IS NULL GROUP BY 1) b
    ON b.owner_id = p.owner_id
WHERE p.followers <> coalesce(a.n, 0) OR p.following <> coalesce(b.n, 0)
ON CONFLICT DO NOTHING RETURNING owner_id
"""
_PROFILE = """
SELECT owner_id, handle, private, followers, following FROM shelf_profile
WHERE owner_id = $1 AND NOT away
"""


class ShelfProfile(ShelfRow):
    """What everybody may know of a member, in every cell. `item_id` is the profile."""

    __tablename__ = "shelf_profile"
    __table_args__ = (
        sa.Index("shelf_profile_by_handle", "handle", postgresql_ops={"handle": "text_pattern_ops"}),
    )
    law: ClassVar[Law] = shelf("Members' profiles.", source="profile", keep=Keep.after_closure("contract", days=30))

    handle: Mapped[str] = field(
        Category.HANDLE,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="The member's handle.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
        derived_from=("account.handle",),
    )
    private: Mapped[bool] = field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Whether only followers see the member's clips.",
        type_=sa.Boolean(),
        crossing=Crossing.PUBLIC,
        derived_from=("circle.private",),
    )
    unlisted: Mapped[bool] = field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Whether the member is left out when somebody searches for people.",
        type_=sa.Boolean(),
        crossing=Crossing.PUBLIC,
        derived_from=("circle.unlisted",),
        server_default=sa.false(),
    )
    hides_likes: Mapped[bool] = field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Whether only the member sees how many like their clips.",
        type_=sa.Boolean(),
        crossing=Crossing.PUBLIC,
        derived_from=("circle.hides_likes",),
        server_default=sa.false(),
    )
    followers: Mapped[int] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="How many follow the member.",
        type_=sa.Integer(),
        crossing=Crossing.PUBLIC,
    )
    following: Mapped[int] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="How many the member follows.",
        type_=sa.Integer(),
        crossing=Crossing.PUBLIC,
    )
    away: Mapped[bool] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Whether the account is at rest: then nobody sees it.",
        type_=sa.Boolean(),
        crossing=Crossing.PUBLIC,
    )


@dataclass(frozen=True, slots=True)
class Profile:
    """A member, as everybody may know them."""

    member_id: UUID
    handle: str
    private: bool
    followers: int
    following: int


async def profile_of(cell: Cell, member_id: UUID) -> Profile | None:
    """The profile that stands on this cell's shelf; None where there is none, and while the account is at rest."""
    rows = await cell.database.fetch(_PROFILE, member_id)
    return Profile(*rows[0].values()) if rows else None


async def introduce(tx: Tx, member_id: UUID, *, now: datetime) -> None:
    """Give a member a profile on every shelf, if there is none yet. The policy has none for children.

    Somebody under 16 begins with a private account, and keeps it on the birthday, until they open it themselves.
    """
    band = (await tx.run(sa.select(Account.band).where(Account.owner_id == member_id))).scalar_one_or_none()
    if band is None or not may_have_profile(AgeBand(band)):
        return
    first = insert(ProfileRow).values(owner_id=member_id, profile_id=new_id(), made_at=now)
    made = await tx.run(first.on_conflict_do_nothing(index_elements=["owner_id"]).returning(ProfileRow.profile_id))
    if not made.all():
        return
    if band == PRIVATE_AT_FIRST:
        closed = insert(Circle).values(owner_id=member_id, private=True, changed_at=now)
        await tx.run(closed.on_conflict_do_nothing(index_elements=["owner_id"]))
    await draw_again(tx, member_id, now=now)


async def draw_again(tx: Tx, member_id: UUID, *, now: datetime) -> None:
    """Draw a member's profile anew, if there is one."""
    await _draw_all(tx, [member_id], now=now)


def may_have_profile(band: AgeBand) -> bool:
    """Whether anybody may have to do with a member of that age."""
    member = Actor.member(band, standing=Standing.GOOD, offered=True, limits=())
    return can(member, Action.HAVE_PROFILE, OwnAccount()).allowed


async def figures_changed(tx: Tx, member_id: UUID, *, now: datetime) -> None:
    """Note that a member's profile is to be drawn again."""
    await tx.run(insert(ProfileDue).values(owner_id=member_id, due_at=now).on_conflict_do_nothing())


async def draw_due(cell: Cell, *, now: datetime) -> int:
    """Draw what is due; how many profiles that was. For the worker, every second."""
    async with cell.begin() as tx:
        due = [row.owner_id for row in (await tx.run(sa.text(_DUE), {"most": MOST})).all()]
        await _draw_all(tx, due, now=now)
    return len(due)


async def find_drift(cell: Cell, *, now: datetime) -> int:
    """Note every profile whose figures differ from the rows they count, as after somebody was erased; how many."""
    async with cell.begin() as tx:
        return len((await tx.run(sa.text(_DRIFTED), {"now": now})).all())


async def _draw_all(tx: Tx, members: list[UUID], *, now: datetime) -> None:
    for row in (await tx.run(sa.text(_KNOWN), {"members": members})).all() if members else ():
        values = {"owner_id": row.owner_id, "item_id": row.profile_id, "handle": row.handle, "away": row.away}
        unlisted = row.unlisted or not _may_be_found(row)
        figures = {"private": row.private, "unlisted": unlisted, "followers": row.followers, "following": row.following}
        await put_on_shelf(tx, ShelfProfile, values | figures | {"hides_likes": row.hides_likes}, now=now)


def _may_be_found(row: sa.Row[Any]) -> bool:
    """Whether the policy lets a member be found, by what they and their guardians have switched off."""
    band = AgeBand(row.band)
    off = limits_in(dict(row._mapping)).switched_off(band)
    member = Actor.member(band, standing=Standing.GOOD, offered=True, limits=off)
    return can(member, Action.BE_FOUND, OwnAccount()).allowed
