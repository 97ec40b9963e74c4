"""Who works here, how they come in, and how it ends: invitations good once, sessions short, everything on record."""

from datetime import timedelta

import pytest

from kept.accounts import PasskeyRefused, RelyingParty
from kept.policy import Action, Actor, Refused, Service, Site, Team, can
from kept.staff import (
    BadStaff,
    NewColleague,
    NoSuchColleague,
    NotOnDuty,
    acting,
    begin_joining,
    change_site,
    colleague,
    colleagues,
    enter,
    invite,
    leave,
    sign_in,
    sign_out,
    site_of,
    taken_up,
)
from kept.staff.joining import NotInvited
from kept.staff.signing_in import IDLE, LONGEST, begin_session
from tests.fixtures.installation import Installation

SECURITY = Actor.staff(Team.SECURITY, Site.IN_REGION)
SITE = RelyingParty("console.example", "https://console.example", "Kept")


async def hire(here: Installation, name: str = "ann", team: Team = Team.LEGAL, site: str = "DE", **more: str):
    directory = here.runtime.cells.directory
    new = NewColleague(name, team, site, **more)
    await enter(directory, new, regions=["us", "eu"], actor=SECURITY, by="system:operator", now=here.clock.now())
    return await colleague(directory, name)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Ann Example"},
        {"name": "a" * 41},
        {"team": Team.NONE},
        {"team": Team.SECURITY},
        {"site": "Germany"},
        {"site": ""},
        {"region": "mars"},
        {"manager": "nobody"},
    ],
)
async def test_nobody_is_entered_with_something_missing(installation: Installation, wrong: dict[str, object]) -> None:
    with pytest.raises(BadStaff):
        await hire(installation, **wrong)  # type: ignore[arg-type]
    assert not await colleagues(installation.runtime.cells.directory)


async def test_a_name_is_one_persons_until_they_leave(installation: Installation) -> None:
    directory, now = installation.runtime.cells.directory, installation.clock.now()
    first = await hire(installation)
    with pytest.raises(BadStaff, match="works here already"):
        await hire(installation)
    await leave(directory, first.staff_id, actor=SECURITY, by="system:operator", now=now)
    with pytest.raises(NoSuchColleague):
        await colleague(directory, "ann")
    second = await hire(installation)
    assert second.staff_id != first.staff_id
    assert [one.ended_at is None for one in await colleagues(directory, gone=True)] == [False, True]


@pytest.mark.parametrize("team", [team for team in Team if team is not Team.SECURITY])
async def test_the_security_team_alone_keeps_the_directory(installation: Installation, team: Team) -> None:
    directory, now = installation.runtime.cells.directory, installation.clock.now()
    actor = Actor.staff(team, Site.IN_REGION)
    with pytest.raises(Refused):
        new = NewColleague("ann", Team.LEGAL, "DE")
        await enter(directory, new, regions=["eu"], actor=actor, by="system:operator", now=now)
    who = await hire(installation)
    for refused in (
        change_site(directory, who.staff_id, "US", actor=actor, by="system:operator", now=now),
        leave(directory, who.staff_id, actor=actor, by="system:operator", now=now),
        invite(directory, who.staff_id, actor=actor, by="system:operator", now=now),
    ):
        with pytest.raises(Refused):
            await refused


async def test_where_somebody_sits_is_seen_from_the_region(installation: Installation) -> None:
    cells = installation.runtime.cells
    places = {
        country: site_of(country, region="eu", cells=cells, refused_governments=["RU", "cn"])
        for country in ("DE", "US", "RU", "CN", "")
    }
    assert places == {
        "DE": Site.IN_REGION,
        "US": Site.ABROAD,
        "RU": Site.LISTED,
        "CN": Site.LISTED,
        "": Site.UNKNOWN,
    }
    listed = acting(await hire(installation, site="RU"), region="eu", cells=cells, refused_governments=["RU"])
    assert not can(listed, Action.ENTER_CONSOLE, Service()).allowed


async def test_an_invitation_is_good_for_a_day_and_void_with_the_next(installation: Installation) -> None:
    directory, clock = installation.runtime.cells.directory, installation.clock
    who, tickets = await hire(installation), installation.runtime.accounts.tickets
    first = await invite(directory, who.staff_id, actor=SECURITY, by="system:operator", now=clock.now())
    again = await invite(directory, who.staff_id, actor=SECURITY, by="system:operator", now=clock.now())
    for code in (first.code, f"{who.staff_id}.", f"{who.staff_id}.{'0' * 48}", "", "nonsense"):
        with pytest.raises(NotInvited):
            await begin_joining(directory, tickets, SITE, code, now=clock.now())
    named, _ = await begin_joining(directory, tickets, SITE, again.code, now=clock.now())
    assert named.staff_id == who.staff_id
    clock.advance(timedelta(hours=25))
    with pytest.raises(NotInvited):
        await begin_joining(directory, tickets, SITE, again.code, now=clock.now())


async def test_a_session_ends_by_itself_by_signing_out_and_when_somebody_leaves(installation: Installation) -> None:
    directory, clock = installation.runtime.cells.directory, installation.clock
    who = await hire(installation)

    async def begun() -> str:
        return await begin_session(directory, who.staff_id, device="Firefox on Linux", now=clock.now())

    async def ended(token: str) -> bool:
        try:
            await taken_up(directory, token, now=clock.now())
        except NotOnDuty:
            return True
        return False

    token = await begun()
    duty = await taken_up(directory, token, now=clock.now())
    assert duty.who == who
    assert [await ended(bad) for bad in ("", "x", token[:-1], token[:-4] + "AAAA", f"{token}A")] == [True] * 5
    await sign_out(directory, duty, now=clock.now())
    assert await ended(token)
    token = await begun()
    clock.advance(IDLE + timedelta(seconds=1))
    assert await ended(token)
    token = await begun()
    for _ in range(int(LONGEST / timedelta(minutes=20))):
        clock.advance(timedelta(minutes=20))
        assert not await ended(token)
    clock.advance(timedelta(minutes=20))
    assert await ended(token)
    token = await begun()
    await leave(directory, who.staff_id, actor=SECURITY, by="system:operator", now=clock.now())
    assert await ended(token)


async def test_a_members_passkey_is_nobodys_here(installation: Installation) -> None:
    tickets, now = installation.runtime.accounts.tickets, installation.clock.now()
    from kept.accounts import begin_asking

    ticket = begin_asking(tickets, SITE, now=now).ticket
    with pytest.raises(PasskeyRefused):
        await sign_in(installation.runtime.cells.directory, tickets, SITE, ticket, "{}", device="Firefox", now=now)


async def test_every_change_of_the_directory_is_in_the_ledger_and_names_nobody(installation: Installation) -> None:
    directory, now = installation.runtime.cells.directory, installation.clock.now()
    who = await hire(installation)
    await invite(directory, who.staff_id, actor=SECURITY, by="system:operator", now=now)
    await change_site(directory, who.staff_id, "FR", actor=SECURITY, by="system:operator", now=now)
    await begin_session(directory, who.staff_id, device="Firefox", now=now)
    await leave(directory, who.staff_id, actor=SECURITY, by="system:operator", now=now)
    rows = await directory.database.fetch("SELECT payload FROM ledger_outbox ORDER BY entry_id")
    text = b"\n".join(row["payload"] for row in rows).decode()
    for event in ("entered", "invited", "moved", "signed_in", "left"):
        assert f'"event":"staff.{event}"' in text
    assert '"cell":"directory"' in text
    assert "ann" not in text
