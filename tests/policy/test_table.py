"""The generated table and Cedar give the same answer, in every case that there is."""

import random

import cedarpy
import pytest

from kept.policy import (
    FILES,
    Action,
    Actor,
    ActorKind,
    Relation,
    Service,
    StaleTable,
    can,
    can_by_cedar,
    check_policy,
    outdated,
)
from kept.policy import table as table_module
from kept.policy.asking import asked
from kept.policy.deciding import try_code
from kept.policy.decision import decision
from kept.policy.resources import NOUN_MASK
from kept.policy.texts import cedar_text
from tests.policy.people import clip, member


def test_the_generated_files_belong_to_the_texts() -> None:
    assert outdated() == []
    check_policy()


@pytest.mark.parametrize("kind", ActorKind)
def test_table_and_cedar_agree_on_decision_and_policies_over_the_whole_domain(kind: ActorKind) -> None:
    cases = 0
    for action in Action:
        held = asked(kind, action)
        wanted = list(held.codes())
        nobody = Actor(kind)
        for code, by_cedar in zip(wanted, held.ask_all(wanted), strict=True):
            assert try_code(nobody, action, code) == by_cedar, (kind, action, code)
        cases += len(wanted)
    assert cases >= len(Action)


def test_leaving_out_policies_of_other_actions_changes_nothing_for_cedar() -> None:
    """`asked` holds only the policies whose scope takes the action in; here the whole set answers, on a sample."""
    everything = cedarpy.PolicySet.from_str("\n".join(cedar_text(file) for file in FILES))
    chance = random.Random(4)
    for kind in ActorKind:
        for action in Action:
            held = asked(kind, action)
            wanted = list(held.codes())
            for code in chance.sample(wanted, min(6, len(wanted))):
                result = cedarpy.is_authorized(held.request(code), everything, held._entities)
                whole = decision(result.allowed, result.diagnostics.id_annotations_by_reason.values())
                assert whole == held.ask(code), (kind, action, code)


def test_can_and_can_by_cedar_take_the_same_question() -> None:
    for actor in (member(), Actor.system()):
        assert can(actor, Action.COMMENT, clip()) == can_by_cedar(actor, Action.COMMENT, clip())


def test_a_table_made_of_other_texts_stops_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "policy_hash", lambda: "0" * 64)
    table_module.table.cache_clear()
    with pytest.raises(StaleTable):
        check_policy()
    monkeypatch.undo()
    check_policy()


def test_an_action_on_the_wrong_noun_is_an_error_of_the_caller_and_never_a_yes() -> None:
    with pytest.raises(TypeError, match="done to Clip"):
        can(member(), Action.DELETE_CLIP, Service())
    own = clip(relation=Relation.OWN)
    assert own.code & NOUN_MASK == own.number
