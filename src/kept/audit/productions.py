"""What was given to authorities, told step by step from the public log alone: who is an opaque id, whose data a pseudonym.

An outsider sees that two people agreed before anything was opened, and that the log said so first; not what was in it.
"""

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from kept.ledger import BadEntry, Leaf, Source, read
from kept.ledger.formats.tiles import ENTRIES, tiles_at, unbundle
from kept.ledger.reading.sources import fetch_tile

LAWFUL = "legal_process"
_CASE, _AUTHORISATION = "case:", "authorisation:"
SAID = {
    "legal.received": "a request of an authority came in",
    "legal.refused": "it was refused",
    "legal.read": "{who} read what it says",
    "legal.validated": "{who} found it lawful and narrowed it",
    "legal.key_entered": "{who} entered the authority’s public key",
    "legal.key_confirmed": "{who} confirmed its fingerprint",
    "legal.production_asked": "{who} asked that it be answered",
    "access.requested": "{who} asked two teams to agree",
    "access.approved": "{who} agreed",
    "access.refused": "{who} said no",
    "access.declined": "the request was declined",
    "access.granted": "enough had agreed; the clock began",
    "access.authorised": "it was put on record that data of {whom} may be opened",
    "access.ended": "{who} ended what was agreed to",
    "legal.producing": "the package was begun",
    "vault.opened_authorised": "something of {whom} was opened",
    "legal.produced": "the package was made, sealed to that key",
    "legal.production_lapsed": "the time that was agreed to ran out",
    "legal.downloaded": "{who} fetched the package for the authority",
    "legal.told": "those whom it was about were told",
    "legal.package_destroyed": "the package was destroyed",
    "legal.withdrawn": "the authority took it back",
    "legal.expired": "its time was over",
    "legal.preserved": "{who} had data preserved",
    "legal.prolonged": "{who} had it preserved for longer",
}
"""Each kind of entry in plain words."""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry: where it stands in the log, when, and what it says."""

    index: int
    at: str
    words: str


@dataclass(slots=True)
class Production:
    """What the log says of one case in which data was asked for, and what is wrong with it."""

    case: str
    steps: list[Step] = field(default_factory=list)
    deviations: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Known:
    """What a case's entries amounted to so far."""

    agreed: set[str] = field(default_factory=set)
    entered: str = ""
    confirmed: str = ""
    authorised: int = 0
    is_asked: bool = False
    is_refused: bool = False


def productions(source: Source, size: int) -> list[Production]:
    """Every production in the first `size` entries of a log, in the order in which the cases came in."""
    found: dict[str, Production] = defaultdict(lambda: Production(""))
    known: dict[str, _Known] = defaultdict(_Known)
    cases: dict[str, str] = {}  # authorisations by their entry's id
    for index, leaf in _leaves(source, size):
        case = _case_of(leaf, cases)
        if case is None:
            continue
        production = found[case]
        production.case = case
        production.steps.append(Step(index, leaf.at, said(leaf)))
        if wrong := _wrong(leaf, known[case]):
            production.deviations.append(f"entry {index}: {wrong}")
        _note(leaf, known[case])
        if leaf.event == "access.authorised":
            cases[str(leaf.id)] = case
    return [one for name, one in found.items() if known[name].is_asked or one.deviations]


def said(leaf: Leaf) -> str:
    """An entry in plain words."""
    words = SAID.get(leaf.event, leaf.event)
    return words.format(who=_short(leaf.actor), whom=f"member {(leaf.subject or '?')[:8]}")


def _case_of(leaf: Leaf, cases: dict[str, str]) -> str | None:
    """The case that an entry belongs to; None for what is none of an authority's."""
    name = leaf.object or ""
    if leaf.event == "vault.opened_authorised":
        if leaf.purpose != LAWFUL:
            return None
        return cases.get(name.removeprefix(_AUTHORISATION), name)
    if not name.startswith(_CASE) or leaf.event not in SAID:
        return None
    is_staff = leaf.event == "access.authorised" and leaf.purpose != LAWFUL
    return None if is_staff else name


def _wrong(leaf: Leaf, known: _Known) -> str:
    """What is wrong with an entry, after those before it; nothing, mostly."""
    if leaf.event == "vault.opened_authorised" and not known.authorised:
        return "something was opened before it was on record that it may be"
    if leaf.event in ("access.granted", "legal.producing") and len(known.agreed) < 2:
        return "it went on although fewer than two had agreed"
    if leaf.event == "legal.key_confirmed" and leaf.actor == known.entered:
        return "who entered the key confirmed it"
    if leaf.event == "legal.produced" and (not known.authorised or not known.confirmed):
        return "a package was made without an authorisation on record, or for a key that nobody confirmed"
    if leaf.event in ("legal.producing", "legal.produced", "legal.downloaded") and known.is_refused:
        return "it was refused before"
    return ""


def _note(leaf: Leaf, known: _Known) -> None:
    who = leaf.actor or ""
    if leaf.event == "access.requested":
        known.agreed, known.is_asked = set(), True
    elif leaf.event == "access.approved":
        known.agreed.add(who)
    elif leaf.event == "access.authorised":
        known.authorised += 1
    elif leaf.event == "legal.key_entered":
        known.entered, known.confirmed = who, ""
    elif leaf.event == "legal.key_confirmed":
        known.confirmed = who
    elif leaf.event == "legal.refused":
        known.is_refused = True


def _leaves(source: Source, size: int) -> Iterator[tuple[int, Leaf]]:
    index = 0
    for tile in tiles_at(ENTRIES, size):
        for payload in unbundle(fetch_tile(source, tile) or b""):
            with contextlib.suppress(BadEntry):  # which `verify` tells
                yield index, read(payload)
            index += 1


def _short(actor: str | None) -> str:
    """Somebody of the staff by the end of their id; a part of the system by its name."""
    kind, _, who = (actor or "").partition(":")
    return f"colleague {who[-8:]}" if kind == "staff" else "the operator’s command line or worker"
