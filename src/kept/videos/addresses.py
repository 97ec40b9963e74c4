"""Media addresses: signed, short-lived, bound to one file of one clip and to the cell of the viewer.

    /media/<home cell>/<clip>/<file>?e=<expiry>&v=<viewer's cell>[&o=1|&o=f]&s=<signature>

`o` tells for whom it was made: the author (1), followers (f), or everybody. A clip that is shown to fewer people from now on
is not had any more by addresses that were made for more.

An address is permission to ask, not to have: the state of the clip is looked up at each request (`serving`), so a
withdrawn clip stops at once. Expiries are rounded, so that within half of its life an address stays the same.
"""

import base64
import hmac
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from kept.videos.errors import BadMediaAddress

REMEMBERED = 50_000
SIGNATURE_BYTES = 16
PREFIX = "/media"
OWN, FOLLOWERS = "1", "f"


class MediaAddresses:
    """Makes and checks addresses with a key that every process of the installation has; `seconds` is their life."""

    def __init__(self, key: bytes, seconds: int) -> None:
        self._key = key
        self._half = max(1, seconds // 2)
        self._make = lru_cache(REMEMBERED)(self._made)

    def window(self, now: datetime) -> int:
        """Counts up whenever addresses change: what was made from them may be kept until then."""
        return int(now.timestamp()) // self._half

    def address(self, home: str, video_id: UUID, name: str, *, viewer_cell: str, now: datetime) -> str:
        """Where a file of a published clip can be had for between half and all of an address's life."""
        return self._make(home, video_id, name, viewer_cell, self._expiry(now), "")

    def own_address(self, home: str, video_id: UUID, name: str, *, now: datetime) -> str:
        """The same for the author, also before the clip is published. Give it to nobody else."""
        return self._make(home, video_id, name, home, self._expiry(now), OWN)

    def followers_address(self, home: str, video_id: UUID, name: str, *, viewer_cell: str, now: datetime) -> str:
        """The same of a clip that its author shows to followers. Give it to nobody else."""
        return self._make(home, video_id, name, viewer_cell, self._expiry(now), FOLLOWERS)

    def check(
        self,
        home: str,
        video_id: UUID,
        name: str,
        *,
        expiry: int,
        viewer_cell: str,
        own: str,
        signature: str,
        now: datetime,
    ) -> None:
        """Refuse an address that we did not make, or whose time is over. Raises BadMediaAddress."""
        good = self._signature(home, video_id, name, viewer_cell, expiry, own)
        if not hmac.compare_digest(good.encode(), signature.encode("utf-8", "replace")):
            raise BadMediaAddress
        if expiry <= now.timestamp():
            raise BadMediaAddress

    def _expiry(self, now: datetime) -> int:
        return (self.window(now) + 2) * self._half

    def _made(self, home: str, video_id: UUID, name: str, viewer_cell: str, expiry: int, own: str) -> str:
        signature = self._signature(home, video_id, name, viewer_cell, expiry, own)
        mark = f"&o={own}" if own else ""
        return f"{PREFIX}/{home}/{video_id}/{name}?e={expiry}&v={viewer_cell}{mark}&s={signature}"

    def _signature(self, home: str, video_id: UUID, name: str, viewer_cell: str, expiry: int, own: str) -> str:
        """HMAC-SHA256, cut to 128 bits, over parts that hold no line break, each on a line."""
        parts = ("media/v1", home, str(video_id), name, viewer_cell, str(expiry), own)
        if any("\n" in part for part in parts):
            raise BadMediaAddress
        digest = hmac.digest(self._key, "\n".join(parts).encode(), "sha256")[:SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
