"""A request on its way through the console: asked, answered, read; wrong forms say what is missing."""

from collections.abc import AsyncIterator

import pytest
from httpx import Response

from kept.policy import Actor, Site, Team
from kept.postgres import EmbeddedPostgres
from kept.retention import sweep
from kept.staff import NewColleague, enter
from kept.staff.signing_in import begin_session
from tests.fixtures.site import Site as House
from tests.fixtures.site import open_site

OPERATOR = Actor.staff(Team.SECURITY, Site.IN_REGION)
PEOPLE = (
    NewColleague("evan", Team.ENGINEERING, "US"),
    NewColleague("june", Team.SECURITY, "US", region="us"),
    NewColleague("karl", Team.SECURITY, "US", region="us"),
    NewColleague("ines", Team.SECURITY, "ES", region="eu"),
)


class Console:
    """Colleagues with a browser each."""

    def __init__(self, house: House, tokens: dict[str, str]) -> None:
        self.house = house
        self._tokens = tokens

    async def get(self, who: str, path: str) -> Response:
        return await self.house.client.get(path, headers=self._headers(who))

    async def post(self, who: str, path: str, /, **form: str) -> Response:
        return await self.house.client.post(path, data=form, headers=self._headers(who))

    def _headers(self, who: str) -> dict[str, str]:
        self.house.client.cookies.clear()
        return {"cookie": f"kept-console={self._tokens[who]}", "sec-fetch-site": "same-origin", "accept": "text/html"}


@pytest.fixture(scope="module")
async def console(postgres: EmbeddedPostgres, templates: dict[str, str]) -> AsyncIterator[Console]:
    async with open_site(postgres, templates, "console") as house:
        directory, now, tokens = house.runtime.cells.directory, house.runtime.clock.now(), {}
        for one in PEOPLE:
            staff_id = await enter(directory, one, regions=["us", "eu"], actor=OPERATOR, by="system:test", now=now)
            tokens[one.name] = await begin_session(directory, staff_id, device="Firefox on Linux", now=now)
        yield Console(house, tokens)


async def asked(console: Console, people: str, fields: str = "account.country", **more: str) -> Response:
    form = {"people": people, "fields": fields, "purpose": "service", "reason": "an age band looks wrong", "act": "ask"}
    return await console.post("evan", "/console/ask", **form | more)


async def test_what_is_internal_is_read_at_once_and_the_member_sees_it(console: Console) -> None:
    member = await console.house.join("US")
    place = (await asked(console, member.handle)).headers["location"]
    read = await console.post("evan", f"{place}/read", table="account", member=member.member_id)
    assert read.status_code == 200
    assert read.headers["cache-control"] == "no-store"
    assert "<td>US</td>" in read.text
    assert "evan · " in read.text  # who reads it, behind the rows
    token = member.headers["authorization"].removeprefix("Bearer ")
    console.house.client.cookies.clear()
    seen = await console.house.client.get("/settings/looks", headers={"cookie": f"kept={token}"})
    assert "Engineering" in seen.text
    assert "Providing the service" in seen.text
    assert "evan" not in seen.text


async def test_what_is_confidential_waits_for_the_region_and_for_the_log(console: Console) -> None:
    member = await console.house.join("US")
    place = (await asked(console, member.handle, "account.birth_date")).headers["location"]
    shown = await console.get("evan", place)
    assert "Somebody of the security team of us has to agree." in shown.text
    assert "/vote" not in shown.text
    assert "/vote" in (await console.get("june", place)).text
    assert "/vote" not in (await console.get("ines", place)).text
    assert (await console.post("ines", f"{place}/vote", vote="yes")).status_code == 404
    assert (await console.post("evan", f"{place}/vote", vote="yes")).status_code == 403
    no = await console.post("june", f"{place}/vote", vote="no")
    assert no.status_code == 422
    assert "Say why not" in no.text
    assert (await console.post("june", f"{place}/vote", vote="yes")).status_code == 303
    early = await console.post("evan", f"{place}/read", table="account", member=member.member_id)
    assert early.status_code == 503  # no log has been published here, so no key is touched
    assert "Try again in a few seconds" in early.text
    assert "1990" not in early.text


