"""What each team may do in the console, from each place of work: every route, generated from the policy."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from kept.catalog import Level
from kept.kit.settings import Availability
from kept.policy import Action, Actor, Data, LegalRequest, RightsRequest, Service, Site, Team, can
from kept.postgres import EmbeddedPostgres
from kept.staff import NewColleague, enter
from kept.staff.signing_in import begin_session
from tests.fixtures.site import Member, open_site
from tests.fixtures.site import Site as House

OPERATOR = Actor.staff(Team.SECURITY, Site.IN_REGION)
TEAMS = [team for team in Team if team is not Team.NONE]
PLACES = {"US": Site.IN_REGION, "DE": Site.ABROAD, "CN": Site.LISTED}
NOWHERE = "00000000-0000-7000-8000-000000000000"


@dataclass
class Staffed:
    """The application, with one colleague of each team at each place."""

    house: House
    tokens: dict[tuple[Team, str], str]
    member: Member


@pytest.fixture(scope="module")
async def staffed(postgres: EmbeddedPostgres, templates: dict[str, str]) -> AsyncIterator[Staffed]:
    lists = Availability(refused_countries=["CN"], refused_governments=["CN"], country_header="x-country")
    async with open_site(postgres, templates, "teams", availability=lists) as house:
        directory, now, tokens = house.runtime.cells.directory, house.runtime.clock.now(), {}
        for team in TEAMS:
            for country in PLACES:
                name = f"{team.value.replace('_', '-')}-{country.lower()}"
                region = "us" if team is Team.SECURITY else ""
                new = NewColleague(name, team, country, region=region)
                staff_id = await enter(directory, new, regions=["us", "eu"], actor=OPERATOR, by="system:test", now=now)
                tokens[team, country] = await begin_session(directory, staff_id, device="Firefox on Linux", now=now)
        yield Staffed(house, tokens, await house.join("US"))


CONFIDENTIAL = Data(level=Level.CONFIDENTIAL, purpose_fits=True)
ROUTES = {
    "GET /console": (Action.ENTER_CONSOLE, Service(), {200}),
    "GET /console/requests": (Action.ENTER_CONSOLE, Service(), {200}),
    "GET /console/ask": (Action.ENTER_CONSOLE, Service(), {200}),
    "GET /console/staff": (Action.ENTER_CONSOLE, Service(), {200}),
    "GET /console/rights": (Action.HANDLE_RIGHTS, RightsRequest(verified=True), {200}),
    "POST /console/rights": (Action.HANDLE_RIGHTS, RightsRequest(verified=True), {422}),
    f"GET /console/rights/us/{NOWHERE}": (Action.HANDLE_RIGHTS, RightsRequest(verified=True), {404}),
    f"POST /console/rights/us/{NOWHERE}/act": (Action.HANDLE_RIGHTS, RightsRequest(verified=True), {404}),
    "GET /console/cases": (Action.SEE_LEGAL_REQUEST, LegalRequest(), {200}),
    "GET /console/cases/L-2026-000000000000": (Action.SEE_LEGAL_REQUEST, LegalRequest(), {404}),
    "POST /console/cases/L-2026-000000000000": (Action.SEE_LEGAL_REQUEST, LegalRequest(), {404}),
    "POST /console/cases/L-2026-000000000000/package": (Action.SEE_LEGAL_REQUEST, LegalRequest(), {404}),
    "POST /console/holds": (Action.PLACE_HOLD, Service(), {422}),
    "GET /console/holds": (Action.PLACE_HOLD, Service(), {200}),
    f"GET /console/requests/us/{NOWHERE}": (Action.ENTER_CONSOLE, Service(), {404}),
    f"POST /console/requests/us/{NOWHERE}/vote": (Action.ENTER_CONSOLE, Service(), {404}),
    f"POST /console/requests/us/{NOWHERE}/end": (Action.ENTER_CONSOLE, Service(), {404}),
    f"POST /console/requests/us/{NOWHERE}/review": (Action.ENTER_CONSOLE, Service(), {404}),
    f"POST /console/requests/us/{NOWHERE}/read": (Action.ENTER_CONSOLE, Service(), {404}),
    "POST /console/ask": (Action.REQUEST_ACCESS, CONFIDENTIAL, {303}),
    "POST /console/ask break": (Action.BREAK_GLASS, CONFIDENTIAL, {303}),
    "POST /console/staff": (Action.MANAGE_STAFF, Service(), {422}),
    f"POST /console/staff/{NOWHERE}/invite": (Action.MANAGE_STAFF, Service(), {404}),
    f"POST /console/staff/{NOWHERE}/leave": (Action.MANAGE_STAFF, Service(), {404}),
    f"POST /console/staff/{NOWHERE}/move": (Action.MANAGE_STAFF, Service(), {404}),
}
"""What the policy is asked, and what is answered if it allows it; if it doesn't, 403."""


def form_for(route: str, member: Member) -> dict[str, str]:
    if "/ask" in route:
        return {
            "people": member.handle,
            "fields": "account.email",
            "purpose": "support",
            "reason": "a member wrote that nothing arrives",
            "act": "break" if route.endswith("break") else "ask",
        }
    return {"site": "US"} if route.endswith("/move") else {}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("country", PLACES)
@pytest.mark.parametrize("team", TEAMS)
async def test_each_team_gets_what_the_policy_says(staffed: Staffed, team: Team, country: str, route: str) -> None:
    action, resource, allowed = ROUTES[route]
    method, path = route.split()[:2]
    answer = await staffed.house.client.request(
        method,
        path,
        data=form_for(route, staffed.member) if method == "POST" else None,
        headers={"cookie": f"kept-console={staffed.tokens[team, country]}", "sec-fetch-site": "same-origin"},
    )
    staffed.house.client.cookies.clear()
    actor = Actor.staff(team, PLACES[country])
    if can(actor, action, resource).allowed:
        assert answer.status_code in allowed, answer.text
    else:
        assert answer.status_code == 403, answer.text


async def test_the_cookie_is_taken_from_our_own_pages_alone(staffed: Staffed) -> None:
    headers = {"cookie": f"kept-console={staffed.tokens[Team.SECURITY, 'US']}", "sec-fetch-site": "cross-site"}
    answer = await staffed.house.client.post("/console/staff", data={"name": "x"}, headers=headers)
    assert answer.status_code == 403


async def test_a_member_is_nobody_here_and_a_colleague_nobody_there(staffed: Staffed) -> None:
    token = staffed.member.headers["authorization"].removeprefix("Bearer ")
    for cookie in (f"kept={token}", f"kept-console={token}"):
        answer = await staffed.house.client.get("/console", headers={"cookie": cookie})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in?next=/console")
    mine = {"cookie": f"kept={staffed.tokens[Team.SECURITY, 'US']}"}
    assert (await staffed.house.client.get("/me", headers=mine)).headers["location"].startswith("/sign-in")


async def test_each_page_shows_the_rooms_that_exist_for_its_reader(staffed: Staffed) -> None:
    for team, room, there in (
        (Team.PRIVACY, "/console/rights", True),
        (Team.LEGAL, "/console/holds", True),
        (Team.LEGAL, "/console/cases", True),
        (Team.SUPPORT, "/console/cases", False),
        (Team.ENGINEERING, "/console/rights", False),
        (Team.SECURITY, "/console/holds", False),
    ):
        headers = {"cookie": f"kept-console={staffed.tokens[team, 'US']}"}
        page = (await staffed.house.client.get("/console", headers=headers)).text
        assert (f'href="{room}"' in page) is there
