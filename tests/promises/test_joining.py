"""Regions that run apart measure their own cells: broken anywhere is broken, and proven is proven everywhere."""

from datetime import UTC, datetime, timedelta

import pytest

from kept.promises.joining import Measured, joined
from kept.promises.promise import Finding, Verdict

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GOOD, BAD, EMPTY = (Measured(Finding(verdict, verdict.value, 2, {"n": 1}), NOON) for verdict in Verdict)
FAILED = Measured(Finding(Verdict.EMPTY, "The check could not run.", 0, {"error": "OSError"}), NOON)


@pytest.mark.parametrize(
    ("us", "eu", "verdict"),
    [
        (GOOD, GOOD, Verdict.GOOD),
        (GOOD, BAD, Verdict.BAD),
        (BAD, None, Verdict.BAD),
        (GOOD, EMPTY, Verdict.GOOD),
        (EMPTY, EMPTY, Verdict.EMPTY),
        (GOOD, None, Verdict.EMPTY),
        (GOOD, FAILED, Verdict.EMPTY),
    ],
)
def test_the_verdict_of_two_regions(us: Measured, eu: Measured | None, verdict: Verdict) -> None:
    for found in ({"us": us, "eu": eu}, {"eu": eu, "us": us}):
        one = joined(found)
        assert one is not None
        assert one.finding.verdict is verdict


def test_both_figures_are_told_and_the_oldest_counts() -> None:
    older = Measured(GOOD.finding, NOON - timedelta(hours=1))
    one = joined({"us": GOOD, "eu": older})
    assert one is not None
    assert (one.at, one.finding.sample) == (older.at, 4)
    assert one.finding.figure == "us: good; eu: good"
    assert one.finding.details == {"us n": 1, "eu n": 1}


def test_nothing_measured_is_nothing_and_one_region_is_itself() -> None:
    assert joined({"us": None, "eu": None}) is None
    assert joined({"": GOOD}) is GOOD
