"""The public card of a clip: the row of the shelf that feeds read in every cell, and how it is drawn from the clip.

Written again, whole, whenever something public about the clip changes; the caller holds the clip's row, so two changes
at once can't each write half of it.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.accounts import Account
from kept.catalog import Category, Crossing, Keep, Law, Level, Purpose, field, shelf
from kept.cells import ShelfRow, Tx, put_on_shelf
from kept.policy import Action, Actor, AgeBand, Audience, Choice, Clip, ClipState, Rating, Relation, Standing, can
from kept.videos.cutting import FUNCTIONS
from kept.videos.models import CaptionTrack, Rendition, Timestamp, Video, VideoState

POSTER, CAPTIONS = "poster", "captions"
"""Names, in media addresses, of what a clip has besides files to play."""

_SHOWN = sa.text("SELECT 1 FROM shelf_card WHERE owner_id = :owner AND item_id = :clip")
_STRANGER = Actor.member(AgeBand.ADULT, standing=Standing.GOOD, offered=True, limits=())


class ShelfCard(ShelfRow):
    """What everybody may know of a published clip, in every cell, joined for the feed. `item_id` is the clip."""

    __tablename__ = "shelf_card"
    __table_args__ = (
        sa.Index(
            "shelf_card_newest",
            sa.text("published_at DESC"),
            sa.text("item_id DESC"),
            postgresql_where=sa.text("recommended"),
        ),
        sa.Index(
            "shelf_card_curated",
            sa.text("published_at DESC"),
            sa.text("item_id DESC"),
            postgresql_where=sa.text("curated"),
        ),
        sa.Index(
            "shelf_card_words",
            sa.text("card_words(caption)"),
            postgresql_using="gin",
            postgresql_where=sa.text("recommended"),
        ),
        sa.Index("shelf_card_by_item", "item_id"),
        sa.Index("shelf_card_by_owner", "owner_id", sa.text("published_at DESC"), sa.text("item_id DESC")),
    )
    living: ClassVar[str] = "state = 'published'"
    law: ClassVar[Law] = shelf("Published clips.", source="video", keep=Keep.after_closure("contract", days=30))

    handle: Mapped[str] = field(
        Category.HANDLE,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Author's handle.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
    )
    caption: Mapped[str] = field(
        Category.PUBLIC_CONTENT,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="What stands beneath the clip.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
        derived_from=("video.caption",),
    )
    placeholder: Mapped[str] = field(
        Category.PUBLIC_CONTENT,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Tiny picture (data URI).",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
        derived_from=("video.placeholder",),
    )
    seconds: Mapped[float] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Playing time.",
        type_=sa.Float(),
        crossing=Crossing.PUBLIC,
        derived_from=("video.seconds",),
    )
    width: Mapped[int] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Pixels.",
        type_=sa.Integer(),
        crossing=Crossing.PUBLIC,
        derived_from=("video.width",),
    )
    height: Mapped[int] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Pixels.",
        type_=sa.Integer(),
        crossing=Crossing.PUBLIC,
        derived_from=("video.height",),
    )
    home: Mapped[str] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="The cell that serves its files.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
    )
    renditions: Mapped[str] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Names of the files that it can be played from, parted by spaces.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
    )
    curated: Mapped[bool] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Whether staff picked it for children.",
        type_=sa.Boolean(),
        crossing=Crossing.PUBLIC,
        derived_from=("video.picked_at",),
    )
    published_at: Mapped[datetime] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="When it was published.",
        type_=Timestamp,
        crossing=Crossing.PUBLIC,
        derived_from=("video.published_at",),
    )
    comments: Mapped[str] = field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Who may comment on it: `everyone`, `friends` or `nobody`.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
        derived_from=("video.comments", "account.band"),
        server_default="everyone",
    )
    audience: Mapped[str] = field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Who may watch it: `everyone`, `followers` or `only_me`.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
        derived_from=("video.audience",),
        server_default="everyone",
    )
    captions: Mapped[str] = field(
        Category.SETTINGS,
        Level.PUBLIC,
        Purpose.SERVICE,
        about="Language of its captions; empty without any.",
        type_=sa.Text(),
        crossing=Crossing.PUBLIC,
        derived_from=("caption_track.language",),
        server_default="",
    )
    away: Mapped[bool] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Whether its author's account is at rest, or its author keeps it for themselves: then nobody else sees it.",
        type_=sa.Boolean(),
        crossing=Crossing.PUBLIC,
        server_default=sa.false(),
    )
    recommended: Mapped[bool] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Whether it may be shown to people who don't know its author.",
        type_=sa.Boolean(),
        crossing=Crossing.PUBLIC,
        derived_from=("account.band", "video.audience"),
    )


for _function in FUNCTIONS:
    sa.event.listen(ShelfCard.__table__, "before_create", sa.DDL(_function))  # type: ignore[no-untyped-call]


async def show_card(tx: Tx, video: sa.Row[Any], *, now: datetime) -> None:
    """Put the card of a published clip (a row of `video`, locked by the caller) on every shelf.

    What an author keeps for themselves has none; a card that others could see before becomes an empty one.
    """
    audience = Audience(video.audience)
    kept = audience is Audience.ONLY_ME
    if kept and not (await tx.run(_SHOWN, {"owner": video.owner_id, "clip": video.video_id})).all():
        return
    of_video = sa.and_(Rendition.owner_id == video.owner_id, Rendition.video_id == video.video_id)
    ready = sa.and_(of_video, Rendition.ready_at.is_not(None), Rendition.name != POSTER)
    names = sa.select(sa.func.string_agg(Rendition.name, " ")).where(ready).scalar_subquery()
    track = sa.and_(CaptionTrack.owner_id == video.owner_id, CaptionTrack.video_id == video.video_id)
    language = sa.select(CaptionTrack.language).where(track).scalar_subquery()
    about = sa.select(
        Account.handle, Account.band, Account.leaving_at, names.label("names"), language.label("captions")
    )
    known = about.where(Account.owner_id == video.owner_id)
    author = (await tx.run(known)).one()
    away = kept or author.leaving_at is not None
    band = AgeBand(author.band)
    values = {
        "owner_id": video.owner_id,
        "item_id": video.video_id,
        "handle": author.handle,
        "caption": "" if kept else video.caption,
        "placeholder": "" if kept else video.placeholder,
        "seconds": video.seconds,
        "width": video.width,
        "height": video.height,
        "home": tx.cell.name,
        "renditions": " ".join(sorted(author.names.split())),
        "away": away,
        "comments": comments_at_most(Choice(video.comments), band),
        "audience": audience,
        "captions": "" if kept else author.captions or "",
        "curated": video.picked_at is not None and audience is Audience.EVERYONE and not away,
        "recommended": is_recommended(band, audience) and not away,
        "published_at": video.published_at,
    }
    await put_on_shelf(tx, ShelfCard, values, now=now)


async def draw_again(tx: Tx, owner_id: UUID, *, after: UUID | None, now: datetime, most: int = 100) -> UUID | None:
    """Draw the cards of an author's published clips anew, some at a time, from the clip after `after` on.

    Returns the last clip that was drawn; None when there was none left.
    """
    mine = sa.and_(Video.owner_id == owner_id, Video.state == VideoState.PUBLISHED)
    chosen = sa.select(Video.__table__).where(mine, Video.video_id > (after or UUID(int=0)))
    last = None
    for video in (await tx.run(chosen.order_by(Video.video_id).limit(most).with_for_update())).all():
        await show_card(tx, video, now=now)
        last = video.video_id
    return last


def is_recommended(owner_band: AgeBand, audience: Audience = Audience.EVERYONE) -> bool:
    """Whether clips of an author of that age may be shown to people who don't know them, as the policy has it."""
    clip = as_resource(relation=Relation.STRANGER, owner_band=owner_band, audience=audience)
    return can(_STRANGER, Action.SEE_RECOMMENDED, clip).allowed


def comments_at_most(choice: Choice, owner_band: AgeBand) -> Choice:
    """Who may comment on a clip of an author of that age who chose so: friends at most, where the policy lets no others."""
    everyone = as_resource(relation=Relation.STRANGER, owner_band=owner_band, comments=Choice.EVERYONE)
    if choice is Choice.EVERYONE and not can(_STRANGER, Action.COMMENT, everyone):
        return Choice.FRIENDS
    return choice


def as_resource(
    *,
    relation: Relation,
    curated: bool = False,
    state: ClipState = ClipState.PUBLISHED,
    owner_band: AgeBand | None = None,
    private: bool = False,
    audience: Audience = Audience.EVERYONE,
    comments: Choice = Choice.NOBODY,
) -> Clip:
    """A clip as the policy sees it. What a private account shows to everyone is for its followers."""
    rating = Rating.CHILDREN if curated else Rating.GENERAL
    audience = Audience.FOLLOWERS if private and audience is not Audience.ONLY_ME else audience
    return Clip(
        relation=relation, owner_band=owner_band, audience=audience, state=state, rating=rating, comments=comments
    )
