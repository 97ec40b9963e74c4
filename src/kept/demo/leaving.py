"""Somebody made up who leaves again, and somebody who asks for a copy: so that a demonstration shows how both are answered."""

from datetime import date

from kept.accounts import Newcomer, Session, resume, sign_up
from kept.cells import NameTaken
from kept.demo.people import PASSWORD
from kept.policy import Actor, Site, Team
from kept.rights import Channel, Claim, Kind, ask, find_verified, not_verified, request_of, take_in
from kept.runtime import Runtime

LEAVER = "just.passing"
OPTIONAL_USE = "functional.service.improve"
_ASKED = "SELECT FROM rights_request WHERE kind = $1 LIMIT 1"


async def use_rights(runtime: Runtime, asker: Session) -> int:
    """Ask for what was not asked for yet, in the cell of `asker`; how many requests. The worker answers them."""
    cell, now = asker.cell, runtime.clock.now()
    asked = await _write_letters(runtime, asker)
    if not await cell.database.fetch(_ASKED, Kind.ACCESS):
        async with cell.begin() as tx:
            await ask(tx, asker, Kind.ACCESS, now=now)
        asked += 1
    if not await cell.database.fetch(_ASKED, Kind.DELETION):
        newcomer = Newcomer(
            handle=LEAVER,
            birth_date=date(now.year - 30, 1, 15),
            country=asker.country,
            credential=PASSWORD,
            accepts="current",
            device="A demo",
        )
        try:
            signed_in = await sign_up(runtime.accounts, newcomer, now=now)
        except NameTaken:  # an earlier start broke off between the two; it is asked for at the next
            return asked
        leaver = await resume(runtime.accounts, signed_in.token, now=now)
        async with cell.begin() as tx:
            await ask(tx, leaver, Kind.DELETION, now=now, at_once=True)
        asked += 1
    return asked


async def _write_letters(runtime: Runtime, asker: Session) -> int:
    """Two that came by post: one is verified by made-up documents and answered, one is about nobody and says so."""
    cell, now = asker.cell, runtime.clock.now()
    if await cell.database.fetch("SELECT FROM rights_request WHERE channel = 'post' LIMIT 1"):
        return 0
    privacy = Actor.staff(Team.PRIVACY, Site.IN_REGION)
    for named in (asker.handle, "nobody.here"):
        taken = await take_in(runtime, Claim(Kind.OBJECTION, Channel.POST, named, OPTIONAL_USE), now=now)
        for at in runtime.cells:
            found = await request_of(at, taken.request_id)
            if found is not None:
                decide = not_verified if found.member_id is None else find_verified
                async with at.begin() as tx:
                    await decide(tx, found, actor=privacy, by="system:demo", now=now)
    return 2
