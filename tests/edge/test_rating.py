"""Every page that is sent says whom it is for, in its text and its header; what is no page is not counted."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from kept.edge.rating import RATING, count_rated
from tests.fixtures.site import Site

PAGES = ["/", "/sign-in", "/sign-up", "/trust", "/authorities", "/documents/terms", "/no/such/address", "/offline"]
BARE = b"<!doctype html><html><head></head></html>"
LABELLED = b'<!doctype html><html><head><meta name="rating" content="13+"></head></html>'


@pytest.fixture
def counted(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What of a rating the application counts."""
    names: list[str] = []
    count = site.runtime.tallies.count

    def noting(name: str, by: int = 1) -> None:
        count(name, by)
        names.extend([name] * by if name.startswith("rating.") else [])

    monkeypatch.setattr("kept.runtime.tallies.Tallies.count", lambda self, name, by=1: noting(name, by))
    return names


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_bears_the_label_and_is_counted(site: Site, counted: list[str], path: str) -> None:
    answer = await site.client.get(path, headers={"accept": "text/html"})
    assert answer.headers["rating"] == "13+"
    assert counted == ["rating.labelled"]


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/cards", "/api/v1/feed", "/sw.js"])
async def test_what_is_no_page_says_it_too_and_is_not_counted(site: Site, counted: list[str], path: str) -> None:
    assert (await site.client.get(path)).headers["rating"] == "13+"
    assert counted == []


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ([RATING], LABELLED, ["rating.labelled"]),
        ([RATING], BARE, ["rating.missing"]),
        ([], LABELLED, ["rating.missing"]),
        ([(b"rating", b"general")], LABELLED, ["rating.missing"]),
        ([RATING], b"<article>a card</article>", []),
        ([RATING], b"{}", []),
    ],
)
async def test_a_page_without_one_of_the_two_labels_is_missed(
    headers: list[tuple[bytes, bytes]], body: bytes, expected: list[str]
) -> None:
    names: list[str] = []
    tallies = SimpleNamespace(count=names.append)
    scope: Any = {"litestar_app": SimpleNamespace(state=SimpleNamespace(runtime=SimpleNamespace(tallies=tallies)))}
    await count_rated({"type": "http.response.start", "status": 200, "headers": headers}, scope)
    await count_rated({"type": "http.response.body", "body": body, "more_body": False}, scope)
    assert names == expected
