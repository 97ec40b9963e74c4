"""Every page that is sent is looked at for its rating; what is no page is not counted."""

import pytest
from litestar.types import Message

from kept.edge.rating import RatingSeen
from kept.runtime import Tallies
from tests.fixtures.site import Site


class Counted(Tallies):
    """Remembers what was counted."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def count(self, name: str, by: int = 1) -> None:
        self.names += [name] * by


async def _seen(body: bytes) -> list[str]:
    tallies = Counted()
    message: Message = {"type": "http.response.body", "body": body, "more_body": False}
    await RatingSeen(tallies)(message, {})  # type: ignore[typeddict-item]
    return tallies.names


@pytest.mark.parametrize("path", ["/", "/sign-in", "/sign-up", "/trust", "/documents/terms", "/no/such/address", "/offline"])
async def test_a_page_bears_the_label(site: Site, path: str) -> None:
    answer = await site.client.get(path, headers={"accept": "text/html"})
    assert await _seen(answer.content) == ["rating.labelled"]


async def test_every_answer_of_the_app_is_looked_at(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    monkeypatch.setattr(site.runtime.tallies, "count", lambda name, by=1: counted.append(name))
    await site.client.get("/sign-in")
    await site.client.get("/manifest.webmanifest")
    assert [name for name in counted if name.startswith("rating.")] == ["rating.labelled"]


async def test_a_page_without_a_label_is_seen_and_a_fragment_is_no_page() -> None:
    assert await _seen(b"<!doctype html><html><head></head></html>") == ["rating.missing"]
    assert await _seen(b"<article>a card</article>") == []
    assert await _seen(b"{}") == []
