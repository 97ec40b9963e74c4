"""Answers by post: what came by letter is answered by letter, printed by the privacy team and put into an envelope.

A letter says what became of the request and how it is followed: by a code that is made for this letter, and makes the one of
the letter before void. No code goes with a request for a copy: a letter proves no account, and a copy is given to whoever
signs in or answers the code to the address on file (`verifying`).
"""

import asyncio
import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kept.kit import KeptError
from kept.kit import Kind as ErrorKind
from kept.ledger import Entry
from kept.look.formats import date
from kept.look.letters import PaperLetter, print_letter, unprintable
from kept.look.words import translator
from kept.policy import Action, Actor, require
from kept.policy import RightsRequest as Noun
from kept.rights.matters import Matter, matter_of
from kept.rights.models import RightsRequest
from kept.rights.requests import Request, secret_hash
from kept.rights.states import COPIES, State
from kept.rights.taking import Channel
from kept.rights.telling import news_of
from kept.rights.verifying import DOCUMENTS_WAIT
from kept.rights.works import Doors

MOST_LINES = 6
"""Of an address: more don't fit into the window."""


class NoLetter(KeptError):
    code = "no_letter"
    kind = ErrorKind.INVALID
    message = "No letter was made: {why}."


async def write_letter(works: Doors, request: Request, *, actor: Actor, by: str, now: datetime) -> bytes:
    """The letter about a request as it stands, as a PDF; it counts as told from now on. Raises Refused, NoLetter."""
    require(actor, Action.HANDLE_RIGHTS, Noun(verified=True))
    if request.channel != Channel.POST:
        raise NoLetter(why="this request did not come by post, and is answered where it came from")
    matter = await matter_of(works, request.cell, request.request_id)
    to = _lines(matter.address)
    secret = "" if request.kind in COPIES else secrets.token_urlsafe(32)
    letter = _letter(works, request, matter, to, secret, now)
    told: dict[str, Any] = {"told_at": now, "confirmed_at": sa.func.coalesce(RightsRequest.confirmed_at, now)}
    told |= {"secret_hash": secret_hash(secret)} if secret else {}
    pdf = await asyncio.to_thread(print_letter, letter)
    async with request.cell.begin() as tx:
        mine = sa.update(RightsRequest).where(RightsRequest.request_id == request.request_id).values(told)
        entry = Entry("rights.letter", actor=by, object=f"request:{request.request_id}")
        await tx.act(mine.returning(RightsRequest.request_id), entry, now=now)
    return pdf


def _lines(address: str) -> list[str]:
    """Raises NoLetter."""
    lines = [" ".join(line.split()) for line in address.replace(",", "\n").splitlines()]
    found = [line for line in lines if line]
    if not found:
        raise NoLetter(why="no address was written with this request, or it has been destroyed since")
    if len(found) > MOST_LINES:
        raise NoLetter(why=f"the address has {len(found)} lines, and {MOST_LINES} fit into the window of an envelope")
    if missing := unprintable("".join(found)):
        raise NoLetter(why=f"there is no type here for “{missing[:20]}” in the address. Write this letter by hand")
    return found


def _letter(works: Doors, request: Request, matter: Matter, to: list[str], secret: str, now: datetime) -> PaperLetter:
    t, language, site, server = translator(matter.language), matter.language, works.settings.site, works.settings.server
    kind, number = t(f"rights.kind.{request.kind.value}"), str(request.request_id)
    said = [t("letters.paper.received", kind=kind, date=date(request.asked_at, language)).unescape()]
    if request.state is State.UNVERIFIED and request.kind in COPIES:
        said.append(t("letters.paper.copies", site=site.name).unescape())
    elif request.state is State.UNVERIFIED:
        until = date(request.asked_at + DOCUMENTS_WAIT, language)
        said.append(t("letters.paper.documents", date=until, contact=site.contact).unescape())
    elif request.state in (State.REFUSED, State.DONE, State.READY) or request.extended_at is not None:
        said.append(news_of(request, language))
    else:
        said.append(t("letters.paper.due", date=date(request.due_at, language)).unescape())
    said += [t("letters.paper.rights", contact=site.contact).unescape(), t("letters.paper.number", number=number).unescape()]
    door = server.public_url.rstrip("/") or f"http://{server.host}:{server.port}"
    return PaperLetter(
        sender=f"{site.operator} · {site.contact}",
        to=to,
        day=date(now, language),
        subject=t("letters.paper.subject", site=site.name).unescape(),
        paragraphs=said,
        link_label=t("letters.paper.follow").unescape() if secret else "",
        link=f"{door}/your-request?code={number}.{secret}" if secret else "",
        written_at=now,
    )
