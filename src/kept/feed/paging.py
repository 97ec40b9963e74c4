"""Pages of a feed: which cards, and in which order, is asked of the shelf of the viewer's own cell at each request, in one
round trip, the newest first; members' pages cost one more, for whom they block. A card that this process has not given out
yet costs the page another, whatever their number.

But in `page_for_you`, which is for members who chose it, nobody is profiled. Viewers under 13 are offered their own feed by
the policy, and that one holds cards that staff picked (`curated` on the card, set by `videos.curate`) and no others.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from kept.feed.candidates import candidates, known_of, still_there
from kept.feed.card import Card, card_of
from kept.feed.choosing import require_ranked
from kept.feed.ranking import Placed, order
from kept.feed.sitting import Sitting
from kept.feed.together import Together
from kept.feed.weights import recipe
from kept.feed.window import Windows
from kept.feed.words import Tag, most_used, question
from kept.policy import Action, AgeBand, Audience, Relation, Service, can, require
from kept.social import followed_by, hidden_from
from kept.videos import Cursor, MediaAddresses, Viewer, as_resource

PAGE = 8
MOST = 24
"""Cards on a page: as many as asked for, at most so many."""

REMEMBERED = 4_000

RECENT = 1_000
"""The newest clips, whose tags are shown."""
TAGS = 12
CLIPS_OF_TAG = 6

_ORDER = " ORDER BY published_at DESC, item_id DESC LIMIT $1"
_BY_OWNER = "owner_id = {} AND NOT away AND audience = ANY({})"
_BY_ANY = "owner_id = ANY({}) AND NOT away AND audience = ANY({})"
_HIDDEN = " AND owner_id <> ALL({})"
_WITH_WORDS = (
    " AND card_words(caption) @> words_asked({}::text, {}::text) AND words_asked({}::text, {}::text) <> '{{}}'"
)
_SELECT = "SELECT item_id, parcel_id, published_at FROM shelf_card c WHERE "
_OPEN = " AND NOT EXISTS (SELECT FROM shelf_profile p WHERE p.owner_id = c.owner_id AND p.private)"
"""Clips of private accounts are for their followers."""
_TAGGED = f"""
SELECT item_id, owner_id, caption FROM (
    SELECT item_id, owner_id, caption, published_at FROM shelf_card c WHERE recommended{_OPEN}{_ORDER}
) newest WHERE strpos(caption, '#') > 0{_ORDER}
"""  # noqa: S608  our own words
_CARDS = """
SELECT item_id, parcel_id, handle, caption, placeholder, seconds, width, height, home, renditions, audience, captions,
    published_at
FROM shelf_card WHERE item_id = ANY($1)
"""

Key = tuple[UUID, UUID, int, str]
"""A version of a card for one cell's viewers: clip, parcel, window of its addresses, cell."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Cards, and the cursor of what follows; None at the end. Pages of equal `key` are the same to the letter."""

    cards: tuple[Card, ...]
    next_cursor: str | None
    key: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class RankedPage:
    """A page of the feed that is ranked for a member, and why each of its cards is there."""

    page: FeedPage
    why: Mapping[UUID, Placed]
    is_new: bool
    """Nothing is known yet of what they watched."""


