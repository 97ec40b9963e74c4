"""Requests that came by post, for evidence; and what must not be: one that was answered to nobody knows whom."""

from kept.policy import Actor, Site, Team
from kept.rights import Channel, Claim, Kind, find_verified, not_verified, request_of, take_in
from tests.fixtures.installation import Installation

PRIVACY = Actor.staff(Team.PRIVACY, Site.IN_REGION)
CHECK = "rights_request_verified"


async def letters(here: Installation) -> None:
    """One whose documents show that it is theirs, and one about nobody."""
    member, runtime, now = await here.join("US"), here.runtime, here.clock.now()
    [row] = await member.cell.database.fetch("SELECT handle FROM account WHERE owner_id = $1", member.member_id)
    for named in (row["handle"], "no.such.person"):
        claim = Claim(Kind.OBJECTION, Channel.POST, named, "functional.service.improve")
        asked = await take_in(runtime, claim, now=now)
        for cell in runtime.cells:
            found = await request_of(cell, asked.request_id)
            if found is not None:
                decide = not_verified if found.member_id is None else find_verified
                async with cell.begin() as tx:
                    await decide(tx, found, actor=PRIVACY, by="system:rights", now=now)


async def one_that_was_answered_unverified(here: Installation) -> None:
    """As it would stand if the check had not been there for a moment."""
    await here.run("us", f"ALTER TABLE rights_request DROP CONSTRAINT {CHECK}")
    await here.run("us", "UPDATE rights_request SET verified_at = NULL WHERE state = 'done' AND kind = 'objection'")
    await here.run("us", f"ALTER TABLE rights_request ADD CONSTRAINT {CHECK} CHECK (verified_at IS NOT NULL OR true)")


async def a_database_that_turns_nothing_away(here: Installation) -> None:
    await here.run("eu", f"ALTER TABLE rights_request DROP CONSTRAINT {CHECK}")


OFFENDERS = [
    ("rights.channels", one_that_was_answered_unverified),
    ("rights.channels", a_database_that_turns_nothing_away),
]
