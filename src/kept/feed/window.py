"""What all viewers of a cell have in common, asked once for the few seconds in which they share it: the newest clips that may
be recommended to strangers, what members of the region liked last, and what is known of a clip.

Nobody is shown a clip because it is in here: whom a viewer blocks, what is theirs alone and what was withdrawn meanwhile is
asked for each page, of the shelf itself (`candidates.py`).
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from kept.cells import Cell
from kept.feed.languages import language_of
from kept.feed.ranking import Candidate
from kept.feed.together import Together
from kept.feed.words import tags_in

SECONDS = 2.0
"""How long it is shared; so old a figure may be. The very newest clips are asked for each page, too."""
BEYOND = 2_000
"""How far down the newest clips one looks who has watched the first ones."""
POPULAR = 80
LATEST_LIKES = 2_000
COUNTED = 10
"""No more comments are counted."""

_NEWEST = f"""
SELECT item_id, owner_id FROM (
    SELECT item_id, owner_id, published_at FROM shelf_card WHERE recommended
    ORDER BY published_at DESC, item_id DESC LIMIT {BEYOND}
) c WHERE NOT EXISTS (SELECT FROM shelf_profile p WHERE p.owner_id = c.owner_id AND p.private)
ORDER BY published_at DESC, item_id DESC
"""  # noqa: S608  our own words
_LIKED_LAST = f"""
SELECT clip_id, count(*) AS n FROM (SELECT clip_id FROM liked ORDER BY liked_at DESC LIMIT {LATEST_LIKES}) latest
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {POPULAR}
"""  # noqa: S608
_FACTS = f"""
SELECT c.item_id, c.owner_id, c.handle, c.caption, c.published_at,
    coalesce((SELECT sum(likes) FROM shelf_likes l WHERE l.clip_id = c.item_id), 0)::int AS likes,
    (SELECT count(*) FROM (SELECT FROM shelf_comment s WHERE s.clip_id = c.item_id LIMIT {COUNTED}) first_ones) AS comments
FROM shelf_card c WHERE c.item_id = ANY($1)
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Window:
    """The newest clips with their authors, in their order; how many liked the popular ones lately; and, as they are asked for,
    what everybody may know of a clip."""

    since: float
    newest: Mapping[UUID, UUID]
    popular: Mapping[UUID, int]
    _facts: dict[UUID, Candidate] = field(default_factory=dict)

    async def facts(self, cell: Cell, items: Iterable[UUID]) -> list[Candidate]:
        """What is known of these clips; those that are off the shelf are left out."""
        wanted = list(items)
        missing = [item for item in wanted if item not in self._facts]
        if missing:
            for row in await cell.database.fetch(_FACTS, missing):
                self._facts[row["item_id"]] = _candidate(row, self.popular.get(row["item_id"], 0))
        return [self._facts[item] for item in wanted if item in self._facts]


class Windows:
    """The window of each cell that this process asks."""

    def __init__(self) -> None:
        self._now: dict[str, Window] = {}
        self._together: Together[Window] = Together()

    async def of(self, cell: Cell) -> Window:
        """One that is not older than `SECONDS`."""
        return self._fresh(cell) or await self._together.ask(cell.name, lambda: self._ask(cell))

    def _fresh(self, cell: Cell) -> Window | None:
        found = self._now.get(cell.name)
        return found if found is not None and time.monotonic() - found.since < SECONDS else None

    async def _ask(self, cell: Cell) -> Window:
        """Whoever waited for another's question has its answer."""
        if (found := self._fresh(cell)) is not None:
            return found
        since = time.monotonic()
        newest = await cell.database.fetch(_NEWEST)
        popular = await cell.database.fetch(_LIKED_LAST)
        made = self._now[cell.name] = Window(
            since,
            {row["item_id"]: row["owner_id"] for row in newest},
            {row["clip_id"]: row["n"] for row in popular},
        )
        return made


def _candidate(row: Mapping[str, Any], likes_here: int) -> Candidate:
    return Candidate(
        item_id=row["item_id"],
        owner_id=row["owner_id"],
        handle=row["handle"],
        published_at=row["published_at"],
        tags=tags_of(row["caption"]),
        language=_language(row["caption"]),
        likes=row["likes"],
        comments=row["comments"],
        likes_here=likes_here,
    )


@lru_cache(4_000)
def tags_of(caption: str) -> tuple[str, ...]:
    """The tags of a caption; the same caption is read once."""
    return tuple(tags_in(caption))


_language = lru_cache(4_000)(language_of)
