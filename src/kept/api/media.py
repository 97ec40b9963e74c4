"""Media files: signed addresses, byte ranges, and a look at the clip's state at each request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, head
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import PathParameter, QueryParameter
from litestar.response import Stream

from kept.api.bodies import empty, problems
from kept.api.given import GivenRuntime
from kept.cells import FarFile
from kept.edge import require_offered
from kept.runtime import Runtime
from kept.videos import CHUNK, Asked, ClipFile, Slice, check_media, find_media_anywhere, matches, slice_of

AnyRequest = Request[Any, Any, State]

_NEVER_STALE = "private, no-cache"
"""A copy may be kept, and is asked about each time: so a withdrawn clip stops at once, for whoever has a copy, too."""

Home = Annotated[str, PathParameter(description="The region that serves the file.")]
Clip = Annotated[UUID, PathParameter(description="Which clip.")]
Name = Annotated[str, PathParameter(description="Which file of the clip.")]
Expiry = Annotated[int, QueryParameter(name="e", description="When the address lapses.", ge=0, le=2**53)]
ViewerCell = Annotated[str, QueryParameter(name="v", description="The viewer's region.", max_length=64)]
Own = Annotated[str, QueryParameter(name="o", description="1 in an author's own address.", max_length=1)]
Signature = Annotated[str, QueryParameter(name="s", description="Our signature.", max_length=64)]


def asked_of(
    home: Home, video_id: Clip, name: Name, expiry: Expiry, viewer_cell: ViewerCell, signature: Signature, own: Own = ""
) -> Asked:
    """What stands in the address."""
    return Asked(
        home=home, video_id=video_id, name=name, expiry=expiry, viewer_cell=viewer_cell, own=own, signature=signature
    )


_FILE = empty(200, 206, 304, 416)


@dataclass
class Playable(Operation):
    """Documents that what comes is a film, a picture or captions."""

    def __post_init__(self) -> None:
        binary = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        for status in ("200", "206"):
            answer = (self.responses or {}).get(status)
            if isinstance(answer, OpenAPIResponse):
                answer.content = {kind: OpenAPIMediaType(schema=binary) for kind in ("video/mp4", "image/webp", "text/vtt")}


class MediaController(Controller):
    """Media files."""

    path = "/media/{home:str}/{video_id:uuid}/{name:str}"
    tags = ("media",)
    dependencies: Mapping[str, Provide] = {"asked": Provide(asked_of, sync_to_thread=False)}

    @get(operation_class=Playable, summary="A media file", operation_id="get_media", responses=_FILE | problems(404, 451))
    async def get_media(
        self, asked: NamedDependency[Asked], request: AnyRequest, runtime: GivenRuntime
    ) -> Response[Any]:
        """A file of a clip, or a range of its bytes. The address is given out by the feed and lapses after some minutes.

        404 for an address that is not ours, has lapsed, or leads to a clip that was withdrawn.
        """
        return await _answer(asked, request, runtime)

    @head(summary="What a media file is", operation_id="head_media", responses=empty(200) | problems(404, 451))
    async def head_media(
        self, asked: NamedDependency[Asked], request: AnyRequest, runtime: GivenRuntime
    ) -> Response[None]:
        """Length, type and version of a file."""
        if asked.home in runtime.cells.remote:
            far = await _from_afar(asked, request, runtime)
            await far.body.aclose()
            return Response(None, status_code=far.status, headers=far.headers)
        file = await _find(asked, request, runtime)
        return Response(
            None, headers=_headers(file) | {"content-length": str(file.size), "content-type": file.media_type}
        )


async def _find(asked: Asked, request: AnyRequest, runtime: Runtime) -> ClipFile:
    require_offered(request)
    return await find_media_anywhere(runtime.cells, runtime.studio.addresses, asked, now=runtime.clock.now())


async def _from_afar(asked: Asked, request: AnyRequest, runtime: Runtime) -> FarFile:
    """A file of another region, fetched by us, so that its people and machines don't learn who watches."""
    require_offered(request)
    check_media(runtime.studio.addresses, asked, now=runtime.clock.now())
    target = f"{request.url.path}?{request.url.query}"
    return await runtime.gateway.fetch(asked.home, request.method, target, dict(request.headers))


async def _answer(asked: Asked, request: AnyRequest, runtime: Runtime) -> Response[Any]:
    if asked.home in runtime.cells.remote:
        far = await _from_afar(asked, request, runtime)
        return Stream(far.body, status_code=far.status, headers=far.headers, media_type=far.headers.get("content-type"))
    file = await _find(asked, request, runtime)
    headers = _headers(file)
    if matches(request.headers.get("if-none-match"), file.etag):
        return Response(None, status_code=304, headers=headers)
    part = slice_of(file.size, request.headers.get("range"), request.headers.get("if-range"), file.etag)
    if part is None:
        return Response(None, status_code=416, headers=headers | {"content-range": f"bytes */{file.size}"})
    if part.start == 0:
        runtime.gateway.saw_media(asked.home, asked.viewer_cell)
    return await _send(file, part, headers)


async def _send(file: ClipFile, part: Slice, headers: dict[str, str]) -> Response[Any]:
    """What fits into one chunk goes at once, the rest as a stream."""
    status = 200 if part.whole else 206
    if not part.whole:
        headers["content-range"] = part.content_range
    if part.length <= CHUNK:
        body = b"".join([chunk async for chunk in file.stream(part)])
        return Response(body, status_code=status, headers=headers, media_type=file.media_type)
    headers["content-length"] = str(part.length)
    return Stream(file.stream(part), status_code=status, headers=headers, media_type=file.media_type)


def _headers(file: ClipFile) -> dict[str, str]:
    return {"accept-ranges": "bytes", "etag": file.etag, "cache-control": _NEVER_STALE, "content-disposition": "inline"}
