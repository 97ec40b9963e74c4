"""The door for authorised agents: the Data Rights Protocol 1.0. Bodies are signed by the agent, as base64 in plain text."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter

from kept.api.bodies import LARGEST_BODY, problems
from kept.edge import FOR_EVERY_VERSION, RateLimit
from kept.rights import Request as Asked
from kept.rights.agents import Agent, agent_of, request_of_agent, revoke_by_agent, status_of, take_signed
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]

_ASKS = RateLimit(per_minute=60, burst=120)
_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
_ID = PathParameter(description="As it was given when asked.")


class AgentStatus(msgspec.Struct, omit_defaults=True):
    """How a request stands, in the protocol's words. What is given goes to the person, and never to the agent."""

    request_id: UUID
    received_at: datetime
    expected_by: datetime
    status: Annotated[str, msgspec.Meta(description="in_progress, fulfilled, revoked or denied.")]
    reason: str | None = None
    user_verification_url: str | None = None
    expires_at: datetime | None = None


class AgentController(Controller):
    """Agents."""

    path = "/v1/data-rights-request"
    opt = FOR_EVERY_VERSION
    tags = ("rights",)
    request_max_body_size = LARGEST_BODY

    @post(
        summary="Ask for somebody",
        operation_id="drp_ask",
        status_code=200,
        security=_BEARER,
        responses=problems(401, 403, 413, 422, 429),
    )
    async def ask(self, request: AnyRequest, runtime: NamedDependency[Runtime]) -> AgentStatus:
        """Take a signed request. The person is sent a code, and nothing is done before they answer it."""
        agent = _agent(request, runtime)
        return _answer(runtime, await take_signed(runtime, agent, await request.body(), now=runtime.clock.now()))

    @get(
        "/{request_id:uuid}",
        summary="How it stands",
        operation_id="drp_status",
        security=_BEARER,
        responses=problems(401, 404, 429),
    )
    async def status(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], request_id: Annotated[UUID, _ID]
    ) -> AgentStatus:
        """A request that this agent sent."""
        return _answer(runtime, await request_of_agent(runtime, _agent(request, runtime), request_id))

    @delete(
        "/{request_id:uuid}",
        summary="Take it back",
        operation_id="drp_revoke",
        status_code=200,
        security=_BEARER,
        responses=problems(401, 404, 409, 429),
    )
    async def revoke(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], request_id: Annotated[UUID, _ID]
    ) -> AgentStatus:
        """While nobody has answered the code; from then on, it is the person's own."""
        agent = _agent(request, runtime)
        await revoke_by_agent(await request_of_agent(runtime, agent, request_id), now=runtime.clock.now())
        return _answer(runtime, await request_of_agent(runtime, agent, request_id))


def _agent(request: AnyRequest, runtime: Runtime) -> Agent:
    """Raises UnknownAgent, TooManyRequests."""
    _ASKS.take(request)
    return agent_of(runtime.settings, request.headers.get("authorization", "").removeprefix("Bearer ").strip())


def _answer(runtime: Runtime, found: Asked) -> AgentStatus:
    told, server = status_of(found), runtime.settings.server
    door = server.public_url.rstrip("/") or f"http://{server.host}:{server.port}"
    waits = told.reason == "need_user_verification"
    return AgentStatus(
        request_id=found.request_id,
        received_at=found.asked_at,
        expected_by=found.due_at,
        status=told.status,
        reason=told.reason,
        user_verification_url=f"{door}/rights/verify?request={found.request_id}" if waits else None,
        expires_at=told.until,
    )
