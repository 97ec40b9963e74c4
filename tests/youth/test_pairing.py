"""Pairing: by a code, with both saying yes, in one cell and across a border; who may not; how it ends."""

from datetime import timedelta

import pytest

from kept.accounts import allow_more
from kept.cells import Cell
from kept.policy import AgeBand, Limit, Refused
from kept.social import NotYourself, block
from kept.youth import (
    NoSuchPairing,
    PairState,
    TooManyCodes,
    TooManyGuardians,
    agree,
    confirm,
    give_more,
    offer_code,
    set_limits,
    tend_families,
    unpair,
)
from tests.fixtures.household import TEEN, Household

SEARCH = {Limit.SEARCH}


@pytest.fixture(params=["one region", "two regions"])
def far(request: pytest.FixtureRequest, household: Household) -> Cell:
    """The young one's cell."""
    return household.us if request.param == "one region" else household.eu


async def test_both_say_yes_and_what_the_guardian_sets_is_in_force(household: Household, far: Cell) -> None:
    parent, teen = await household.member(), await household.member(far, TEEN)
    await household.do(agree, teen, parent, await household.code(parent))
    await household.carry()
    assert [(one.handle, one.state) for one in (await household.family(parent)).wards] == [
        (teen.handle, PairState.ASKED)
    ]
    assert await household.off(teen) == (set(), None), "nothing is limited before both agree"
    with pytest.raises(NoSuchPairing):
        await household.do(set_limits, parent, teen, SEARCH, 45)
    await household.do(confirm, parent, teen)
    await household.carry()
    assert await household.off(teen) == (set(), None), "pairing changes nothing by itself"
    await household.do(set_limits, parent, teen, SEARCH, 45)
    await household.carry()
    assert await household.off(teen) == (SEARCH, 45)
    [ward] = (await household.family(parent)).wards
    assert (ward.arrived, ward.force.off, ward.force.minutes, ward.band) == (True, SEARCH, 45, TEEN)
    assert await household.told(teen) == ["limits", "paired"]
    assert (await household.family(teen)).news[0].handle == parent.handle
    assert await household.told(parent) == ["agreed"]


@pytest.mark.parametrize("ends", ["young", "guardian"])
async def test_ending_it_leaves_the_limits_as_they_were(household: Household, far: Cell, ends: str) -> None:
    parent, teen = await household.member(), await household.member(far, TEEN)
    await household.pair(parent, teen)
    await household.do(set_limits, parent, teen, {Limit.MESSAGES, Limit.COMMENTS}, 30)
    await household.carry()
    await household.do(unpair, *((teen, parent) if ends == "young" else (parent, teen)))
    await household.carry()
    assert await household.off(teen) == ({Limit.MESSAGES, Limit.COMMENTS}, 30)
    assert not (await household.family(teen)).guardians
    assert not (await household.family(parent)).wards
    assert "ended" in await household.told(parent if ends == "young" else teen)
    with pytest.raises(NoSuchPairing):
        await household.do(set_limits, parent, teen, (), None)


async def test_who_follows_takes_over_what_was_left_and_only_what_they_were_shown(
    household: Household, far: Cell
) -> None:
    mother, aunt, teen = await household.member(), await household.member(), await household.member(far, TEEN)
    await household.pair(mother, teen)
    await household.do(set_limits, mother, teen, {Limit.MESSAGES}, 30)
    await household.carry()
    await household.do(unpair, mother, teen)
    await household.carry()
    await household.pair(aunt, teen)
    assert await household.off(teen) == ({Limit.MESSAGES}, 30), "a new guardian changes nothing by being one"
    await household.do(set_limits, aunt, teen, SEARCH, 90)
    await household.carry()
    assert await household.off(teen) == ({Limit.MESSAGES, Limit.SEARCH}, 30), "what they don't name stays"
    [ward] = (await household.family(aunt)).wards
    assert ward.left
    await household.do(set_limits, aunt, teen, SEARCH, 90, over=ward.left)
    await household.carry()
    assert await household.off(teen) == (SEARCH, 90)


