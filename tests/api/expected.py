"""What each kind of actor is answered: by the policy where it knows, else by who they are."""

from kept.policy import (
    Account,
    Action,
    AgeBand,
    Audience,
    Choice,
    Clip,
    ClipState,
    Comment,
    Family,
    Mailbox,
    Payload,
    Person,
    Rating,
    Relation,
    Service,
)
from tests.api.actors import AUTHORS, LISTED, NOBODY, Kind, Outcome, by_policy

OK, SIGN_IN, REFUSED = Outcome.OK, Outcome.SIGN_IN, Outcome.REFUSED
NOT_FOUND, NOT_OFFERED, INVALID = Outcome.NOT_FOUND, Outcome.NOT_OFFERED, Outcome.INVALID

Expected = dict[Kind, Outcome]


def everybody(outcome: Outcome = OK, *, listed: Outcome | None = None, nobody: Outcome | None = None) -> Expected:
    """The same for all, but for those from countries on the list and those who are not signed in."""
    special = {kind: listed for kind in LISTED if listed} | {kind: nobody for kind in NOBODY if nobody}
    return {kind: outcome for kind in Kind} | special


def wherever(kind_of_nobody: Outcome = SIGN_IN) -> Expected:
    """For whoever is signed in, also from a country on the list."""
    return everybody(nobody=kind_of_nobody) | {Kind.LISTED_VISITOR: kind_of_nobody}


OFFERED = everybody(listed=NOT_OFFERED)
MEMBERS = everybody(listed=NOT_OFFERED, nobody=SIGN_IN)
OWNERS = everybody(NOT_FOUND, listed=NOT_OFFERED, nobody=SIGN_IN) | dict.fromkeys(AUTHORS, OK)
ONLY_OWNERS_SEE = OWNERS | dict.fromkeys(NOBODY, NOT_FOUND)
RANKED = by_policy(Action.KEEP_HISTORY, Account(undoes_guardian=False))
"""For whom a feed may be ranked."""
SEARCHERS = by_policy(Action.SEARCH_CLIPS, Service())
FINDERS = by_policy(Action.SEARCH_PEOPLE, Service())
UPLOADERS = by_policy(Action.UPLOAD, Service())
DRAFTERS = {kind: OWNERS[kind] if outcome is OK else outcome for kind, outcome in UPLOADERS.items()}
"""Of a draft: its author, if they may still make clips."""
A_CLIP = Clip(
    state=ClipState.PUBLISHED,
    audience=Audience.EVERYONE,
    rating=Rating.GENERAL,
    relation=Relation.STRANGER,
    owner_band=AgeBand.ADULT,
)
WATCHERS = by_policy(Action.WATCH, A_CLIP, hidden=True)
REPORTERS = WATCHERS | {Kind.ADULT: INVALID}
"""Of the adult's clip, which is their own."""
LIKERS = by_policy(Action.LIKE, A_CLIP)
GUESTS = by_policy(
    Action.SEE_PROFILE, Person(relation=Relation.STRANGER, owner_band=AgeBand.TEEN_13_15, private=False), hidden=True
)


NEIGHBOUR = Person(relation=Relation.STRANGER, owner_band=AgeBand.TEEN_13_15, private=False)
FOLLOWERS = by_policy(Action.FOLLOW, NEIGHBOUR)
CIRCLE = by_policy(Action.ANSWER_FOLLOW_REQUEST, NEIGHBOUR)
"""Who looks after their own circle."""
BLOCKERS = by_policy(Action.BLOCK, NEIGHBOUR)
TOLD = by_policy(Action.BE_NOTIFIED, Account(undoes_guardian=False))
"""Who is told things."""
UNASKED = {kind: NOT_FOUND if outcome is OK else outcome for kind, outcome in CIRCLE.items()}
"""Who answers a request that nobody made."""
READERS = by_policy(Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))
WRITERS = by_policy(
    Action.SEND_MESSAGE,
    Mailbox(relation=Relation.STRANGER, owner_band=AgeBand.ADULT, accepts=Choice.EVERYONE, payload=Payload.TEXT),
)
CORRESPONDENTS = {kind: NOT_FOUND if outcome is OK else outcome for kind, outcome in READERS.items()}
"""Who acts on a conversation that isn't there."""
UNSENDERS = everybody(NOT_FOUND, listed=NOT_OFFERED, nobody=SIGN_IN) | {Kind.ADULT: OK}
"""Of a message that the adult sent."""


def with_ended_token(expected: Expected) -> Expected:
    """A program that comes with a token that ended is told so, also where a visitor would be served."""
    return expected | {Kind.ENDED: SIGN_IN}


FAMILIES = by_policy(Action.SEE_LIMITS, Family(paired=True))
CHOOSERS = by_policy(Action.CHANGE_SETTINGS, Account(undoes_guardian=False))
YOUNG = {kind: NOT_FOUND if outcome is OK else outcome for kind, outcome in by_policy(Action.PAIR_AS_YOUNG, Family()).items()}
"""Whoever may be paired, with somebody who isn't there."""
COMMENTERS = by_policy(
    Action.COMMENT,
    Clip(
        state=ClipState.PUBLISHED,
        audience=Audience.EVERYONE,
        rating=Rating.GENERAL,
        relation=Relation.STRANGER,
        owner_band=AgeBand.ADULT,
        comments=Choice.EVERYONE,
    ),
)
COMMENT_LIKERS = by_policy(Action.LIKE_COMMENT, Comment(relation=Relation.STRANGER))
CLIP_OWNERS = by_policy(Action.DELETE_COMMENT, Comment(relation=Relation.STRANGER, on_own_clip=True))
"""Who looks after the comments under their own clips."""
NOTHING_WAITS = {kind: NOT_FOUND if outcome is OK else outcome for kind, outcome in CLIP_OWNERS.items()}
ITS_OWNER = everybody(REFUSED, listed=NOT_OFFERED, nobody=SIGN_IN) | {Kind.ADULT: OK}
"""Of a comment that the adult wrote under their own clip."""
OF_SOMEBODY = everybody(NOT_FOUND, nobody=SIGN_IN) | {Kind.LISTED_VISITOR: SIGN_IN}
"""Something of the one who asks, which isn't there."""
