"""The policies as written: the Cedar files, each policy with what its annotations say, and the hash of the whole.

The order of the files and of the policies in them is the order in which people read them; where several policies forbid
something, the first in this order is the one that the refused person is told.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from kept.kit import Fatal
from kept.policy.schema import schema_text

FILES = (
    "regions", "account", "youth", "family", "watching", "uploading", "social", "messages", "live", "staff",
)  # fmt: skip
"""Every file of the policy, in reading order."""

_ANNOTATION = re.compile(r'^@(\w+)\("((?:[^"\\]|\\.)*)"\)$', re.MULTILINE)
_EFFECT = re.compile(r"^(permit|forbid) \(", re.MULTILINE)
_KNOWN = frozenset({"id", "title", "promise", "because", "instead", "shown_as", "answer"})


class BadPolicy(Fatal):
    """A policy that is not written as it must be; says which, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy."""

    id: str
    """`file.name`, for ever the same."""
    title: str
    """What it says, in one sentence for anybody."""
    effect: str
    """`permit` or `forbid`."""
    text: str
    """The Cedar text, with its annotations."""
    promise: str | None
    """The promise that it helps to keep."""
    because: str
    """For a refusal: why."""
    instead: str
    """For a refusal: what one can do."""
    shown_as: str | None
    """The policy that a refused person is shown instead, where this one would tell something about somebody else."""
    answer: str | None
    """`sign_in` or `not_offered`, where the refusal is one of those."""


@cache
def policies() -> dict[str, Policy]:
    """Every policy by its id, in reading order.

    Raises:
        BadPolicy: an id twice, an unknown annotation, a refusal without an explanation.
    """
    found: dict[str, Policy] = {}
    for file in FILES:
        for text in _split(cedar_text(file)):
            policy = _read(text, file)
            if policy.id in found:
                raise BadPolicy(f"two policies are called {policy.id}")
            found[policy.id] = policy
    for policy in found.values():
        if policy.shown_as is not None and found[policy.shown_as].effect != "forbid":
            raise BadPolicy(f"{policy.id} is shown as {policy.shown_as}, which refuses nothing")
    return found


@cache
def cedar_text(file: str) -> str:
    """The text of one file, as it stands."""
    return resources.files("kept.policy").joinpath("cedar", f"{file}.cedar").read_text(encoding="utf-8")


@cache
def policy_hash() -> str:
    """SHA-256 (hex) over every file, with its name, and the schema; stands in ledger entries and in the table."""
    digest = hashlib.sha256()
    for name, text in (*((file, cedar_text(file)) for file in FILES), ("schema", schema_text())):
        for part in (name.encode(), text.encode()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def introduction(file: str) -> str:
    """What the comment at the head of a file says, a paragraph a line."""
    lines = [line.removeprefix("//").strip() for line in cedar_text(file).split("\n\n@", 1)[0].splitlines()]
    paragraphs = "\n".join(lines).split("\n\n")
    return "\n\n".join(" ".join(paragraph.splitlines()) for paragraph in paragraphs)


def _split(text: str) -> list[str]:
    """The policies of a file; each begins with `@id` at the start of a line and ends with `;` at the end of one."""
    starts = [match.start() for match in re.finditer(r'^@id\("', text, re.MULTILINE)]
    return [_trim(text[start:end]) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _trim(text: str) -> str:
    end = text.rindex(";\n") + 1
    return text[:end]


def _read(text: str, file: str) -> Policy:
    said = dict(_ANNOTATION.findall(text))
    effect = _EFFECT.search(text)
    name = said.get("id", "?")
    if effect is None or not name.startswith(f"{file}.") or not said.get("title"):
        raise BadPolicy(f"{file}.cedar: {name} has no title, no effect, or a name of another file")
    if unknown := said.keys() - _KNOWN:
        raise BadPolicy(f"{name}: unknown annotation {sorted(unknown)}")
    explained = bool(said.get("because") and said.get("instead")) or "shown_as" in said
    if explained != (effect[1] == "forbid"):
        raise BadPolicy(f"{name}: a forbid says why and what one can do instead (or @shown_as), a permit doesn't")
    return Policy(
        id=name,
        title=said["title"],
        effect=effect[1],
        text=text,
        promise=said.get("promise"),
        because=said.get("because", ""),
        instead=said.get("instead", ""),
        shown_as=said.get("shown_as"),
        answer=said.get("answer"),
    )
