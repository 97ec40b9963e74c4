"""How long each table is kept, in plain words, and what ends its rows: drawn from the rules that the sweeper obeys."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kept.catalog import Law, Nature, TableEntry
from kept.catalog.law import Since
from kept.retention import rules
from kept.terms.describing import in_order
from kept.terms.documents import ENGLISH
from kept.terms.words import keep_in_words, words_in


class EndedBy(StrEnum):
    """What deletes a row when its time is over."""

    SWEEP = "sweep"
    """The sweeper, by the clock in the row."""
    ERASURE = "erasure"
    """The erasure of the account whose row it is."""
    WORK = "work"
    """Whatever works with it, as soon as it is not needed any more."""


@dataclass(frozen=True, slots=True)
class Line:
    """One table's rule."""

    table: str
    holds: str
    how_long: str
    because: str
    ended_by: EndedBy
    while_in_use: bool
    """A row that is still to be worked on is kept, however old it is."""


def schedule(language: str = ENGLISH, *, entries: Iterable[TableEntry] | None = None) -> dict[Since, tuple[Line, ...]]:
    """Every table's rule, by the moment that its time is counted from."""
    words = words_in(language)
    swept = {(rule.store, rule.table) for store in ("cell", "directory", "keys") for rule in rules(store)}
    found: dict[Since, list[Line]] = {since: [] for since in Since}
    for entry in in_order(entries):
        keep = entry.law.keep
        if keep is not None:
            line = Line(
                table=entry.name,
                holds=words.sentence(entry.law.about),
                how_long=keep_in_words(keep, words),
                because=words.say(keep.basis),
                ended_by=EndedBy.SWEEP if (entry.store, entry.name) in swept else _otherwise(entry.law),
                while_in_use=keep.waiting != "false",
            )
            found[keep.since].append(line)
    return {since: tuple(lines) for since, lines in found.items() if lines}


def _otherwise(law: Law) -> EndedBy:
    return EndedBy.WORK if law.nature is Nature.SYSTEM else EndedBy.ERASURE
