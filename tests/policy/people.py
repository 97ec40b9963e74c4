"""Actors and resources as tests need them: ordinary ones, to be changed in one point."""

from typing import Any

from kept.policy import (
    Actor,
    AgeBand,
    Audience,
    Choice,
    Clip,
    ClipState,
    Limit,
    Mailbox,
    Payload,
    Rating,
    Relation,
    Standing,
)

ADULT, OLDER_TEEN, YOUNGER_TEEN, CHILD = reversed(AgeBand)


def member(
    band: AgeBand = ADULT,
    *,
    standing: Standing = Standing.GOOD,
    offered: bool = True,
    limits: tuple[Limit, ...] = (),
) -> Actor:
    """A member in good standing, in a country where the service is offered, without limits."""
    return Actor.member(band, standing=standing, offered=offered, limits=limits)


def visitor(*, offered: bool = True, told: bool = True) -> Actor:
    """Somebody who is not signed in."""
    return Actor.visitor(offered=offered, told=told)


def clip(**but: Any) -> Clip:
    """A published clip of an adult stranger, open to everyone, comments included."""
    usual = {
        "relation": Relation.STRANGER,
        "owner_band": ADULT,
        "audience": Audience.EVERYONE,
        "state": ClipState.PUBLISHED,
        "rating": Rating.GENERAL,
        "comments": Choice.EVERYONE,
        "remix": True,
        "downloads": True,
    }
    return Clip(**{**usual, **but})


def letter(**but: Any) -> Mailbox:
    """A text to an adult friend, who takes messages from everyone."""
    usual = {
        "relation": Relation.FRIEND,
        "owner_band": ADULT,
        "accepts": Choice.EVERYONE,
        "payload": Payload.TEXT,
        "recent": True,
    }
    return Mailbox(**{**usual, **but})
