"""The part of the privacy notices that is made from the catalogue: what we keep, why, how long, who may see it, where.

A page shows it as it is made from the catalogue at that moment, so it can't say anything else than what the program does.
What it said when a version of the notice was written stands beside the version (`2026-11-01.data.md`), so that a change in
what we keep is seen, and old versions stay readable as they were.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kept.catalog import FieldEntry, Nature, TableEntry, data_map
from kept.terms.documents import ENGLISH, FOLDER, BadDocument, Document, DocumentKind, all_versions, current
from kept.terms.words import Words, keep_in_words, words_in

_OWNER_COLUMNS = frozenset({"owner_id", "member_id"})


@dataclass(frozen=True, slots=True)
class _Fate:
    """What is said of several fields of a table at once: what for, how long, who, where."""

    table: str
    why: str
    how_long: str
    who: str
    where: str


def generated_part(
    kind: str = DocumentKind.PRIVACY, *, language: str = ENGLISH, entries: Iterable[TableEntry] | None = None
) -> str:
    """The generated part as Markdown, from the whole catalogue, or from `entries`; the shorter form for younger people.

    Raises:
        BadDocument: a category of data for which there are no words: it would be kept without being said.
    """
    words = words_in(language)
    tables = sorted(data_map() if entries is None else entries, key=lambda entry: (entry.store, entry.name))
    _refuse_unspoken(tables, words)
    if kind == DocumentKind.PRIVACY_YOUNG:
        return "\n".join(_short(tables, words)) + "\n"
    return "\n".join(_long(tables, words)) + "\n"


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


def _long(tables: list[TableEntry], words: Words) -> Iterator[str]:
    yield f"## {words.heading}\n"
    yield f"{words.introduction}\n"
    for category, said in words.categories.items():
        groups = _grouped(tables, category, words)
        if not groups:
            continue
        yield f"### {said}\n"
        for fate, abouts in groups.items():
            yield f"- {fate.table} {' '.join(abouts)}  "
            yield f"  **{words.why}**: {fate.why}.  "
            yield f"  **{words.how_long}**: {fate.how_long}.  "
            yield f"  **{words.who}**: {fate.who}.  "
            yield f"  **{words.where}**: {fate.where}.\n"
    nobody = sorted({entry.law.about for entry in tables if entry.law.nature is Nature.SYSTEM})
    if nobody:
        yield f"### {words.nobody_heading}\n"
        yield f"{words.nobody}\n"
        yield from (f"- {_sentence(about)}" for about in nobody)


def _short(tables: list[TableEntry], words: Words) -> Iterator[str]:
    yield f"## {words.heading}\n"
    yield f"{words.short_introduction}\n"
    for category, said in words.categories.items():
        fates = _grouped(tables, category, words)
        if fates:
            why = sorted({reason for fate in fates for reason in fate.why.split("; ")})
            yield f"- **{said}**: {'; '.join(why)}."


def _grouped(tables: list[TableEntry], category: str, words: Words) -> dict[_Fate, list[str]]:
    """The fields of a category, those that share a fate together, each described once."""
    groups: dict[_Fate, list[str]] = {}
    for entry in tables:
        for field in entry.fields:
            if field.rule.category != category or not _is_about_somebody(entry, field):
                continue
            abouts = groups.setdefault(_fate(entry, field, words), [])
            about = _sentence(field.rule.about)
            if about not in abouts:
                abouts.append(about)
    return groups


def _is_about_somebody(entry: TableEntry, field: FieldEntry) -> bool:
    """Whether a field is worth a line: not in nobody's table, and not the mere column that says whose a row is."""
    return entry.law.nature is not Nature.SYSTEM and field.name not in _OWNER_COLUMNS


def _fate(entry: TableEntry, field: FieldEntry, words: Words) -> _Fate:
    keep = entry.law.keep
    why = sorted(words.purposes[purpose] for purpose in field.rule.purposes)
    return _Fate(
        table=_sentence(entry.law.about),
        why="; ".join(why),
        how_long="" if keep is None else keep_in_words(keep, words),
        who=words.levels[field.rule.level],
        where=words.shared if entry.law.nature is Nature.INDEX else words.crossings[field.rule.crossing],
    )


def _refuse_unspoken(tables: list[TableEntry], words: Words) -> None:
    for entry in tables:
        for field in entry.fields:
            if field.rule.category not in words.categories and _is_about_somebody(entry, field):
                raise BadDocument(f"{entry.name}.{field.name}: there are no words for {field.rule.category}")


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."
