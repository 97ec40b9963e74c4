"""What may be shown next to one member, and what is known of them: a few questions to their own cell, each bounded, so that a
page costs the same whether there are a thousand clips or a million.

Candidates are the newest clips, those that members of the region liked last, and the newest of whom the member follows, watched
to the end or liked; clips that they watched lately are none, nor are clips that no stranger may be shown, but to followers.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from kept.cells import Cell
from kept.feed.languages import language_of
from kept.feed.ranking import Candidate, Taste
from kept.feed.weights import Rules
from kept.feed.words import tags_in
from kept.social import followed_by, hidden_from

NEWEST = 240
POPULAR = 80
FOLLOWED = 80
"""People whose newest clips are looked at: followed, and watched or liked."""
OF_EACH = 2
LATEST_LIKES = 2_000
BEYOND = 2_000
"""How far down the newest clips one looks who has watched the first ones."""
REMEMBERED = 400
"""Clips watched, and liked, that tell what a member likes: the last ones."""
COUNTED = 10
"""No more comments are counted."""

_OPEN = "NOT EXISTS (SELECT FROM shelf_profile p WHERE p.owner_id = c.owner_id AND p.private)"
_MAY = f"NOT c.away AND (c.owner_id = ANY($2) OR c.recommended AND {_OPEN})"
"""The same as for feeds without profiling: what may be recommended to strangers, and what followers may see."""
_UNSEEN = "NOT EXISTS (SELECT FROM watched w WHERE w.owner_id = $1 AND w.clip_id = c.item_id AND w.watched_at > $4)"
_CHOSEN = f"""
WITH popular AS MATERIALIZED (
    SELECT clip_id, count(*) AS n FROM (SELECT clip_id FROM liked ORDER BY liked_at DESC LIMIT {LATEST_LIKES}) latest
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {POPULAR}
), found AS MATERIALIZED (
    SELECT item_id, max(n) AS likes_here FROM (
        (SELECT item_id, 0 AS n FROM (
            SELECT item_id, owner_id FROM shelf_card WHERE recommended
            ORDER BY published_at DESC, item_id DESC LIMIT {BEYOND}
        ) c WHERE {_UNSEEN} LIMIT {NEWEST})
        UNION ALL SELECT clip_id, n FROM popular
        UNION ALL (SELECT n.item_id, 0 FROM unnest($3::uuid[]) AS known(owner_id) CROSS JOIN LATERAL (
            SELECT item_id FROM shelf_card s WHERE s.owner_id = known.owner_id AND NOT s.away
            ORDER BY published_at DESC, item_id DESC LIMIT {OF_EACH}
        ) n)
    ) c WHERE {_UNSEEN} GROUP BY item_id
)
SELECT c.item_id, c.owner_id, c.handle, c.caption, c.published_at, found.likes_here,
    coalesce((SELECT sum(likes) FROM shelf_likes l WHERE l.clip_id = c.item_id), 0)::int AS likes,
    (SELECT count(*) FROM (SELECT FROM shelf_comment s WHERE s.clip_id = c.item_id LIMIT {COUNTED}) first_ones) AS comments
FROM found JOIN LATERAL (SELECT * FROM shelf_card s WHERE s.item_id = found.item_id LIMIT 1) c ON true
WHERE c.owner_id <> ALL($5) AND c.owner_id <> $1 AND {_MAY}
"""  # noqa: S608  our own words
_STILL = f"SELECT item_id, parcel_id, published_at, owner_id FROM shelf_card c WHERE item_id = ANY($1) AND {_MAY}"  # noqa: S608
_WATCHED = f"""
SELECT w.author_id, w.share, w.unwanted, coalesce(c.caption, '') AS caption FROM (
    SELECT clip_id, author_id, share, unwanted FROM watched WHERE owner_id = $1
    ORDER BY watched_at DESC, clip_id DESC LIMIT {REMEMBERED}
) w LEFT JOIN LATERAL (SELECT caption FROM shelf_card s WHERE s.item_id = w.clip_id LIMIT 1) c ON true
"""  # noqa: S608
_LIKED = f"SELECT author_id FROM liked WHERE owner_id = $1 ORDER BY liked_at DESC LIMIT {REMEMBERED}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Around:
    """Whom a member follows, and whose clips they don't see."""

    follows: tuple[UUID, ...]
    hidden: frozenset[UUID]


async def around(cell: Cell, member_id: UUID) -> Around:
    """Ask for both."""
    hidden = await hidden_from(cell, member_id)
    followed = await followed_by(cell, member_id)
    return Around(tuple(one for one in followed if one not in hidden), hidden)


async def taste_of(cell: Cell, member_id: UUID, near: Around, *, language: str, interests: Sequence[str]) -> Taste:
    """What the member's own rows tell."""
    watched = await cell.database.fetch(_WATCHED, member_id)
    liked = await cell.database.fetch(_LIKED, member_id)
    finished, again, unwanted = Counter[UUID](), Counter[UUID](), Counter[UUID]()
    tags, unwanted_tags = Counter[str](), Counter[str]()
    for row in watched:
        author, names = row["author_id"], _tags(row["caption"])
        if row["unwanted"]:
            unwanted[author] += 1
            unwanted_tags.update(names)
            continue
        share = min(1.0, row["share"])
        finished[author] += share
        again[author] += min(1.0, max(0.0, row["share"] - 1.0))
        for name in names:
            tags[name] += share
    return Taste(
        language=language,
        follows=frozenset(near.follows),
        finished=finished,
        again=again,
        liked=Counter(row["author_id"] for row in liked),
        tags=tags,
        interests=frozenset(interests),
        unwanted=unwanted,
        unwanted_tags=unwanted_tags,
    )


async def candidates(
    cell: Cell, member_id: UUID, near: Around, taste: Taste, rules: Rules, *, seed: int, now: datetime
) -> list[Candidate]:
    """Some hundred clips that may be shown, in no order, whatever the number of clips there is; by `seed`, others of those whom
    the member follows are looked at."""
    since = now - timedelta(days=rules.again_after_days)
    known = _known(near, taste, seed)
    rows = await cell.database.fetch(_CHOSEN, member_id, list(near.follows), known, since, list(near.hidden))
    return [_candidate(row) for row in rows]


async def still_there(cell: Cell, near: Around, items: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Of clips that were chosen, those that may be shown now: where a page is made, the shelf is asked once more."""
    rows = await cell.database.fetch(_STILL, list(items), list(near.follows))
    return {row["item_id"]: row for row in rows}


def _known(near: Around, taste: Taste, seed: int) -> list[UUID]:
    """People whose newest clips are looked at: those the member watched and liked most, then those they follow, by lot."""
    fond = Counter(taste.finished)
    fond.update(taste.liked)
    best = [author for author, _ in fond.most_common(FOLLOWED // 2) if author not in taste.unwanted]
    followed = random.Random(seed).sample(near.follows, min(FOLLOWED, len(near.follows)))  # noqa: S311  a lot, no secret
    return list(dict.fromkeys([*best, *followed]))[:FOLLOWED]


def _candidate(row: Mapping[str, Any]) -> Candidate:
    return Candidate(
        item_id=row["item_id"],
        owner_id=row["owner_id"],
        handle=row["handle"],
        published_at=row["published_at"],
        tags=_tags(row["caption"]),
        language=_language(row["caption"]),
        likes=row["likes"],
        comments=row["comments"],
        likes_here=row["likes_here"],
    )


_tags = lru_cache(4_000)(lambda caption: tuple(tags_in(caption)))
_language = lru_cache(4_000)(language_of)