class Feed:
    """Feeds as this process gives them out; remembers cards and how they are written as JSON."""

    def __init__(self, addresses: MediaAddresses) -> None:
        self._addresses = addresses
        self._known: OrderedDict[Key, tuple[Card, bytes]] = OrderedDict()
        self._together: Together[Sequence[Mapping[str, Any]]] = Together()
        self._windows = Windows()

    async def page(self, viewer: Viewer, cursor: str | None, *, limit: int = PAGE, now: datetime) -> FeedPage:
        """One page. Raises BadCursor; Refused when the policy offers the viewer no feed."""
        rows, following = await self._rows(viewer, cursor, limit)
        return await self._page(rows, following, viewer, now)

    async def page_json(self, viewer: Viewer, cursor: str | None, *, limit: int = PAGE, now: datetime) -> bytes:
        """The same page as `{"cards": […], "next_cursor": …}`. Raises as `page`."""
        rows, following = await self._rows(viewer, cursor, limit)
        known = await self._cards(rows, viewer, now)
        cards = b",".join([written for _, _, written in known])
        return b'{"cards":[' + cards + b'],"next_cursor":' + msgspec.json.encode(following) + b"}"

    async def page_followed(self, viewer: Viewer, cursor: str | None, *, limit: int = PAGE, now: datetime) -> FeedPage:
        """One page of what those whom the viewer follows have published. Raises BadCursor, Refused."""
        require(viewer.actor, Action.OPEN_FOLLOWING, Service())
        authors = [] if viewer.member_id is None else await followed_by(viewer.cell, viewer.member_id)
        shown = _shown_to(viewer, Relation.FOLLOWER)
        sql, values = _question((_BY_ANY, authors, shown), cursor=cursor, limit=limit)
        rows, following = _cut(await viewer.cell.database.fetch(sql, *values), _most(limit))
        return await self._page(rows, following, viewer, now)

    async def page_for_you(
        self, viewer: Viewer, cursor: str | None, *, language: str, limit: int = PAGE, now: datetime
    ) -> RankedPage:
        """One page of what is ranked for a member. Raises Refused, NotRanked, BadCursor."""
        chosen, rules = await require_ranked(viewer), recipe().rules
        sitting = Sitting.begin() if cursor is None else Sitting.read(cursor, most=rules.sitting)
        cell, member_id, most = viewer.cell, viewer.member_id, min(_most(limit), rules.sitting - sitting.count)
        assert member_id is not None  # noqa: S101  visitors are refused
        window = await self._windows.of(cell)
        known = await known_of(cell, member_id, rules, language=language, interests=chosen.interests, now=now)
        found = await candidates(cell, member_id, window, known, seed=sitting.seed)
        best = order(found, known.taste, recipe(), sitting, count=most, now=now)
        rows = await still_there(cell, known, [one.clip.item_id for one in best])
        shown = [rows[one.clip.item_id] for one in best if one.clip.item_id in rows]
        after = sitting.after([(one.clip.item_id, one.clip.owner_id) for one in best])
        ends = len(best) < most or after.count >= rules.sitting or after.count >= len(found) + sitting.count
        page = await self._page(shown, None if ends else str(after), viewer, now)
        return RankedPage(page, {one.clip.item_id: one for one in best}, known.taste.is_new)

    async def page_of(
        self,
        viewer: Viewer,
        owner_id: UUID,
        cursor: str | None,
        *,
        relation: Relation = Relation.STRANGER,
        limit: int = PAGE,
        now: datetime,
    ) -> FeedPage:
        """One page of what one author has published for people who stand to them as the viewer does.

        The caller has asked whether the viewer may see their profile.
        """
        which = "curated AND " if _is_for_children(viewer) else ""
        shown = _shown_to(viewer, relation)
        sql, values = _question((which + _BY_OWNER, owner_id, shown), cursor=cursor, limit=limit)
        rows, following = _cut(await viewer.cell.database.fetch(sql, *values), _most(limit))
        return await self._page(rows, following, viewer, now)

    async def page_found(
        self, viewer: Viewer, words: str, cursor: str | None, *, language: str, limit: int = PAGE, now: datetime
    ) -> FeedPage:
        """One page of clips whose captions have all these words, in any of their forms in `language`; `#tag` finds the tag.

        Empty where there is no word. Raises BadCursor, Refused.
        """
        require(viewer.actor, Action.SEARCH_CLIPS, Service())
        asked = question(words)
        if not asked:
            return FeedPage((), None, ())
        having = (_WITH_WORDS, asked, language, asked, language)
        which = ("recommended" + _OPEN,)
        sql, values = _question(which, having, await _not_hidden(viewer), cursor=cursor, limit=limit)
        rows, following = _cut(await viewer.cell.database.fetch(sql, *values), _most(limit))
        return await self._page(rows, following, viewer, now)

    async def tags(self, viewer: Viewer, *, now: datetime) -> tuple[tuple[Tag, tuple[Card, ...]], ...]:
        """The tags of new clips, each with its newest; the same for everybody but what they hide. Raises Refused."""
        require(viewer.actor, Action.SEARCH_CLIPS, Service())
        database = viewer.cell.database
        rows = await self._together.ask((viewer.cell.name, _TAGGED), lambda: database.fetch(_TAGGED, RECENT))
        hidden = await _hidden(viewer)
        seen = [row for row in rows if row["owner_id"] not in hidden]
        found = most_used(seen, most=TAGS, newest=CLIPS_OF_TAG)
        items = list(dict.fromkeys(item for tag in found for item in tag.newest))
        fresh = await self._ask(items, viewer, self._addresses.window(now), now) if items else {}
        cards = {item: self._known[key][0] for item, key in fresh.items() if key in self._known}
        return tuple((tag, tuple(cards[item] for item in tag.newest if item in cards)) for tag in found)

    async def _rows(
        self, viewer: Viewer, cursor: str | None, limit: int
    ) -> tuple[Sequence[Mapping[str, Any]], str | None]:
        """The cards of a page by clip and version, and where the next one begins."""
        which = ("curated" if _is_for_children(viewer) else "recommended") + _OPEN
        sql, values = _question((which,), await _not_hidden(viewer), cursor=cursor, limit=limit)
        database = viewer.cell.database
        rows = await self._together.ask((viewer.cell.name, sql, values), lambda: database.fetch(sql, *values))
        return _cut(rows, _most(limit))

    async def _page(
        self, rows: Sequence[Mapping[str, Any]], following: str | None, viewer: Viewer, now: datetime
    ) -> FeedPage:
        known = await self._cards(rows, viewer, now)
        return FeedPage(tuple(card for _, card, _ in known), following, tuple(key for key, _, _ in known))

    async def _cards(
        self, rows: Sequence[Mapping[str, Any]], viewer: Viewer, now: datetime
    ) -> list[tuple[Key, Card, bytes]]:
        """The cards of a page; one that was taken off the shelf between two questions is left out."""
        window, cell = self._addresses.window(now), viewer.cell.name
        keys: list[Key] = [(row["item_id"], row["parcel_id"], window, cell) for row in rows]
        missing = [key[0] for key in keys if key not in self._known]
        fresh = {} if not missing else await self._ask(missing, viewer, window, now)
        found = []
        for key in keys:
            at = fresh.get(key[0], key)
            known = self._known.get(at)
            if known is not None:
                found.append((at, *known))
        return found

    async def _ask(self, items: list[UUID], viewer: Viewer, window: int, now: datetime) -> dict[UUID, Key]:
        """Fetch and remember cards; the keys of the versions that there are now."""
        cell = viewer.cell.name
        fresh: dict[UUID, Key] = {}
        for row in await viewer.cell.database.fetch(_CARDS, items):
            key = fresh[row["item_id"]] = (row["item_id"], row["parcel_id"], window, cell)
            card = card_of(row, self._addresses, viewer_cell=cell, now=now)
            self._known[key] = (card, msgspec.json.encode(card))
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return fresh


