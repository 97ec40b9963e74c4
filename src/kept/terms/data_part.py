"""The part of the privacy notices that is made from the catalogue: what we keep, why, how long, who may see it, where.

A page shows it as it is made from the catalogue at that moment, so it can't say anything else than what the program does.
What it said when a version of the notice was written stands beside the version (`2026-11-01.data.md`), so that a change in
what we keep is seen, and old versions stay readable as they were.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from kept.catalog import TableEntry
from kept.terms.describing import Described, Fate, described
from kept.terms.documents import ENGLISH, FOLDER, Document, DocumentKind, all_versions, current
from kept.terms.vocabulary import Subject, Words
from kept.terms.words import words_in


def generated_part(
    kind: str = DocumentKind.PRIVACY, *, language: str = ENGLISH, entries: Iterable[TableEntry] | None = None
) -> str:
    """The generated part as Markdown, from the whole catalogue, or from `entries`; the shorter form for younger people.

    Raises:
        BadDocument: a category of data for which there are no words: it would be kept without being said.
    """
    words = words_in(language)
    lines = list(described(words, entries))
    made = _short(lines, words) if kind == DocumentKind.PRIVACY_YOUNG else _long(lines, words)
    return "\n".join(made) + "\n"


def digest_of(text: str) -> str:
    """SHA-256 (hex) of a generated part."""
    return hashlib.sha256(text.encode()).hexdigest()


def stored_part(document: Document) -> str | None:
    """What the generated part said when that version was written; None where there is none."""
    file = _file(document)
    return file.read_text(encoding="utf-8") if file.exists() else None


def generated_part_is_current() -> bool:
    """Whether the current notices were written for what the catalogue says now."""
    return not outdated_parts()


def outdated_parts() -> list[Path]:
    """The stored parts of current notices that are missing, or not what the catalogue says now."""
    return [_file(document) for document in _notices() if stored_part(document) != generated_part(document.kind)]


def write_parts() -> list[Path]:
    """Write the stored parts of the current notices anew; returns those that changed."""
    changed = outdated_parts()
    for document in _notices():
        _file(document).write_text(generated_part(document.kind), encoding="utf-8")
    return changed


def part_of(document: Document) -> str:
    """The generated part to show with a version: the live one with the current version, the stored one with an old one."""
    newest = all_versions(document.kind, language=document.language)[0]
    if document.version == newest.version:
        return generated_part(document.kind, language=document.language)
    return stored_part(document) or ""


def _notices() -> tuple[Document, ...]:
    return tuple(current(kind) for kind in (DocumentKind.PRIVACY, DocumentKind.PRIVACY_YOUNG))


def _file(document: Document) -> Path:
    return FOLDER / document.language / document.kind.value / f"{document.version}.data.md"


def _long(lines: list[Described], words: Words) -> Iterator[str]:
    yield f"## {words.heading}\n"
    yield f"{words.introduction}\n"
    for category, said in words.categories.items():
        groups = _grouped(lines, category)
        if not groups:
            continue
        yield f"### {said}\n"
        for fate, abouts in groups.items():
            yield f"- {fate.holds} {' '.join(abouts)}  "
            yield f"  **{words.why}**: {fate.why}.  "
            yield f"  **{words.how_long}**: {fate.how_long}.  "
            yield f"  **{words.who}**: {fate.who}.  "
            yield f"  **{words.where}**: {fate.where}.\n"
    nobody = sorted({line.fate.holds for line in lines if line.subject is Subject.NOBODY})
    if nobody:
        yield f"### {words.nobody_heading}\n"
        yield f"{words.nobody}\n"
        yield from (f"- {holds}" for holds in nobody)


def _short(lines: list[Described], words: Words) -> Iterator[str]:
    yield f"## {words.heading}\n"
    yield f"{words.short_introduction}\n"
    for category, said in words.categories.items():
        fates = _grouped(lines, category)
        if fates:
            why = sorted({reason for fate in fates for reason in fate.why.split("; ")})
            yield f"- **{said}**: {'; '.join(why)}."


def _grouped(lines: list[Described], category: str) -> dict[Fate, list[str]]:
    """The fields of a category, those that share a fate together, each described once."""
    groups: dict[Fate, list[str]] = {}
    for line in lines:
        if line.field.rule.category == category and line.is_about_somebody:
            abouts = groups.setdefault(line.fate, [])
            if line.about not in abouts:
                abouts.append(line.about)
    return groups
