"""The order of clips for one member: a pure function of what is known of the clips and of the member, and of the weights.

    placed = order(candidates, taste, recipe(), sitting, count=8, now=now)

Every score is a sum of signals times weights, and each card says which of them put it there.
"""

import math
import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from operator import mul
from typing import NamedTuple
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


OF_A_CLIP = (Signal.LIKES, Signal.COMMENTS, Signal.POPULAR_HERE, Signal.FRESHNESS, Signal.LANGUAGE)
OF_AN_AUTHOR = (
    Signal.FOLLOWS,
    Signal.COMPLETION,
    Signal.REWATCH,
    Signal.LIKED_AUTHOR,
    Signal.UNWANTED_AUTHOR,
)
"""The signals that are about the clip alone, and about who made it; the others are about its tags."""


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


class Reason(NamedTuple):
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
    scores = Scores(taste, by, now)
    fresh = sitting.without_given({clip.item_id: clip for clip in candidates})
    ranked = sorted(fresh.values(), key=lambda clip: (-scores.of(clip), clip.item_id))
    lots = _lots(ranked, taste, by.rules, sitting, now)
    marks = _Marks(sitting)
    authors, taken = list(sitting.authors), set[UUID]()
    placed: list[Placed] = []
    while len(placed) < min(count, len(ranked)):
        place, near = sitting.count + len(placed) + 1, authors[max(0, len(authors) + 1 - by.rules.author_gap) :]
        drawn = _first(lots, taken, marks, near) if place % by.rules.explore_every == 0 else None
        clip = drawn or _first(ranked, taken, marks, near) or _first(ranked, taken, marks, [])
        if clip is None:
            break
        taken.add(clip.item_id)
        authors.append(marks[clip.owner_id])
        reasons = scores.reasons(clip)
        placed.append(Placed(clip, scores.of(clip), (Reason(Signal.EXPLORE, 0.0), *reasons) if drawn else reasons))
    return placed


class Scores:
    """The scores of clips for one member at one moment; what is about an author or about tags is worked out once for each."""

    def __init__(self, taste: Taste, by: Recipe, now: datetime) -> None:
        self._taste, self._weights, self._rules, self._now = taste, by.weights, by.rules, now
        self._own = tuple(float(getattr(by.weights, signal)) for signal in OF_A_CLIP)
        self._full_likes = math.log1p(by.rules.many_likes)
        self._of_authors = tuple(float(getattr(by.weights, signal)) for signal in OF_AN_AUTHOR)
        self._authors: dict[UUID, float] = {}
        self._tags: dict[tuple[str, ...], tuple[float, tuple[Reason, ...]]] = {}

    def of(self, clip: Candidate) -> float:
        """What all signals come to."""
        author, tags = clip.owner_id, clip.tags
        known = self._authors.get(author)
        if known is None:
            known = self._authors[author] = sum(map(mul, self._of_authors, self._fondness(author)))
        tagged = self._tagged(tags)[0] if tags else 0.0
        return sum(map(mul, self._own, self._strengths(clip)), known + tagged)

    def reasons(self, clip: Candidate) -> tuple[Reason, ...]:
        """Every signal that counts, the largest first."""
        own = zip(OF_A_CLIP, self._strengths(clip), strict=True)
        author = zip(OF_AN_AUTHOR, self._fondness(clip.owner_id), strict=True)
        known = self._reasons((signal, strength, "") for signal, strength in (*own, *author))
        return tuple(sorted((*known, *self._tagged(clip.tags)[1]), key=lambda one: -one.points))

    def _strengths(self, clip: Candidate) -> tuple[float, float, float, float, float]:
        """Of the signals `OF_A_CLIP`."""
        rules, full = self._rules, self._full_likes
        hours = max(0.0, (self._now - clip.published_at).total_seconds() / 3600)
        here = clip.likes_here if clip.likes_here >= rules.few_here else 0
        return (
            min(1.0, math.log1p(clip.likes) / full) if clip.likes else 0.0,
            min(1.0, clip.comments / rules.many_comments),
            min(1.0, math.log1p(here) / full) if here else 0.0,
            0.5 ** (hours / rules.half_life_hours),
            1.0 if clip.language and clip.language == self._taste.language else 0.0,
        )

    def _fondness(self, author: UUID) -> tuple[float, float, float, float, float]:
        """Of the signals `OF_AN_AUTHOR`."""
        taste, enough = self._taste, self._rules.enough
        return (
            float(author in taste.follows),
            min(1.0, taste.finished.get(author, 0.0) / enough),
            min(1.0, taste.again.get(author, 0.0) / enough),
            min(1.0, taste.liked.get(author, 0.0) / enough),
            min(1.0, taste.unwanted.get(author, 0.0)),
        )

    def _tagged(self, tags: tuple[str, ...]) -> tuple[float, tuple[Reason, ...]]:
        """Of several tags, the one that counts most."""
        if not tags:
            return 0.0, ()
        found = self._tags.get(tags)
        if found is None:
            taste, enough = self._taste, self._rules.enough
            known = max(tags, key=lambda tag: taste.tags.get(tag, 0.0))
            named = next((tag for tag in tags if tag in taste.interests), "")
            shunned = max(tags, key=lambda tag: taste.unwanted_tags.get(tag, 0.0))
            reasons = self._reasons(
                (
                    (Signal.TAGS, _full(taste.tags.get(known, 0.0), enough), known),
                    (Signal.INTERESTS, float(bool(named)), named),
                    (Signal.UNWANTED_TAGS, _full(taste.unwanted_tags.get(shunned, 0.0), enough), shunned),
                )
            )
            found = self._tags[tags] = (sum(one.points for one in reasons), reasons)
        return found

    def _reasons(self, signals: Iterable[tuple[Signal, float, str]]) -> tuple[Reason, ...]:
        """Those that there are, with their weights."""
        return tuple(
            Reason(signal, getattr(self._weights, signal) * strength, tag)
            for signal, strength, tag in signals
            if strength
        )


class _Marks(dict[UUID, int]):
    """A sitting's marks of authors, made as they are asked for."""

    def __init__(self, sitting: Sitting) -> None:
        super().__init__()
        self._sitting = sitting

    def __missing__(self, author: UUID) -> int:
        mark = self[author] = self._sitting.mark(author)
        return mark


def _first(
    clips: Iterable[Candidate], taken: Collection[UUID], marks: Mapping[UUID, int], near: Collection[int]
) -> Candidate | None:
    """The first that is not taken yet, by nobody who is near."""
    return next((one for one in clips if one.item_id not in taken and marks[one.owner_id] not in near), None)


def _full(value: float, enough: float) -> float:
    return min(1.0, value / enough)


def _lots(ranked: Sequence[Candidate], taste: Taste, rules: Rules, sitting: Sitting, now: datetime) -> list[Candidate]:
    """New clips by people whom the member neither knows nor turned down, in an order drawn by lot for this sitting."""
    since = now - timedelta(hours=rules.new_hours)
    known = taste.follows | taste.finished.keys() | taste.liked.keys() | taste.unwanted.keys()
    lots = [
        one for one in ranked if one.likes < rules.new_likes and one.published_at > since and one.owner_id not in known
    ]
    lots.sort(key=lambda one: one.item_id)
    random.Random(sitting.seed + sitting.count).shuffle(lots)  # noqa: S311  a lot, not a secret
    return lots
