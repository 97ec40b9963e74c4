"""The made-up family is paired and limited as people's are, and making it twice makes it once."""

from kept.accounts import resume, sign_in
from kept.demo.families import GUARDIAN, WARDS, make_family
from kept.demo.people import PASSWORD, PEOPLE
from kept.demo.seeding import _member
from kept.policy import Action, Limit, Service, can
from kept.youth import PairState, family_of
from tests.fixtures.installation import Installation


async def test_a_made_up_family(installation: Installation) -> None:
    runtime = installation.runtime
    sessions = [await _member(runtime, person) for person in PEOPLE if person.handle in (GUARDIAN, *WARDS)]
    assert await make_family(runtime, sessions) == len(WARDS)
    assert await make_family(runtime, sessions) == 0
    parent = next(one for one in sessions if one.handle == GUARDIAN)
    family = await family_of(runtime.youth, parent)
    assert {(one.handle, one.state, one.force.minutes) for one in family.wards} == {
        (handle, PairState.PAIRED, minutes) for handle, (_, minutes) in WARDS.items()
    }
    signed_in = await sign_in(runtime.accounts, "ava", PASSWORD, device="A test", now=runtime.clock.now())
    teen = await resume(runtime.accounts, signed_in.token, now=runtime.clock.now())
    assert teen.actor.limits == {Limit.SEARCH}
    assert teen.today.allowed == 45
    refused = can(teen.actor, Action.SEARCH_CLIPS, Service())
    assert "family.search-off" in refused.policies