async def test_of_two_guardians_the_strictest_prevails_and_a_third_is_too_many(household: Household, far: Cell) -> None:
    mother, father, aunt = [await household.member() for _ in range(3)]
    teen = await household.member(far, TEEN)
    await household.pair(mother, teen)
    await household.pair(father, teen)
    await household.do(set_limits, mother, teen, SEARCH, 60)
    await household.do(set_limits, father, teen, {Limit.COMMENTS}, 40)
    await household.carry()
    assert await household.off(teen) == ({Limit.SEARCH, Limit.COMMENTS}, 40)
    [ward] = (await household.family(mother)).wards
    assert ward.force.off == {Limit.SEARCH, Limit.COMMENTS}
    assert "limits" in await household.told(mother), "a guardian is told of what the other changes"
    with pytest.raises(TooManyGuardians):
        await household.do(agree, teen, aunt, await household.code(aunt))
    await household.do(set_limits, father, teen, (), None)
    await household.carry()
    assert await household.off(teen) == (SEARCH, 60), "a guardian takes back what is theirs, and nothing else"


async def test_a_wrong_code_pairs_nobody_and_says_no_more(household: Household, far: Cell) -> None:
    parent, teen = await household.member(), await household.member(far, TEEN)
    await household.code(parent)
    await household.do(agree, teen, parent, "0000-0000")
    await household.carry()
    assert not (await household.family(teen)).guardians
    assert not (await household.family(parent)).wards
    assert await household.told(parent) == []


async def test_a_code_is_good_once(household: Household) -> None:
    parent, teen, friend = (
        await household.member(),
        await household.member(None, TEEN),
        await household.member(None, TEEN),
    )
    code = await household.code(parent)
    assert await household.do(agree, teen, parent, code.lower().replace("-", " ")) is PairState.ASKED
    assert await household.do(agree, friend, parent, code) is PairState.ENDED


async def test_a_code_lapses_and_a_new_one_ends_the_old(household: Household) -> None:
    parent, teen = await household.member(), await household.member(None, TEEN)
    code = await household.code(parent)
    household.passed = timedelta(minutes=15)
    try:
        assert await household.do(agree, teen, parent, code) is PairState.ENDED
        fresh, newer = await household.code(parent), await household.code(parent)
        assert await household.do(agree, teen, parent, fresh) is PairState.ENDED
        assert await household.do(agree, teen, parent, newer) is PairState.ASKED
    finally:
        household.passed = timedelta()


async def test_guessing_ends_after_five_tries_whoever_guesses(household: Household) -> None:
    parent = await household.member()
    code = await household.code(parent)
    for _ in range(5):
        guesser = await household.member(None, TEEN)
        assert await household.do(agree, guesser, parent, "1111-1111") is PairState.ENDED
    assert await household.do(agree, guesser, parent, code) is PairState.ENDED


async def test_somebody_who_guesses_on_and_on_has_to_wait(household: Household) -> None:
    parent, teen = await household.member(), await household.member(None, TEEN)
    for _ in range(10):
        await household.do(agree, teen, parent, "1111-1111")
    with pytest.raises(TooManyCodes):
        await household.do(agree, teen, parent, await household.code(parent))


@pytest.mark.parametrize("band", [band for band in AgeBand if band is not AgeBand.ADULT])
async def test_guardians_are_adults_and_the_young_are_not(household: Household, band: AgeBand) -> None:
    young, adult = await household.member(None, band), await household.member()
    with pytest.raises(Refused):
        await household.do(offer_code, young)
    with pytest.raises(Refused):
        await household.do(agree, adult, await household.member(), "1111-1111")
    with pytest.raises(NotYourself):
        await household.do(agree, young, young, "1111-1111")


async def test_a_child_under_13_is_paired_like_any_other(household: Household, far: Cell) -> None:
    parent, child = await household.member(), await household.member(far, AgeBand.UNDER_13)
    await household.pair(parent, child)
    await household.do(set_limits, parent, child, (), 20)
    await household.carry()
    assert await household.off(child) == (set(), 20)


async def test_whom_one_has_blocked_one_is_not_paired_with(household: Household, far: Cell) -> None:
    parent, teen = await household.member(), await household.member(far, TEEN)
    await household.crowd.do(block, teen, parent)
    await household.carry()
    assert await household.do(agree, teen, parent, await household.code(parent)) is PairState.ENDED
    await household.carry()
    assert not (await household.family(parent)).wards


