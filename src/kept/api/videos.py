"""Clips, for programs: what is known of one, where it can be played, and its deletion."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, put
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response import Redirect

from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.catalog import Intake, feeds
from kept.edge import Asker
from kept.jobs import JobState, progress_of
from kept.kit import KeptError, Kind
from kept.likes import Likes, like, likes_now, likes_of, unlike
from kept.runtime import Runtime
from kept.videos import (
    CAPTIONS,
    POSTER,
    NoSuchVideo,
    SeenVideo,
    VideoState,
    WatchedBy,
    best_file,
    choose_audience,
    file_address,
    sentence,
    visible_video,
    withdraw,
)

VideoId = Annotated[UUID, PathParameter(description="As Video-Id of the finished upload names it.")]

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}, {}]


class NotReady(KeptError):
    code = "not_ready"
    kind = Kind.CONFLICT
    message = "This clip can't be played yet. Ask for its state, and try again when it is published."


class ProgressAnswer(msgspec.Struct):
    """What is being done with a clip, and how much of it is done."""

    step: Annotated[str, msgspec.Meta(description="Word for what is being done.", examples=["preparing"])]
    percent: Annotated[int, msgspec.Meta(ge=0, le=100)]


class VideoAnswer(msgspec.Struct, kw_only=True):
    """A clip. What is not known yet is null; what only its author may know is null for everybody else."""

    id: UUID
    state: Annotated[
        str, msgspec.Meta(description="processing, held, published, withdrawn or failed.", examples=["published"])
    ]
    reason: Annotated[str | None, msgspec.Meta(description="Why it is held, failed or withdrawn: a code.")]
    detail: Annotated[str | None, msgspec.Meta(description="The same as a sentence.")]
    progress: ProgressAnswer | None
    handle: Annotated[str, msgspec.Meta(description="Its author.")]
    caption: str
    created_at: datetime
    published_at: datetime | None
    seconds: float | None
    width: int | None
    height: int | None
    media: Annotated[str | None, msgspec.Meta(description="Short-lived address of the file to play.")]
    poster: Annotated[str | None, msgspec.Meta(description="Short-lived address of its still picture.")]
    captions: Annotated[str | None, msgspec.Meta(description="Short-lived address of its captions (WebVTT).")]
    placeholder: Annotated[str | None, msgspec.Meta(description="Tiny picture as a data URI.")]
    renditions: Annotated[dict[str, str], msgspec.Meta(description="Addresses of all files to play, by name.")]
    likes: Annotated[
        int | None,
        msgspec.Meta(description="How many like it, a second old at most; null where its author or you want no numbers."),
    ]
    liked: Annotated[bool, msgspec.Meta(description="Whether the one who asks does.")]
    audience: Annotated[
        str | None, msgspec.Meta(description="Who may watch it: everyone, followers or only_me.", examples=["everyone"])
    ]


class AudienceChoice(Intake):
    """Who may watch a clip."""

    audience: Annotated[
        WatchedBy, feeds("video.audience"), msgspec.Meta(description="Whom the author lets watch it.")
    ]


class LikesAnswer(msgspec.Struct):
    """How many like a clip now."""

    likes: int | None
    liked: Annotated[bool, msgspec.Meta(description="Whether the one who asks does.")]


class VideoController(Controller):
    """Clips."""

    path = "/api/v1/videos"
    tags = ("videos",)

    @get(
        "/{video_id:uuid}",
        summary="A clip",
        operation_id="get_video",
        security=_BEARER,
        responses=problems(401, 404, 451),
    )
    async def get_video(self, video_id: VideoId, asker: GivenAsker, runtime: GivenRuntime) -> VideoAnswer:
        """What the one who asks may know of a clip. Authors see their own in every state, with its progress.

        404 for a clip that there isn't, and for one that is none of their business.
        """
        video = await visible_video(asker.viewer, video_id)
        progress = await _progress(asker, video) if video.own and video.state is VideoState.PROCESSING else None
        likes = await likes_of(asker.cell, [video_id], asker.member_id)
        return _answer(video, progress, likes[video_id], asker, runtime)

    @put(
        "/{video_id:uuid}/like",
        summary="Like a clip",
        operation_id="like_video",
        security=[{"bearer": []}],
        responses=problems(401, 403, 404, 451),
    )
    async def like_video(self, video_id: VideoId, asker: GivenAsker, runtime: GivenRuntime) -> LikesAnswer:
        """Likes a clip; liked twice, it is liked once. Nobody is told who likes what."""
        by = asker.member
        async with by.cell.begin() as tx:
            await like(tx, by, video_id, pace=runtime.like_pace, now=runtime.clock.now())
        return await _likes_now(asker, video_id)

    @delete(
        "/{video_id:uuid}/like",
        status_code=200,
        summary="Take a like back",
        operation_id="unlike_video",
        security=[{"bearer": []}],
        responses=problems(401, 403, 404, 451),
    )
    async def unlike_video(self, video_id: VideoId, asker: GivenAsker, runtime: GivenRuntime) -> LikesAnswer:
        """Takes a like back, if there is one."""
        by = asker.member
        async with by.cell.begin() as tx:
            await unlike(tx, by, video_id, now=runtime.clock.now())
        return await _likes_now(asker, video_id)

    @get(
        "/{video_id:uuid}/media",
        status_code=302,
        summary="Play a clip",
        operation_id="get_video_media",
        security=_BEARER,
        responses=problems(401, 404, 409, 451),
    )
    async def media(
        self,
        video_id: VideoId,
        asker: GivenAsker,
        runtime: GivenRuntime,
        rendition: Annotated[
            str | None,
            QueryParameter(description="Name of one of its renditions; the usual one without.", max_length=16),
        ] = None,
    ) -> Redirect:
        """Leads to the file to play, by an address that works for some minutes. 409 while there is none yet."""
        video = await visible_video(asker.viewer, video_id)
        if video.state in (VideoState.WITHDRAWN, VideoState.FAILED):
            raise NoSuchVideo
        if not video.playable:
            raise NotReady
        name = rendition or best_file(video.files)
        if name not in video.files:
            raise NoSuchVideo
        return Redirect(_address(video, name, asker, runtime), status_code=302, headers={"cache-control": "no-store"})

    @put(
        "/{video_id:uuid}/audience",
        summary="Choose who watches",
        operation_id="choose_audience",
        dto=Body[AudienceChoice],
        return_dto=None,
        status_code=204,
        security=[{"bearer": []}],
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 404, 413, 422, 451),
    )
    async def choose_audience(
        self, video_id: VideoId, data: JSONBody[AudienceChoice], asker: GivenAsker, runtime: GivenRuntime
    ) -> None:
        """For one of one's own clips, from now on: addresses that others were given stop with their right to them."""
        by = asker.member
        async with by.cell.begin() as tx:
            await choose_audience(tx, by, video_id, data.audience, now=runtime.clock.now())

    @delete(
        "/{video_id:uuid}",
        summary="Delete a clip",
        operation_id="delete_video",
        security=[{"bearer": []}],
        responses=problems(401, 403, 404, 451),
    )
    async def delete_video(self, video_id: VideoId, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Take one's own clip away: its addresses stop at once, every region drops it, its files are deleted."""
        by = asker.member
        async with by.cell.begin() as tx:
            pseudonym = runtime.beacon.pseudonym(by.member_id)
            await withdraw(tx, video_id, by=by, pseudonym=pseudonym, now=runtime.clock.now())


async def _likes_now(asker: Asker, video_id: UUID) -> LikesAnswer:
    likes = await likes_now(asker.cell, video_id, asker.member.member_id)
    return LikesAnswer(likes.count, likes.mine)


def _address(video: SeenVideo, name: str, asker: Asker, runtime: Runtime) -> str:
    addresses, now = runtime.studio.addresses, runtime.clock.now()
    return file_address(addresses, video, name, viewer_cell=asker.cell.name, now=now)


async def _progress(asker: Asker, video: SeenVideo) -> ProgressAnswer:
    for job in await progress_of(asker.cell, video.video_id):
        if job.state in (JobState.WAITING, JobState.RUNNING):
            return ProgressAnswer(job.step or "waiting", job.percent)
    return ProgressAnswer("waiting", 0)


def _answer(
    video: SeenVideo, progress: ProgressAnswer | None, likes: Likes, asker: Asker, runtime: Runtime
) -> VideoAnswer:
    files: dict[str, Any] = {}
    if video.playable:
        files = {name: _address(video, name, asker, runtime) for name in video.files}
    has_poster = video.has_poster and video.state not in (VideoState.WITHDRAWN, VideoState.FAILED)
    return VideoAnswer(
        id=video.video_id,
        state=video.state,
        reason=video.reason or None,
        detail=sentence(video.reason) or None,
        progress=progress,
        handle=video.handle,
        caption=video.caption,
        created_at=video.created_at,
        published_at=video.published_at,
        seconds=video.seconds,
        width=video.width,
        height=video.height,
        media=files[best_file(video.files)] if files else None,
        poster=_address(video, POSTER, asker, runtime) if has_poster else None,
        captions=_address(video, CAPTIONS, asker, runtime) if video.captions and has_poster else None,
        placeholder=video.placeholder or None,
        renditions=files,
        likes=likes.count,
        liked=likes.mine,
        audience=str(video.audience) if video.own else None,
    )
