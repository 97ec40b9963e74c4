"""What may be shown next to one member, and what is known of them: a few questions to their own cell, each bounded, so that a
page costs the same whether there are a thousand clips or a million. What is the same for everybody is in `window.py`.

Candidates are the newest clips, those that members of the region liked last, and the newest of whom the member follows, watched
to the end or liked; clips that they watched lately are none, nor are clips that no stranger may be shown, but to followers.
"""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from kept.cells import Cell
from kept.feed.ranking import Candidate, Taste
from kept.feed.weights import Rules
from kept.feed.window import Window, tags_of
from kept.social import circle_of

NEWEST = 240
SINCE = 24
"""Of the newest, so many are asked for each page: a clip that came a moment ago is found at once."""
FOLLOWED = 80
"""People whose newest clips are looked at: followed, and watched or liked."""
OF_EACH = 2
REMEMBERED = 400
"""Clips watched, and liked, that tell what a member likes: the last ones."""

_OPEN = "NOT EXISTS (SELECT FROM shelf_profile p WHERE p.owner_id = c.owner_id AND p.private)"
_MAY = f"NOT c.away AND (c.owner_id = ANY($2) OR c.recommended AND {_OPEN})"
"""The same as for feeds without profiling: what may be recommended to strangers, and what followers may see."""
_CHOSEN = f"""
SELECT c.item_id, c.owner_id FROM unnest($3::uuid[]) AS popular(item_id) JOIN shelf_card c USING (item_id)
WHERE c.owner_id <> ALL($1) AND {_MAY}
UNION SELECT c.item_id, c.owner_id FROM unnest($4::uuid[]) AS known(owner_id) CROSS JOIN LATERAL (
    SELECT s.item_id, s.owner_id, s.away, s.recommended FROM shelf_card s WHERE s.owner_id = known.owner_id AND NOT s.away
    ORDER BY published_at DESC, item_id DESC LIMIT {OF_EACH}
) c WHERE {_MAY}
UNION SELECT c.item_id, c.owner_id FROM (
    SELECT item_id, owner_id, away, recommended FROM shelf_card WHERE recommended
    ORDER BY published_at DESC, item_id DESC LIMIT {SINCE}
) c WHERE c.owner_id <> ALL($1) AND {_MAY}
"""  # noqa: S608  our own words
"""Those that are popular, of people whom the member knows, and what may have come since others asked for the newest."""
_STILL = f"SELECT item_id, parcel_id, published_at, owner_id FROM shelf_card c WHERE item_id = ANY($1) AND {_MAY}"  # noqa: S608
_OWN = f"""
SELECT w.author_id, w.share, w.unwanted, coalesce(c.caption, '') AS caption, 0 AS likes, NULL::uuid[] AS seen FROM (
    SELECT clip_id, author_id, share, unwanted FROM watched WHERE owner_id = $1
    ORDER BY watched_at DESC, clip_id DESC LIMIT {REMEMBERED}
) w LEFT JOIN LATERAL (SELECT caption FROM shelf_card s WHERE s.item_id = w.clip_id LIMIT 1) c ON true
UNION ALL SELECT author_id, 0, false, '', count(*), NULL FROM (
    SELECT author_id FROM liked WHERE owner_id = $1 ORDER BY liked_at DESC LIMIT {REMEMBERED}
) hearts GROUP BY author_id
UNION ALL SELECT NULL, 0, false, '', 0, array_agg(clip_id) FROM watched WHERE owner_id = $1 AND watched_at > $2
"""  # noqa: S608
"""What was watched, liked, and, in one row, what does not come back yet."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a cell knows of a member: whom they follow, whose clips they don't see, what they watched lately, what they like."""

    follows: tuple[UUID, ...]
    hidden: frozenset[UUID]
    seen: frozenset[UUID]
    taste: Taste


async def known_of(
    cell: Cell, member_id: UUID, rules: Rules, *, language: str, interests: Sequence[str], now: datetime
) -> Known:
    """Ask for it, all at once."""
    since = now - timedelta(days=rules.again_after_days)
    (hidden, followed), own = await asyncio.gather(
        circle_of(cell, member_id), cell.database.fetch(_OWN, member_id, since)
    )
    follows = tuple(one for one in followed if one not in hidden)
    seen = next(frozenset(row["seen"] or ()) for row in own if row["author_id"] is None)
    return Known(follows, hidden, seen, _taste(own, follows, language=language, interests=interests))


def _taste(
    own: Sequence[Mapping[str, Any]], follows: Sequence[UUID], *, language: str, interests: Sequence[str]
) -> Taste:
    """What the member's own rows tell."""
    finished, again, tags = (
        defaultdict[UUID, float](float),
        defaultdict[UUID, float](float),
        defaultdict[str, float](float),
    )
    liked, unwanted, unwanted_tags = dict[UUID, float](), Counter[UUID](), Counter[str]()
    for row in own:
        author, share = row["author_id"], row["share"]
        if author is None:
            continue
        if row["likes"]:
            liked[author] = row["likes"]
            continue
        names = tags_of(row["caption"])
        if row["unwanted"]:
            unwanted[author] += 1
            unwanted_tags.update(names)
            continue
        once = min(1.0, share)
        finished[author] += once
        again[author] += min(1.0, max(0.0, share - 1.0))
        for name in names:
            tags[name] += once
    return Taste(
        language=language,
        follows=frozenset(follows),
        finished=finished,
        again=again,
        liked=liked,
        tags=tags,
        interests=frozenset(interests),
        unwanted=unwanted,
        unwanted_tags=unwanted_tags,
    )


async def candidates(cell: Cell, member_id: UUID, window: Window, known: Known, *, seed: int) -> list[Candidate]:
    """Some hundred clips that may be shown, in no order, whatever the number of clips there is; by `seed`, others of those whom
    the member follows are looked at."""
    popular = [item for item in window.popular if item not in window.newest]
    apart = known.hidden | {member_id}
    people = [one for one in _people(known, seed) if one not in apart]
    rows = await cell.database.fetch(_CHOSEN, list(apart), list(known.follows), popular, people)
    found = {row["item_id"]: None for row in rows if row["item_id"] not in known.seen}
    open_ones = (item for item, author in window.newest.items() if item not in known.seen and author not in apart)
    found |= dict.fromkeys(islice(open_ones, NEWEST))
    found |= {
        item: None
        for item in window.popular
        if item not in known.seen and window.newest.get(item, member_id) not in apart
    }
    return await window.facts(cell, found)


async def still_there(cell: Cell, known: Known, items: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Of clips that were chosen, those that may be shown now: where a page is made, the shelf is asked once more."""
    rows = await cell.database.fetch(_STILL, list(items), list(known.follows))
    return {row["item_id"]: row for row in rows}


def _people(known: Known, seed: int) -> list[UUID]:
    """Whose newest clips are looked at: those the member watched and liked most, then those they follow, by lot."""
    taste = known.taste
    fond = Counter[UUID](taste.finished)
    fond.update(taste.liked)
    best = [author for author, _ in fond.most_common(FOLLOWED // 2) if author not in taste.unwanted]
    followed = random.Random(seed).sample(known.follows, min(FOLLOWED, len(known.follows)))  # noqa: S311  a lot, no secret
    return list(dict.fromkeys([*best, *followed]))[:FOLLOWED]
