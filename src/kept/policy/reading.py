"""What each policy depends on, read off its syntax tree: who and what it is about, and which attributes it looks at.

That is why the table stays small and still is complete: a policy can't depend on what it doesn't read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

import cedarpy
from cedarpy import pst

from kept.policy.actions import GROUPS, Action, Group
from kept.policy.actor import ACTOR_ATTRIBUTES, ActorKind
from kept.policy.attributes import Attribute
from kept.policy.texts import BadPolicy, policies


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy's scope and what its conditions read."""

    id: str
    kinds: tuple[ActorKind, ...]
    actions: tuple[Action, ...]
    reads: frozenset[str]
    """`principal.band`, `resource.relation`, …"""
    asks_action: bool
    """A condition looks at the action, so that the answer may differ between the actions in scope."""

    def actor_attributes(self, kind: ActorKind) -> tuple[Attribute, ...]:
        """What it reads of an actor of that kind."""
        return tuple(a for a in ACTOR_ATTRIBUTES[kind] if f"principal.{a.path}" in self.reads)

    def resource_attributes(self, action: Action) -> tuple[Attribute, ...]:
        """What it reads of that action's noun."""
        return tuple(a for a in action.noun.attributes if f"resource.{a.path}" in self.reads)


@cache
def rules() -> dict[str, Rule]:
    """Every policy's rule by id, in reading order. Raises BadPolicy for a scope that the table can't hold."""
    return {policy.id: _rule(policy.id, policy.text) for policy in policies().values()}


def applicable(kind: ActorKind, action: Action) -> tuple[Rule, ...]:
    """The rules that can matter when an actor of `kind` does `action`, in reading order."""
    return tuple(rule for rule in rules().values() if kind in rule.kinds and action in rule.actions)


def _rule(name: str, text: str) -> Rule:
    (tree,) = cedarpy.policies_to_pst(text).static_policies.values()
    if not isinstance(tree.resource, pst.ScopeAny):
        raise BadPolicy(f"{name}: the action already says what kind of resource it is about; leave `resource` open")
    nodes = [node for clause in tree.clauses for node in _walk(clause)]
    reads = frozenset(path for node in nodes if (path := _path(node)) is not None)
    asks = any(isinstance(node, pst.Var) and node.name == "action" for node in nodes)
    return Rule(name, _kinds(name, tree.principal), _actions(name, tree.action), _outermost(reads), asks)


def _kinds(name: str, scope: Any) -> tuple[ActorKind, ...]:
    if isinstance(scope, pst.ScopeAny):
        return tuple(ActorKind)
    if isinstance(scope, pst.ScopeIs):
        return (ActorKind(scope.entity_type.basename),)
    raise BadPolicy(f"{name}: write `principal` or `principal is …`")


def _actions(name: str, scope: Any) -> tuple[Action, ...]:
    if isinstance(scope, pst.ScopeAny):
        return tuple(Action)
    if isinstance(scope, pst.ActionEq):
        return _expand(scope.entity.id)
    if isinstance(scope, pst.ActionIn):
        return tuple(action for entity in scope.entities for action in _expand(entity.id))
    raise BadPolicy(f"{name}: an action scope that can't be read")


def _expand(name: str) -> tuple[Action, ...]:
    """An action, or all of a group."""
    return GROUPS[Group(name)] if name in set(Group) else (Action.named(name),)


def _walk(node: Any) -> Iterator[Any]:
    """A node and everything below it."""
    yield node
    if is_dataclass(node):
        children = [getattr(node, item.name) for item in fields(node)]
    elif isinstance(node, (tuple, list, frozenset, set)):
        children = list(node)
    elif isinstance(node, dict):
        children = list(node.values())
    else:
        children = []
    for child in children:
        yield from _walk(child)


def _path(node: Any) -> str | None:
    """`principal.limits.messages` for the node that reads it; None for a node that reads nothing."""
    if isinstance(node, pst.GetAttr):
        base = node.base.name if isinstance(node.base, pst.Var) else _path(node.base)
        return None if base is None else f"{base}.{node.attr}"
    return None


def _outermost(reads: frozenset[str]) -> frozenset[str]:
    """Without `principal.limits` where `principal.limits.messages` is read."""
    return frozenset(path for path in reads if not any(other.startswith(path + ".") for other in reads))
