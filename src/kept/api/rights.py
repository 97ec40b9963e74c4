"""Requests about one's own data, for programs: ask, follow, call off, download, and the receipt of an erasure."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, MediaType, Request, Response, delete, get, post
from litestar.datastructures import State as AppState
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from litestar.response import Stream

from kept.accounts import confirm
from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.catalog import Intake, feeds, not_stored
from kept.edge import FOR_EVERY_VERSION, Asker, RateLimit
from kept.rights import (
    Ground,
    Kind,
    NoSuchRequest,
    NotReady,
    State,
    ask,
    ask_correction,
    call_off,
    followed,
    open_copy,
    own_request,
    requests_of,
    ticket_for,
)
from kept.rights import Request as Asked
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, AppState]

SECRET_HEADER = "kept-request-secret"  # noqa: S105  the name of a header
_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
_ASKS = RateLimit(per_minute=120, burst=300)
_PASSWORD = msgspec.Meta(description="The password, once more.", examples=["plum-harbour-sixty-lanterns"])


class NewRequest(Intake):
    """What somebody asks for, and the password again."""

    kind: Annotated[
        Literal["access", "deletion", "portability", "correction", "objection"],
        feeds("rights_request.kind"),
        msgspec.Meta(
            description="`access`: a copy of one's data. `deletion`: of the account and all that is in it. `portability`: what "
            "one gave, for programs. `correction`: something is wrong. `objection`: to a use."
        ),
    ]
    password: Annotated[str, not_stored("checked against its hash, then forgotten"), _PASSWORD]
    grace: Annotated[
        Literal["default", "none"],
        not_stored("decides when the erasure begins"),
        msgspec.Meta(description="For a deletion: `default` gives 30 days to change one's mind, `none` gives them up."),
    ] = "default"
    about: Annotated[
        str,
        feeds("rights_request.about"),
        msgspec.Meta(
            description="For a correction, which field: birth_date, handle, email, country, other. For an objection, the use, "
            "as the data map names it.",
            examples=["birth_date"],
            max_length=100,
        ),
    ] = ""
    value: Annotated[
        str,
        feeds("rights_matter.said"),
        msgspec.Meta(description="For a correction: what would be right.", examples=["1990-05-17"], max_length=2000),
    ] = ""


class Proof(Intake):
    """The password again."""

    password: Annotated[str, not_stored("checked against its hash, then forgotten"), _PASSWORD]


class OutcomeAnswer(msgspec.Struct):
    """What was done in one place."""

    where: str
    outcome: Annotated[
        str,
        msgspec.Meta(description="erased, nothing_found, anonymised, held, refused, unreachable; for a copy: copied, counted."),
    ]
    rows: int
    left: int


class RequestAnswer(msgspec.Struct):
    """A request and what has become of it. Moments are UTC."""

    request_id: UUID
    kind: str
    state: Annotated[
        str,
        msgspec.Meta(description=", ".join(State) + "."),
    ]
    asked_at: datetime
    due: Annotated[datetime, msgspec.Meta(description="When it has to be answered, by the law of the country.")]
    grace_until: datetime | None
    answered_at: datetime | None
    outcomes: list[OutcomeAnswer]
    receipt: Annotated[str, msgspec.Meta(description="The signed receipt of an erasure; empty before it is done.")]
    about: Annotated[str, msgspec.Meta(description="Which field, or which use.")] = ""
    reason: Annotated[str, msgspec.Meta(description="Why it was refused: " + ", ".join(Ground) + ".")] = ""
    extended: Annotated[str, msgspec.Meta(description="Why the answer takes longer: complex or numerous.")] = ""


class RequestTaken(msgspec.Struct):
    """A request that was taken."""

    request_id: UUID
    state: str
    due: datetime
    grace_until: datetime | None
    secret: Annotated[
        str,
        msgspec.Meta(description="Shown once. With it the request can be followed without an account."),
    ]


class Requests(msgspec.Struct):
    """The member's requests, the newest first."""

    requests: list[RequestAnswer]


class Download(msgspec.Struct):
    """Where the copy can be had."""

    url: Annotated[str, msgspec.Meta(description="An address on this site, good for ten minutes for whoever has it.")]


