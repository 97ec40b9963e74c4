"""Rate limits at the door: by source, forgotten soon, told with the time to wait."""

import itertools
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar.connection import ASGIConnection

from kept.edge import limits
from tests.fixtures.site import Site

_sources = itertools.count(1)
BURST = 60
REPORT = "/api/v1/network/first-open"


def source() -> str:
    return f"2001:db8::{next(_sources):x}"


async def report(site: Site, forwarded: str) -> tuple[int, str | None]:
    answer = await site.client.post(REPORT, json={"calls": []}, headers={"x-forwarded-for": forwarded})
    return answer.status_code, answer.headers.get("retry-after")


async def test_who_asks_too_often_is_told_when_to_come_back_and_nobody_else_waits(site: Site) -> None:
    busy, other = source(), source()
    told = [await report(site, busy) for _ in range(BURST + 1)]
    assert {status for status, _ in told[:BURST]} == {204}
    status, wait = told[-1]
    assert status == 429
    assert 1 <= int(wait or 0) <= 2, "one a second is let in again"
    assert await report(site, other) == (204, None)


async def test_only_what_the_trusted_proxy_itself_says_counts(site: Site) -> None:
    busy = source()
    for _ in range(BURST):
        await report(site, busy)
    assert (await report(site, f"{source()}, {busy}"))[0] == 429, "what stands in front was made up by the client"
    assert (await report(site, f"{busy}, {source()}"))[0] == 204


async def test_from_anybody_else_the_header_is_not_believed(site: Site) -> None:
    transport = ASGITransport(site.app, client=("203.0.113.5", 1))
    async with AsyncClient(transport=transport, base_url="http://kept.example") as stranger:
        told = [
            (await stranger.post(REPORT, json={"calls": []}, headers={"x-forwarded-for": source()})).status_code
            for _ in range(BURST + 1)
        ]
    assert told == [204] * BURST + [429]


def test_sources_are_forgotten_before_they_fill_the_memory(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SOURCES", 100)
    limit = limits.RateLimit(per_minute=60, burst=1)
    for number in range(1_000):
        limit.take(connection(site, f"source {number}"))
    assert len(limit._buckets) == 100
    with pytest.raises(limits.TooManyRequests):
        limit.take(connection(site, "source 999"))


def connection(site: Site, peer: str) -> "ASGIConnection[Any, Any, Any, Any]":
    scope: Any = {"type": "http", "client": (peer, 1), "headers": [], "litestar_app": site.app}
    return ASGIConnection(scope)
