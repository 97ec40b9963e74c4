"""Cross-site request forgery: a page elsewhere can make a browser send its cookie, but not say that the page is ours."""

import pytest

from tests.fixtures.site import Member, Site

OURS = "http://kept.example"
UNSAFE = ("POST", "PATCH", "DELETE")

ELSEWHERE = [
    {},  # neither header: no browser, or one too old to be believed
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},  # another host of the same domain is not ours
    {"sec-fetch-site": "Same-Origin"},  # a browser writes it in small letters
    {"sec-fetch-site": ""},
    {"sec-fetch-site": "cross-site", "origin": OURS},  # the first is the browser's own word, and wins
    {"origin": "http://evil.example"},
    {"origin": "null"},  # a sandboxed frame, or a file
    {"origin": "http://kept.example.evil.example"},
    {"origin": "http://kept.example:8080"},
    {"origin": "http://kept.example@evil.example"},
    {"origin": ""},
    {"referer": OURS + "/"},
]
OUR_PAGE = [
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},  # typed, or from a bookmark: nobody else's page
    {"origin": OURS},
]


def cookie(member: Member) -> dict[str, str]:
    return {"cookie": "kept=" + member.headers["authorization"].removeprefix("Bearer ")}


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
async def test_with_a_cookie_a_page_elsewhere_changes_nothing(site: Site, headers: dict[str, str]) -> None:
    member = await site.join()
    attempts = [
        ("DELETE", "/api/v1/sessions/current"),
        ("POST", "/api/v1/uploads"),
        ("POST", "/settings/preferences"),
        ("POST", "/settings/sessions/others"),
        ("POST", "/sign-out"),
    ]
    for method, path in attempts:
        answer = await site.client.request(method, path, headers=cookie(member) | headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), (method, path)
    assert (await site.client.get("/api/v1/me", headers=member.headers)).status_code == 200


@pytest.mark.parametrize("headers", OUR_PAGE, ids=str)
async def test_our_own_page_may_act_with_the_cookie(site: Site, headers: dict[str, str]) -> None:
    member = await site.join()
    answer = await site.client.delete("/api/v1/sessions/current", headers=cookie(member) | headers)
    assert answer.status_code == 204
    assert (await site.client.get("/api/v1/me", headers=member.headers)).status_code == 401


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
async def test_nobody_is_signed_in_by_a_page_elsewhere(site: Site, headers: dict[str, str]) -> None:
    """Else somebody could watch under the account of whoever made the page."""
    member = await site.join()
    form = {"login": member.handle, "password": "plum-harbour-sixty-lanterns"}
    for path in ("/sign-in", "/sign-up", "/sign-in/passkey", "/sign-in/passkey/options", "/sign-up/passkey"):
        answer = await site.client.post(path, data=form, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), path
        assert "set-cookie" not in answer.headers


async def test_reading_needs_no_word_of_the_browser(site: Site) -> None:
    member = await site.join()
    for headers in ELSEWHERE:
        answer = await site.client.get("/api/v1/me", headers=cookie(member) | headers)
        assert answer.status_code == 200


async def test_a_bearer_token_is_never_sent_by_itself_and_so_needs_no_word_either(site: Site) -> None:
    member = await site.join()
    answer = await site.client.delete("/api/v1/sessions/current", headers=member.headers | {"sec-fetch-site": "cross-site"})
    assert answer.status_code == 204


async def test_a_token_wins_over_a_cookie(site: Site) -> None:
    one, other = await site.join(), await site.join()
    answer = await site.client.get("/api/v1/me", headers=one.headers | cookie(other))
    assert answer.json()["handle"] == one.handle


async def test_a_bad_token_is_refused_even_beside_a_good_cookie(site: Site) -> None:
    member = await site.join()
    for word in ("Bearer nothing", "Bearer ", "bearer x"):
        answer = await site.client.get("/api/v1/me", headers=cookie(member) | {"authorization": word})
        assert answer.status_code == 401, word


async def test_the_session_cookie_is_kept_from_pages_and_from_other_sites(site: Site) -> None:
    member = await site.join()
    form = {"login": member.handle, "password": "plum-harbour-sixty-lanterns", "next": ""}
    answer = await site.client.post("/sign-in", data=form, headers={"sec-fetch-site": "same-origin"})
    site.client.cookies.clear()
    assert answer.status_code == 303
    told = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("kept="))
    words = {word.strip().lower() for word in told.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= words
    assert not any(word.startswith("domain") for word in words)


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil.example", "/x\r\nset-cookie: y=z"]
)
async def test_signing_in_leads_nowhere_else(site: Site, wanted: str) -> None:
    member = await site.join()
    form = {"login": member.handle, "password": "plum-harbour-sixty-lanterns", "next": wanted}
    answer = await site.client.post("/sign-in", data=form, headers={"sec-fetch-site": "same-origin"})
    site.client.cookies.clear()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
