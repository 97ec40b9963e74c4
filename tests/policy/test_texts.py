"""The texts: readable, complete, and checked by Cedar against the vocabulary."""

import re

import cedarpy
import pytest

from kept.policy import FILES, Action, Group, Limit, introduction, policies
from kept.policy.actor import ACTOR_ATTRIBUTES
from kept.policy.building import validate
from kept.policy.decision import Refused
from kept.policy.reading import rules
from kept.policy.resources import NOUNS
from kept.policy.schema import schema_text
from kept.policy.texts import BadPolicy, cedar_text


def test_cedar_finds_nothing_wrong_with_any_file() -> None:
    validate()


@pytest.mark.parametrize(
    "wrong",
    [
        'forbid (principal is Member, action, resource) when { principal.band == Band::"under_14" };',
        'forbid (principal is Member, action == Action::"fly", resource);',
        'forbid (principal, action, resource) when { principal.band == Band::"adult" };',
        'permit (principal is Member, action == Action::"upload", resource) when { resource.remix };',
    ],
)
def test_cedar_refuses_a_misspelt_value_an_unknown_action_and_an_attribute_that_is_not_there(wrong: str) -> None:
    result = cedarpy.validate_policies(wrong, cedarpy.Schema.from_str(schema_text()))
    assert not result.validation_passed


def test_cedar_finds_as_many_policies_as_we_read() -> None:
    everything = "\n".join(cedar_text(file) for file in FILES)
    assert len(cedarpy.PolicySet.from_str(everything)) == len(policies())


def test_every_file_says_at_its_head_what_it_is_about() -> None:
    for file in FILES:
        assert len(introduction(file)) > 20, file


def test_every_refusal_can_be_told_in_two_plain_sentences() -> None:
    for policy in policies().values():
        if policy.effect == "forbid" and policy.shown_as is None:
            for action in rules()[policy.id].actions:
                told = Refused(action=action, band=None, policy=policy.id, policies=(policy.id,)).public
                assert re.fullmatch(r"You can't [^.!{}]+: [^.!{}]+\. [^!{}]+\.", told), told
                assert len(told) < 200, told


def test_titles_are_sentences_for_people() -> None:
    for policy in policies().values():
        assert policy.title[0].isupper(), policy.id
        assert policy.title.endswith("."), policy.id
        assert "!" not in policy.title, policy.id


def test_every_action_is_permitted_to_somebody_or_forbidden_to_all_by_name() -> None:
    spoken = {action for rule in rules().values() if policies()[rule.id].effect == "permit" for action in rule.actions}
    never = set(Action) - spoken
    assert never == {Action.SEE_YOUNG_CONTENT, Action.RELEASE_QUARANTINED}


def test_every_attribute_and_every_limit_is_read_by_some_policy() -> None:
    read = {path for rule in rules().values() for path in rule.reads}
    known = {f"principal.{a.path}" for attributes in ACTOR_ATTRIBUTES.values() for a in attributes}
    known |= {f"resource.{a.path}" for noun in NOUNS for a in noun.attributes}
    assert known - read == set()
    assert {f"principal.limits.{limit}" for limit in Limit} <= read


def test_actions_and_groups_share_no_name() -> None:
    assert not {str(action) for action in Action} & {str(group) for group in Group}


def test_a_refusal_without_an_explanation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from kept.policy import texts

    silent = '@id("live.no")\n@title("No.")\nforbid (principal, action, resource);\n'
    with pytest.raises(BadPolicy, match=r"live\.no"):
        texts._read(silent, "live")
