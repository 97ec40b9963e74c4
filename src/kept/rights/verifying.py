"""Whose request is it? By a code to the address that is on file for the account, or by documents that the privacy team
compares.

What suffices, and why: everything that can be asked for needs the account's own credential (that is the app) or its
e-mail address on file, which is as good as a credential here, for it is what its owner named to be reached at. Who has
neither shows documents. A letter by post proves an address, and accounts have none on file: so it never verifies anybody
alone.

A code is random, good once, for a day, for five guesses; only a keyed hash of it is stored. Whoever is verified gets a
new secret: so who merely sent the request (and holds the first secret) sees nothing that the owner of the address
verified.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.cells import Cell, Tx
from kept.kit import KeptError
from kept.kit import Kind as ErrorKind
from kept.look.words import translator
from kept.policy import Action, Actor, require
from kept.policy import RightsRequest as Noun
from kept.rights.mailing import Letter, mailer_of, post
from kept.rights.matters import matter_of, seal_matter
from kept.rights.models import RightsMatter, RightsRequest
from kept.rights.regimes import regime_of
from kept.rights.requests import Request, change, request_of, secret_hash
from kept.rights.states import COPIES, START, Ground, Kind, State
from kept.rights.taking import GRACE, open_one, start
from kept.rights.works import CantSetRight, Doors, TooLate, Works
from kept.vault import Reason, Sealed

GOOD_FOR = timedelta(hours=24)
GUESSES = 5
MOST_CODES = 3
"""Requests of a day for one account that codes are sent for: nobody can fill a mailbox, or guess for long."""
DOCUMENTS_WAIT = timedelta(days=30)
"""How long a request waits for documents, which are brought by post or through an agent."""
DIGITS = 8

_WAITING = """
SELECT r.request_id, r.member_id FROM rights_request r JOIN rights_matter m USING (request_id)
WHERE r.state = 'unverified' AND r.channel IN ('form', 'email', 'agent') AND m.code_hash IS NULL AND r.member_id IS NOT NULL
  AND (SELECT count(*) FROM rights_request o WHERE o.member_id = r.member_id AND o.channel IN ('form', 'email', 'agent')
       AND o.asked_at > r.asked_at - interval '1 day' AND (o.asked_at, o.request_id) < (r.asked_at, r.request_id)) < $1
ORDER BY r.asked_at LIMIT 50
"""
_ON_FILE = "SELECT email, language FROM account WHERE owner_id = $1 AND email IS NOT NULL AND closed_at IS NULL"
_GUESS = """
UPDATE rights_matter SET guesses = guesses + 1, changed_at = $2 WHERE request_id = $1 AND guesses < $3
RETURNING code_hash, code_until
"""
_LAPSED = """
SELECT r.request_id FROM rights_request r LEFT JOIN rights_matter m USING (request_id)
WHERE r.state = 'unverified'
  AND (r.channel IN ('form', 'email', 'agent') AND (r.asked_at <= $1 OR m.guesses >= $3) OR r.asked_at <= $2) LIMIT 100
"""


class WrongCode(KeptError):
    """One answer for a wrong code, one that is over, and one for a request that there isn't."""

    code = "wrong_rights_code"
    kind = ErrorKind.FORBIDDEN
    message = (
        "That code is not good for this request. Check both; "
        "after five attempts or a day, ask again, and a new one is sent."
    )


@dataclass(frozen=True, slots=True)
class Verified:
    """A request whose sender is known now, and the new secret by which it is followed."""

    request: Request
    secret: str = field(repr=False)


async def send_codes(works: Works, cell: Cell, *, now: datetime) -> int:
    """Make and post the codes of requests that wait for one, to the addresses on file; how many."""
    if mailer_of(works.settings) is None:
        return 0
    sent = 0
    for row in await cell.database.fetch(_WAITING, MOST_CODES):
        request_id, member_id = row["request_id"], row["member_id"]
        found = await cell.database.fetch(_ON_FILE, member_id)
        if not found:
            continue
        sealed = Sealed(bytes(found[0]["email"]))
        clear = await works.vaults[cell.name].open(
            member_id, "account.email", member_id, sealed, reason=Reason.DELIVERY
        )
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        reach, language = clear.decode(), found[0]["language"]
        letter = _code_letter(works, reach, language, request_id, code)
        matter = msgspec.structs.replace(await matter_of(works, cell, request_id), reach=reach, language=language)
        said = await seal_matter(works, cell, request_id, matter)
        async with cell.begin() as tx:
            mine = sa.update(RightsMatter).where(RightsMatter.request_id == request_id)
            hashed = _hashed(works, request_id, code)
            await tx.run(mine.values(said=said, code_hash=hashed, code_until=now + GOOD_FOR, changed_at=now))
            await post(works, tx, request_id, letter, now=now)
        sent += 1
    return sent


