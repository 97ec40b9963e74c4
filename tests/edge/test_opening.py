"""Only a page of ours makes evidence of a first open: whoever else sends reports is answered, and not counted."""

import re
from datetime import timedelta

import pytest

from kept.cells import tallied
from kept.kit import FixedClock
from tests.edge.test_limits import source
from tests.fixtures.site import Site

REPORT = "/api/v1/network/first-open"
FOREIGN = ["https://elsewhere.example/x.js"]


async def ticket_of(site: Site) -> str:
    page = (await site.client.get("/")).text
    found = re.search(r'data-opening="([^"]+)"', page)
    assert found is not None
    return found[1]


async def report(site: Site, ticket: str) -> None:
    sent = {"calls": FOREIGN, "ticket": ticket}
    answer = await site.client.post(REPORT, json=sent, headers={"x-forwarded-for": source()})
    assert answer.status_code == 204


async def undeclared(site: Site) -> int:
    await site.runtime.flush()
    counts = await tallied(site.runtime.cells, "network.", since=site.runtime.clock.now().date() - timedelta(days=1))
    return counts["network.undeclared"]


async def test_a_page_reports_once(site: Site) -> None:
    before, ticket = await undeclared(site), await ticket_of(site)
    await report(site, ticket)
    await report(site, ticket)
    assert await undeclared(site) == before + 1


@pytest.mark.parametrize("ticket", ["", "x", "A" * 120])
async def test_who_has_no_page_makes_no_evidence(site: Site, ticket: str) -> None:
    before = await undeclared(site)
    await report(site, ticket)
    assert await undeclared(site) == before


async def test_a_page_that_was_left_open_for_hours_makes_none(site: Site) -> None:
    clock = site.runtime.clock
    assert isinstance(clock, FixedClock)
    before, ticket = await undeclared(site), await ticket_of(site)
    clock.advance(timedelta(hours=2))
    await report(site, ticket)
    clock.advance(-timedelta(hours=2))
    assert await undeclared(site) == before
