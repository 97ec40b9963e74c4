"""Making the table: every policy, alone, is asked of Cedar for every combination of what it reads."""

from collections.abc import Iterator

import cedarpy

from kept.policy.actions import Action
from kept.policy.actor import ActorKind
from kept.policy.asking import Asked
from kept.policy.reading import Rule, rules
from kept.policy.resources import Resource
from kept.policy.schema import schema_text
from kept.policy.table import Rows
from kept.policy.texts import FILES, BadPolicy, cedar_text, policies


def validate() -> None:
    """Have Cedar check every file against the vocabulary. Raises BadPolicy, with Cedar's own words."""
    schema = cedarpy.Schema.from_str(schema_text())
    for file in FILES:
        result = cedarpy.validate_policies(cedar_text(file), schema)
        if not result.validation_passed:
            raise BadPolicy(f"{file}.cedar: {'; '.join(str(error) for error in result.errors)}")


def rows_of(name: str) -> Iterator[Rows]:
    """Where a policy holds, actions with the same rows together."""
    rule, effect = rules()[name], policies()[name].effect
    for kind in rule.kinds:
        alike: dict[tuple[tuple[str, ...], str], list[Action]] = {}
        known: dict[tuple[type[Resource], Action | None], tuple[tuple[str, ...], str]] = {}
        for action in rule.actions:
            same = (action.noun, action if rule.asks_action else None)
            if same not in known:
                known[same] = _ask(rule, kind, action)
            alike.setdefault(known[same], []).append(action)
        for (reads, rows), actions in alike.items():
            if "1" in rows:
                yield Rows(name, effect, kind, frozenset(actions), reads, rows)


def _ask(rule: Rule, kind: ActorKind, action: Action) -> tuple[tuple[str, ...], str]:
    """What the policy reads, and its rows."""
    held = Asked(kind, action, [rule])
    rows = "".join("1" if answer.policies else "0" for answer in held.ask_all(held.codes()))
    reads = (*(f"principal.{a.path}" for a in held.actors), *(f"resource.{a.path}" for a in held.resources))
    return reads, rows
