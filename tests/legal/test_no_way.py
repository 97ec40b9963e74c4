"""The whole space is searched for a way from a listed country to anything but a refusal, and there is none."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from itertools import product
from uuid import UUID

import pytest

from kept.kit import KeptError
from kept.legal import NEXT, OF_LISTED, Case, Ground, State, preserve, prolong, refuse, tend, withdraw
from kept.policy import Action, Actor, ActorKind, Approvals, LegalRequest, Site, Team, can, can_by_cedar
from kept.policy.actor import ACTOR_ATTRIBUTES
from kept.policy.attributes import codes
from kept.retention import holds
from tests.legal.conftest import LISTED, Chambers

GIVES = (Action.VALIDATE_LEGAL_REQUEST, Action.PRESERVE_DATA, Action.DISCLOSE)
EVERYBODY = [Actor.staff(team, site) for team, site in product(Team, Site)]
Verb = Callable[[Chambers, Case, UUID, Actor], Awaitable[object]]
VERBS: dict[str, Verb] = {
    "validate": lambda at, case, member, by: at.find_valid(case.number, member, actor=by),
    "refuse": lambda at, case, _, by: refuse(at, case.number, ground=Ground.RIGHTS, actor=by, now=at.now),
    "withdraw": lambda at, case, _, by: withdraw(at, case.number, actor=by, now=at.now),
    "preserve": lambda at, case, _, by: preserve(at, case.number, actor=by, now=at.now),
    "prolong": lambda at, case, _, by: prolong(at, case.number, actor=by, now=at.now),
    "tend": lambda at, *_: tend(at),
}
PUT = """UPDATE legal_request SET state = $2, ground = '', closed_at = NULL, narrowed = $3, preserved_until = NULL,
    prolonged = false, recipient = 'age1', recipient_by = $4, confirmed_by = case_id, grant_id = $4, valid_at = now(),
    package = NULL WHERE case_id = $1"""


def actors() -> Iterator[Actor]:
    """Every actor whom the policies can tell apart."""
    for kind in ActorKind:
        for code in codes(ACTOR_ATTRIBUTES[kind]):
            yield Actor.of_code(kind, code)


def requests(*, listed: bool) -> list[LegalRequest]:
    """Every request that the policies can tell apart."""
    rest = product((False, True), Approvals, (False, True))
    return [
        LegalRequest(country_listed=listed, validated=validated, approvals=approvals, on_record=on_record)
        for validated, approvals, on_record in rest
    ]


@pytest.mark.parametrize("action", GIVES)
def test_the_policy_gives_a_listed_country_nothing_whoever_asks(action: Action) -> None:
    everyone = list(actors())
    assert len(everyone) > len(EVERYBODY)
    assert not any(can(actor, action, thing) for actor in everyone for thing in requests(listed=True))
    assert not any(can_by_cedar(actor, action, thing) for actor in EVERYBODY for thing in requests(listed=True))
    some = [(a, t) for a in everyone for t in requests(listed=False) if can(a, action, t)]
    assert some, "it is the country that decides, not an action that nobody may do"
    assert {actor.team for actor, _ in some} == {Team.LEGAL}


def test_the_states_lead_a_listed_country_nowhere_else() -> None:
    reached, todo = {State.RECEIVED}, [State.RECEIVED]
    while todo:
        following = {state for state in NEXT[todo.pop()] if state in OF_LISTED} - reached
        reached |= following
        todo += following
    assert reached == {State.RECEIVED, State.REFUSED} == OF_LISTED
    assert all(State.RECEIVED not in following for following in NEXT.values())


async def outcomes(chambers: Chambers, case: Case, member: UUID, starts: list[State]) -> set[tuple[str, State, State]]:
    """(verb, from, to) over every verb, start, team and site: what really happened in the database."""
    found = set()
    narrowed = (await chambers.case(case.number)).narrowed or case.asked
    for start, (name, verb), actor in product(starts, VERBS.items(), EVERYBODY):
        await chambers.eu.database.fetch(PUT, case.case_id, start, narrowed, member)
        with contextlib.suppress(KeptError):
            await verb(chambers, case, member, actor)
        found.add((name, start, (await chambers.case(case.number)).state))
    return found


async def test_no_verb_of_anybody_brings_a_listed_countrys_request_anywhere_else(chambers: Chambers) -> None:
    member = await chambers.resident(chambers.eu)
    for country in LISTED:
        case = await chambers.receive(country, "epoc_pr")
        found = await outcomes(chambers, case, member, sorted(OF_LISTED))
        assert {to for _, _, to in found} <= OF_LISTED
        assert ("tend", State.RECEIVED, State.REFUSED) in found
    assert await holds(chambers.eu) == []


async def test_the_same_search_finds_every_way_that_an_allowed_country_has(chambers: Chambers) -> None:
    member = await chambers.resident(chambers.eu)
    case = await chambers.validated("FR", "epoc_pr", member)
    found = await outcomes(chambers, case, member, list(State))
    ways = {(start, to) for _, start, to in found if start is not to}
    by_time = {(State.VALIDATED, State.EXPIRED)}  # the clock stands still here
    above = {(State.VALIDATED, State.PRODUCING), (State.PRODUCING, State.PRODUCED), (State.PRODUCING, State.VALIDATED)}
    assert ways == {(start, to) for start, following in NEXT.items() for to in following} - by_time - above
    assert await holds(chambers.eu) != []
