"""The hot path: `can` and `require`, on the generated table.

For each kind of actor and action the policies that matter are folded into a few look-ups: a mask picks the attributes that
are read out of the code of actor and resource, a dictionary says which policies hold for them. As in Cedar, one policy that
forbids outweighs all that permit, and what nothing permits is refused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from kept.policy.actions import Action
from kept.policy.actor import Actor, ActorKind
from kept.policy.attributes import Attribute, codes
from kept.policy.decision import Decision, Refused, decision
from kept.policy.resources import NOUN_MASK, Resource
from kept.policy.table import Rows, table
from kept.policy.tally import tally

FOLD = 512
"""How many rows a folded table of refusals may have: larger ones cost memory, smaller ones look-ups."""

NOTHING_ALLOWS_IT = decision(False, ())


@dataclass(frozen=True, slots=True)
class Part:
    """All policies that matter for one kind of actor and one action, folded."""

    action: Action
    forbids: tuple[tuple[int, dict[int, Decision]], ...]
    """Masks, and for the rows for which something forbids: the refusal."""
    permit_mask: int
    permits: dict[int, Decision]
    resources: tuple[Attribute, ...]
    """What the policies read of the resource."""

    def decide(self, code: int) -> Decision:
        """The decision for the code of actor and resource together."""
        refusal = None
        for mask, hits in self.forbids:
            hit = hits.get(code & mask)
            if hit is not None:
                refusal = hit if refusal is None else _both(refusal.policies, hit.policies)
        if refusal is not None:
            return refusal
        return self.permits.get(code & self.permit_mask, NOTHING_ALLOWS_IT)


class _ByAction(dict[Action, Part]):
    """Parts by action, made when first asked for."""

    def __init__(self, kind: ActorKind) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, action: Action) -> Part:
        part = self[action] = _fold(self._kind, action)
        return part


_PARTS = {kind: _ByAction(kind) for kind in ActorKind}


def can(actor: Actor, action: Action, resource: Resource) -> Decision:
    """Whether the policy lets `actor` do `action` to `resource`, and which policies say so. Counts nothing.

    Raises:
        TypeError: the action is not done to that kind of resource.
    """
    part = _PARTS[actor.kind][action]
    answer = part.decide(actor.code | resource.code)
    if not answer.allowed and resource.code & NOUN_MASK != action.noun.number:
        raise TypeError(f"{action} is done to {action.noun.__name__}, not to {type(resource).__name__}")
    return answer


def require(actor: Actor, action: Action, resource: Resource) -> Decision:
    """As `can`, but refuses: the one question that a verb asks before it changes anything. Counts refusals and writes.

    Raises:
        Refused: with the sentence for the actor and the policies that refuse.
    """
    answer = can(actor, action, resource)
    if not answer.allowed:
        refused = Refused.of(answer, action, actor.band)
        tally.refused(action, actor.band, answer.policies)
        raise refused
    if action.is_write:
        tally.wrote(action, actor.band)
    return answer


def can_anyhow(actor: Actor, action: Action) -> bool:
    """Whether there is any resource at all to which `actor` may do `action`."""
    return _anyhow(actor.kind, action, actor.code)


def reads_of(kind: ActorKind, action: Action) -> tuple[Attribute, ...]:
    """What the policies read of the resource when an actor of `kind` does `action`."""
    return _PARTS[kind][action].resources


def try_code(actor: Actor, action: Action, code: int) -> Decision:
    """As `can`, for the attributes of a resource given as a code."""
    return _PARTS[actor.kind][action].decide(actor.code | action.noun.number | code)


@lru_cache(maxsize=4096)
def _anyhow(kind: ActorKind, action: Action, actor_code: int) -> bool:
    part = _PARTS[kind][action]
    return any(part.decide(actor_code | action.noun.number | code).allowed for code in codes(part.resources))


@lru_cache(maxsize=4096)
def _both(one: tuple[str, ...], other: tuple[str, ...]) -> Decision:
    return decision(False, one + other)


def _fold(kind: ActorKind, action: Action) -> Part:
    """Fold the table's rows for one kind of actor and one action."""
    mine = [rows for rows in table() if rows.kind is kind and action in rows.actions]
    forbids = [rows for rows in mine if rows.effect == "forbid"]
    permits = [rows for rows in mine if rows.effect == "permit"]
    mask, hits = _merge(permits, action, allowed=True)
    number = action.noun.number
    read = {a for rows in mine for a in rows.attributes(action) if f"resource.{a.path}" in rows.reads}
    return Part(
        action=action,
        forbids=tuple(_merge(group, action, allowed=False) for group in _groups(forbids, action)),
        permit_mask=mask | NOUN_MASK,
        permits={code | number: answer for code, answer in hits.items()},
        resources=tuple(sorted(read, key=lambda attribute: attribute.shift)),
    )


def _groups(parts: Iterable[Rows], action: Action) -> Iterator[list[Rows]]:
    """Gather policies so that each group reads at most `FOLD` combinations of values together."""
    groups: list[tuple[set[Attribute], list[Rows]]] = []
    for rows in parts:
        mine = set(rows.attributes(action))
        for read, group in groups:
            if prod(len(a.values) for a in read | mine) <= FOLD:
                read |= mine
                group.append(rows)
                break
        else:
            groups.append((mine, [rows]))
    for _, group in groups:
        yield group


def _merge(parts: list[Rows], action: Action, *, allowed: bool) -> tuple[int, dict[int, Decision]]:
    """One mask and one dictionary for several policies: the answer for each combination for which any holds."""
    everything = sorted({a for rows in parts for a in rows.attributes(action)}, key=lambda a: a.shift)
    holding = [(sum(a.mask for a in rows.attributes(action)), rows.policy, _held(rows, action)) for rows in parts]
    hits: dict[int, Decision] = {}
    for code in codes(everything):
        ids = [name for mask, name, held in holding if code & mask in held]
        if ids:
            hits[code] = decision(allowed, ids)
    return sum(a.mask for a in everything), hits


def _held(rows: Rows, action: Action) -> set[int]:
    """The codes for which a policy holds."""
    pairs = zip(codes(rows.attributes(action)), rows.rows, strict=True)
    return {code for code, bit in pairs if bit == "1"}
