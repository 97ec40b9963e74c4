"""What must hold in every case of the whole domain, whatever the texts say one day."""

from collections.abc import Iterable, Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.catalog import Level
from kept.policy import (
    GROUPS,
    Action,
    Actor,
    ActorKind,
    AgeBand,
    Approvals,
    Choice,
    Data,
    Decision,
    Group,
    Limit,
    Payload,
    Relation,
    Resource,
    Site,
    Standing,
    added,
    can,
    can_anyhow,
    taken_away,
)
from kept.policy.actor import ACTOR_ATTRIBUTES
from kept.policy.asking import asked
from kept.policy.attributes import Attribute, codes
from kept.policy.deciding import try_code
from tests.policy.people import ADULT, CHILD, OLDER_TEEN, YOUNGER_TEEN, clip, letter, member

WRITES = [action for action in Action if action.is_write]
UNDER_16 = (CHILD, YOUNGER_TEEN)
MESSAGES_AND_LIVE = (*GROUPS[Group.MESSAGING], *GROUPS[Group.GOING_LIVE])
TOWARDS = {Action.SEND_MESSAGE, Action.RECEIVE_MESSAGE, Action.JOIN_LIVE, Action.WATCH_LIVE, Action.CHAT_IN_LIVE}


def cases(kind: ActorKind, action: Action) -> Iterator[tuple[Actor, Resource, Decision]]:
    """Every case that the policies can tell apart, and its answer."""
    held = asked(kind, action)
    nobody = Actor(kind)
    for code in held.codes():
        low = sum(code & a.mask for a in held.actors)
        actor = Actor.of_code(kind, low)
        yield actor, action.noun.of_code(action.noun.number | (code - low)), try_code(nobody, action, code)


@pytest.mark.parametrize("action", WRITES)
def test_no_write_of_a_member_under_13_is_allowed_in_any_case(action: Action) -> None:
    for actor, _, answer in cases(ActorKind.MEMBER, action):
        assert not (answer and actor.band in (CHILD, None)), action


@pytest.mark.parametrize("action", MESSAGES_AND_LIVE)
def test_under_16_nothing_of_messages_and_livestreams_is_allowed_in_either_direction(action: Action) -> None:
    for actor, thing, answer in cases(ActorKind.MEMBER, action):
        if answer:
            assert actor.band not in (*UNDER_16, None), action
            if action in TOWARDS:
                assert getattr(thing, "owner_band") not in (*UNDER_16, None), action  # noqa: B009


@pytest.mark.parametrize("action", [Action.SEND_MESSAGE, Action.RECEIVE_MESSAGE])
def test_no_message_ever_carries_a_file_or_media_from_elsewhere(action: Action) -> None:
    for _, thing, answer in cases(ActorKind.MEMBER, action):
        assert not (answer and getattr(thing, "payload") in (Payload.FILE, Payload.OUTSIDE_MEDIA))  # noqa: B009


def test_at_16_and_17_messages_go_between_friends() -> None:
    for actor, thing, answer in cases(ActorKind.MEMBER, Action.SEND_MESSAGE):
        if answer and OLDER_TEEN in (actor.band, getattr(thing, "owner_band")):  # noqa: B009
            assert getattr(thing, "relation") is Relation.FRIEND  # noqa: B009


@pytest.mark.parametrize("kind", ActorKind)
def test_saying_less_never_allows_more(kind: ActorKind) -> None:
    """Whatever is allowed with the strictest value of an attribute is allowed with every other value, too."""
    for action in Action:
        held = asked(kind, action)
        attributes = (*held.actors, *held.resources)
        nobody = Actor(kind)
        for attribute in attributes:
            for code in codes(_without(attributes, attribute)):
                if try_code(nobody, action, code):
                    for value in attribute.values[1:]:
                        assert try_code(nobody, action, code | attribute.bits(value)), (action, attribute.path, value)


def _without(attributes: Iterable[Attribute], left_out: Attribute) -> list[Attribute]:
    return [attribute for attribute in attributes if attribute is not left_out]


