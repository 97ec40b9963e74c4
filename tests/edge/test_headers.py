"""Security headers stand on every answer: pages, programs' answers, files, errors, and what no route answers."""

import pytest

from kept.edge.headers import HEADERS, POLICY
from kept.kit.settings import Server
from tests.fixtures.house import NOON
from tests.fixtures.site import Site, open_site

ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/sign-in", 200),
    ("GET", "/trust", 200),
    ("GET", "/documents/terms", 200),
    ("GET", "/documents/nothing", 404),
    ("GET", "/.well-known/security.txt", 200),
    ("GET", "/manifest.webmanifest", 200),
    ("GET", "/sw.js", 200),
    ("GET", "/static/old/css/base.css", 404),
    ("GET", "/api/openapi.json", 200),
    ("GET", "/api/v1/feed", 200),
    ("GET", "/api/v1/me", 401),
    ("GET", "/api/v1/videos/no-uuid", 404),
    ("GET", "/api/v1/feed?limit=x", 400),
    ("GET", "/no/such/address", 404),
    ("GET", "/ledger/nothing", 404),
    ("GET", "/healthz", 200),
    ("GET", "/metrics", 200),
    ("OPTIONS", "/api/v1/uploads", 204),
    ("OPTIONS", "/api/v1/me", 204),
    ("HEAD", "/api/v1/uploads/00000000-0000-7000-8000-000000000000", 401),
    ("POST", "/api/v1/accounts", 400),
    ("POST", "/healthz", 405),
    ("PUT", "/", 405),
    ("TRACE", "/", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
async def test_every_answer_bears_them_once(site: Site, method: str, path: str, status: int, accept: str) -> None:
    answer = await site.client.request(method, path, headers={"accept": accept})
    assert answer.status_code == status, answer.text
    for name, value in HEADERS:
        assert answer.headers.get_list(name.decode()) == [value.decode()], name


async def test_a_member_with_a_cookie_that_ended_still_gets_them(site: Site) -> None:
    answer = await site.client.get("/settings", headers={"cookie": "kept=us." + "A" * 86})
    assert answer.headers["content-security-policy"] == POLICY


async def test_no_page_runs_anything_of_anybody_elses() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    assert "http" not in POLICY
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == rules["form-action"] == "'self'"


async def test_where_people_reach_us_by_tls_browsers_are_told_to_stay_with_it(site: Site, postgres, templates) -> None:  # type: ignore[no-untyped-def]
    assert "strict-transport-security" not in (await site.client.get("/healthz")).headers
    server = Server(public_url="https://kept.example", trusted_proxy="127.0.0.1")
    async with open_site(postgres, templates, "tls", server=server) as secure:
        for path in ("/healthz", "/no/such/address"):
            answer = await secure.client.get(path)
            assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
        member = await secure.join()
        form = {"login": member.handle, "password": "plum-harbour-sixty-lanterns", "next": ""}
        told = await secure.client.post("/sign-in", data=form, headers={"sec-fetch-site": "same-origin"})
        line = next(line for line in told.headers.get_list("set-cookie") if "kept=" in line)
        assert line.startswith("__Host-kept=")
        assert "secure" in line.lower()


async def test_what_belongs_to_one_person_is_kept_by_no_cache(site: Site) -> None:
    member = await site.join()
    cookie = {"cookie": "kept=" + member.headers["authorization"].removeprefix("Bearer ")}
    for path in ("/", "/settings", "/settings/sessions", "/me", "/sign-in", "/api/v1/me", "/api/v1/sessions", "/api/v1/feed"):
        answer = await site.client.get(path, headers=cookie)
        assert "no-store" in answer.headers.get("cache-control", ""), path


def test_the_clock_of_these_tests_stands_still(site: Site) -> None:
    assert site.runtime.clock.now() == NOON
