"""The composer; with modules it uploads by tus, without them the form does it in one piece."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency

from kept.catalog import Intake, accept, feeds
from kept.edge import Asker, require_own_page, shell_of
from kept.edge.answers import lead_on, page
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import DraftRow, Nav, UploadView
from kept.policy import Action, Choice, Service, require
from kept.runtime import Runtime
from kept.videos import (
    AUDIENCES,
    LONGEST_CAPTION,
    MOST_DRAFTS,
    EmptyUpload,
    Part,
    WatchedBy,
    default_audience,
    default_comments,
)
from kept.web.commenting import CHOICES
from kept.web.drafting import drafts_of, vault_of

AnyRequest = Request[Any, Any, State]

ENDPOINT = "/api/v1/uploads"
CHUNK = 1 << 20
_ROOM_FOR_THE_FORM = 64 * 1024


class Words(Intake):
    """What is said of a clip."""

    caption: Annotated[str, feeds("video.caption"), msgspec.Meta(max_length=LONGEST_CAPTION)] = ""
    comments: Annotated[Choice | None, feeds("video.comments")] = None
    audience: Annotated[WatchedBy | None, feeds("video.audience")] = None


class UploadPage(Controller):
    """Making a clip."""

    path = paths.UPLOAD
    include_in_schema = False
    request_max_body_size = None

    @get()
    async def compose(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[str]:
        """The composer. Raises Refused to whoever may not upload."""
        require(asker.actor, Action.UPLOAD, Service())
        chosen = await default_comments(asker.cell, asker.member.member_id)
        drafts = await drafts_of(runtime, asker.member)
        return page(pages.render_upload(_view(request, runtime, asker, comments=chosen, drafts=drafts)))

    @post()
    async def take(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Response[Any]:
        """The whole clip in one form, or the draft of one. What is wrong with it is said on the page that comes back."""
        require_own_page(request)
        require(asker.actor, Action.UPLOAD, Service())
        limit = runtime.settings.uploads.max_bytes
        length = request.headers.get("content-length", "")  # a browser says it; else there would be no end to reading
        if not length.isdecimal() or int(length) > limit + _ROOM_FOR_THE_FORM:
            return _again(request, runtime, asker, "", f"A clip may have {limit // (1 << 20)} MB at most.")
        form = await request.form()
        clip, said = form.get("clip"), str(form.get("caption") or "")
        draft = form.get("go") == "draft"
        who = {name: str(form[name]) for name in ("comments", "audience") if form.get(name)}
        try:
            words = accept({"caption": said} | who, Words)
            if not isinstance(clip, UploadFile):
                raise EmptyUpload
            video_id = await _uploaded(runtime, asker, clip, words, draft=draft)
        except KeptError as error:
            return _again(request, runtime, asker, said, error.public)
        return lead_on(paths.UPLOAD if draft else paths.clip(video_id))


async def _uploaded(runtime: Runtime, asker: Asker, clip: UploadFile, words: Words, *, draft: bool) -> str:
    """Through the same verbs as every upload; returns the clip's id. Words come with the bytes: those of a draft are sealed."""
    uploads, by, now = runtime.studio.uploads, asker.member, runtime.clock.now()
    length = await _length(clip)
    begun = await uploads.create(by, length=length, caption="", now=now)
    part = Part(offset=0, caption=words.caption, comments=words.comments, audience=words.audience, draft=draft)
    await uploads.append(by, begun.upload_id, part, _chunks(clip), now=now, vault=vault_of(runtime, by))
    return str(begun.upload_id)


async def _length(clip: UploadFile) -> int:
    await clip.seek(0)
    length = 0
    while chunk := await clip.read(CHUNK):
        length += len(chunk)
    return length


async def _chunks(clip: UploadFile) -> AsyncIterator[bytes]:
    await clip.seek(0)
    while chunk := await clip.read(CHUNK):
        yield chunk


def _view(
    request: AnyRequest,
    runtime: Runtime,
    asker: Asker,
    *,
    comments: Choice = Choice.FRIENDS,
    caption: str = "",
    drafts: tuple[DraftRow, ...] = (),
    error: str = "",
) -> UploadView:
    limits = runtime.settings.uploads
    return UploadView(
        shell=shell_of(request, runtime, asker, active=Nav.MAKE),
        endpoint=ENDPOINT,
        action=paths.UPLOAD,
        account=runtime.beacon.pseudonym(asker.member.member_id),
        max_bytes=limits.max_bytes,
        max_seconds=int(limits.max_seconds),
        caption_limit=LONGEST_CAPTION,
        audience=str(default_audience(asker.member.band)),
        audiences=AUDIENCES,
        comments=str(comments),
        choices=CHOICES,
        caption=caption,
        drafts=drafts,
        may_draft=len(drafts) < MOST_DRAFTS,
        error=error,
    )


def _again(request: AnyRequest, runtime: Runtime, asker: Asker, caption: str, error: str) -> Response[str]:
    return page(pages.render_upload(_view(request, runtime, asker, caption=caption, error=error)), status=422)