async def test_a_stranger_sets_sees_and_ends_nothing(household: Household, far: Cell) -> None:
    parent, stranger, teen = await household.member(), await household.member(), await household.member(far, TEEN)
    await household.pair(parent, teen)
    for verb, args in ((set_limits, (SEARCH, 5)), (give_more, ()), (unpair, ()), (confirm, ())):
        with pytest.raises(NoSuchPairing):
            await household.do(verb, stranger, teen, *args)
    assert not (await household.family(stranger)).wards
    assert await household.off(teen) == (set(), None)


async def test_on_the_eighteenth_birthday_it_ends_and_both_are_told(household: Household, far: Cell) -> None:
    parent, teen = await household.member(), await household.member(far, TEEN)
    await household.pair(parent, teen)
    await household.do(set_limits, parent, teen, SEARCH, 30)
    await household.carry()
    older = await household.grow(teen, AgeBand.TEEN_16_17)
    assert await household.off(older) == (SEARCH, 30), "another birthday loosens nothing"
    grown = await household.grow(older, AgeBand.ADULT)
    assert await household.off(grown) == (set(), None)
    assert not (await household.family(parent)).wards
    assert (await household.told(grown))[0] == (await household.told(parent))[0] == "of_age"


async def test_somebody_of_age_is_limited_by_nobody_before_anything_is_tended(household: Household) -> None:
    parent, teen = await household.member(), await household.member(None, TEEN)
    await household.pair(parent, teen)
    await household.do(set_limits, parent, teen, SEARCH, 30)
    limits = await household.limits(teen)
    assert limits.switched_off(AgeBand.TEEN_16_17) == SEARCH
    assert limits.switched_off(AgeBand.ADULT) == frozenset()
    assert limits.minutes(AgeBand.ADULT) is None


async def test_more_time_is_given_once_however_often_it_is_told(household: Household, far: Cell) -> None:
    parent, teen = await household.member(), await household.member(far, TEEN)
    await household.pair(parent, teen)
    await household.do(set_limits, parent, teen, (), 30)
    await household.do(give_more, parent, teen)
    await household.carry()
    rows = await far.database.fetch("SELECT more FROM screen_time WHERE owner_id = $1", teen.member_id)
    assert [row["more"] for row in rows] == [15]
    async with far.begin() as tx:
        await allow_more(tx, teen.member_id, "US", 15, now=household.now)
    await household.do(set_limits, parent, teen, SEARCH, 30)
    await household.carry()
    rows = await far.database.fetch("SELECT more FROM screen_time WHERE owner_id = $1", teen.member_id)
    assert [row["more"] for row in rows] == [30]


async def test_a_guardian_who_is_gone_leaves_the_limits(household: Household, far: Cell) -> None:
    """As an erasure leaves it: the rows that name the guardian are gone, what they set is the young one's own."""
    parent, aunt, teen = await household.member(), await household.member(), await household.member(far, TEEN)
    await household.pair(parent, teen)
    await household.pair(aunt, teen)
    await household.do(set_limits, parent, teen, {Limit.MESSAGES}, 30)
    await household.carry()
    await far.database.fetch("DELETE FROM guardian WHERE other_id = $1", parent.member_id)
    await far.database.fetch("DELETE FROM family_news WHERE other_id = $1", parent.member_id)
    await household.do(set_limits, aunt, teen, (), 90)
    await household.carry()
    assert await household.off(teen) == ({Limit.MESSAGES}, 30)


async def test_what_nobody_confirms_lapses_after_a_day(household: Household, far: Cell) -> None:
    parent, teen = await household.member(), await household.member(far, TEEN)
    await household.do(agree, teen, parent, await household.code(parent))
    await household.carry()
    household.passed = timedelta(days=1, minutes=1)
    try:
        await tend_families(household.youth, far, now=household.now)
        await household.carry()
        assert not (await household.family(teen)).guardians
        with pytest.raises(NoSuchPairing):
            await household.do(confirm, parent, teen)
    finally:
        household.passed = timedelta()
