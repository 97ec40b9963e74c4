"""Notices without an account (DSA Art. 16): what they need, and that nobody learns from them what there is."""

from typing import Any

import pytest

from kept.cells import Cell
from kept.kit import new_id
from kept.policy import Actor
from kept.reports import NotAReport, Notice, Receipt, end_notices, give_notice, place_of
from kept.reports.models import DAYS
from kept.social import introduce
from tests.comments.talk import say
from tests.fixtures.crowd import Crowd
from tests.reports.telling import CHILD_SAFETY, queued

VISITOR = Actor.visitor(offered=True)
GOOD = {
    "reason": "illegal",
    "why": "It is defamation.",
    "name": "A. Lawyer",
    "email": "lawyer@example.org",
    "country": "FR",
    "good_faith": True,
}


async def give(crowd: Crowd, cell: Cell, place: str, **changes: Any) -> Receipt:
    return await give_notice(crowd.reports, cell, VISITOR, Notice(place=place, **(GOOD | changes)), now=crowd.lot.now)


@pytest.mark.parametrize("home", ["us", "eu"], ids=["same cell", "over the sea"])
async def test_a_notice_is_in_the_queue_once_for_each_sender(crowd: Crowd, home: str, small_clip: bytes) -> None:
    author = await crowd.member(crowd.lot.cells.named(home))
    async with author.cell.begin() as tx:
        await introduce(tx, author.member_id, now=crowd.lot.now)
    clip = await crowd.lot.publish(author, small_clip)
    comment = await say(crowd, author, clip, "hello")
    await crowd.carry()
    places = {
        clip: f"https://kept.example/clips/{clip}",
        comment: f"https://kept.example/clips/{clip}/comments#comment-{comment}",
        author.member_id: f"https://kept.example/@{author.handle}",
    }
    for place in places.values():
        for email in ("one@example.org", "ONE@example.org", "two@example.org"):
            receipt = await give(crowd, crowd.us, place, email=email)
    await crowd.carry()
    for item in places:
        found = await queued(author.cell, item)
        assert found is not None
        assert found.reporters == 2
    [row] = await crowd.us.database.fetch("SELECT said FROM report_notice WHERE notice_id = $1", receipt.report_id)
    assert b"example.org" not in row["said"]


async def test_it_is_answered_alike_where_there_is_nothing(crowd: Crowd) -> None:
    for place in (f"/clips/{new_id()}", f"/clips/{new_id()}/comments/{new_id()}", "/@nobody.here"):
        receipt = await give(crowd, crowd.us, f"https://kept.example{place}")
        assert len(receipt.number) == 8


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"why": " "}, "say why"),
        ({"name": ""}, "your name"),
        ({"email": ""}, "your name"),
        ({"good_faith": False}, "good faith"),
        ({"country": "XX"}, "country"),
        ({"why": "a" * 5001}, "5,000 letters"),
    ],
)
async def test_a_notice_that_lacks_something_says_what(crowd: Crowd, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAReport, match=why):
        await give(crowd, crowd.us, f"https://kept.example/clips/{new_id()}", **changes)


async def test_harm_to_children_needs_no_name(crowd: Crowd, small_clip: bytes) -> None:
    author = await crowd.member(crowd.us)
    clip = await crowd.lot.publish(author, small_clip)
    await give(crowd, crowd.us, f"https://kept.example/clips/{clip}", reason="children.sexual-abuse", name="", email="")
    assert await queued(crowd.us, clip) is None, "none of the moderators' business"
    assert await queued(crowd.us, clip, CHILD_SAFETY) is not None


@pytest.mark.parametrize(
    "text", ["", "nothing", "https://elsewhere.example/watch?v=1", "javascript:alert(1)", "/clips/1"]
)
def test_an_address_that_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises(NotAReport, match="exact address"):
        place_of(text)


async def test_a_notice_is_destroyed_after_its_time(crowd: Crowd) -> None:
    receipt = await give(crowd, crowd.us, f"https://kept.example/clips/{new_id()}")
    there = "SELECT received_at FROM report_notice WHERE notice_id = $1"
    assert len(await crowd.us.database.fetch(there, receipt.report_id)) == 1
    old = "UPDATE report_notice SET received_at = received_at - make_interval(days => $2) WHERE notice_id = $1"
    await crowd.us.database.fetch(old, receipt.report_id, DAYS + 1)
    assert await end_notices(crowd.reports, crowd.us, now=crowd.lot.now) == 1
    assert await crowd.us.database.fetch(there, receipt.report_id) == []
