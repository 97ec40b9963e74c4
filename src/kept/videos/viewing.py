"""The checked door: what somebody may know of a clip is loaded here, by who asks. Missing and forbidden look the same.

Authors read their own rows at home, in every state. Everybody else, and authors elsewhere, read the shelf.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kept.cells import Cell
from kept.policy import Action, Actor, Audience, Choice, Relation, can
from kept.social import facing
from kept.videos.addresses import MediaAddresses
from kept.videos.cards import POSTER, as_resource
from kept.videos.errors import NoSuchVideo
from kept.videos.models import VideoState

_OWN = """
SELECT v.owner_id, v.video_id, v.state, v.reason, v.caption, v.seconds, v.width, v.height, v.placeholder, v.created_at,
    v.published_at, v.picked_at IS NOT NULL AS curated, a.handle, v.comments, v.audience,
    coalesce(t.language, '') AS captions,
    EXISTS (SELECT FROM circle c WHERE c.owner_id = v.owner_id AND c.private) AS private,
    array(SELECT r.name FROM rendition r WHERE r.owner_id = v.owner_id AND r.video_id = v.video_id
        AND r.ready_at IS NOT NULL) AS files
FROM video v JOIN account a ON a.owner_id = v.owner_id
LEFT JOIN caption_track t ON t.owner_id = v.owner_id AND t.video_id = v.video_id
"""
_OWN_ONE = _OWN + "WHERE v.owner_id = $1 AND v.video_id = $2"
_OWN_PAGE = _OWN + (
    "WHERE v.owner_id = $1 AND v.state <> 'withdrawn' AND ($2::uuid IS NULL OR v.video_id < $2)"
    " ORDER BY v.video_id DESC LIMIT $3"
)
_CARD = """
SELECT owner_id, item_id AS video_id, 'published' AS state, '' AS reason, caption, seconds, width, height, placeholder,
    published_at AS created_at, published_at, curated, handle, comments, audience, captions, home,
    string_to_array(renditions, ' ') AS files,
    EXISTS (SELECT FROM shelf_profile p WHERE p.owner_id = c.owner_id AND p.private) AS private
FROM shelf_card c WHERE item_id = $1 AND NOT away
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks: what the policy knows of them, who they are (None for a visitor), and the cell that answers them."""

    cell: Cell
    actor: Actor
    member_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVideo:
    """A clip as one viewer may see it. `files` are the names of what it can be played from, without the poster.

    `seconds`, `width` and `height` are None until it is prepared; `home` is the cell that serves its files.
    """

    video_id: UUID
    owner_id: UUID
    handle: str
    home: str
    own: bool
    state: VideoState
    reason: str
    caption: str
    seconds: float | None
    width: int | None
    height: int | None
    placeholder: str
    files: tuple[str, ...]
    has_poster: bool
    created_at: datetime
    published_at: datetime | None
    comments: Choice
    """Whom its author lets comment."""
    captions: str
    """Language of its captions; empty without any."""
    audience: Audience
    """Whom its author lets watch it."""
    private: bool
    """Its author's account is private, or the clip is not for everyone: no more than followers see it."""

    @property
    def playable(self) -> bool:
        """Whether this viewer can play it now."""
        return bool(self.files) and self.state not in (VideoState.WITHDRAWN, VideoState.FAILED)


async def visible_video(viewer: Viewer, video_id: UUID) -> SeenVideo:
    """A clip, if the viewer may see it. Raises NoSuchVideo, whether it is missing or none of their business."""
    if viewer.member_id is not None:
        rows = await viewer.cell.database.fetch(_OWN_ONE, viewer.member_id, video_id)
        if rows:
            return _own(rows[0], viewer.cell)
    rows = await viewer.cell.database.fetch(_CARD, video_id)
    if not rows:
        raise NoSuchVideo
    relation = (await facing(viewer.cell, viewer.member_id, rows[0]["owner_id"])).relation
    row = rows[0]
    audience = Audience(row["audience"])
    clip = as_resource(relation=relation, curated=row["curated"], private=row["private"], audience=audience)
    if not can(viewer.actor, Action.WATCH, clip):
        raise NoSuchVideo
    return _seen(row, home=row["home"], own=relation is Relation.OWN, has_poster=True)


async def own_videos(viewer: Viewer, *, before: UUID | None, limit: int) -> list[SeenVideo]:
    """The viewer's own clips but those they deleted, the newest first, older than `before`."""
    rows = await viewer.cell.database.fetch(_OWN_PAGE, viewer.member_id, before, limit)
    return [_own(row, viewer.cell) for row in rows]


def file_address(addresses: MediaAddresses, video: SeenVideo, name: str, *, viewer_cell: str, now: datetime) -> str:
    """Where a file of a clip can be had by the viewer who was shown it; what nobody else may see, by its author alone."""
    kept = video.state is not VideoState.PUBLISHED or video.audience is Audience.ONLY_ME
    if video.own and kept:
        return addresses.own_address(video.home, video.video_id, name, now=now)
    made = addresses.address if video.audience is Audience.EVERYONE else addresses.followers_address
    return made(video.home, video.video_id, name, viewer_cell=viewer_cell, now=now)


def best_file(names: tuple[str, ...], *, lighter: bool = False) -> str:
    """The file to play: 720 lines where there are, 540 for those who save data, else what there is."""
    order = ("540", "720") if lighter else ("720", "540")
    return next((name for name in order if name in names), names[0])


def _own(row: Mapping[str, Any], cell: Cell) -> SeenVideo:
    return _seen(row, home=cell.name, own=True, has_poster=POSTER in row["files"])


def _seen(row: Mapping[str, Any], *, home: str, own: bool, has_poster: bool) -> SeenVideo:
    return SeenVideo(
        video_id=row["video_id"],
        owner_id=row["owner_id"],
        handle=row["handle"],
        home=home,
        own=own,
        state=VideoState(row["state"]),
        reason=row["reason"],
        caption=row["caption"],
        seconds=row["seconds"],
        width=row["width"],
        height=row["height"],
        placeholder=row["placeholder"],
        files=tuple(sorted(set(row["files"]) - {POSTER})),
        has_poster=has_poster,
        created_at=row["created_at"],
        published_at=row["published_at"],
        comments=Choice(row["comments"]),
        captions=row["captions"],
        audience=Audience(row["audience"]),
        private=row["private"] or row["audience"] != Audience.EVERYONE,
    )
