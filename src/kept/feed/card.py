"""A card as a client gets it: what stands on the shelf, with media addresses for this viewer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from kept.policy import Audience
from kept.videos import CAPTIONS, POSTER, MediaAddresses, best_file


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One clip in a feed. `media`, `poster` and `renditions` (by name) are short-lived addresses on this site."""

    id: UUID
    handle: str
    caption: str
    published_at: datetime
    seconds: float
    width: int
    height: int
    media: str
    poster: str
    placeholder: str
    renditions: dict[str, str]
    captions: str | None = None
    """Address of its captions (WebVTT), and their language."""
    captions_language: str | None = None


def card_of(row: Mapping[str, Any], addresses: MediaAddresses, *, viewer_cell: str, now: datetime) -> Card:
    """The card in a row of `shelf_card`."""
    home, item_id = row["home"], row["item_id"]
    names = tuple(row["renditions"].split(" "))
    address = addresses.address if row["audience"] == Audience.EVERYONE else addresses.followers_address
    files = {name: address(home, item_id, name, viewer_cell=viewer_cell, now=now) for name in names}
    return Card(
        id=item_id,
        handle=row["handle"],
        caption=row["caption"],
        published_at=row["published_at"],
        seconds=row["seconds"],
        width=row["width"],
        height=row["height"],
        media=files[best_file(names)],
        poster=address(home, item_id, POSTER, viewer_cell=viewer_cell, now=now),
        placeholder=row["placeholder"],
        renditions=files,
        captions=address(home, item_id, CAPTIONS, viewer_cell=viewer_cell, now=now) if row["captions"] else None,
        captions_language=row["captions"] or None,
    )
