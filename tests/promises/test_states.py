"""What state follows from what was found: never kept on nothing, never kept on old evidence, broken until shown otherwise."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.promises import Finding, State, Verdict, measure_all, recent, standing, store
from kept.promises.promise import FRESH, state_of
from tests.fixtures.installation import Installation

findings = st.builds(Finding, st.sampled_from(Verdict), st.just("a figure"), st.integers(0, 10**9))
ages = st.none() | st.timedeltas(min_value=timedelta(days=-30), max_value=timedelta(days=3650))


@given(findings | st.none(), st.booleans(), ages)
def test_kept_needs_a_check_and_fresh_good_evidence(finding: Finding | None, measurable: bool, age: timedelta | None) -> None:
    state = state_of(finding, measurable=measurable, age=age)
    good = finding is not None and finding.verdict is Verdict.GOOD
    assert (state is State.KEPT) == (measurable and good and age is not None and abs(age) <= FRESH)


@given(ages)
def test_broken_stays_broken_however_old(age: timedelta | None) -> None:
    bad = Finding(Verdict.BAD, "a figure", 1)
    assert state_of(bad, measurable=True, age=age) is State.BROKEN


@given(st.booleans(), st.integers(0, 10))
def test_an_empty_sample_is_never_good_and_something_bad_is_never_empty(good: bool, sample: int) -> None:
    verdict = Finding.of(good=good, figure="", sample=sample).verdict
    assert verdict is (Verdict.BAD if not good else Verdict.GOOD if sample else Verdict.EMPTY)


def test_what_nobody_checks_is_planned_whatever_anybody_found() -> None:
    assert state_of(Finding(Verdict.GOOD, "", 1), measurable=False, age=timedelta(0)) is State.PLANNED


async def test_a_new_installation_keeps_nothing_but_what_its_own_schema_and_canary_show(installation: Installation) -> None:
    readings = await measure_all(installation.runtime)
    told = {state: {one.promise.id for one in readings if one.state is state} for state in State}
    by_canary = {"messages.encrypted", "messages.decryption"}  # the platform's own messages are there to be looked for
    assert told[State.KEPT] == {"collection.declared"} | by_canary
    assert told[State.BROKEN] == set()
    assert "audit.independent" in told[State.UNPROVEN]
    assert "service.availability" in told[State.UNPROVEN], "nobody has joined and nobody was refused"


async def test_good_evidence_goes_stale_and_bad_evidence_does_not(installation: Installation) -> None:
    await installation.join()
    await store(installation.runtime, await measure_all(installation.runtime))
    assert await states(installation) == {State.KEPT}
    installation.clock.advance(FRESH)
    assert await states(installation) == {State.KEPT}
    installation.clock.advance(timedelta(seconds=1))
    assert await states(installation) == {State.UNPROVEN}
    await installation.run("us", "DELETE FROM acceptance")
    await store(installation.runtime, await measure_all(installation.runtime))
    installation.clock.advance(timedelta(days=300))
    assert await states(installation) == {State.BROKEN}
    assert {one.state for one in await standing(installation.runtime) if one.promise.id == "residency.home"} == {
        State.UNPROVEN
    }


async def states(installation: Installation) -> set[State]:
    return {one.state for one in await standing(installation.runtime) if one.promise.id == "terms.published"}


async def test_a_clock_that_was_set_back_makes_nothing_kept_that_is_not_fresh(installation: Installation) -> None:
    """Evidence from the future is no evidence of now."""
    await installation.join()
    await store(installation.runtime, await measure_all(installation.runtime))
    installation.clock.advance(-timedelta(days=1))
    assert await states(installation) == {State.UNPROVEN}
    await store(installation.runtime, await measure_all(installation.runtime))
    assert await states(installation) == {State.KEPT}, "what was measured by the clock as it is now counts"


async def test_a_check_that_can_not_run_proves_nothing_and_stops_no_other(installation: Installation) -> None:
    await installation.join()
    await installation.run("us", "ALTER TABLE tally RENAME TO lost")
    readings = {one.promise.id: one for one in await measure_all(installation.runtime)}
    assert readings["network.declared"].state is State.UNPROVEN
    assert "could not run" in readings["network.declared"].figure
    assert readings["residency.home"].state is State.KEPT


async def test_of_old_readings_one_an_hour_is_kept_and_every_verdict(installation: Installation) -> None:
    await installation.join()
    for minute in range(0, 180, 15):
        if minute == 75:
            await installation.run("us", "DELETE FROM acceptance")
        await store(installation.runtime, await measure_all(installation.runtime))
        installation.clock.advance(timedelta(minutes=15))
    past = (await recent(installation.runtime, points=1_000))["terms.published"]
    started = past[0].at
    told = [(int((one.at - started).total_seconds() // 60), str(one.verdict)) for one in past]
    assert told[:3] == [(0, "good"), (60, "good"), (75, "bad")]
    assert [minute for minute, _ in told if minute >= 105] == [105, 120, 135, 150, 165][-len(told) + 3 :]
    assert [verdict for _, verdict in told[2:]] == ["bad"] * (len(told) - 2)
    for one in past:
        assert one.figure.endswith(")")


async def test_history_shows_the_newest_points_oldest_first(installation: Installation) -> None:
    await installation.join()
    for _ in range(5):
        await store(installation.runtime, await measure_all(installation.runtime))
        installation.clock.advance(timedelta(minutes=1))
    past = await recent(installation.runtime, points=3)
    for readings in past.values():
        assert len(readings) == 3
        assert [one.at for one in readings] == sorted(one.at for one in readings)
    installation.clock.advance(timedelta(days=8))
    assert await recent(installation.runtime) == {}


@pytest.mark.parametrize("promise", ["service.scale", "moderation.appeals"])
async def test_what_is_planned_is_told_as_planned(installation: Installation, promise: str) -> None:
    reading = next(one for one in await standing(installation.runtime) if one.promise.id == promise)
    assert (reading.state, reading.figure, reading.measured_at) == (State.PLANNED, "", None)
