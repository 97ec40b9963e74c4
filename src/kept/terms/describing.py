"""One field of the catalogue in the words of a language: what it is, of whom, why, how long, who may see it, where it is.

The privacy notice, the record of processing and the list of what is kept how long are drawn from these lines; nothing about
data is said anywhere else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kept.catalog import FieldEntry, Nature, TableEntry, data_map
from kept.terms.documents import BadDocument
from kept.terms.vocabulary import Subject, Words
from kept.terms.words import bases_in_words, keep_in_words, purposes_in_words

_OWNER_COLUMNS = frozenset({"owner_id", "member_id"})


@dataclass(frozen=True, slots=True)
class Fate:
    """What is said of several fields of a table at once."""

    holds: str
    """What the table holds."""
    why: str
    basis: str
    """What allows it: GDPR Art. 6."""
    how_long: str
    because: str
    """Why so long."""
    who: str
    """Who may see it, and who has to agree."""
    where: str
    """In which regions, and what crosses a border."""


@dataclass(frozen=True, slots=True)
class Described:
    """A field, and what is said of it."""

    entry: TableEntry
    field: FieldEntry
    subject: Subject
    category: str
    about: str
    fate: Fate

    @property
    def is_about_somebody(self) -> bool:
        """Whether it is worth a line: not in nobody's table, and not the mere column that says whose a row is."""
        return is_about_somebody(self.entry, self.field)

    @property
    def is_sealed(self) -> bool:
        """Whether it is stored encrypted under its owner's key."""
        return self.field.type == "sealedcolumn"


def in_order(entries: Iterable[TableEntry] | None = None) -> list[TableEntry]:
    """The whole catalogue, or `entries`, by store and name."""
    return sorted(data_map() if entries is None else entries, key=lambda entry: (entry.store, entry.name))


def described(words: Words, entries: Iterable[TableEntry] | None = None) -> Iterator[Described]:
    """Every field in words.

    Raises:
        BadDocument: a category of data for which there are no words: it would be kept without being said.
    """
    for entry in in_order(entries):
        for field in entry.fields:
            yield _described(entry, field, words)


def is_about_somebody(entry: TableEntry, field: FieldEntry) -> bool:
    """Whether a field says something about somebody, beyond whose the row is."""
    return entry.law.nature is not Nature.SYSTEM and field.name not in _OWNER_COLUMNS


def _described(entry: TableEntry, field: FieldEntry, words: Words) -> Described:
    keep, rule = entry.law.keep, field.rule
    if rule.category not in words.categories and is_about_somebody(entry, field):
        raise BadDocument(f"{entry.name}.{field.name}: there are no words for {rule.category}")
    fate = Fate(
        holds=words.sentence(entry.law.about),
        why=purposes_in_words(rule.purposes, words),
        basis=bases_in_words(rule.purposes, words),
        how_long="" if keep is None else keep_in_words(keep, words),
        because="" if keep is None else words.say(keep.basis),
        who=words.levels[rule.level],
        where=words.shared if entry.law.nature is Nature.INDEX else words.crossings[rule.crossing],
    )
    category = words.categories.get(rule.category, rule.category)
    return Described(entry, field, _subject(entry, field), category, words.sentence(rule.about), fate)


def _subject(entry: TableEntry, field: FieldEntry) -> Subject:
    if entry.law.nature is Nature.SYSTEM:
        return Subject.NOBODY
    if field.rule.names_other:
        return Subject.OTHER
    return Subject.ASKER if entry.law.nature is Nature.CASE else Subject.MEMBER
