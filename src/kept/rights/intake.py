"""A request comes by another door than the app: it is put down, whoever sends it, and waits until they are verified.

Whether there is an account that it names changes nothing that the sender could see: neither the answer, nor the work that
it takes, nor the date. The code is made and sent later, by the worker (`verifying`).
"""

import secrets
import zlib
from dataclasses import dataclass, field
from datetime import datetime

from kept.accounts import email_of
from kept.cells import Cell, Home
from kept.rights.deciding import check_about
from kept.rights.matters import LONGEST, Matter, attach, prepare
from kept.rights.requests import secret_hash
from kept.rights.states import Kind
from kept.rights.taking import Asked, Channel, NewRequest, take
from kept.rights.works import BadRequest, Doors
from kept.vault import normalise

LONGEST_NAME = 320


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says who is not signed in. `named` is a handle or an e-mail address, as typed."""

    kind: Kind
    channel: Channel
    named: str = field(repr=False)
    about: str = ""
    value: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    language: str = "en"
    agent: str = ""
    agent_number: str = ""


async def take_in(works: Doors, claim: Claim, *, now: datetime) -> Asked:
    """Put a request down, unverified; the secret it is followed by is shown once. Raises BadRequest, BadEmail."""
    named = _check(claim)
    home = await home_of(works, named)
    cell = works.cells.named(home.cell) if home else _some_cell(works, named)
    matter = Matter(
        named=named,
        email=claim.email,
        address=claim.address,
        value=claim.value.strip(),
        language=claim.language,
        agent_number=claim.agent_number,
    )
    request_id, said = await prepare(works, cell, matter)
    new = NewRequest(
        request_id=request_id,
        kind=claim.kind,
        channel=claim.channel,
        country="",  # nobody is told by the date which law it is, before it is known whose request it is
        secret=secrets.token_urlsafe(32),
        about=check_about(claim.kind, claim.about),
        member_id=home.member_id if home else None,
        agent=claim.agent,
    )
    async with cell.begin() as tx:
        asked = await take(tx, new, now=now)
        await attach(tx, request_id, said, by_letter=_by_letter(claim), now=now)
    return asked


async def home_of(works: Doors, named: str) -> Home | None:
    """Whose account a handle or an address names; nobody, for one whose home others serve, which has its own door."""
    directory = works.cells.directory
    if "@" in named:
        home = await directory.by_login(works.accounts.login_index(named))
    else:
        home = await directory.by_handle(named)
    return None if home is None or home.cell in works.cells.remote else home


def _check(claim: Claim) -> str:
    named = normalise(claim.named[:LONGEST_NAME]).strip().removeprefix("@")
    if not named:
        raise BadRequest(why="name the account, by its handle or its e-mail address")
    if claim.email:
        email_of(claim.email)
    if any(len(text) > LONGEST for text in (claim.value, claim.address)):
        raise BadRequest(why=f"write at most {LONGEST:,} letters")
    if claim.kind is Kind.CORRECTION and not claim.value.strip():
        raise BadRequest(why="say what would be right")
    return named


def _by_letter(claim: Claim) -> bool:
    return claim.channel is Channel.POST and bool(claim.address.strip())


def _some_cell(works: Doors, named: str) -> Cell:
    """Where a request is put down that names nobody: always the same cell for one name."""
    cells = list(works.cells)
    return cells[zlib.crc32(secret_hash(named)) % len(cells)]
