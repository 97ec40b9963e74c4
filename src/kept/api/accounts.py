"""Accounts and sessions, for programs: sign up, sign in, see and end sessions, see oneself."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody, PathParameter

from kept.accounts import (
    HALFWAY,
    Halfway,
    Newcomer,
    device_of,
    finish_sign_in,
    overview,
    revoke,
    revoke_others,
    sessions_of,
    sign_in,
    sign_up,
)
from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.catalog import Intake, feeds, not_stored
from kept.edge import FOR_EVERY_VERSION, Asker, RateLimit, refusals_counted, require_offered
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]

_SIGN_UPS = RateLimit(per_minute=60, burst=300)
_SIGN_INS = RateLimit(per_minute=120, burst=300)
"""A source's share. What stops guessing is counted by account; this keeps one source from taking all places."""

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]


class SignUp(Intake):
    """What an account is made of."""

    handle: Annotated[
        str,
        feeds("account.handle"),
        msgspec.Meta(
            description="Public name: 2 to 24 of a–z, 0–9, “_” and “.”; capitals become small.", examples=["kim.lee"]
        ),
    ]
    password: Annotated[
        str,
        feeds("credential_password.hash"),
        msgspec.Meta(
            description="15 to 256 characters; neither known from a breach nor easily guessed. Stored as an argon2id hash.",
            examples=["plum-harbour-sixty-lanterns"],
        ),
    ]
    birth_date: Annotated[
        date,
        feeds("account.birth_date"),
        msgspec.Meta(
            description="Date of birth. Kept sealed; decides what the account offers.", examples=["1994-04-30"]
        ),
    ]
    country: Annotated[
        str,
        feeds("account.country"),
        msgspec.Meta(
            description="Country of residence, ISO 3166-1 alpha-2. Decides in which region private data lives.",
            examples=["DE"],
        ),
    ]
    accept_terms: Annotated[
        str,
        feeds("acceptance.version"),
        msgspec.Meta(description="Version of the terms that the person agreed to, or “current”.", examples=["current"]),
    ]
    email: Annotated[
        str | None,
        feeds("account.email"),
        msgspec.Meta(
            description="Optional; kept sealed. Not kept for children under 13.", examples=["kim@example.org"]
        ),
    ] = None


class SignedUp(msgspec.Struct):
    """A new account, and a session in it."""

    member_id: Annotated[UUID, msgspec.Meta(description="Opaque id of the member.")]
    region: Annotated[
        str, msgspec.Meta(description="Region in which the member's private data lives.", examples=["eu"])
    ]
    token: Annotated[str, msgspec.Meta(description="Bearer token of the session. It can't be shown again.")]


class SignIn(Intake):
    """A name and its password."""

    login: Annotated[
        str,
        not_stored("looked up by its keyed hash, then forgotten"),
        msgspec.Meta(description="Handle or e-mail address.", examples=["kim.lee"]),
    ]
    password: Annotated[
        str,
        not_stored("checked against its hash, then forgotten"),
        msgspec.Meta(description="The password.", examples=["plum-harbour-sixty-lanterns"]),
    ]


class NewSession(msgspec.Struct):
    """A new session."""

    token: Annotated[str, msgspec.Meta(description="Bearer token of the session. It can't be shown again.")]


class CodeNeeded(msgspec.Struct):
    """The password was right; a code makes it a session."""

    ticket: Annotated[str, msgspec.Meta(description="What to send with the code. Good for five minutes.")]
    good_for: Annotated[int, msgspec.Meta(description="How long the ticket is good, in seconds.", examples=[300])]


class Code(Intake):
    """The second step of signing in."""

    ticket: Annotated[
        str, not_stored("read, then forgotten"), msgspec.Meta(description="What the first step answered.")
    ]
    code: Annotated[
        str,
        not_stored("checked, then forgotten"),
        msgspec.Meta(description="Six digits of the authenticator app, or a recovery code.", examples=["492039"]),
    ]


class SessionAnswer(msgspec.Struct):
    """One device that is signed in."""

    id: Annotated[UUID, msgspec.Meta(description="Session id, by which it can be ended.")]
    device: Annotated[
        str, msgspec.Meta(description="Browser and system, without versions.", examples=["Firefox on Android"])
    ]
    signed_in_at: datetime
    last_seen_at: Annotated[datetime, msgspec.Meta(description="Last use, to the hour or so.")]
    current: Annotated[bool, msgspec.Meta(description="Whether it is the session that asks.")]


class Sessions(msgspec.Struct):
    """Where somebody is signed in, the latest first."""

    sessions: list[SessionAnswer]


class Me(msgspec.Struct):
    """The member whose session asks."""

    member_id: UUID
    handle: str
    region: Annotated[str, msgspec.Meta(description="Region in which the private data lives.", examples=["eu"])]
    country: str
    language: str
    band: Annotated[str, msgspec.Meta(description="Age band: under-13, 13-15, 16-17 or adult.", examples=["adult"])]
    joined_at: datetime
    email: Annotated[str, msgspec.Meta(description="Masked; empty without one.", examples=["k…@example.org"])]


_CODE_NEEDED = ResponseSpec(CodeNeeded, description="The account asks for a code, too.", generate_examples=False)


