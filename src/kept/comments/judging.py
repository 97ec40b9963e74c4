"""What becomes of a comment, asked in the home cell of the clip's owner, who alone has what it takes: their choice, their age,
how they stand to the author, whom they restrict, their filter.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Account
from kept.cells import Tx
from kept.comments.filtering import Filter, filter_for
from kept.comments.folding import Phrases
from kept.comments.opening import Comments
from kept.policy import Action, Actor, AgeBand, Audience, Choice, Relation, Standing, can
from kept.social import Circle, facing, relation_of, restricts
from kept.videos import Video, VideoState, as_resource, comments_at_most


class Why(StrEnum):
    """Why a comment waits for the owner of the clip."""

    RESTRICTED = "restricted"
    WORDS = "words"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a comment is taken at all, why it waits if it does, and whether it is for followers alone."""

    taken: bool
    why: Why | None = None
    for_followers: bool = False


async def judged(
    comments: Comments, tx: Tx, *, owner_id: UUID, clip_id: UUID, author_id: UUID, band: AgeBand, text: str, reply: bool
) -> Verdict:
    """What becomes of a comment of somebody of that age, under a clip of a member at home in this cell."""
    clip = await _clip(tx, owner_id, clip_id)
    if clip is None or not await _may(tx, clip, owner_id, author_id, band, reply=reply):
        return Verdict(taken=False)
    private = bool(clip.private)
    if owner_id == author_id:
        return Verdict(taken=True, for_followers=private)
    own = await filter_for(comments, tx, owner_id, AgeBand(clip.band))
    why = caught(text, own, comments.hurtful, restricted=await restricts(tx, owner_id, author_id))
    return Verdict(taken=True, why=why, for_followers=private)


async def is_for_followers(tx: Tx, owner_id: UUID) -> bool:
    """Whether only followers see the clips of a member at home in this cell."""
    wanted = sa.select(Circle.private).where(Circle.owner_id == owner_id)
    return bool((await tx.run(wanted)).scalar_one_or_none())


def caught(text: str, own: Filter, hurtful: Phrases, *, restricted: bool) -> Why | None:
    """What holds a comment back, if anything does."""
    if restricted:
        return Why.RESTRICTED
    if own.words and Phrases(own.words).found_in(text):
        return Why.WORDS
    return Why.GENERAL if own.general and hurtful.found_in(text) else None


async def _clip(tx: Tx, owner_id: UUID, clip_id: UUID) -> "sa.Row[Any] | None":
    """A published clip and its author, whose account is open."""
    wanted = sa.select(Video.comments, Video.audience, Account.band, Circle.private).join_from(
        Video, Account, Account.owner_id == Video.owner_id
    )
    wanted = wanted.outerjoin(Circle, Circle.owner_id == Video.owner_id)
    published = sa.and_(Video.video_id == clip_id, Video.state == VideoState.PUBLISHED)
    there = sa.and_(Account.closed_at.is_(None), Account.leaving_at.is_(None))
    return (await tx.run(wanted.where(Video.owner_id == owner_id, published, there))).first()


async def _may(tx: Tx, clip: "sa.Row[Any]", owner_id: UUID, author_id: UUID, band: AgeBand, *, reply: bool) -> bool:
    """The policy's answer, by what this cell knows of the two."""
    mine = await facing(tx.cell, owner_id, author_id)
    relation = Relation.OWN
    if owner_id != author_id:
        blocked = mine.relation is Relation.BLOCKED
        relation = relation_of(blocked=blocked, follows=mine.followed, followed=mine.follows)
    author = Actor.member(band, standing=Standing.GOOD, offered=True, limits=())  # asked at home
    audience, private = Audience(clip.audience), bool(clip.private)
    if not can(author, Action.WATCH, as_resource(relation=relation, private=private, audience=audience)):
        return False
    owner_band = AgeBand(clip.band)
    choice = comments_at_most(Choice(clip.comments), owner_band)
    resource = as_resource(relation=relation, owner_band=owner_band, private=bool(clip.private), comments=choice)
    return can(author, Action.REPLY if reply else Action.COMMENT, resource).allowed
