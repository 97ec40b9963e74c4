"""Clips as the views of `look` want them: from a feed's card, or from what one viewer may see of a clip."""

from collections.abc import Sequence
from uuid import UUID

from kept.comments import comment_counts
from kept.edge import Asker
from kept.feed import Card
from kept.jobs import JobState, progress_of
from kept.likes import likes_of
from kept.look.views import AuthorView, CardView, ClipState, CommentsLink, Likes, MyClip, Why
from kept.policy import Action, Audience, can_anyhow
from kept.runtime import Runtime
from kept.videos import AUDIENCES, CAPTIONS, POSTER, SeenVideo, VideoState, best_file, file_address, sentence

_STATES = {
    VideoState.PUBLISHED: ClipState.PUBLISHED,
    VideoState.HELD: ClipState.HELD,
    VideoState.WITHDRAWN: ClipState.WITHDRAWN,
    VideoState.FAILED: ClipState.FAILED,
}


def card_view(
    card: Card,
    likes: Likes | None = None,
    comments: CommentsLink | None = None,
    *,
    why: tuple[Why, ...] = (),
    save_data: bool,
) -> CardView:
    """A card of a feed; whoever saves data gets the lighter file. Without `likes` there is no such button."""
    names = tuple(card.renditions)
    return CardView(
        clip_id=str(card.id),
        author=AuthorView(handle=card.handle),
        caption=card.caption,
        published_at=card.published_at,
        media=card.renditions[best_file(names, lighter=save_data)],
        poster=card.poster,
        seconds=card.seconds,
        width=card.width,
        height=card.height,
        placeholder=card.placeholder,
        captions=card.captions or "",
        captions_language=card.captions_language or "",
        likes=likes,
        comments=comments,
        why=why,
    )


async def likes_for(asker: Asker, clips: Sequence[UUID]) -> dict[UUID, Likes]:
    """The like buttons of clips; none for those whom the policy never lets like anything. Visitors are led to signing in."""
    if asker.session is not None and not can_anyhow(asker.actor, Action.LIKE):
        return {}
    found = await likes_of(asker.cell, clips, asker.member_id)
    return {clip: Likes(count=one.count, mine=one.mine) for clip, one in found.items()}


async def comments_for(asker: Asker, clips: Sequence[UUID]) -> dict[UUID, CommentsLink]:
    """The ways to the comments of clips; none for those whom the policy never shows any."""
    if not can_anyhow(asker.actor, Action.SEE_COMMENTS):
        return {}
    found = await comment_counts(asker.viewer, clips)
    return {clip: CommentsLink(count=count) for clip, count in found.items()}


async def seen_card(video: SeenVideo, asker: Asker, runtime: Runtime) -> CardView | None:
    """A clip on its own page; None while there is nothing to play."""
    if not video.playable or not video.has_poster:
        return None
    published = video.state is VideoState.PUBLISHED
    likes = await likes_for(asker, [video.video_id]) if published else {}
    comments = await comments_for(asker, [video.video_id]) if published else {}
    return CardView(
        clip_id=str(video.video_id),
        author=AuthorView(handle=video.handle),
        caption=video.caption,
        published_at=video.published_at or video.created_at,
        media=address_of(video, best_file(video.files), asker, runtime),
        poster=address_of(video, POSTER, asker, runtime),
        seconds=video.seconds or 0.0,
        width=video.width or 720,
        height=video.height or 1280,
        placeholder=video.placeholder,
        captions=address_of(video, CAPTIONS, asker, runtime) if video.captions else "",
        captions_language=video.captions,
        share=published and video.audience is not Audience.ONLY_ME,
        likes=likes.get(video.video_id),
        comments=comments.get(video.video_id),
    )


def address_of(video: SeenVideo, name: str, asker: Asker, runtime: Runtime) -> str:
    """Where a file of a clip can be had by whoever asks."""
    addresses, now = runtime.studio.addresses, runtime.clock.now()
    return file_address(addresses, video, name, viewer_cell=asker.cell.name, now=now)


def my_clip(video: SeenVideo, state: ClipState, asker: Asker, runtime: Runtime) -> MyClip:
    """A clip as its author sees it in a list."""
    shown = video.has_poster and video.state is not VideoState.WITHDRAWN
    return MyClip(
        clip_id=str(video.video_id),
        caption=video.caption,
        made_at=video.created_at,
        state=state,
        seconds=video.seconds or 0.0,
        poster=address_of(video, POSTER, asker, runtime) if shown else "",
        reason=sentence(video.reason),
        audience=str(video.audience),
        audiences=AUDIENCES,
    )


async def state_of(video: SeenVideo, asker: Asker) -> ClipState:
    """Where a clip is, in people's words: what is being processed is either being checked or being prepared."""
    if video.state is not VideoState.PROCESSING:
        return _STATES[video.state]
    return ClipState.PREPARING if await _is_prepared(asker, video.video_id) else ClipState.CHECKING


async def _is_prepared(asker: Asker, video_id: UUID) -> bool:
    jobs = await progress_of(asker.cell, video_id)
    return any(job.state is JobState.RUNNING and job.step != "checking" for job in jobs)
