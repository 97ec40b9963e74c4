"""Resumable uploads over HTTP, in the dialect that the client speaks: tus 1.0 or the IETF draft's."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, HttpMethod, Request, Response, delete, head, patch, post, route
from litestar.datastructures import State
from litestar.exceptions import InternalServerException, MethodNotAllowedException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import PathParameter

from kept.api.bodies import empty, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.api.resumable import (
    ALGORITHMS,
    TUS_EXTENSIONS,
    TUS_VERSION,
    Dialect,
    NoDialect,
    creation_of,
    dialect_of,
    part_of,
    written_metadata,
)
from kept.edge import Asker, Problem, json_problem
from kept.kit import KeptError
from kept.runtime import Runtime
from kept.vault import Vault
from kept.videos import ChecksumMismatch, OffsetMismatch, Received, TooLarge, UploadInterrupted

AnyRequest = Request[Any, Any, State]
UploadId = Annotated[UUID, PathParameter(description="As the Location of the creation names it; later the clip's id.")]

PATH = "/api/v1/uploads"
CHECKSUM_MISMATCH = 460
"""tus, Checksum: the server's own status."""

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
_REFUSALS = (401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 451, 507)
_MISMATCH = {
    CHECKSUM_MISMATCH: ResponseSpec(
        Problem, description="Checksum Mismatch", media_type="application/problem+json", generate_examples=False
    )
}


def _header(name: str, description: str, kind: OpenAPIType = OpenAPIType.STRING) -> Parameter:
    return Parameter(name=name, param_in="header", description=description, required=False, schema=Schema(type=kind))


@dataclass
class Resumable(Operation):
    """Documents the headers of both dialects, which are read as they come."""

    parameters: list[Any] | None = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parameters = [
            *(self.parameters or []),
            _header("Tus-Resumable", "tus: `1.0.0`."),
            _header("Upload-Offset", "First byte of the part.", OpenAPIType.INTEGER),
            _header("Upload-Length", "Bytes of the whole upload.", OpenAPIType.INTEGER),
            _header("Upload-Defer-Length", "tus: `1` while nobody knows the length."),
            _header(
                "Upload-Metadata",
                "tus: `caption`, `comments` (`everyone`, `friends` or `nobody` may comment),"
                " `audience` (`everyone`, `followers` or `only_me` may watch),"
                " `cut_start`, `cut_end` and `cover_at` (seconds of the upload),"
                " `draft` (`1` at the beginning or with the last part: it is not published), `filename`,"
                " `filetype`, each with its value in base64.",
            ),
            _header("Upload-Checksum", f"tus: what the part hashes to; {' or '.join(ALGORITHMS)}, and base64."),
            _header("Upload-Complete", "IETF: `?1` if the upload ends with this part, else `?0`."),
        ]


