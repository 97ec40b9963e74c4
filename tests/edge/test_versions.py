"""Old versions are told of the newest, those below the minimum get no further than what is open to everybody."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from inspect import signature

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import get
from litestar.handlers import HTTPRouteHandler

from kept import __version__
from kept.cells import tallied
from kept.edge.versions import VersionState, client_of
from kept.kit import load_settings
from kept.kit.settings import Clients
from kept.look.assets import PAGES
from kept.postgres import EmbeddedPostgres
from tests.fixtures.house import NOON
from tests.fixtures.site import Site, open_site

CLIENTS = Clients(minimum="1.2", newest="1.3.0")
SETTINGS = load_settings(environ={"KEPT_CLIENTS_MINIMUM": "1.2", "KEPT_CLIENTS_NEWEST": "1.3.0"})
HTML = {"accept": "text/html"}
BY_EVERY_VERSION = [
    ("GET", "/trust"),
    ("GET", "/trust/data/map"),
    ("GET", "/authorities"),
    ("GET", "/documents/terms"),
    ("GET", "/sign-in"),
    ("POST", "/sign-out"),
    ("GET", "/settings/data"),
    ("GET", "/settings/looks"),
    ("GET", "/offline"),
    ("GET", "/sw.js"),
    ("GET", "/healthz"),
    ("GET", "/api/v1/promises"),
    ("GET", "/api/v1/rights/requests"),
    ("DELETE", "/api/v1/sessions/current"),
]


@get("/forgets", before_request=lambda request: None)
async def forgets() -> str:
    """A door that puts something else in the place of the refusal."""
    return "served"


@pytest.fixture(scope="module")
async def dated(postgres: EmbeddedPostgres, templates: dict[str, str]) -> AsyncIterator[Site]:
    async with open_site(postgres, templates, "dated", clients=CLIENTS) as made:
        made.app.register(forgets)
        yield made


@asynccontextmanager
async def counted(site: Site) -> AsyncIterator[Counter[str]]:
    """What is counted of versions within the block."""
    before, found = await _stored(site), Counter[str]()
    yield found
    found.update(await _stored(site) - before)


async def _stored(site: Site) -> Counter[str]:
    await site.runtime.flush()
    return await tallied(site.runtime.cells, "clients.", since=NOON.date())


def named(client: str) -> dict[str, str]:
    return {"kept-client": client}


def state(*said: bytes) -> VersionState:
    scope = {"headers": [(b"accept", b"*/*"), *((b"kept-client", one) for one in said)]}
    return client_of(scope, SETTINGS).state  # type: ignore[arg-type]


@given(st.one_of(st.binary(max_size=200), st.text(max_size=90).map(lambda text: f"app/{text}".encode())))
def test_whatever_stands_in_the_header_it_has_a_state_of_ours(said: bytes) -> None:
    assert state(said) in VersionState


@given(st.from_regex(r"[a-z][a-z0-9._-]{0,20}", fullmatch=True), st.tuples(*[st.integers(0, 3)] * 3))
def test_a_program_stands_where_its_numbers_do(name: str, numbers: tuple[int, ...]) -> None:
    said = f"{name}/{'.'.join(map(str, numbers))}".encode()
    if name != PAGES:
        expected = "too_old" if numbers < (1, 2, 0) else "nudged" if numbers < (1, 3, 0) else "current"
        assert state(said) == expected


@pytest.mark.parametrize(
    "said", [[], [b"app/1.3", b"app/1.3"], [b"app/1.3 "], [b"app"], [b"app/"], [b"app/1.3-rc"], [b"/1.3"]]
)
def test_what_can_not_be_read_names_nobody(said: list[bytes]) -> None:
    assert state(*said) is VersionState.UNNAMED


def test_our_own_pages_are_held_against_this_program_whatever_is_said_of_others() -> None:
    assert state(f"{PAGES}/{__version__}".encode()) is VersionState.CURRENT
    assert state(f"{PAGES}/0.0.9".encode()) is VersionState.TOO_OLD
    minimum = load_settings(environ={"KEPT_CLIENTS_MINIMUM": "0.0.1"})
    scope = {"headers": [(b"kept-client", f"{PAGES}/0.0.9".encode())]}
    found = client_of(scope, minimum)  # type: ignore[arg-type]
    assert (found.state, found.newest) == (VersionState.NUDGED, __version__)


async def test_each_state_is_answered_and_counted_once(dated: Site) -> None:
    expected = {
        "app/1.3": ("current", 200, None),
        "app/2": ("current", 200, None),
        "app/1.2.9": ("nudged", 200, "1.3.0"),
        "app/1.1": ("too_old", 426, "1.3.0"),
        "": ("unnamed", 200, None),
        "clients.too_old_served/x": ("unnamed", 200, None),
    }
    for client, (name, status, newest) in expected.items():
        async with counted(dated) as found:
            answer = await dated.client.get("/api/v1/feed", headers=named(client) if client else {})
        assert (answer.status_code, answer.headers.get("kept-newest")) == (status, newest), client
        assert found == {f"clients.{name}": 1}, client


async def test_a_program_that_is_too_old_is_told_what_to_do(dated: Site) -> None:
    answer = await dated.client.get("/api/v1/feed", headers=named("app/1.1.9"))
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["status"], answer.json()["code"]) == (426, "client_too_old")
    assert (
        answer.json()["detail"]
        == "This version is too old to go on: get version 1.3.0. 1.2 is the oldest that is served."
    )


@pytest.mark.parametrize(
    ("client", "language", "words", "button"),
    [
        (
            "app/1",
            "en",
            "Get the newest version of the app",
            '<a class="button" href="/settings/data">Your data',
        ),
        ("app/1", "es", "Consigue la versión más nueva", '<a class="button" href="/settings/data">Tus datos'),
        ("web/0.0.1", "en", "Reload the page: that brings", '<a class="button button-primary" href="/upload">Reload'),
        (
            "web/0.0.1",
            "es",
            "Vuelve a cargar la página",
            '<a class="button button-primary" href="/upload">Volver a cargar',
        ),
    ],
)
async def test_people_get_a_page_that_says_what_to_do(
    dated: Site, client: str, language: str, words: str, button: str
) -> None:
    answer = await dated.client.get("/upload", headers=HTML | named(client) | {"accept-language": language})
    assert (answer.status_code, answer.headers["content-type"]) == (426, "text/html; charset=utf-8")
    assert words in answer.text
    assert button in answer.text
    assert 'class="button button-primary" href="/"' not in answer.text, "the start would refuse it again"
    for still in ("/trust", "/documents/terms", "/settings/data"):
        assert f'href="{still}"' in answer.text


async def test_nothing_is_done_for_a_version_that_is_too_old(dated: Site) -> None:
    member = await dated.join()
    for method, path in (
        ("POST", "/api/v1/uploads"),
        ("POST", "/api/v1/messages"),
        ("GET", "/api/v1/me"),
        ("GET", "/"),
    ):
        answer = await dated.client.request(method, path, headers=member.headers | named("app/1"))
        assert answer.status_code == 426, path
    assert (await dated.client.post("/api/v1/accounts", json={}, headers=named("app/1"))).status_code == 426


@pytest.mark.parametrize(("method", "path"), BY_EVERY_VERSION)
async def test_what_is_everybodys_stays_open_and_is_no_breach(dated: Site, method: str, path: str) -> None:
    member = await dated.join()
    own = {"sec-fetch-site": "same-origin"}
    async with counted(dated) as found:
        answer = await dated.client.request(method, path, headers=member.headers | own | named("app/0.1"))
    assert answer.status_code < 400, answer.text
    assert found == {"clients.too_old": 1}


async def test_a_door_that_the_refusal_does_not_reach_shows_in_the_evidence(dated: Site) -> None:
    async with counted(dated) as found:
        assert (await dated.client.get("/forgets", headers=named("app/1"))).text == "served"
    assert found == {"clients.too_old": 1, "clients.too_old_served": 1}


def handlers(site: Site) -> Iterator[HTTPRouteHandler]:
    for route in site.app.routes:
        yield from (one for one in getattr(route, "route_handlers", ()) if one.handler_name != "forgets")


async def test_every_door_refuses_and_whoever_may_ask_from_everywhere_may_in_every_version(dated: Site) -> None:
    seen = Counter[bool]()
    for handler in handlers(dated):
        assert handler.resolve_before_request() is not None, handler
        is_open = handler.opt.get("every_version") is True
        seen[is_open] += 1
        if "anybody" in signature(handler.fn).parameters:
            assert is_open, handler
        if "asker" in signature(handler.fn).parameters:
            assert not is_open or handler.paths == {"/"}, handler  # the form of signing in asks who is in already
    assert min(seen[True], seen[False]) > 20


async def test_a_request_in_the_open_is_not_counted_unless_it_names_itself(dated: Site) -> None:
    async with counted(dated) as found:
        await dated.client.get("/trust")
        await dated.client.get("/no/such/place", headers=named("x" * 5000 + "/1"))
    assert found == {}
