"""The captions of one's own clip: a list of cues beside the clip; without modules, the file as text, or a file to send."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from kept.catalog import Intake, accept, feeds
from kept.edge import Asker, require_own_page, shell_of
from kept.edge.answers import lead_on, page
from kept.kit import KeptError, Kind
from kept.look import pages, paths
from kept.look.views import CaptionsView
from kept.runtime import Runtime
from kept.videos import (
    CAPTIONS,
    LONGEST_CUE,
    LONGEST_TRACK,
    POSTER,
    BadCaptions,
    Language,
    NoSuchVideo,
    SeenVideo,
    VideoState,
    best_file,
    set_captions,
    track_of,
    visible_video,
)
from kept.web.cards import address_of

AnyRequest = Request[Any, Any, State]

LANGUAGES = (
    ("en", "English"), ("es", "Español"), ("ar", "العربية"), ("de", "Deutsch"), ("fr", "Français"), ("hi", "हिन्दी"),
    ("id", "Bahasa Indonesia"), ("it", "Italiano"), ("ja", "日本語"), ("ko", "한국어"), ("nl", "Nederlands"), ("pl", "Polski"),
    ("pt", "Português"), ("tr", "Türkçe"), ("uk", "Українська"), ("zh", "中文"),
)  # fmt: skip
EMPTY = "WEBVTT\n"
_ROOM = 6 * LONGEST_TRACK + 16 * 1024


class CaptionsForm(Intake):
    """What the form says."""

    track: Annotated[str, feeds("caption_track.body"), msgspec.Meta(max_length=2 * LONGEST_TRACK)] = ""
    language: Annotated[Language, feeds("caption_track.language")] = "en"


class CaptionPages(Controller):
    """Captions, for the author."""

    path = "/clips/{clip_id:uuid}/captions"
    include_in_schema = False

    @get()
    async def show(
        self,
        clip_id: FromPath[UUID],
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        asker: NamedDependency[Asker],
    ) -> Response[str]:
        """What there is, to be changed. Raises NoSuchVideo, also for somebody else's."""
        video = await _own(asker, clip_id)
        language, track = await track_of(asker.cell, video.owner_id, clip_id)
        given = CaptionsForm(track=track or EMPTY, language=language or shell_of(request, runtime, asker).language)
        return _page(request, runtime, asker, video, given)

    @post(request_max_body_size=_ROOM)
    async def write(
        self,
        clip_id: FromPath[UUID],
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        asker: NamedDependency[Asker],
    ) -> Response[Any]:
        """Keep what was written or sent. What is wrong with it is said on the page that comes back."""
        require_own_page(request)
        by, video = asker.member, await _own(asker, clip_id)
        form = await request.form()
        said = {name: str(form[name]) for name in ("track", "language") if form.get(name)}
        given = accept(said, CaptionsForm)
        try:
            given = await _with_file(given, form.get("file"))
            async with by.cell.begin() as tx:
                await set_captions(
                    tx, by, clip_id, given.track or EMPTY, language=given.language, now=runtime.clock.now()
                )
        except KeptError as error:
            if error.kind is not Kind.INVALID:
                raise
            return _page(request, runtime, asker, video, given, error=error.public)
        return lead_on(paths.clip(str(clip_id)))


async def _with_file(given: CaptionsForm, file: Any) -> CaptionsForm:
    """The form with what is in the file instead of its text, if one was sent. Raises BadCaptions."""
    if not isinstance(file, UploadFile) or not file.filename:
        return given
    try:
        return msgspec.structs.replace(given, track=(await file.read()).decode())
    except UnicodeDecodeError as error:
        raise BadCaptions(line=1, why="begins a file that is not UTF-8 text; choose a .vtt file") from error


async def _own(asker: Asker, clip_id: UUID) -> SeenVideo:
    video = await visible_video(asker.viewer, clip_id)
    if not video.own or video.state in (VideoState.WITHDRAWN, VideoState.FAILED):
        raise NoSuchVideo
    return video


def _page(
    request: AnyRequest, runtime: Runtime, asker: Asker, video: SeenVideo, given: CaptionsForm, *, error: str = ""
) -> Response[str]:
    view = CaptionsView(
        shell=shell_of(request, runtime, asker),
        clip_id=str(video.video_id),
        media=address_of(video, best_file(video.files, lighter=True), asker, runtime) if video.playable else "",
        poster=address_of(video, POSTER, asker, runtime) if video.has_poster else "",
        captions=address_of(video, CAPTIONS, asker, runtime) if video.captions else "",
        seconds=video.seconds or 0.0,
        track=given.track,
        language=given.language,
        languages=LANGUAGES,
        longest=LONGEST_CUE,
        error=error,
    )
    return page(pages.render_captions(view), status=422 if error else 200)