class UploadController(Controller):
    """Uploads. Litestar registers handlers by name, and answers OPTIONS itself unless `announce` comes before `create`."""

    path = PATH
    tags = ("uploads",)
    security = _BEARER
    exception_handlers = {KeptError: lambda request, error: _refusal(request, error)}  # noqa: RUF012  as Litestar has it

    @route(
        http_method=HttpMethod.OPTIONS,
        status_code=204,
        summary="What uploads can be",
        operation_id="upload_options",
        security=[{}],
        responses=empty(204),
    )
    async def announce(self, runtime: GivenRuntime) -> Response[None]:
        """Versions and extensions of tus, the media type of the IETF draft, and the largest upload."""
        most = runtime.studio.uploads.limits.max_bytes
        return Response(
            None,
            headers={
                "tus-resumable": TUS_VERSION,
                "tus-version": TUS_VERSION,
                "tus-extension": TUS_EXTENSIONS,
                "tus-max-size": str(most),
                "tus-checksum-algorithm": ",".join(ALGORITHMS),
                "accept-patch": "application/partial-upload, application/offset+octet-stream",
                "upload-limit": f"max-size={most}",
            },
        )

    @post(
        operation_class=Resumable,
        summary="Begin an upload",
        operation_id="create_upload",
        responses=empty(201) | problems(*_REFUSALS) | _MISMATCH,
    )
    async def create(self, request: AnyRequest, asker: GivenAsker, runtime: GivenRuntime) -> Response[None]:
        """Make an upload, whose address is in Location; the first bytes, or all of them, may come along.

        403: this account can't upload. 413, 429: a limit, which the problem names. 507: no room at the moment.
        """
        wish = creation_of(request.headers)
        uploads, now = runtime.studio.uploads, runtime.clock.now()
        state = await uploads.create(
            asker.member,
            length=wish.length,
            caption=wish.caption,
            comments=wish.comments,
            audience=wish.audience,
            cut=wish.cut,
            as_draft=wish.draft,
            now=now,
        )
        if wish.part is not None:
            body, vault = _body(request), _vault(runtime, asker)
            state = await uploads.append(asker.member, state.upload_id, wish.part, body, now=now, vault=vault)
        return _answer(wish.dialect, state, 201, runtime, location=f"{PATH}/{state.upload_id}")

    @head(
        "/{upload_id:uuid}",
        operation_class=Resumable,
        summary="Where an upload stands",
        operation_id="upload_offset",
        responses=empty(200, 204) | problems(401, 404, 410, 412, 451),
    )
    async def stand(
        self, upload_id: UploadId, request: AnyRequest, asker: GivenAsker, runtime: GivenRuntime
    ) -> Response[None]:
        """How many bytes are safe. A request that still sends to it is ended. Video-Id or Draft-Id tells that it is whole."""
        dialect = dialect_of(request.headers)
        state = await runtime.studio.uploads.stand(asker.member, upload_id, now=runtime.clock.now())
        return _answer(dialect, state, 200 if dialect is Dialect.TUS else 204, runtime, metadata=True)

    @patch(
        "/{upload_id:uuid}",
        status_code=204,
        operation_class=Resumable,
        summary="Send a part",
        operation_id="append_upload",
        responses=empty(204) | problems(*_REFUSALS) | _MISMATCH,
    )
    async def append(
        self, upload_id: UploadId, request: AnyRequest, asker: GivenAsker, runtime: GivenRuntime
    ) -> Response[None]:
        """Send bytes from the offset on. The answer to the last part carries Video-Id, or Draft-Id.

        409: not the offset that we have (it is in the answer), or another request is sending. 410: it lapsed.
        """
        dialect, part = part_of(request.headers)
        uploads, now = runtime.studio.uploads, runtime.clock.now()
        state = await uploads.append(
            asker.member, upload_id, part, _body(request), now=now, vault=_vault(runtime, asker)
        )
        return _answer(dialect, state, 204, runtime)

    @delete(
        "/{upload_id:uuid}",
        summary="Cancel an upload",
        operation_id="cancel_upload",
        responses=empty(204) | problems(401, 403, 404, 412, 451),
    )
    async def cancel(
        self, upload_id: UploadId, request: AnyRequest, asker: GivenAsker, runtime: GivenRuntime
    ) -> Response[None]:
        """Drop an upload and what arrived of it. 404 for one that is complete: it is a clip then."""
        dialect = dialect_of(request.headers)
        await runtime.studio.uploads.cancel(asker.member, upload_id)
        return Response(None, headers=_own_headers(dialect), status_code=204)

    @post("/{upload_id:uuid}", include_in_schema=False)
    async def overridden(
        self, upload_id: UploadId, request: AnyRequest, asker: GivenAsker, runtime: GivenRuntime
    ) -> Response[None]:
        """tus, X-HTTP-Method-Override: for clients that can't send PATCH or DELETE."""
        method = request.headers.get("x-http-method-override", "").upper()
        if method == HttpMethod.PATCH:
            return await self.append.fn(self, upload_id, request, asker, runtime)  # type: ignore[no-any-return]
        if method == HttpMethod.DELETE:
            return await self.cancel.fn(self, upload_id, request, asker, runtime)  # type: ignore[no-any-return]
        raise MethodNotAllowedException


def _refusal(request: AnyRequest, error: KeptError) -> Response[bytes]:
    """A refusal in the client's dialect: what it needs to go on stands in headers."""
    answer = json_problem(request, error)
    tus = "tus-resumable" in request.headers
    answer.headers |= _own_headers(Dialect.TUS if tus else Dialect.IETF)
    if isinstance(error, OffsetMismatch):
        answer.headers["upload-offset"] = str(error.details["expected"])
    if isinstance(error, TooLarge):
        answer.headers["upload-limit"] = f"max-size={error.details['limit']}"
    if isinstance(error, NoDialect):
        answer.headers["tus-version"] = TUS_VERSION
    if isinstance(error, ChecksumMismatch) and tus:
        answer.status_code = CHECKSUM_MISMATCH
    return answer


def _answer(
    dialect: Dialect,
    state: Received,
    status: int,
    runtime: Runtime,
    *,
    location: str | None = None,
    metadata: bool = False,
) -> Response[None]:
    """Where the upload stands, in the client's dialect."""
    headers = _own_headers(dialect) | {"cache-control": "no-store", "upload-offset": str(state.offset)}
    if location is not None:
        headers["location"] = location
    if state.whole:
        headers["draft-id" if state.draft else "video-id"] = str(state.upload_id)
    if state.length is not None:
        headers["upload-length"] = str(state.length)
    if dialect is Dialect.IETF:
        headers["upload-complete"] = "?1" if state.whole else "?0"
        headers["upload-limit"] = _limits(state, runtime)
    else:
        if state.expires_at is not None:
            headers["upload-expires"] = format_datetime(state.expires_at, usegmt=True)
        if state.length is None:
            headers["upload-defer-length"] = "1"
        if metadata and state.caption:
            headers["upload-metadata"] = written_metadata(state.caption)
    return Response(None, headers=headers, status_code=status)


def _vault(runtime: Runtime, asker: Asker) -> Vault:
    """What seals drafts of the one who asks."""
    return runtime.vaults[asker.member.cell.name]


def _own_headers(dialect: Dialect) -> dict[str, str]:
    return {"tus-resumable": TUS_VERSION} if dialect is Dialect.TUS else {}


def _limits(state: Received, runtime: Runtime) -> str:
    limit = f"max-size={runtime.studio.uploads.limits.max_bytes}"
    if state.expires_at is None:
        return limit
    return f"{limit}, max-age={max(0, int((state.expires_at - runtime.clock.now()).total_seconds()))}"


async def _body(request: AnyRequest) -> AsyncIterator[bytes]:
    """The bytes of a request as they come. Raises UploadInterrupted when the connection drops."""
    try:
        async for chunk in request.stream():
            yield chunk
    except InternalServerException as error:
        raise UploadInterrupted from error
