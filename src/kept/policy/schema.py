"""The words of the policy as a Cedar schema, written from the code: `cedar/vocabulary.cedarschema`.

With it Cedar refuses a policy that misspells a value, reads an attribute that an action's noun does not have, or asks a
visitor for an age band. The file is for reading; `kept policy build` writes it and a test compares it with the code.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from kept.policy.actions import GROUPS, Action, Group
from kept.policy.actor import ACTOR_ATTRIBUTES, ActorKind
from kept.policy.attributes import Attribute, word
from kept.policy.resources import NOUNS

_HEAD = """\
// The words that the policies are made of. Written by `kept policy build`; don't change it by hand.
//
// Of each list of values the first is the strictest: what is not known is taken to be that.
"""


def schema_text() -> str:
    """The whole schema, in Cedar's own syntax."""
    blocks = [_HEAD, *_enumerations(), *_actors(), *_nouns(), *_actions()]
    return "\n".join(blocks)


def _enumerations() -> Iterator[str]:
    """Each enumeration once."""
    seen: dict[str, tuple[Any, ...]] = {}
    groups = [*ACTOR_ATTRIBUTES.values(), *(noun.attributes for noun in NOUNS)]
    for attribute in (attribute for group in groups for attribute in group):
        if attribute.type != "Bool":
            seen.setdefault(attribute.type, attribute.values)
    for name, values in seen.items():
        yield f"entity {name} enum [{', '.join(_quoted(values))}];"


def _actors() -> Iterator[str]:
    yield "\n// Who acts."
    for kind, attributes in ACTOR_ATTRIBUTES.items():
        yield f"entity {kind}{_record(attributes)};"


def _nouns() -> Iterator[str]:
    yield "\n// What is acted upon."
    for noun in NOUNS:
        yield f"// {(noun.__doc__ or '').splitlines()[0]}"
        yield f"entity {noun.__name__}{_record(noun.attributes)};"


def _actions() -> Iterator[str]:
    kinds = ", ".join(ActorKind)
    for group in Group:
        yield f'\naction "{group}";'
        for action in GROUPS[group]:
            yield f'// You may, or may not, {action.phrase}.'
            yield f'action "{action}" in ["{group}"] appliesTo {{ principal: [{kinds}], resource: [{action.noun.__name__}] }};'


def _record(attributes: Iterable[Attribute]) -> str:
    """Attributes as a Cedar record type; `limits.comments` becomes a record in the record."""
    plain: list[str] = []
    nested: dict[str, list[str]] = {}
    for attribute in attributes:
        head, _, tail = attribute.path.partition(".")
        if tail:
            nested.setdefault(head, []).append(f"{tail}: {attribute.type}")
        else:
            plain.append(f"{head}: {attribute.type}")
    plain += [f"{head}: {{ {', '.join(parts)} }}" for head, parts in nested.items()]
    return f" {{ {', '.join(plain)} }}" if plain else ""


def _quoted(values: Iterable[Any]) -> list[str]:
    return [f'"{word(value)}"' for value in values]


def entity(kind: str, code: int, attributes: Iterable[Attribute]) -> dict[str, Any]:
    """The Cedar entity that `code` stands for, with every attribute, as JSON."""
    values: dict[str, Any] = {}
    for attribute in attributes:
        head, _, tail = attribute.path.partition(".")
        (values.setdefault(head, {}) if tail else values)[tail or head] = _cedar_value(attribute, code)
    return {"uid": {"type": kind, "id": str(code)}, "attrs": values, "parents": []}


def _cedar_value(attribute: Attribute, code: int) -> Any:
    value = attribute.value(code)
    if attribute.type == "Bool":
        return value
    return {"__entity": {"type": attribute.type, "id": word(value)}}


def action_entities() -> list[dict[str, Any]]:
    """The actions and the groups that they are in, as Cedar entities."""
    return [
        {"uid": {"type": "Action", "id": str(action)}, "attrs": {}, "parents": [{"type": "Action", "id": str(action.group)}]}
        for action in Action
    ]
