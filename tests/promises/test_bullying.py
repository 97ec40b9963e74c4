"""Evidence on bullying: never better than unproven before people decide, and broken by one thing that must not be."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from kept.kit import new_id
from kept.promises import Verdict
from kept.promises.evidence import bullying
from tests.fixtures.house import NOON
from tests.fixtures.installation import Installation

_BLOCK = "INSERT INTO block (owner_id, other_id, turn, since) VALUES ($1, $2, 1, $3)"
_REPORT = """
INSERT INTO report (owner_id, report_id, kind, item_id, about_id, reason, severity, state, made_at, changed_at)
VALUES ($1, $2, 'member', $3, $3, 'crime.fraud', 1, 'received', $4, $4)
"""
_QUEUED = """
WITH i AS (
    INSERT INTO reported_item (owner_id, item_id, kind, severity, child_safety, reporters, state, first_at, last_at, changed_at)
    VALUES ($1, $1, 'member', 1, false, 1, 'waiting', $3, $3, $3))
INSERT INTO reported_by (owner_id, item_id, reporter, report_id, from_cell, reason, received_at)
VALUES ($1, $1, 'x', $2, 'us', 'crime.fraud', $3)
"""
_MESSAGE = """
INSERT INTO message (owner_id, message_id, peer_id, mine, state, body, sent_at, arrived_at)
VALUES ($1, $2, $3, false, 'sent', 'x', $4, $4)
"""
_FOLLOW = """
INSERT INTO follower (owner_id, other_id, turn, since, wants, answer_to, accepted, state)
VALUES ($1, $2, 1, $3, true, 1, true, 'following')
"""

Plant = Callable[[Installation], Awaitable[None]]


async def a_quiet_day(here: Installation) -> tuple[object, object]:
    """One who has blocked and reported another, in one region."""
    one, other = await here.join(), await here.join()
    report_id, at = new_id(), NOON - timedelta(hours=1)
    await here.run("us", _BLOCK, one.member_id, other.member_id, at)
    await here.run("us", _REPORT, one.member_id, report_id, other.member_id, at)
    await here.run("us", _QUEUED, other.member_id, report_id, at)
    return one.member_id, other.member_id


async def a_message(here: Installation, one: object, other: object) -> None:
    await here.run("us", _MESSAGE, one, new_id(), other, NOON)


async def a_follower(here: Installation, one: object, other: object) -> None:
    await here.run("us", _FOLLOW, one, other, NOON)


async def a_lost_report(here: Installation, one: object, other: object) -> None:
    await here.run("us", "DELETE FROM reported_by")


@pytest.mark.parametrize("plant", [a_message, a_follower, a_lost_report])
async def test_one_thing_that_must_not_be_breaks_it(
    installation: Installation, plant: Callable[..., Awaitable[None]]
) -> None:
    assert (await installation.found("bullying.handled")).sample == 0
    one, other = await a_quiet_day(installation)
    quiet = await installation.found("bullying.handled")
    assert (quiet.verdict, quiet.sample) == (Verdict.EMPTY, 2)
    assert "nobody decides about them here yet" in quiet.figure
    await plant(installation, one, other)
    assert (await installation.found("bullying.handled")).verdict is Verdict.BAD


async def test_a_filter_that_holds_nothing_breaks_it(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bullying, "caught", lambda *_, **__: None)
    found = await installation.found("bullying.handled")
    assert found.verdict is Verdict.BAD
    assert "a hurtful comment" in found.figure
