"""Asking Cedar itself: parsed policies are held, never parsed for a call.

Each action has a set of its own, of the policies that can matter for it: a policy whose scope leaves the action out can't
hold for it, and costs time. Actors and resources are preloaded entities, named by their codes.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import cedarpy

from kept.policy.actions import Action
from kept.policy.actor import ACTOR_ATTRIBUTES, Actor, ActorKind
from kept.policy.attributes import Attribute, codes
from kept.policy.decision import Decision, decision
from kept.policy.reading import Rule, applicable
from kept.policy.resources import Resource
from kept.policy.schema import action_entities, entity
from kept.policy.texts import BadPolicy, policies


class Asked:
    """A held set of policies for one kind of actor and one action, with every actor and resource that it can tell apart."""

    def __init__(self, kind: ActorKind, action: Action, rules: Sequence[Rule]) -> None:
        texts = policies()
        self.kind, self.action = kind, action
        self.actors = union(rule.actor_attributes(kind) for rule in rules)
        self.resources = union(rule.resource_attributes(action) for rule in rules)
        self._actor_mask = sum(attribute.mask for attribute in self.actors)
        self._resource_mask = sum(attribute.mask for attribute in self.resources)
        self._set = cedarpy.PolicySet.from_str("\n".join(texts[rule.id].text for rule in rules))
        self._entities = cedarpy.Entities.from_json_str(json.dumps(self._preloaded()))

    def request(self, code: int) -> dict[str, Any]:
        """The Cedar request that the code of actor and resource together stands for."""
        return {
            "principal": {"type": self.kind.value, "id": str(code & self._actor_mask)},
            "action": {"type": "Action", "id": self.action.value},
            "resource": {"type": self.action.noun.__name__, "id": str(code & self._resource_mask)},
        }

    def ask(self, code: int) -> Decision:
        """One answer."""
        return _read(cedarpy.is_authorized(self.request(code), self._set, self._entities))

    def ask_all(self, wanted: Iterable[int]) -> list[Decision]:
        """Many answers, in the order of the codes."""
        requests = [self.request(code) for code in wanted]
        return [_read(result) for result in cedarpy.is_authorized_batch(requests, self._set, self._entities)]

    def codes(self) -> Iterable[int]:
        """Every case that these policies can tell apart."""
        return codes((*self.actors, *self.resources))

    def _preloaded(self) -> list[dict[str, Any]]:
        noun = self.action.noun
        actors = [entity(self.kind, code, ACTOR_ATTRIBUTES[self.kind]) for code in codes(self.actors)]
        things = [entity(noun.__name__, code, noun.attributes) for code in codes(self.resources)]
        return [*actors, *things, *action_entities()]


def can_by_cedar(actor: Actor, action: Action, resource: Resource) -> Decision:
    """The decision, by Cedar; the same as `can` gives, more slowly."""
    return asked(actor.kind, action).ask(actor.code | resource.code)


@cache
def asked(kind: ActorKind, action: Action) -> Asked:
    """The held set for one kind of actor and one action."""
    return Asked(kind, action, applicable(kind, action))


def union(groups: Iterable[tuple[Attribute, ...]]) -> tuple[Attribute, ...]:
    """Attributes that appear in any of `groups`, once, in the order of their places."""
    return tuple(sorted({a for group in groups for a in group}, key=lambda attribute: attribute.shift))


def _read(result: cedarpy.AuthzResult) -> Decision:
    """Cedar's answer as a decision. Raises BadPolicy when Cedar had to skip a policy because it could not evaluate it."""
    if result.diagnostics.errors:
        raise BadPolicy(f"a policy could not be evaluated: {result.diagnostics.errors}")
    return decision(result.allowed, result.diagnostics.id_annotations_by_reason.values())
