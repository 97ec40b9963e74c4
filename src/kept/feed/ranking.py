"""The order of clips for one member: a pure function of what is known of the clips and of the member, and of the weights.

    placed = order(candidates, taste, recipe(), sitting, count=8, now=now)

Every score is a sum of signals times weights, and each card says which of them put it there.
"""

import math
import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from kept.feed.sitting import Sitting
from kept.feed.weights import Recipe, Rules

NOTHING: frozenset[UUID] = frozenset()


class Signal(StrEnum):
    """What may put a clip where it is: the names of the weights, and the lot by which new clips are drawn."""

    FOLLOWS = "follows"
    COMPLETION = "completion"
    REWATCH = "rewatch"
    LIKED_AUTHOR = "liked_author"
    TAGS = "tags"
    INTERESTS = "interests"
    LIKES = "likes"
    COMMENTS = "comments"
    POPULAR_HERE = "popular_here"
    FRESHNESS = "freshness"
    LANGUAGE = "language"
    UNWANTED_AUTHOR = "unwanted_author"
    UNWANTED_TAGS = "unwanted_tags"
    EXPLORE = "explore"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clip that may be shown: what everybody may know of it. `likes_here` are its latest likes by members of this region."""

    item_id: UUID
    owner_id: UUID
    handle: str
    published_at: datetime
    tags: tuple[str, ...] = ()
    language: str = ""
    likes: int = 0
    comments: int = 0
    likes_here: int = 0


@dataclass(frozen=True, slots=True)
class Taste:
    """What is known of the member: by author or tag, how many clips they watched to the end, again, liked, or didn't want."""

    language: str = ""
    follows: frozenset[UUID] = NOTHING
    finished: Mapping[UUID, float] = field(default_factory=dict)
    again: Mapping[UUID, float] = field(default_factory=dict)
    liked: Mapping[UUID, float] = field(default_factory=dict)
    tags: Mapping[str, float] = field(default_factory=dict)
    interests: frozenset[str] = frozenset()
    unwanted: Mapping[UUID, float] = field(default_factory=dict)
    unwanted_tags: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether they watched nothing yet."""
        return not self.finished and not self.unwanted


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a clip is shown: a signal, what it added to the score, and the tag that it is about, if any."""

    signal: Signal
    points: float
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A clip in its place, with every reason that counted, the largest first."""

    clip: Candidate
    score: float
    reasons: tuple[Reason, ...]


def order(
    candidates: Iterable[Candidate], taste: Taste, by: Recipe, sitting: Sitting, *, count: int, now: datetime
) -> list[Placed]:
    """The next `count` clips of a sitting, none that it had; fewer where there are no more."""
    fresh = sitting.without_given({clip.item_id: clip for clip in candidates})
    ranked = [scored_of(clip, taste, by, now) for clip in fresh.values()]
    ranked.sort(key=lambda one: (-one.score, one.clip.item_id))
    lots = _lots(ranked, taste, by.rules, sitting, now)
    marks = {clip.owner_id: sitting.mark(clip.owner_id) for clip in fresh.values()}
    authors, taken = list(sitting.authors), set[UUID]()
    chosen: list[Placed] = []
    while len(chosen) < min(count, len(ranked)):
        place, near = sitting.count + len(chosen) + 1, authors[max(0, len(authors) + 1 - by.rules.author_gap) :]
        drawn = _first(lots, taken, marks, near) if place % by.rules.explore_every == 0 else None
        one = drawn or _first(ranked, taken, marks, near) or _first(ranked, taken, marks, [])
        if one is None:
            break
        taken.add(one.clip.item_id)
        authors.append(marks[one.clip.owner_id])
        chosen.append(_explored(one) if drawn else one)
    return chosen


def _first(
    clips: Iterable[Placed], taken: Collection[UUID], marks: Mapping[UUID, int], near: Collection[int]
) -> Placed | None:
    """The first that is not taken yet, by nobody who is near."""
    return next((one for one in clips if one.clip.item_id not in taken and marks[one.clip.owner_id] not in near), None)


def scored_of(clip: Candidate, taste: Taste, by: Recipe, now: datetime) -> Placed:
    """A clip with its score and what it is made of."""
    reasons = [
        Reason(signal, getattr(by.weights, signal) * strength, tag)
        for signal, strength, tag in _signals(clip, taste, by.rules, now)
        if strength > 0
    ]
    reasons.sort(key=lambda one: -one.points)
    return Placed(clip, math.fsum(one.points for one in reasons), tuple(reasons))


def _signals(clip: Candidate, taste: Taste, rules: Rules, now: datetime) -> Iterator[tuple[Signal, float, str]]:
    """Each signal, how strong it is from 0 to 1, and the tag that it is about."""
    author, enough = clip.owner_id, rules.enough
    yield Signal.FOLLOWS, float(author in taste.follows), ""
    yield Signal.COMPLETION, _full(taste.finished.get(author, 0.0), enough), ""
    yield Signal.REWATCH, _full(taste.again.get(author, 0.0), enough), ""
    yield Signal.LIKED_AUTHOR, _full(taste.liked.get(author, 0.0), enough), ""
    yield Signal.UNWANTED_AUTHOR, _full(taste.unwanted.get(author, 0.0), 1), ""
    if clip.tags:
        known = max(clip.tags, key=lambda tag: taste.tags.get(tag, 0.0))
        yield Signal.TAGS, _full(taste.tags.get(known, 0.0), enough), known
        named = next((tag for tag in clip.tags if tag in taste.interests), "")
        yield Signal.INTERESTS, float(bool(named)), named
        shunned = max(clip.tags, key=lambda tag: taste.unwanted_tags.get(tag, 0.0))
        yield Signal.UNWANTED_TAGS, _full(taste.unwanted_tags.get(shunned, 0.0), enough), shunned
    yield Signal.LIKES, _full(math.log1p(clip.likes), math.log1p(rules.many_likes)), ""
    yield Signal.COMMENTS, _full(clip.comments, rules.many_comments), ""
    if clip.likes_here >= rules.few_here:
        yield Signal.POPULAR_HERE, _full(math.log1p(clip.likes_here), math.log1p(rules.many_likes)), ""
    hours = max(0.0, (now - clip.published_at) / timedelta(hours=1))
    yield Signal.FRESHNESS, float(0.5 ** (hours / rules.half_life_hours)), ""
    yield Signal.LANGUAGE, float(bool(clip.language) and clip.language == taste.language), ""


def _full(value: float, enough: float) -> float:
    return min(1.0, value / enough)


def _lots(scored: Sequence[Placed], taste: Taste, rules: Rules, sitting: Sitting, now: datetime) -> list[Placed]:
    """New clips by people whom the member neither knows nor turned down, in an order drawn by lot for this sitting."""
    since = now - timedelta(hours=rules.new_hours)
    known = taste.follows | taste.finished.keys() | taste.liked.keys() | taste.unwanted.keys()
    lots = [
        one
        for one in scored
        if one.clip.published_at > since and one.clip.likes < rules.new_likes and one.clip.owner_id not in known
    ]
    lots.sort(key=lambda one: one.clip.item_id)
    random.Random(sitting.seed + sitting.count).shuffle(lots)  # noqa: S311  a lot, not a secret
    return lots


def _explored(one: Placed) -> Placed:
    return Placed(one.clip, one.score, (Reason(Signal.EXPLORE, 0.0), *one.reasons))