async def verify(works: Doors, request_id: UUID, code: str, *, now: datetime) -> Verified:
    """Answer a code. A guess is counted before it is looked at. Raises WrongCode."""
    said = _hashed(works, request_id, "".join(code.split()))
    for cell in works.cells:
        rows = await cell.database.fetch(_GUESS, request_id, now, GUESSES)
        request = await request_of(cell, request_id) if rows else None
        if request is None or request.member_id is None or rows[0]["code_hash"] is None:
            continue
        if now < rows[0]["code_until"] and hmac.compare_digest(bytes(rows[0]["code_hash"]), said):
            async with cell.begin() as tx:
                secret = await settle(tx, request, "email", now=now)
            again = await request_of(cell, request_id)
            if again is not None:
                return Verified(again, secret)
    raise WrongCode


async def find_verified(tx: Tx, request: Request, *, actor: Actor, by: str, now: datetime) -> None:
    """The privacy team compared documents: it comes from the person whose account it names.

    That is enough to be deleted, which rests the account for 30 days in which its owner can keep it, and to have something
    set right. No copy is given for documents: it goes to whoever shows the account's own credential, or its address on file,
    and nobody's eye for a passport stands between a member's messages and a stranger.
    Raises Refused, TooLate, CantSetRight.
    """
    require(actor, Action.HANDLE_RIGHTS, Noun(verified=True))
    if request.kind in COPIES:
        raise CantSetRight(
            why="a copy is given to whoever signs in, or answers the code to the address on file. Say so"
        )
    if request.state is not State.UNVERIFIED or request.member_id is None:
        raise TooLate
    await settle(tx, request, "documents", by=by, now=now)


async def not_verified(tx: Tx, request: Request, *, actor: Actor, by: str, now: datetime) -> None:
    """The documents are not theirs, or there is no such account: it ends, with the explanation. Raises Refused, TooLate."""
    require(actor, Action.HANDLE_RIGHTS, Noun(verified=True))
    ground = Ground.NO_ACCOUNT if request.member_id is None else Ground.NOT_VERIFIED
    if request.state is not State.UNVERIFIED or not await change(
        tx, request.request_id, State.REFUSED, now=now, by=by, ground=ground
    ):
        raise TooLate


async def settle(tx: Tx, request: Request, how: str, *, now: datetime, by: str = "system:rights") -> str:
    """It is known whose request it is: begin it, or join it to one that is open already; the new secret. Raises TooLate."""
    member_id = request.member_id
    if member_id is None:
        raise TooLate
    secret = secrets.token_urlsafe(32)
    found: dict[str, Any] = {"verified_by": how, "verified_at": now, "secret_hash": secret_hash(secret)}
    first = await open_one(tx, member_id, request.kind, request.about)
    if first is not None:
        also = sa.update(RightsRequest).where(
            RightsRequest.request_id == first.request_id, sa.not_(RightsRequest.also.contains([request.channel]))
        )
        await tx.run(also.values(also=sa.func.array_append(RightsRequest.also, request.channel)))
        if not await change(tx, request.request_id, State.JOINED, now=now, by=by, joined_id=first.request_id, **found):
            raise TooLate
        return secret
    regime = regime_of(await _country(tx, member_id))
    grace = now + GRACE if request.kind is Kind.DELETION else None
    last = regime.due if request.extended_at is None else regime.extended
    due = max(last(request.asked_at), grace or request.asked_at)
    found |= {"regime": regime.name, "grace_until": grace, "due_at": due}
    if not await change(tx, request.request_id, START[request.kind], now=now, by=by, **found):
        raise TooLate
    await start(tx, request.request_id, request.kind, member_id, request.about, now=now)
    return secret


async def end_unverified(cell: Cell, *, now: datetime) -> None:
    """Refuse, with the explanation, what nobody showed in time to be theirs."""
    for row in await cell.database.fetch(_LAPSED, now - GOOD_FOR, now - DOCUMENTS_WAIT, GUESSES):
        async with cell.begin() as tx:
            await change(tx, row["request_id"], State.REFUSED, now=now, ground=Ground.NOT_VERIFIED)


async def _country(tx: Tx, member_id: UUID) -> str:
    rows = await tx.run(sa.text("SELECT country FROM account WHERE owner_id = :who"), {"who": member_id})
    return str(rows.scalar_one_or_none() or "")


def _hashed(works: Doors | Works, request_id: UUID, code: str) -> bytes:
    """A keyed hash: eight digits are too few for one that anybody could make."""
    return works.beacon.blind_index("rights-code", f"{request_id}:{code}")


def _code_letter(works: Works, to: str, language: str, request_id: UUID, code: str) -> Letter:
    t, site = translator(language), works.settings.site
    server = works.settings.server
    door = server.public_url.rstrip("/") or f"http://{server.host}:{server.port}"
    where = f"{door}/rights/verify?request={request_id}"
    text = t("letters.code.text", code=code, where=where, number=str(request_id), site=site.name, hours=24).unescape()
    return Letter(to, t("letters.code.subject", site=site.name).unescape(), text)
