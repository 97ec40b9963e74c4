"""Colleagues at work for evidence: one reads, one agrees; and what must not be, planted behind everybody's back."""

from datetime import timedelta

from kept.access import PublicLog, Vote, Wanted, ask, decide, read
from kept.catalog import Purpose
from kept.kit import new_id
from kept.policy import Actor, Site, Team
from kept.staff import NewColleague, colleague, colleagues, enter, seat
from tests.fixtures.installation import Installation

OPERATOR = Actor.staff(Team.SECURITY, Site.IN_REGION)
PEOPLE = (NewColleague("erin", Team.ENGINEERING, "US"), NewColleague("uma", Team.SECURITY, "US", region="us"))
_REQUEST = """
INSERT INTO access_request (request_id, asker_id, team, site, purpose, reason, case_ref, level, fields, clear, minutes,
  state, emergency, asked_at, changed_at, finding, rows_read)
VALUES ($1, $1, 'security', 'US', 'essential.service', 'somebody was in danger', '', 2, '{}', false, 60, 'granted', true,
  $2, $2, '', 0)
"""


async def work(here: Installation) -> None:
    """One reading of what is internal, and one yes to what is confidential."""
    runtime, now = here.runtime, here.clock.now()
    directory, cell = runtime.cells.directory, runtime.cells.named("us")
    if await colleagues(directory):
        return
    for one in PEOPLE:
        await enter(directory, one, regions=["us", "eu"], actor=OPERATOR, by="system:operator", now=now)
    member = (await here.join("US")).member_id
    seats = [
        seat(await colleague(directory, one.name), region="us", cells=runtime.cells, refused_governments=["RU"])
        for one in PEOPLE
    ]
    why = "a member wrote that nothing arrives"
    joined = Wanted((member,), ("account.created_at",), Purpose.SERVICE, why)
    email = Wanted((member,), ("account.email",), Purpose.SUPPORT, why)
    async with cell.begin() as tx:
        request_id = await ask(tx, seats[0], joined, beacon=runtime.beacon, now=now)
        log = PublicLog.of(runtime.ledger.objects, runtime.ledger.database, runtime.settings.witness_policy)
        await read(tx, seats[0], request_id, "account", member, log=log, beacon=runtime.beacon, now=now)
        request_id = await ask(tx, seats[0], email, beacon=runtime.beacon, now=now)
        here_now = [one.who.staff_id for one in seats]
        await decide(tx, seats[1], request_id, Vote(approved=True), here=here_now, beacon=runtime.beacon, now=now)


async def a_reading_without_a_grant(here: Installation) -> None:
    await here.run("us", "UPDATE access_read SET request_id = $1", new_id())


async def a_reading_after_the_grants_end(here: Installation) -> None:
    await here.run("us", "UPDATE access_read SET read_at = read_at + interval '8 days'")


async def a_reading_of_another_field(here: Installation) -> None:
    await here.run("us", "UPDATE access_read SET fields = '{account.email}'")


async def an_emergency_that_nobody_looked_at(here: Installation) -> None:
    await here.run("us", _REQUEST, new_id(), here.clock.now() - timedelta(hours=25))


async def an_approval_of_ones_own_request(here: Installation) -> None:
    await here.run(
        "us",
        "UPDATE access_approval a SET approver_id = r.asker_id FROM access_request r WHERE r.request_id = a.request_id",
    )


async def a_grant_that_the_regions_security_did_not_oversee(here: Installation) -> None:
    await here.run("us", "UPDATE access_approval SET oversees = false")
    await here.run("us", "UPDATE access_read SET request_id = (SELECT request_id FROM access_approval)")


async def a_reading_for_another_purpose(here: Installation) -> None:
    await here.run("us", "UPDATE access_read SET purpose = 'personalize.content.profiled'")


async def an_answer_from_a_listed_country(here: Installation) -> None:
    await here.run("us", "UPDATE access_approval SET site = 'RU'")


OFFENDERS = [
    ("access.need", a_reading_without_a_grant),
    ("access.need", a_reading_after_the_grants_end),
    ("access.need", a_reading_of_another_field),
    ("access.need", an_emergency_that_nobody_looked_at),
    ("access.oversight", an_approval_of_ones_own_request),
    ("access.oversight", a_grant_that_the_regions_security_did_not_oversee),
    ("use.purposes", a_reading_for_another_purpose),
    ("service.sites", an_answer_from_a_listed_country),
]
