"""Two made-up requests of authorities: one from a country on the refusal list, and one that counsel finds valid."""

from kept.accounts import COUNTRIES, Session
from kept.legal import DataClass, NewRequest, enter, listed_countries, validate
from kept.policy import Actor, Site, Team
from kept.runtime import Runtime

_THERE = "SELECT FROM legal_request LIMIT 1"
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
    return asked
