"""Serving media: an address is checked, the clip's state is looked up, the file is streamed, and never kept in memory whole."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kept.cells import Cell, Cells
from kept.kit.objects import Objects
from kept.policy import Audience
from kept.videos.addresses import FOLLOWERS, OWN, MediaAddresses
from kept.videos.cards import CAPTIONS
from kept.videos.errors import BadMediaAddress
from kept.videos.models import VideoState
from kept.videos.ranges import Slice

CHUNK = 256 * 1024

_FILE = """
SELECT v.state, v.audience, r.object_key, r.media_type, r.size, r.sha256
FROM video v JOIN rendition r ON r.owner_id = v.owner_id AND r.video_id = v.video_id
JOIN account a ON a.owner_id = v.owner_id
WHERE v.video_id = $1 AND r.name = $2 AND r.ready_at IS NOT NULL AND a.leaving_at IS NULL
"""
_WRITTEN = """
SELECT v.state, v.audience, t.body
FROM video v JOIN caption_track t ON t.owner_id = v.owner_id AND t.video_id = v.video_id
JOIN account a ON a.owner_id = v.owner_id
WHERE v.video_id = $1 AND a.leaving_at IS NULL
"""
_UNSEEN = (VideoState.WITHDRAWN, VideoState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What stands in a media address."""

    home: str
    video_id: UUID
    name: str
    expiry: int
    viewer_cell: str
    own: str
    signature: str


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file that may be sent. `etag` names its exact bytes."""

    objects: Objects
    key: str
    media_type: str
    size: int
    etag: str

    async def stream(self, part: Slice) -> AsyncIterator[bytes]:
        """The bytes of a slice, a chunk at a time, the next one fetched while one is sent. Raises NoSuchObject."""
        starts = range(part.start, part.end, CHUNK)
        ahead: asyncio.Task[bytes] | None = None
        try:
            for number, start in enumerate(starts):
                chunk = await (ahead or self._read(start, part.end))
                more = number + 1 < len(starts)
                ahead = asyncio.create_task(self._read(starts[number + 1], part.end)) if more else None
                yield chunk
        finally:
            if ahead is not None:
                ahead.cancel()

    async def _read(self, start: int, end: int) -> bytes:
        return await self.objects.get_range(self.key, start, min(start + CHUNK, end))


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """Captions, which are a column and no object; the rest as `MediaFile`."""

    data: bytes
    media_type: str = "text/vtt"

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)

    @property
    def etag(self) -> str:
        """Names these exact bytes."""
        return f'"{hashlib.sha256(self.data).hexdigest()[:32]}"'

    async def stream(self, part: Slice) -> AsyncIterator[bytes]:
        """The bytes of a slice."""
        yield self.data[part.start : part.end]


def check_media(addresses: MediaAddresses, asked: Asked, *, now: datetime) -> None:
    """Refuse an address that is forged or has lapsed. Raises BadMediaAddress."""
    addresses.check(
        asked.home,
        asked.video_id,
        asked.name,
        expiry=asked.expiry,
        viewer_cell=asked.viewer_cell,
        own=asked.own,
        signature=asked.signature,
        now=now,
    )


ClipFile = MediaFile | WrittenFile
_OWNER = "SELECT owner_id FROM shelf_card WHERE item_id = $1"


async def find_media_anywhere(cells: Cells, addresses: MediaAddresses, asked: Asked, *, now: datetime) -> ClipFile:
    """As `find_media`, in the cell that the address names or, if the author has moved since, in their home of today.

    Raises:
        BadMediaAddress: as `find_media`.
        NotServedHere: the cell that the address names is not here.
    """
    cell = cells.named(asked.home)
    try:
        return await find_media(cell, addresses, asked, now=now)
    except BadMediaAddress:
        rows = await cell.database.fetch(_OWNER, asked.video_id)
        home = await cells.home_of(rows[0]["owner_id"]) if rows else None
        if home is None or home is cell:
            raise
        return await find_media(home, addresses, asked, now=now)


async def find_media(cell: Cell, addresses: MediaAddresses, asked: Asked, *, now: datetime) -> ClipFile:
    """The file behind an address, if the address is good and the clip is (still) to be seen: one indexed look-up.

    An address for everybody is good while the clip is published for everyone, and one for followers while it is for them; the
    author's own also before, and while it is held or kept for themselves.

    Raises:
        BadMediaAddress: forged, lapsed, or of a clip that is not to be seen: one answer for all.
    """
    check_media(addresses, asked, now=now)
    if asked.name == CAPTIONS:
        rows = await cell.database.fetch(_WRITTEN, asked.video_id)
    else:
        rows = await cell.database.fetch(_FILE, asked.video_id, asked.name)
    if not rows:
        raise BadMediaAddress
    row = rows[0]
    if not _is_seen(row["state"], Audience(row["audience"]), asked.own):
        raise BadMediaAddress
    if asked.name == CAPTIONS:
        return WrittenFile(row["body"].encode())
    etag = f'"{row["sha256"].hex()[:32]}"'
    return MediaFile(cell.objects, row["object_key"], row["media_type"], row["size"], etag)


def _is_seen(state: str, audience: Audience, made_for: str) -> bool:
    """Whether a clip is to be seen by those for whom an address was made."""
    if made_for == OWN:
        return state not in _UNSEEN
    shown = audience is Audience.EVERYONE or (audience is Audience.FOLLOWERS and made_for == FOLLOWERS)
    return shown and state == VideoState.PUBLISHED
