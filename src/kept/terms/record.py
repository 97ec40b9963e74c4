"""The record of processing (GDPR Art. 30): the catalogue by whom and what it is about, for people, and as CSV for programs."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kept.catalog import TableEntry
from kept.terms.describing import Described, Fate, described, in_order
from kept.terms.documents import ENGLISH
from kept.terms.vocabulary import Subject
from kept.terms.words import words_in

COLUMNS = (
    "store",
    "table",
    "column",
    "type",
    "sealed",
    "about_whom",
    "category",
    "category_in_words",
    "table_holds",
    "column_holds",
    "purposes",
    "purposes_in_words",
    "legal_basis",
    "level",
    "who_may_see_it",
    "kept_since",
    "kept_days",
    "kept_in_words",
    "kept_because",
    "crossing",
    "where_it_is",
    "erased_by",
)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of one table that share everything that is said of them."""

    table: str
    level: str
    fate: Fate
    fields: tuple[Described, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """What is kept of one category about one kind of person. `key` names it in an address."""

    key: str
    subject: Subject
    title: str
    groups: tuple[Group, ...]

    @property
    def size(self) -> int:
        """How many fields."""
        return sum(len(group.fields) for group in self.groups)


def record(
    language: str = ENGLISH, *, wanted: str = "", entries: Iterable[TableEntry] | None = None
) -> tuple[Chapter, ...]:
    """What is kept about people: by subject, then by category, both in the order of the words; only what names `wanted`."""
    words = words_in(language)
    lines = [line for line in described(words, entries) if line.is_about_somebody and _names(line, wanted)]
    found = []
    for subject in words.subjects:
        for category, title in words.categories.items():
            groups = _grouped(
                line for line in lines if line.subject is subject and line.field.rule.category == category
            )
            if groups:
                found.append(Chapter(f"{subject}-{category}".replace(".", "-"), subject, title, groups))
    return tuple(found)


def about_nobody(language: str = ENGLISH, *, entries: Iterable[TableEntry] | None = None) -> tuple[str, ...]:
    """What the tables hold that say nothing about anybody."""
    words = words_in(language)
    return tuple(sorted({line.fate.holds for line in described(words, entries) if line.subject is Subject.NOBODY}))


def as_csv(entries: Iterable[TableEntry] | None = None) -> str:
    """One line a column of every table, nobody's too, in English (RFC 4180, with a header)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    words = words_in(ENGLISH)
    writer.writerows(_cells(line, words.subjects[line.subject]) for line in described(words, in_order(entries)))
    return out.getvalue()


def _grouped(lines: Iterable[Described]) -> tuple[Group, ...]:
    groups: dict[tuple[str, str, Fate], list[Described]] = {}
    for line in lines:
        groups.setdefault((line.entry.name, line.field.rule.level.name.lower(), line.fate), []).append(line)
    return tuple(Group(table, level, fate, tuple(fields)) for (table, level, fate), fields in groups.items())


def _names(line: Described, wanted: str) -> bool:
    """Whether every word that is looked for is somewhere in what is said of a field."""
    said = " ".join(_texts(line)).casefold()
    return all(word in said for word in wanted.casefold().split())


def _texts(line: Described) -> Iterator[str]:
    fate = line.fate
    yield from (line.entry.name, line.field.name, line.field.rule.level.name, line.category, line.about)
    yield from (fate.holds, fate.why, fate.basis, fate.how_long, fate.because, fate.who, fate.where)


def _cells(line: Described, subject: str) -> tuple[str | int, ...]:
    rule, law, fate = line.field.rule, line.entry.law, line.fate
    return (
        line.entry.store,
        line.entry.name,
        line.field.name,
        line.field.type,
        "yes" if line.is_sealed else "no",
        subject,
        rule.category,
        line.category,
        fate.holds,
        line.about,
        " ".join(sorted(rule.purposes)),
        fate.why,
        fate.basis,
        rule.level.name.lower(),
        fate.who,
        law.keep.since.value if law.keep else "",
        law.keep.time.days if law.keep else "",
        fate.how_long,
        fate.because,
        rule.crossing.value,
        fate.where,
        law.erasure.value,
    )