class RightsController(Controller):
    """Rights."""

    path = "/api/v1/rights"
    opt = FOR_EVERY_VERSION
    tags = ("rights",)
    request_max_body_size = LARGEST_BODY

    @post(
        "/requests",
        dto=Body[NewRequest],
        return_dto=None,
        status_code=202,
        summary="Ask for a copy, or for deletion",
        operation_id="ask_rights",
        security=_BEARER,
        responses=problems(401, 403, 413, 422, 429),
    )
    async def ask(
        self,
        data: JSONBody[NewRequest],
        request: AnyRequest,
        anybody: NamedDependency[Asker],
        runtime: NamedDependency[Runtime],
    ) -> RequestTaken:
        """Take a request of the member who asks. A second one of its kind joins the first.

        A deletion ends every session at once and hides the account. 403: the password is wrong, or the policy says no.
        """
        _ASKS.take(request)
        mine, now = anybody.member, runtime.clock.now()
        await confirm(runtime.accounts, mine, data.password, now=now)
        kind, at_once = Kind(data.kind), data.grace == "none"
        if kind is Kind.CORRECTION:
            taken = await ask_correction(runtime, mine, data.about, data.value, now=now)
        else:
            async with mine.cell.begin() as tx:
                taken = await ask(tx, mine, kind, now=now, at_once=at_once, about=data.about)
        return RequestTaken(taken.request_id, taken.state, taken.due_at, taken.grace_until, taken.secret)

    @get("/requests", summary="My requests", operation_id="list_rights", security=_BEARER, responses=problems(401))
    async def mine(self, anybody: NamedDependency[Asker]) -> Requests:
        """What the member has asked for."""
        return Requests([_answer(one) for one in await requests_of(anybody.member)])

    @get(
        "/requests/{request_id:uuid}",
        summary="A request",
        operation_id="follow_rights",
        security=[*_BEARER, {}],
        responses=problems(401, 404, 429),
    )
    async def follow(
        self,
        request: AnyRequest,
        anybody: NamedDependency[Asker],
        runtime: NamedDependency[Runtime],
        request_id: Annotated[UUID, PathParameter(description="As it was given when asked.")],
    ) -> RequestAnswer:
        """One's own request, by session; or any by the header `Kept-Request-Secret` with what was given at the start."""
        secret = request.headers.get(SECRET_HEADER)
        if secret is None:
            return _answer(await own_request(anybody.member, request_id))
        _ASKS.take(request)
        return _answer(await followed(runtime.cells, request_id, secret))

    @delete(
        "/requests/{request_id:uuid}",
        summary="Call off a deletion",
        operation_id="call_off_rights",
        security=_BEARER,
        responses=problems(401, 403, 404, 409),
    )
    async def call_off(
        self,
        anybody: NamedDependency[Asker],
        runtime: NamedDependency[Runtime],
        request_id: Annotated[UUID, PathParameter(description="As it was given when asked.")],
    ) -> None:
        """Keep the account, as it was. 409: the erasure has begun."""
        mine = anybody.member
        async with mine.cell.begin() as tx:
            await call_off(tx, mine, request_id, now=runtime.clock.now())

    @post(
        "/requests/{request_id:uuid}/download",
        dto=Body[Proof],
        return_dto=None,
        status_code=200,
        summary="Where the copy is",
        operation_id="download_rights",
        security=_BEARER,
        responses=problems(401, 403, 404, 409, 413, 422, 429),
    )
    async def download(
        self,
        data: JSONBody[Proof],
        anybody: NamedDependency[Asker],
        runtime: NamedDependency[Runtime],
        request_id: Annotated[UUID, PathParameter(description="As it was given when asked.")],
    ) -> Download:
        """The address of a copy that is ready, after the password was given again."""
        mine, now = anybody.member, runtime.clock.now()
        found = await own_request(mine, request_id)
        await confirm(runtime.accounts, mine, data.password, now=now)
        return Download(copy_path(await ticket_for(runtime.accounts, found, now=now)))

    @get(
        "/copies/{ticket:str}",
        summary="The copy",
        operation_id="get_copy",
        responses=problems(401, 404, 409, 422),
        media_type="application/zip",
    )
    async def copy(
        self,
        runtime: NamedDependency[Runtime],
        ticket: Annotated[str, PathParameter(description="As the address has it.", min_length=16, max_length=512)],
    ) -> Stream:
        """The archive."""
        size, pieces = await open_copy(runtime, ticket, now=runtime.clock.now())
        return archive_answer(size, pieces)

    @get(
        "/requests/{request_id:uuid}/receipt",
        summary="The receipt of an erasure",
        operation_id="get_receipt",
        responses=problems(401, 404, 409, 429),
        media_type=MediaType.TEXT,
    )
    async def receipt(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        request_id: Annotated[UUID, PathParameter(description="As it was given when asked.")],
    ) -> Response[str]:
        """The signed text, by the header `Kept-Request-Secret`. Its SHA-256 stands in the ledger."""
        _ASKS.take(request)
        secret = request.headers.get(SECRET_HEADER)
        if secret is None:
            raise NoSuchRequest
        return receipt_answer(await followed(runtime.cells, request_id, secret))


def copy_path(ticket: str) -> str:
    """Where a copy is had."""
    return f"/api/v1/rights/copies/{ticket}"


def receipt_answer(found: Asked) -> Response[str]:
    """The receipt as a file. Raises NotReady."""
    if not found.receipt:
        raise NotReady(state=found.state.value)
    name = f'attachment; filename="kept-receipt-{found.request_id}.txt"'
    headers = {"cache-control": "no-store", "content-disposition": name}
    return Response(found.receipt, media_type=MediaType.TEXT, headers=headers)


def archive_answer(size: int, pieces: AsyncIterator[bytes]) -> Stream:
    """The archive as a file."""
    headers = {
        "cache-control": "no-store",
        "content-disposition": 'attachment; filename="my-data.zip"',
        "content-length": str(size),
    }
    return Stream(pieces, media_type="application/zip", headers=headers)


def _answer(one: Asked) -> RequestAnswer:
    return RequestAnswer(
        request_id=one.request_id,
        kind=one.kind,
        state=one.state,
        asked_at=one.asked_at,
        due=one.due_at,
        grace_until=one.grace_until,
        answered_at=one.answered_at,
        outcomes=[OutcomeAnswer(o["where"], o["what"], o["rows"], o["left"]) for o in one.outcomes],
        receipt=one.receipt,
        about=one.about,
        reason=one.ground,
        extended=one.extended_why,
    )