async def test_the_page_says_beforehand_what_it_needs(console: Console) -> None:
    member = await console.house.join("DE")
    seen = await asked(console, member.handle, "message.body", act="look")
    assert seen.status_code == 200
    assert "This is Restricted." in seen.text
    assert "Two people of two teams have to agree, one of them of the security team of eu." in seen.text
    assert "It needs the number of a case." in seen.text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"people": "nobody.here"}, "there is nobody called nobody.here"),
        ({"people": ""}, "say whose data it is"),
        ({"fields": "credential_password.hash"}, "that anybody reads"),
        ({"purpose": ""}, "say what it is for"),
        ({"purpose": "personalize"}, "not collected for that purpose"),
        ({"reason": "because"}, "give a reason"),
        ({"fields": "message.body"}, "give its number"),
        ({"minutes": "99999"}, "it may last from a minute"),
        ({"minutes": "-1"}, "it may last from a minute"),
        ({"case_ref": "anna’s case"}, "names nobody"),
    ],
)
async def test_a_form_that_is_wrong_says_so_and_keeps_what_was_typed(
    console: Console, wrong: dict[str, str], says: str
) -> None:
    member = await console.house.join("US")
    form = {"people": member.handle, "fields": "account.country"} | wrong
    answer = await asked(console, form.pop("people"), form.pop("fields"), **form)
    assert answer.status_code in (403, 422)
    assert says in answer.text
    assert wrong.get("reason", "an age band looks wrong") in answer.text


async def test_people_of_two_regions_are_asked_for_in_two_requests(console: Console) -> None:
    us, eu = await console.house.join("US"), await console.house.join("DE")
    answer = await asked(console, f"{us.handle}, @{eu.handle}")
    assert "ask each region for its own" in answer.text


async def test_an_emergency_is_loud_until_somebody_else_looked_at_it(console: Console) -> None:
    member = await console.house.join("US")
    form = {
        "people": member.handle,
        "fields": "account.email",
        "purpose": "security",
        "reason": "somebody is in danger just now",
        "act": "break",
    }
    place = (await console.post("june", "/console/ask", **form)).headers["location"]
    assert "1 emergency has not been looked at." in (await console.get("karl", "/console")).text
    assert "/review" not in (await console.get("june", place)).text
    assert (await console.post("june", f"{place}/review", finding="it was one, and short")).status_code == 403
    assert (await console.post("karl", f"{place}/review", finding="ok")).status_code == 422
    assert (await console.post("karl", f"{place}/review", finding="it was one, and short")).status_code == 303
    assert "has not been looked at" not in (await console.get("karl", "/console")).text


async def test_a_colleague_is_entered_moved_and_let_go(console: Console) -> None:
    form = {"name": "lena", "team": "legal", "site": "de", "manager": "june"}
    made = await console.post("june", "/console/staff", **form)
    assert made.status_code == 200
    assert "/console/join?code=" in made.text
    again = await console.post("june", "/console/staff", **form)
    assert again.status_code == 422
    assert "works here already" in again.text
    assert 'value="lena"' in again.text
    rows = await console.house.runtime.cells.directory.database.fetch(
        "SELECT staff_id FROM staff_member WHERE name = 'lena'"
    )
    path = f"/console/staff/{rows[0]['staff_id']}"
    assert (await console.post("june", f"{path}/move", site="Narnia")).status_code == 422
    assert (await console.post("june", f"{path}/move", site="fr")).status_code == 303
    assert ">FR<" in (await console.get("evan", "/console/staff")).text
    assert (await console.post("evan", f"{path}/leave")).status_code == 403
    assert (await console.post("june", f"{path}/leave")).status_code == 303
    assert ">lena<" not in (await console.get("evan", "/console/staff")).text


async def test_the_overview_tells_how_the_regions_are(console: Console) -> None:
    runtime = console.house.worker
    assert "Not yet" in (await console.get("evan", "/console")).text
    await sweep(runtime.cells, now=runtime.clock.now())
    seen = await console.get("evan", "/console")
    assert seen.status_code == 200
    assert seen.text.count("<dt>Last sweep</dt><dd><time") == 2
    assert "the United States" in seen.text


async def test_a_request_is_shown_to_those_whose_business_it_is(console: Console) -> None:
    member = await console.house.join("US")
    place = (await asked(console, member.handle, "account.email", purpose="support")).headers["location"]
    for name, sees in (("evan", True), ("june", True), ("karl", True), ("ines", False)):
        assert ((await console.get(name, place)).status_code == 200) is sees
        lists = (await console.get(name, "/console/requests")).text
        assert (place in lists) is sees
    for act in ("vote", "end", "review", "read"):
        answer = await console.post("ines", f"{place}/{act}", vote="yes", table="account", member=member.member_id)
        assert answer.status_code in (404, 422)
        assert member.handle not in answer.text
