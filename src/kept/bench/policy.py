"""`kept bench policy`: decisions a second, on the generated table and by Cedar, beside a bare dictionary look-up."""

import random
from collections.abc import Callable

from kept.bench.figures import Figure, best_rate
from kept.policy import (
    Action,
    Actor,
    AgeBand,
    Audience,
    Choice,
    Clip,
    ClipState,
    Mailbox,
    Payload,
    Rating,
    Relation,
    Resource,
    Service,
    Standing,
    can,
    can_by_cedar,
)

Question = tuple[Actor, Action, Resource]

TABLE_AIM = 1_000_000.0
CEDAR_AIM = 10_000.0
MANY, FEW = 100_000, 2_000


def run() -> list[Figure]:
    """Measure both ways, with the same mixed questions, and the baselines in the same run."""
    asked = _questions(MANY)
    bare = {number: number for number in range(len(asked))}
    numbers = [hash((id(actor), action)) % len(asked) for actor, action, _ in asked]
    look_up = best_rate(lambda: _look_up(bare, numbers), MANY)
    table = best_rate(lambda: _ask(can, asked), MANY)
    few = asked[:FEW]
    _ask(can_by_cedar, few)
    cedar = best_rate(lambda: _ask(can_by_cedar, few), FEW)
    made = best_rate(lambda: [_clip(Relation.STRANGER, AgeBand.ADULT) for _ in range(FEW)], FEW)
    name = "a bare dictionary look-up"
    return [
        Figure("decisions on the table", table, "a second", name, look_up, TABLE_AIM),
        Figure("decisions by Cedar, policies held", cedar, "a second", name, look_up, CEDAR_AIM),
        Figure("clips described, to be asked about", made, "a second", name, look_up),
    ]


def _ask(way: Callable[[Actor, Action, Resource], object], questions: list[Question]) -> None:
    for actor, action, resource in questions:
        way(actor, action, resource)


def _look_up(known: dict[int, int], numbers: list[int]) -> None:
    """As `_ask`, with a function that does nothing but look up."""
    get = known.get
    for number in numbers:
        get(number)


def _questions(count: int) -> list[Question]:
    """A mix like that of a busy hour: mostly watching, some social acts, some messages; all bands; some refusals."""
    chance = random.Random(1)  # noqa: S311  a mix to measure with, not a secret
    actors = [Actor.member(band, standing=Standing.GOOD, offered=True, limits=()) for band in AgeBand]
    actors.append(Actor.visitor(offered=True))
    clips = [_clip(relation, band) for relation in Relation for band in AgeBand]
    letters = [
        Mailbox(relation=relation, owner_band=band, accepts=Choice.FRIENDS, payload=Payload.TEXT)
        for relation in Relation
        for band in AgeBand
    ]
    kinds = [Action.WATCH] * 12 + [Action.LIKE, Action.COMMENT, Action.SEND_MESSAGE, Action.OPEN_FOR_YOU]
    mixed: list[Question] = []
    for _ in range(count):
        action = chance.choice(kinds)
        things: list[Resource] = [*letters] if action.noun is Mailbox else [*clips] if action.noun is Clip else [Service()]
        mixed.append((chance.choice(actors), action, chance.choice(things)))
    return mixed


def _clip(relation: Relation, band: AgeBand) -> Clip:
    return Clip(
        relation=relation,
        owner_band=band,
        audience=Audience.EVERYONE,
        state=ClipState.PUBLISHED,
        rating=Rating.GENERAL,
        comments=Choice.EVERYONE,
    )
