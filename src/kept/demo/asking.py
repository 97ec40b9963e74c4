"""Made-up requests of authorities: one of a listed country, one found valid, and one that is answered with data."""

import pyrage

from kept.accounts import COUNTRIES, Session
from kept.demo.working import Work
from kept.disclosure import ask_for_production, confirm_key, enter_key, fingerprint
from kept.legal import DataClass, NewRequest, enter, listed_countries, validate
from kept.policy import Actor, Site, Team
from kept.runtime import Runtime

_THERE = "SELECT FROM legal_request LIMIT 1"
_FIRST = {"eu": "ines", "us": "june"}
"""Who of each region's security team agrees."""
_SOUGHT = (DataClass.SUBSCRIBER, DataClass.CONTENT)


async def let_authorities_ask(runtime: Runtime, member: Session, handle: str) -> int:
    """Enter both in the cell of `member`, about whom they are, and validate one; how many. Does nothing the second time."""
    cell, now = member.cell, runtime.clock.now()
    if await cell.database.fetch(_THERE):
        return 0
    counsel, listed = Actor.staff(Team.LEGAL, Site.IN_REGION), sorted(listed_countries(runtime.settings))
    asked = 0
    for country in (*listed[:1], member.country):
        new = NewRequest(
            instrument="national",
            country=country,
            authority=f"A made-up court of {COUNTRIES[country]}",
            basis="A made-up order, number 7",
            identifiers=(f"@{handle}",),
            classes=_SOUGHT,
        )
        case = await enter(runtime, cell.name, new, actor=counsel, now=now)
        asked += 1
        if country not in listed:
            why = "A made-up court ordered it, for one account; the content of messages is none of its business."
            accounts, left = [member.member_id], _SOUGHT[:1]
            await validate(runtime, case.number, accounts=accounts, classes=left, finding=why, actor=counsel, now=now)
    if runtime.settings.witness_policy is not None:
        asked += await _answer_one(runtime, member, handle)
    return asked


async def _answer_one(runtime: Runtime, member: Session, handle: str) -> int:
    """What the people of the demonstration do so that a court is given who a member is; `kept work` does the rest.

    Nobody has the private half of the key: the package can be handed over, and is opened by no one.
    """
    cell, work, now = member.cell, Work(runtime, member.cell), runtime.clock.now()
    if cell.region not in _FIRST:
        return 0
    lena, lars = await work.seat("lena"), await work.seat("lars")
    new = NewRequest(
        instrument="national",
        country=member.country,
        authority=f"A made-up court of {COUNTRIES[member.country]}",
        basis="A made-up warrant, number 8",
        identifiers=(f"@{handle}",),
        classes=_SOUGHT,
    )
    number = (await enter(runtime, cell.name, new, actor=lena.actor, now=now)).number
    why = "A made-up judge signed it, for one account and its messages."
    await validate(
        runtime,
        number,
        accounts=[member.member_id],
        classes=_SOUGHT,
        finding=why,
        actor=lena.actor,
        now=now,
        by=lena.who.staff_id,
    )
    key = str(pyrage.x25519.Identity.generate().to_public())
    await enter_key(runtime, number, key, seat=lena, now=now)
    await confirm_key(runtime, number, fingerprint(key), seat=lars, now=now)
    request_id = await ask_for_production(runtime, number, seat=lena, now=now)
    for name in (_FIRST[cell.region], "pia"):
        await work.answer(name, request_id)
    return 1
