"""`kept bench policy`: decisions a second, on the generated table and by Cedar, beside a bare dictionary look-up."""

import random
import time
from collections.abc import Callable

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

MANY, FEW = 20_000, 400
ROUNDS = 25
"""Many short rounds, of which the best counts: others use the machine, too."""


async def run() -> dict[str, float]:
    """Decisions a second of both ways, over the same mixed questions, and the baseline of the same run."""
    asked = _questions(MANY)
    bare = dict.fromkeys(range(FEW), 0)
    numbers = [number % FEW for number in range(MANY)]
    look_ups = _best_rate(lambda: _look_up(bare, numbers), MANY)
    table = _best_rate(lambda: _ask(can, asked), MANY)
    few = asked[:FEW]
    _ask(can_by_cedar, few)
    cedar = _best_rate(lambda: _ask(can_by_cedar, few), FEW)
    described = _best_rate(lambda: [_clip(Relation.STRANGER, AgeBand.ADULT) for _ in range(FEW)], FEW)
    return {
        "dictionary_look_ups_per_second": look_ups,
        "table_decisions_per_second": table,
        "table_ratio_to_look_ups": table / look_ups,
        "cedar_decisions_per_second": cedar,
        "cedar_ratio_to_look_ups": cedar / look_ups,
        "clips_described_per_second": described,
        "refused_share_of_questions": sum(not can(*question) for question in asked) / MANY,
    }


def _best_rate(work: Callable[[], object], count: int) -> float:
    """How many a second: `work` does `count` of something; the best of all rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        best = max(best, count / (time.perf_counter() - start))
    return best


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
