"""Authorised agents, by the Data Rights Protocol 1.0: who they are (a file of the operator's), and what they sign.

A request is JSON signed with the agent's Ed25519 key in the combined mode of NaCl (signature, then message), in base64; it
comes with the token of that agent. It names the business, and when it was made and ends. An agent's word on who somebody is
starts a request and verifies nobody: the code goes to the address on file, as for the web form. What is given goes to that
person, and not to the agent.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import email_of
from kept.kit import KeptError, Settings
from kept.kit import Kind as ErrorKind
from kept.kit.settings import BadSettings
from kept.rights.intake import Claim, take_in
from kept.rights.mailing import require_mail
from kept.rights.models import RightsSeen
from kept.rights.requests import Request, change, request_of
from kept.rights.states import Ground, Kind, State
from kept.rights.taking import Channel
from kept.rights.works import BadRequest, Doors, NoSuchRequest, TooLate

LONGEST_LIFE = timedelta(minutes=10)
_SIGNATURE = 64
EXERCISES = {"access": Kind.ACCESS, "deletion": Kind.DELETION}
"""What may be exercised here. Nothing is sold, so there is no sale to opt out of."""


class UnknownAgent(KeptError):
    code = "unknown_agent"
    kind = ErrorKind.UNAUTHENTICATED
    message = "No agent with that token is known here."


class BadAgentRequest(KeptError):
    code = "bad_agent_request"
    kind = ErrorKind.FORBIDDEN
    message = "This request was not taken: {why}."


class Agent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One agent of the operator's file; `verify_key` is a public key in base64, `token` a secret of 32 letters or more."""

    id: str
    name: str
    verify_key: str
    token: str

    def __repr__(self) -> str:
        return f"<agent {self.id}>"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    business_id: str
    agents: list[Agent]


class _Signed(msgspec.Struct, frozen=True, rename="kebab"):
    """The claims of a request (DRP 1.0, 3.01); identity claims are those of schema.org. Others are not looked at."""

    agent_id: str
    business_id: str
    issued_at: datetime
    expires_at: datetime
    exercise: str
    drp_version: str = msgspec.field(name="drp.version", default="")
    agent_request_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """A request as its agent may know it (DRP 1.0, 3.02)."""

    request: Request
    status: str
    reason: str | None = None
    until: datetime | None = field(default=None)


_FILES: dict[tuple[str, int], _File] = {}


def agent_of(settings: Settings, token: str) -> Agent:
    """The agent whose token it is. Raises UnknownAgent, BadSettings."""
    for agent in _file(settings).agents if settings.mail.agents_file else ():
        if len(agent.token) >= 32 and hmac.compare_digest(agent.token.encode(), token.encode()):
            return agent
    raise UnknownAgent


async def take_signed(works: Doors, agent: Agent, body: bytes, *, now: datetime) -> Request:
    """Take what an agent signed. Raises BadAgentRequest, BadRequest, NoMail."""
    said = _claims(works.settings, agent, body, now=now)
    require_mail(works.settings)
    kind = EXERCISES.get(said.exercise)
    if kind is None:
        raise BadRequest(why=f"these may be exercised here: {', '.join(EXERCISES)}")
    once = insert(RightsSeen).values(digest=hashlib.sha256(body.strip()).digest(), seen_at=now)
    async with next(iter(works.cells)).begin() as tx:
        if not (await tx.run(once.on_conflict_do_nothing().returning(RightsSeen.digest))).all():
            raise BadAgentRequest(why="it was taken already")
    email = email_of(said.email)
    claim = Claim(kind, Channel.AGENT, email, email=email, agent=agent.id, agent_number=said.agent_request_id[:200])
    taken = await take_in(works, claim, now=now)
    return await request_of_agent(works, agent, taken.request_id)


async def request_of_agent(works: Doors, agent: Agent, request_id: UUID) -> Request:
    """A request that this agent sent. Raises NoSuchRequest."""
    for cell in works.cells:
        found = await request_of(cell, request_id)
        if found is not None and found.agent == agent.id:
            return found
    raise NoSuchRequest


async def revoke_by_agent(request: Request, *, now: datetime) -> None:
    """Take it back, while nobody is verified. Raises TooLate: from then on it is the person's own."""
    if request.state is not State.UNVERIFIED:
        raise TooLate
    async with request.cell.begin() as tx:
        if not await change(tx, request.request_id, State.CALLED_OFF, now=now):
            raise TooLate


def status_of(request: Request) -> Status:
    """As the protocol calls it."""
    if request.state is State.UNVERIFIED:
        return Status(request, "in_progress", "need_user_verification", request.asked_at + timedelta(hours=24))
    if request.state is State.REFUSED:
        reasons = {Ground.NOT_VERIFIED.value: "insuf_verification", Ground.NO_ACCOUNT.value: "no_match"}
        return Status(request, "denied", reasons.get(request.ground, "other"))
    if request.state is State.CALLED_OFF:
        return Status(request, "revoked")
    given = request.state in (State.READY, State.EXPIRED, State.DONE, State.JOINED)
    return Status(request, "fulfilled" if given else "in_progress")


def _claims(settings: Settings, agent: Agent, body: bytes, *, now: datetime) -> _Signed:
    """What was signed, checked in the order of the protocol. Raises BadAgentRequest."""
    try:
        raw = base64.b64decode(body.strip(), validate=True)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(agent.verify_key, validate=True))
        key.verify(raw[:_SIGNATURE], raw[_SIGNATURE:])
    except (binascii.Error, ValueError):
        raise BadAgentRequest(why="it is not base64, or its agent's key is none") from None
    except InvalidSignature:
        raise BadAgentRequest(why="its signature is not that of the agent whose token it came with") from None
    try:
        said = msgspec.json.decode(raw[_SIGNATURE:], type=_Signed)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadAgentRequest(why="its claims are missing, or not of the right type") from None
    _check(settings, agent, said, now=now)
    return said


def _check(settings: Settings, agent: Agent, said: _Signed, *, now: datetime) -> None:
    if said.drp_version != "1.0":
        raise BadAgentRequest(why="it is of another version of the protocol than 1.0")
    if said.agent_id != agent.id:
        raise BadAgentRequest(why="it names another agent")
    if said.business_id != _file(settings).business_id:
        raise BadAgentRequest(why="it is for another business")
    if said.issued_at.tzinfo is None or said.expires_at.tzinfo is None:
        raise BadAgentRequest(why="its moments have no time zone")
    if not said.issued_at <= now < said.expires_at:
        raise BadAgentRequest(why="it is over, or not yet begun")
    if said.expires_at - said.issued_at > LONGEST_LIFE:
        raise BadAgentRequest(why="it is good for longer than ten minutes")


def _file(settings: Settings) -> _File:
    path = Path(settings.mail.agents_file)
    try:
        key = (str(path), path.stat().st_mtime_ns)
        if key not in _FILES:
            _FILES.clear()
            _FILES[key] = msgspec.json.decode(path.read_bytes(), type=_File)
        return _FILES[key]
    except (OSError, msgspec.DecodeError) as error:
        raise BadSettings(why=f"rights agents {path}: {error}") from error
