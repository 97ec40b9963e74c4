"""Actors and resources as numbers: nothing is lost, and what is not said is the strictest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.policy import Actor, ActorKind, Audience, Clip, Limit, Relation
from kept.policy.actor import ACTOR_ATTRIBUTES, ACTOR_BITS
from kept.policy.attributes import codes
from kept.policy.resources import NOUN_BITS, NOUNS
from tests.policy.people import member


@pytest.mark.parametrize("kind", ActorKind)
@given(data=st.data())
def test_an_actor_is_its_code(kind: ActorKind, data: st.DataObject) -> None:
    parts = [data.draw(st.sampled_from([a.bits(value) for value in a.values])) for a in ACTOR_ATTRIBUTES[kind]]
    actor = Actor.of_code(kind, sum(parts))
    assert actor.code == sum(parts)
    assert actor.code < 1 << ACTOR_BITS


@given(noun=st.sampled_from(NOUNS), data=st.data())
def test_a_resource_is_its_code(noun: type[Clip], data: st.DataObject) -> None:
    code = noun.number | data.draw(st.sampled_from(list(codes(noun.attributes))))
    assert noun.of_code(code).code == code


def test_every_noun_has_a_number_of_its_own() -> None:
    assert len({noun.number for noun in NOUNS}) == len(NOUNS) < 1 << NOUN_BITS


def test_what_is_not_said_of_a_resource_is_the_strictest_value() -> None:
    for noun in NOUNS:
        assert noun().code == noun.number


def test_nothing_that_loosens_an_answer_can_be_left_out_of_an_actor() -> None:
    with pytest.raises(TypeError):
        Actor.member(member().band)  # type: ignore[call-arg]
    assert Actor(ActorKind.MEMBER).code == 0


def test_limits_are_part_of_the_code() -> None:
    everything = {member(limits=(limit,)).code for limit in Limit}
    assert len(everything) == len(Limit)
    assert member().code not in everything


def test_a_value_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(KeyError):
        Clip(relation="cousin", audience=Audience.EVERYONE)  # type: ignore[arg-type]
    assert Clip(relation=Relation.OWN).code != Clip().code