class AccountController(Controller):
    """Accounts."""

    path = "/api/v1/accounts"
    tags = ("accounts",)
    request_max_body_size = LARGEST_BODY

    @post(
        dto=Body[SignUp],
        return_dto=None,
        summary="Sign up",
        operation_id="sign_up",
        responses=problems(403, 409, 413, 422, 429, 451, 503),
    )
    async def sign_up(self, data: JSONBody[SignUp], request: AnyRequest, runtime: NamedDependency[Runtime]) -> SignedUp:
        """Make an account in the region where the person lives, and sign them in.

        409: the handle or address is taken or reserved. 422: something given can't be used; the problem's code says what.
        451: the service is not offered in that country. 503: too many at once; the Retry-After header says when to try again.
        """
        require_offered(request)
        _SIGN_UPS.take(request)
        newcomer = Newcomer(
            handle=data.handle,
            birth_date=data.birth_date,
            country=data.country,
            credential=data.password,
            accepts=data.accept_terms,
            email=data.email,
            device=device_of(request.headers.get("user-agent", "")),
        )
        with refusals_counted(runtime, data.country):
            made = await sign_up(runtime.accounts, newcomer, now=runtime.clock.now())
        return SignedUp(made.member_id, made.cell.region, made.token)


class SessionController(Controller):
    """Sessions."""

    path = "/api/v1/sessions"
    tags = ("accounts",)
    request_max_body_size = LARGEST_BODY

    @post(
        dto=Body[SignIn],
        return_dto=None,
        summary="Sign in",
        operation_id="sign_in",
        opt=FOR_EVERY_VERSION,
        responses=problems(401, 413, 422, 429, 451, 503) | {202: _CODE_NEEDED},
    )
    async def sign_in(
        self, data: JSONBody[SignIn], request: AnyRequest, runtime: NamedDependency[Runtime]
    ) -> Response[NewSession | CodeNeeded]:
        """Begin a session by handle or e-mail address, and password.

        202: the account asks for a code, too; send it with the ticket to /api/v1/sessions/code. 401 does not tell which of the
        two was wrong. 429: too many failures under this name; Retry-After says how long to wait.
        """
        require_offered(request)
        _SIGN_INS.take(request)
        device = device_of(request.headers.get("user-agent", ""))
        made = await sign_in(runtime.accounts, data.login, data.password, device=device, now=runtime.clock.now())
        if isinstance(made, Halfway):
            return Response(CodeNeeded(made.ticket, int(HALFWAY.total_seconds())), status_code=202)
        return Response(NewSession(made.token), status_code=201)

    @post(
        "/code",
        dto=Body[Code],
        return_dto=None,
        summary="Sign in: the code",
        operation_id="sign_in_code",
        opt=FOR_EVERY_VERSION,
        responses=problems(401, 413, 422, 429, 451, 503),
    )
    async def code(
        self, data: JSONBody[Code], request: AnyRequest, runtime: NamedDependency[Runtime]
    ) -> NewSession:
        """The second step: a code of the authenticator app, or a recovery code. Each is good once.

        401: wrong, or used already. 422: the ticket is too old; begin again. 429: too many wrong codes; Retry-After says how
        long to wait.
        """
        require_offered(request)
        _SIGN_INS.take(request)
        device = device_of(request.headers.get("user-agent", ""))
        made = await finish_sign_in(
            runtime.accounts, data.ticket, data.code, device=device, now=runtime.clock.now()
        )
        return NewSession(made.token)

    @get(summary="Where I am signed in", operation_id="list_sessions", security=_BEARER, responses=problems(401, 451))
    async def sessions(self, asker: NamedDependency[Asker]) -> Sessions:
        """Every session of the member who asks, the latest first."""
        mine = asker.member
        listed = await sessions_of(mine.cell, mine.member_id)
        return Sessions(
            [
                SessionAnswer(
                    one.session_id, one.name, one.signed_in_at, one.last_seen_at, one.session_id == mine.session_id
                )
                for one in listed
            ]
        )

    @delete(
        "/current",
        summary="Sign out",
        operation_id="sign_out",
        opt=FOR_EVERY_VERSION,
        security=_BEARER,
        responses=problems(401, 403, 404),
    )
    async def sign_out(self, anybody: NamedDependency[Asker]) -> None:
        """End the session that asks; its token is worth nothing from then on."""
        mine = anybody.member
        async with mine.cell.begin() as tx:
            await revoke(tx, mine, mine.session_id)

    @delete(
        "/others",
        summary="Sign out everywhere else",
        operation_id="end_other_sessions",
        security=_BEARER,
        responses=problems(401, 403, 451),
    )
    async def end_others(self, asker: NamedDependency[Asker]) -> None:
        """End all of one's sessions but the one that asks."""
        mine = asker.member
        async with mine.cell.begin() as tx:
            await revoke_others(tx, mine)

    @delete(
        "/{session_id:uuid}",
        summary="End a session",
        operation_id="end_session",
        security=_BEARER,
        responses=problems(401, 403, 404, 451),
    )
    async def end(
        self,
        asker: NamedDependency[Asker],
        session_id: Annotated[UUID, PathParameter(description="As the list of sessions names it.")],
    ) -> None:
        """End one of one's own sessions. 404 for a session that there isn't, and for somebody else's."""
        mine = asker.member
        async with mine.cell.begin() as tx:
            await revoke(tx, mine, session_id)


class MeController(Controller):
    """The member who asks."""

    path = "/api/v1/me"
    tags = ("accounts",)

    @get(summary="Who I am", operation_id="me", security=_BEARER, responses=problems(401, 451))
    async def me(self, asker: NamedDependency[Asker], runtime: NamedDependency[Runtime]) -> Me:
        """The account of the member who asks."""
        mine = asker.member
        account = await overview(runtime.accounts, mine)
        return Me(
            member_id=mine.member_id,
            handle=mine.handle,
            region=mine.cell.region,
            country=mine.country,
            language=mine.language,
            band=mine.band,
            joined_at=account.joined_at,
            email=account.email,
        )


ACCOUNT_ROUTES = [AccountController, SessionController, MeController]
