"""Pages of a feed: one round trip to the shelf of the viewer's own cell, the newest first, whatever the number of cards.

Nobody is profiled. Viewers under 13 are offered their own feed by the policy, and that one holds cards that staff picked
(`curated` on the card, set by `videos.curate`) and no others.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from kept.feed.card import Card, card_of
from kept.feed.cursor import Cursor
from kept.policy import Action, Service, can, require
from kept.videos import MediaAddresses, Viewer

PAGE = 8
MOST = 24
"""Cards on a page: as many as asked for, at most so many."""

REMEMBERED = 4_000

_COLUMNS = "item_id, parcel_id, handle, caption, placeholder, seconds, width, height, home, renditions, published_at"
_SELECT = f"SELECT {_COLUMNS} FROM shelf_card WHERE "  # noqa: S608  constants
_ORDER = " ORDER BY published_at DESC, item_id DESC LIMIT $1"
_AFTER = " AND (published_at, item_id) < ($2, $3)"
_BY_OWNER, _BY_OWNER_AFTER = "owner_id = $2", " AND (published_at, item_id) < ($3, $4)"


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Cards, and the cursor of what follows; None at the end."""

    cards: tuple[Card, ...]
    next_cursor: str | None


class Feed:
    """Feeds as this process gives them out; remembers cards that it has written as JSON."""

    def __init__(self, addresses: MediaAddresses) -> None:
        self._addresses = addresses
        self._written: OrderedDict[tuple[UUID, UUID, int, str], bytes] = OrderedDict()

    async def page(self, viewer: Viewer, cursor: str | None, *, limit: int = PAGE, now: datetime) -> FeedPage:
        """One page. Raises BadCursor; Refused when the policy offers the viewer no feed."""
        rows, following = await self._rows(viewer, cursor, limit)
        return FeedPage(self._cards(rows, viewer, now), following)

    async def page_json(self, viewer: Viewer, cursor: str | None, *, limit: int = PAGE, now: datetime) -> bytes:
        """The same page as `{"cards": […], "next_cursor": …}`. Raises as `page`."""
        rows, following = await self._rows(viewer, cursor, limit)
        window, cell = self._addresses.window(now), viewer.cell.name
        cards = b",".join([self._json(row, window, cell, now) for row in rows])
        return b'{"cards":[' + cards + b'],"next_cursor":' + msgspec.json.encode(following) + b"}"

    async def page_of(
        self, viewer: Viewer, owner_id: UUID, cursor: str | None, *, limit: int = PAGE, now: datetime
    ) -> FeedPage:
        """One page of what one author has published; the caller has asked whether the viewer may see their profile."""
        after = None if cursor is None else Cursor.read(cursor)
        which = "curated AND " if _is_for_children(viewer) else ""
        sql = _SELECT + which + _BY_OWNER + ("" if after is None else _BY_OWNER_AFTER) + _ORDER
        values = () if after is None else (after.published_at, after.item_id)
        rows, following = _cut(await viewer.cell.database.fetch(sql, _most(limit) + 1, owner_id, *values), _most(limit))
        return FeedPage(self._cards(rows, viewer, now), following)

    async def _rows(
        self, viewer: Viewer, cursor: str | None, limit: int
    ) -> tuple[Sequence[Mapping[str, Any]], str | None]:
        which = "curated" if _is_for_children(viewer) else "recommended"
        most = _most(limit)
        if cursor is None:
            return _cut(await viewer.cell.database.fetch(_SELECT + which + _ORDER, most + 1), most)
        after = Cursor.read(cursor)
        sql = _SELECT + which + _AFTER + _ORDER
        return _cut(await viewer.cell.database.fetch(sql, most + 1, after.published_at, after.item_id), most)

    def _cards(self, rows: Sequence[Mapping[str, Any]], viewer: Viewer, now: datetime) -> tuple[Card, ...]:
        return tuple(card_of(row, self._addresses, viewer_cell=viewer.cell.name, now=now) for row in rows)

    def _json(self, row: Mapping[str, Any], window: int, cell: str, now: datetime) -> bytes:
        """A card as JSON. It is the same until its shelf row changes (`parcel_id`) or its addresses do (`window`)."""
        key = (row["item_id"], row["parcel_id"], window, cell)
        written = self._written.get(key)
        if written is None:
            written = msgspec.json.encode(card_of(row, self._addresses, viewer_cell=cell, now=now))
            self._written[key] = written
            if len(self._written) > REMEMBERED:
                self._written.popitem(last=False)
        return written


def _is_for_children(viewer: Viewer) -> bool:
    """Which feed the policy offers: everybody's, or the children's. Raises Refused where it offers neither."""
    if can(viewer.actor, Action.OPEN_UNPROFILED, Service()):
        return False
    if can(viewer.actor, Action.OPEN_CHILDRENS, Service()):
        return True
    require(viewer.actor, Action.OPEN_UNPROFILED, Service())
    return False


def _most(limit: int) -> int:
    return max(1, min(limit, MOST))


def _cut(rows: Sequence[Mapping[str, Any]], most: int) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    """The page, and where it ends if there is more: one row beyond it was asked for."""
    if len(rows) <= most:
        return rows, None
    last = rows[most - 1]
    return rows[:most], str(Cursor(last["published_at"], last["item_id"]))
