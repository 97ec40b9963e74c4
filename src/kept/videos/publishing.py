"""What happens to a clip that was checked: it is published, held, or found to be no clip. Each is one transaction."""

from datetime import datetime
from uuid import UUID

from kept.cells import Tx
from kept.jobs import enqueue
from kept.policy import Audience
from kept.social import introduce
from kept.videos.cards import show_card
from kept.videos.errors import NoSuchVideo
from kept.videos.models import VideoState
from kept.videos.states import entry_on, locked, move

RENDER = "render_video"
"""The kind of job that makes lighter forms of a published clip."""


async def publish(tx: Tx, owner_id: UUID, video_id: UUID, *, now: datetime) -> bool:
    """Publish a clip that passed every gate: state, ledger, card on every shelf, lighter forms asked for.

    Returns whether it is published now; False when it was withdrawn or held meanwhile. Doing it twice does it once.
    """
    video = await locked(tx, owner_id, video_id)
    if video is None or video.state != VideoState.PROCESSING:
        return video is not None and video.state == VideoState.PUBLISHED
    entry = entry_on(video_id, "video.published")
    video = await move(tx, video, VideoState.PUBLISHED, entry, by=None, now=now, published_at=now)
    await show_card(tx, video, now=now)
    await introduce(tx, owner_id, now=now)
    await enqueue(tx, RENDER, owner_id=owner_id, subject_id=video_id, now=now)
    return True


async def hold(tx: Tx, owner_id: UUID, video_id: UUID, *, reason: str, now: datetime) -> None:
    """Stop a clip before publication, and let its author know why. Only a clip that is processed can be held."""
    video = await locked(tx, owner_id, video_id)
    if video is not None and video.state == VideoState.PROCESSING:
        entry = entry_on(video_id, "video.held")
        await move(tx, video, VideoState.HELD, entry, by=None, now=now, reason=reason)


async def fail(tx: Tx, owner_id: UUID, video_id: UUID, *, reason: str, now: datetime) -> None:
    """A file that is no clip we take: its author is told why. What there is of it is deleted by the caller, afterwards."""
    video = await locked(tx, owner_id, video_id)
    if video is not None and video.state == VideoState.PROCESSING:
        entry = entry_on(video_id, "video.failed")
        await move(tx, video, VideoState.FAILED, entry, by=None, now=now, reason=reason, ended_at=now)


async def curate(tx: Tx, owner_id: UUID, video_id: UUID, *, picked_by: UUID | None, now: datetime) -> None:
    """Pick a published clip for viewers under 13: their feed holds such clips and nothing else.

    Raises:
        NoSuchVideo: there is none, or it is not published for everyone.
    """
    video = await locked(tx, owner_id, video_id)
    if video is None or video.state != VideoState.PUBLISHED or video.audience != Audience.EVERYONE:
        raise NoSuchVideo
    entry = entry_on(video_id, "video.curated")
    video = await move(
        tx, video, VideoState.PUBLISHED, entry, by=picked_by, now=now, picked_at=now, picked_by=picked_by
    )
    await show_card(tx, video, now=now)
