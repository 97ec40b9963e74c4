"""How things fail: one kind of error inside, a stable code for programs, a sentence for people, and nothing of anybody's."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from litestar import Request, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from kept.app import logs
from kept.app.compose import schema  # noqa: F401  loads every floor
from kept.edge import Asker
from kept.edge.errors import BUG
from kept.kit import KeptError, Kind
from kept.postgres import EmbeddedPostgres
from tests.fixtures.site import Site, open_site

CANARY = "canary-7c21"
HTML = {"accept": "text/html"}


class Failed(KeptError):
    """One that each test gives a kind."""

    code = "failed_for_a_test"
    message = "This went wrong with {thing}. Do something else."


def of_kind(kind: Kind) -> type[KeptError]:
    return type("Failed", (Failed,), {"kind": kind})


@get("/fails/{kind:str}")
async def fails(kind: FromPath[str]) -> None:
    raise of_kind(Kind[kind])(thing="the thing", retry_after=7.2)


@get("/breaks")
async def breaks() -> None:
    raise ValueError(f"can't use {CANARY}")


async def _broken(request: Request) -> str:  # type: ignore[type-arg]
    raise KeyError(CANARY)


@get("/breaks-on-the-way", dependencies={"broken": Provide(_broken)})
async def breaks_on_the_way(broken: NamedDependency[str], asker: NamedDependency[Asker]) -> None:
    """Two dependencies are resolved side by side, in a task group."""


@pytest.fixture(scope="module")
async def failing(postgres: EmbeddedPostgres, templates: dict[str, str]) -> AsyncIterator[Site]:
    async with open_site(postgres, templates, "failing") as made:
        for route in (fails, breaks, breaks_on_the_way):
            made.app.register(route)
        yield made


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("kind", Kind)
async def test_programs_get_the_status_of_the_kind_a_stable_code_and_a_sentence(failing: Site, kind: Kind) -> None:
    answer = await failing.client.get(f"/fails/{kind.name}")
    assert (answer.status_code, answer.headers["content-type"]) == (kind.value, "application/problem+json")
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (kind.value, "failed_for_a_test")
    assert problem["detail"] == "This went wrong with the thing. Do something else."
    assert answer.headers.get("retry-after") == ("7" if kind.may_pass else None)
    assert answer.headers.get("www-authenticate") == ("Bearer" if kind is Kind.UNAUTHENTICATED else None)


@pytest.mark.parametrize("kind", Kind)
async def test_people_get_a_page_with_the_sentence(failing: Site, kind: Kind) -> None:
    answer = await failing.client.get(f"/fails/{kind.name}", headers=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (kind.value, "text/html; charset=utf-8")
    assert "This went wrong with the thing. Do something else." in answer.text
    assert answer.text.startswith("<!doctype html>")


async def test_below_api_programs_are_meant_whatever_a_browser_accepts(site: Site) -> None:
    answer = await site.client.get("/api/v1/me", headers=HTML)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/breaks", "/breaks-on-the-way"])
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
async def test_an_unexpected_error_tells_nothing_of_itself(
    failing: Site, logging_as_before: None, capsys: pytest.CaptureFixture[str], path: str, accept: str
) -> None:
    logs.configure_logging()
    answer = await failing.client.get(path, headers={"accept": accept})
    assert answer.status_code == 500
    for word in (CANARY, "Error", "Traceback", "kept/", ".py"):
        assert word not in answer.text.replace("Internal Server Error", ""), word
    if accept == "*/*":
        assert (answer.json()["code"], answer.json()["detail"]) == ("bug", BUG)
    told = capsys.readouterr().err
    assert "edge.unexpected" in told
    assert "Error" in told, "operators are told what it was"
    assert CANARY not in told


async def test_an_unknown_address_and_a_wrong_method_are_told_in_words(site: Site) -> None:
    missing = await site.client.get("/api/v1/nothing")
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is nothing here.")
    wrong = await site.client.put("/api/v1/accounts")
    assert (wrong.status_code, wrong.json()["detail"]) == (405, "This address doesn't take that method.")
    assert "POST" in wrong.headers["allow"]


async def test_a_parameter_that_can_not_be_read_is_named(site: Site) -> None:
    answer = await site.client.get("/api/v1/feed", params={"limit": f"{CANARY}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "http")
    assert "limit" in answer.json()["detail"]
    assert CANARY not in answer.text


def everything(kind: type[KeptError] = KeptError) -> Iterator[type[KeptError]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("kept."):
            yield one
        yield from everything(one)


def test_a_code_always_means_the_same_kind() -> None:
    kinds = defaultdict(set)
    for one in everything():
        kinds[one.code].add(one.kind)
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}
    assert "error" not in kinds, "somebody forgot to name their code"


def test_every_error_speaks_in_whole_sentences() -> None:
    for one in everything():
        assert one.message[-1] in ".!}", one
        assert one.message != KeptError.message, one