def _is_for_children(viewer: Viewer) -> bool:
    """Which feed the policy offers: everybody's, or the children's. Raises Refused where it offers neither."""
    if can(viewer.actor, Action.OPEN_UNPROFILED, Service()):
        return False
    if can(viewer.actor, Action.OPEN_CHILDRENS, Service()):
        return True
    theirs = viewer.actor.band is AgeBand.UNDER_13
    require(viewer.actor, Action.OPEN_CHILDRENS if theirs else Action.OPEN_UNPROFILED, Service())
    return theirs


def _shown_to(viewer: Viewer, relation: Relation) -> list[str]:
    """For whom clips may be that the viewer watches, by what they are to the author."""
    children = _is_for_children(viewer)
    return [
        audience
        for audience in (Audience.EVERYONE, Audience.FOLLOWERS)
        if can(viewer.actor, Action.WATCH, as_resource(relation=relation, curated=children, audience=audience))
    ]


async def _hidden(viewer: Viewer) -> frozenset[UUID]:
    return frozenset() if viewer.member_id is None else await hidden_from(viewer.cell, viewer.member_id)


async def _not_hidden(viewer: Viewer) -> tuple[Any, ...]:
    """The condition that leaves out whom the viewer doesn't see, if there is anybody."""
    hidden = await _hidden(viewer)
    return (_HIDDEN, tuple(sorted(hidden))) if hidden else ("",)


def _question(*conditions: tuple[Any, ...], cursor: str | None, limit: int) -> tuple[str, tuple[Any, ...]]:
    """The SQL for a page, one card more than it holds, and its values. Raises BadCursor.

    Each condition is SQL with a `{}` for each of its values, followed by these; they are written one after the other.
    """
    values: list[Any] = [_most(limit) + 1]
    where = ""
    for sql, *given in conditions:
        where += sql.format(*(f"${len(values) + at}" for at in range(1, len(given) + 1)))
        values += given
    if cursor is None:
        return _SELECT + where + _ORDER, tuple(values)
    after, at = Cursor.read(cursor), len(values) + 1
    place = f" AND (published_at, item_id) < (${at}, ${at + 1})"
    return _SELECT + where + place + _ORDER, (*values, after.at, after.item_id)


def _most(limit: int) -> int:
    return max(1, min(limit, MOST))


def _cut(rows: Sequence[Mapping[str, Any]], most: int) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    """The page, and where it ends if there is more: one row beyond it was asked for."""
    if len(rows) <= most:
        return rows, None
    last = rows[most - 1]
    return rows[:most], str(Cursor(last["published_at"], last["item_id"]))
