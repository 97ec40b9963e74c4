"""Every route and every kind of actor: what they are answered. A route that is not in the matrix fails, until it is.

What the policy knows is asked of the policy; the rest is said in `doors` and `pages`, in one line a route.
"""

from collections.abc import AsyncIterator

import pytest
from litestar.routes import HTTPRoute

from kept.kit.settings import Comments, Messages, Uploads
from kept.postgres import EmbeddedPostgres
from tests.api.actors import LISTED, Kind, Outcome, Town, outcome_of, settle
from tests.api.doors import API
from tests.api.expected import NOT_FOUND, OK, REFUSED
from tests.api.pages import WEB
from tests.fixtures.site import Site, open_site

CASES = [(route, kind) for route in (*API, *WEB) for kind in Kind]


@pytest.fixture(scope="module")
async def town(postgres: EmbeddedPostgres, templates: dict[str, str], small_clip: bytes) -> AsyncIterator[Town]:
    generous = Uploads(max_bytes=32 * 1024 * 1024, unfinished=1_000, per_day=1_000)
    paces = {"messages": Messages(burst=1_000), "comments": Comments(burst=1_000)}
    async with open_site(postgres, templates, "matrix", uploads=generous, **paces) as site:
        yield await settle(site, small_clip)


async def attempt(town: Town, route: str, kind: Kind) -> Outcome:
    """What comes of it when somebody of a kind knocks."""
    row = (API | WEB)[route]
    path, sent = await row.make(town, kind)
    token = await town.another_session(kind) if row.spends else town.token(kind)
    headers = dict(sent.pop("headers", {})) | ({"x-country": "CN"} if kind in LISTED else {})
    if token is not None:
        headers |= {"authorization": f"Bearer {token}"} if route in API else {"cookie": f"kept={token}"}
    if route in WEB:
        headers["sec-fetch-site"] = "same-origin"
    answer = await town.site.client.request(route.split()[0], path, headers=headers, **sent)
    town.site.client.cookies.clear()
    return outcome_of(answer)


def routes_of(site: Site) -> set[str]:
    found = set()
    for route in site.app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                found |= {f"{method} {route.path_format}" for method in handler.http_methods}
    return found


def test_every_route_is_in_the_matrix_and_nothing_else(site: Site) -> None:
    told = {f"{route.split()[0]} {plain(route.split()[1])}" for route in (*API, *WEB)}
    automatic = {one for one in routes_of(site) if one.startswith("OPTIONS ")} - told
    assert routes_of(site) - automatic == told


def plain(path: str) -> str:
    """A path as the framework formats it."""
    return "/" + "/".join(
        "{" + part[1:].split(":")[0] + "}" if part[:1] == "{" else part for part in path[1:].split("/")
    )


@pytest.mark.parametrize(("route", "kind"), CASES, ids=lambda value: str(value).replace(" ", "_"))
async def test_who_is_answered_what(town: Town, route: str, kind: Kind) -> None:
    assert await attempt(town, route, kind) is (API | WEB)[route].expected[kind]


FOR_CHILDREN_TOO = {
    "POST /api/v1/accounts",
    "POST /api/v1/sessions",
    "DELETE /api/v1/sessions/current",
    "DELETE /api/v1/sessions/others",
    "POST /api/v1/network/first-open",
    "POST /sign-in/passkey/options",
    "POST /sign-out",
    "POST /family/minute",
    "DELETE /api/v1/watched",
    "POST /settings/feed/forget",
    "POST /settings/feed/refresh",
    "DELETE /api/v1/watched/{clip_id:uuid}",
    "POST /family/{what:str}",
    "POST /settings/preferences",
    "POST /api/v1/rights/requests",
    "POST /settings/data/copy",
    "POST /settings/data/passkey-options",
    "POST /settings/sessions/others",
    "POST /settings/passkeys/options",
    "POST /settings/security/passkey-options",
    "POST /csp-report",
    "POST /console/sign-in/options",
}
"""What a child may send: nothing of it puts anything before anybody, or reaches anybody."""


def test_under_13_no_other_request_that_changes_something_succeeds() -> None:
    unsafe = {route: row for route, row in (API | WEB).items() if route.split()[0] not in ("GET", "HEAD", "OPTIONS")}
    assert {route for route, row in unsafe.items() if row.expected[Kind.CHILD] is OK} == FOR_CHILDREN_TOO
    written = [
        route for route in unsafe if "upload" in route or "videos" in route or "clips" in route or "messages" in route
    ]
    assert written
    assert {unsafe[route].expected[Kind.CHILD] for route in written} <= {REFUSED, NOT_FOUND}


async def test_a_member_whose_country_is_on_the_list_is_refused_wherever_they_are(town: Town) -> None:
    member = await town.site.join()
    for cell in town.site.runtime.cells:
        await cell.database.fetch("UPDATE account SET country = 'CN' WHERE handle = $1", member.handle)
    for path in ("/api/v1/me", "/api/v1/feed", "/api/v1/sessions"):
        answer = await town.site.client.get(path, headers=member.headers)
        assert (answer.status_code, answer.json()["code"]) == (451, "not_offered_here")
    assert (await town.site.client.delete("/api/v1/sessions/current", headers=member.headers)).status_code == 204