@pytest.mark.parametrize("kind", [ActorKind.VISITOR, ActorKind.MEMBER])
def test_where_the_service_is_not_offered_nobody_does_anything_but_read_and_leave(kind: ActorKind) -> None:
    (offered,) = (attribute for attribute in ACTOR_ATTRIBUTES[kind] if attribute.path == "offered")
    allowed = {
        action
        for action in Action
        for code in asked(kind, action).codes()
        if not offered.value(code) and try_code(Actor(kind), action, code)
    }
    assert allowed <= {Action.READ_DOCUMENTS, Action.SIGN_OUT}


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.GOOD])
def test_an_account_that_is_not_in_good_standing_keeps_its_rights_and_writes_nothing(standing: Standing) -> None:
    for band in AgeBand:
        actor = member(band, standing=standing)
        done = {action for action in WRITES if can_anyhow(actor, action)}
        arrives = {Action.RECEIVE_MESSAGE} if standing is Standing.TERMS_DUE else set()  # what others write to them
        assert done <= arrives
        assert all(can_anyhow(actor, action) for action in GROUPS[Group.RIGHTS])


@pytest.mark.parametrize("kind", [ActorKind.VISITOR, ActorKind.MEMBER, ActorKind.SYSTEM])
def test_nobody_but_staff_does_what_staff_do(kind: ActorKind) -> None:
    for action in GROUPS[Group.STAFF]:
        assert not any(answer for _, _, answer in cases(kind, action)), action


@pytest.mark.parametrize("action", [Action.READ_DATA, Action.EXPORT_DATA])
def test_data_is_read_exactly_with_the_approvals_that_its_level_asks_for(action: Action) -> None:
    for actor, thing, answer in cases(ActorKind.STAFF, action):
        if not answer:
            continue
        assert isinstance(thing, Data)
        assert actor.site in (Site.ABROAD, Site.IN_REGION)
        assert thing.level is not Level.SECRET
        assert thing.purpose_fits or thing.level is Level.PUBLIC
        if thing.level >= Level.CONFIDENTIAL:
            assert thing.granted
            assert thing.approvals is not Approvals.NONE
        if thing.level is Level.RESTRICTED:
            assert thing.approvals is Approvals.TWO_TEAMS
            assert thing.has_case
            assert thing.on_record


def test_nobody_approves_their_own_request() -> None:
    for _, thing, answer in cases(ActorKind.STAFF, Action.APPROVE_ACCESS):
        assert not (answer and getattr(thing, "own"))  # noqa: B009


def test_nothing_is_disclosed_to_a_listed_country_by_anybody() -> None:
    for kind in ActorKind:
        for _, thing, answer in cases(kind, Action.DISCLOSE):
            assert not (answer and getattr(thing, "country_listed"))  # noqa: B009


@pytest.mark.parametrize("limit", Limit)
@pytest.mark.parametrize("band", AgeBand)
def test_a_limit_takes_away_and_never_adds(limit: Limit, band: AgeBand) -> None:
    for others in combinations([other for other in Limit if other is not limit], 1):
        assert not added(limit, band, *others)
    assert not added(limit, band)
    assert not added(limit, band, *(other for other in Limit if other is not limit))


@pytest.mark.parametrize("limit", Limit)
def test_every_limit_that_can_be_set_switches_something_off(limit: Limit) -> None:
    assert taken_away(limit, AgeBand.TEEN_16_17)
    assert taken_away(limit, AgeBand.TEEN_16_17, *(other for other in Limit if other is not limit)), "and by itself"


@given(
    first=st.sampled_from(list(AgeBand)),
    relation=st.sampled_from(list(Relation)),
    comments=st.sampled_from(list(Choice)),
    accepts=st.sampled_from(list(Choice)),
)
def test_growing_up_never_takes_anything_away_but_what_is_for_the_young(
    first: AgeBand, relation: Relation, comments: Choice, accepts: Choice
) -> None:
    order = list(AgeBand)
    older = order[order.index(first) :]
    for action, thing in (
        (Action.COMMENT, clip(relation=relation, comments=comments)),
        (Action.WATCH, clip(relation=relation)),
        (Action.SEND_MESSAGE, letter(relation=relation, accepts=accepts)),
    ):
        if can(member(first), action, thing):
            assert all(can(member(band), action, thing) for band in older)


def test_an_adult_can_do_everything_that_members_can_do_but_be_a_ward() -> None:
    for action in Action:
        if any(can_anyhow(member(band), action) for band in AgeBand) and action is not Action.PAIR_AS_YOUNG:
            assert can_anyhow(member(ADULT), action), action
