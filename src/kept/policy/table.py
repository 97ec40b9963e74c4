"""The generated table: for each policy, the rows of attribute values for which it holds. Written by asking Cedar, once.

`table.json` carries the hash of the texts that it was made from; with any other texts the program does not start.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kept.kit import Fatal
from kept.policy.actions import Action
from kept.policy.actor import ACTOR_ATTRIBUTES, ActorKind
from kept.policy.attributes import Attribute
from kept.policy.schema import schema_text
from kept.policy.texts import policies, policy_hash

NAME = "table.json"
SCHEMA = "cedar/vocabulary.cedarschema"
FOLDER = Path(__file__).parent

_NOTE = (
    "Written by `kept policy build`; don't change it by hand. For each policy: for which kind of actor and which actions "
    "it can hold, what it reads, and a row for each combination of values (the last attribute changes fastest): "
    "1 where it holds."
)


class StaleTable(Fatal):
    """The table was made from other texts than those that are here."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Where one policy holds for one kind of actor and some actions."""

    policy: str
    effect: str
    kind: ActorKind
    actions: frozenset[Action]
    reads: tuple[str, ...]
    rows: str
    """`0` and `1`, one for each combination of values."""

    def attributes(self, action: Action) -> tuple[Attribute, ...]:
        """What it reads, for an action in scope."""
        known = {f"principal.{a.path}": a for a in ACTOR_ATTRIBUTES[self.kind]}
        known |= {f"resource.{a.path}": a for a in action.noun.attributes}
        return tuple(known[path] for path in self.reads)


@cache
def table() -> tuple[Rows, ...]:
    """The committed table, in reading order. Raises StaleTable: run `kept policy build`."""
    content = json.loads((FOLDER / NAME).read_bytes())
    if content["policies_sha256"] != policy_hash():
        raise StaleTable("the policy table was not made from these policies; run `kept policy build` and review it")
    return tuple(
        Rows(
            policy=name,
            effect=entry["effect"],
            kind=ActorKind(part["kind"]),
            actions=frozenset(Action.named(action) for action in part["actions"]),
            reads=tuple(part["reads"]),
            rows=part["rows"],
        )
        for name, entry in content["policies"].items()
        for part in entry["holds"]
    )


def check() -> None:
    """Refuse to go on with a table that is not made from the texts; at start-up. Raises StaleTable."""
    table()


def table_text() -> str:
    """The table that belongs to the texts, as JSON; asks Cedar for every row.

    Raises:
        BadPolicy: a policy that the schema refuses, or that the table can't hold.
    """
    from kept.policy.building import rows_of, validate

    validate()
    content: dict[str, Any] = {
        "note": _NOTE,
        "policies_sha256": policy_hash(),
        "policies": {
            name: {"effect": policy.effect, "holds": [_as_json(part) for part in rows_of(name)]}
            for name, policy in policies().items()
        },
    }
    return "".join(_pretty(content)) + "\n"


def generated() -> dict[str, str]:
    """Every file that is generated from the policy, by its path in this folder."""
    return {SCHEMA: schema_text(), NAME: table_text()}


def outdated(folder: Path = FOLDER) -> list[str]:
    """The generated files in `folder` that are missing or not what they would be if they were made now."""
    return [name for name, text in generated().items() if _standing(folder / name) != text]


def build(folder: Path = FOLDER) -> None:
    """Write the generated files. Raises BadPolicy."""
    for name, text in generated().items():
        (folder / name).write_text(text, encoding="utf-8")
    table.cache_clear()


def _standing(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def _as_json(part: Rows) -> dict[str, Any]:
    actions = [str(action) for action in Action if action in part.actions]
    return {"kind": part.kind, "actions": actions, "reads": part.reads, "rows": part.rows}


def _pretty(content: dict[str, Any]) -> Iterator[str]:
    """JSON with one line for each part of a policy, so that a change shows as a change of few lines."""
    yield "{\n"
    yield f' "note": {json.dumps(content["note"])},\n'
    yield f' "policies_sha256": {json.dumps(content["policies_sha256"])},\n'
    yield ' "policies": {\n'
    yield ",\n".join(
        f'  {json.dumps(name)}: {{"effect": "{entry["effect"]}", "holds": [\n'
        + ",\n".join(f"   {json.dumps(part)}" for part in entry["holds"])
        + "\n  ]}"
        for name, entry in content["policies"].items()
    )
    yield "\n }\n}"
