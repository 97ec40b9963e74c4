"""The documents, as versioned data: one Markdown file for each kind, language and version, with a few lines at its head.

    documents/en/terms/2026-11-01.md

A version is named after the day from which it holds, is never changed once people have agreed to it, and stays readable.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from kept.kit import Fatal, KeptError, Kind
from kept.policy import AgeBand

FOLDER = Path(__file__).parent / "documents"
_HEAD = frozenset({"title", "summary", "since", "changes", "asks_again"})
_RULE = re.compile(r"^### (?P<title>.+?) \{(?P<id>[a-z.-]+)\}$", re.MULTILINE)


class DocumentKind(StrEnum):
    """What sort of document."""

    TERMS = "terms"
    PRIVACY = "privacy"
    PRIVACY_YOUNG = "privacy-young"
    """The privacy notice for people under 18, shorter and plainer."""
    GUIDELINES = "guidelines"


KINDS = tuple(DocumentKind)

ENGLISH = "en"
"""The language that every document exists in; where another lacks one, this is shown."""


class BadDocument(Fatal):
    """A document that can't be read; says which file, and why."""


class UnknownDocument(KeptError):
    code = "unknown_document"
    kind = Kind.NOT_FOUND
    message = "There is no such document, or no such version of it."


class NotCurrentTerms(KeptError):
    code = "not_current_terms"
    kind = Kind.INVALID
    message = "To go on, agree to the current terms (version {current}). Read them first; they may have changed."


@dataclass(frozen=True, slots=True)
class Document:
    """One version of one document, in one language."""

    kind: DocumentKind
    version: str
    language: str
    title: str
    summary: str
    since: date
    changes: str
    """What is different from the version before, in a sentence or two."""
    asks_again: bool
    """Whoever agreed to an earlier version is asked again before they go on."""
    text: str
    """Markdown with placeholders; see `rendering`."""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the text, for the ledger."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Guideline:
    """A rule of the community guidelines, which a decision can cite by its id."""

    id: str
    title: str


def current(kind: str, *, language: str = ENGLISH, on: date | None = None) -> Document:
    """The version that holds on the day `on`; without a day, the newest.

    Raises:
        UnknownDocument: no such kind, or nothing holds on that day.
    """
    versions = all_versions(kind, language=language)
    for document in versions:
        if on is None or document.since <= on:
            return document
    raise UnknownDocument


def version_of(kind: str, version: str, *, language: str = ENGLISH) -> Document:
    """One version. Raises UnknownDocument."""
    for document in all_versions(kind, language=language):
        if document.version == version:
            return document
    raise UnknownDocument


def all_versions(kind: str, *, language: str = ENGLISH) -> tuple[Document, ...]:
    """Every version, the newest first; in English where the language lacks one. Raises UnknownDocument."""
    if kind not in KINDS:
        raise UnknownDocument
    found = {document.version: document for document in _read_all(ENGLISH, DocumentKind(kind))}
    found |= {document.version: document for document in _read_all(language, DocumentKind(kind))}
    return tuple(sorted(found.values(), key=lambda document: document.version, reverse=True))


def privacy_kind(band: AgeBand) -> DocumentKind:
    """The privacy notice that is for people of that age."""
    return DocumentKind.PRIVACY if band is AgeBand.ADULT else DocumentKind.PRIVACY_YOUNG


def required_for(band: AgeBand, *, language: str = ENGLISH, on: date | None = None) -> tuple[Document, ...]:
    """The documents that somebody of that age agrees to when they sign up: the terms, and the notice that is for them."""
    return tuple(current(kind, language=language, on=on) for kind in (DocumentKind.TERMS, privacy_kind(band)))


def agreed(said: str, band: AgeBand, *, on: date | None = None) -> tuple[Document, ...]:
    """The documents that somebody agrees to who says `said`: a version of the terms, or `current`.

    Raises:
        NotCurrentTerms: a version that does not hold, or none.
    """
    documents = required_for(band, on=on)
    if said not in ("current", documents[0].version):
        raise NotCurrentTerms(current=documents[0].version)
    return documents


def still_good(kind: str, version: str, *, on: date | None = None) -> bool:
    """Whether a yes to `version` still counts: no later version that holds asks again."""
    later = (document for document in all_versions(kind) if document.version > version)
    return not any(document.asks_again and (on is None or document.since <= on) for document in later)


def guidelines(document: Document) -> tuple[Guideline, ...]:
    """The rules of a version of the community guidelines, in their order."""
    return tuple(Guideline(match["id"], match["title"]) for match in _RULE.finditer(document.text))


@lru_cache(maxsize=256)
def _read_all(language: str, kind: DocumentKind) -> tuple[Document, ...]:
    folder = FOLDER / language / kind.value
    if not re.fullmatch(r"[a-z]{2}", language) or not folder.is_dir():
        return ()
    return tuple(read(file, language, kind) for file in sorted(folder.glob("????-??-??.md")))


def read(file: Path, language: str, kind: DocumentKind) -> Document:
    """Read one file. Raises BadDocument."""
    parts = file.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise BadDocument(f"{file.name}: it must begin with a head between two lines of ---")
    head = dict(line.split(": ", 1) for line in parts[1].splitlines())
    if head.keys() != _HEAD:
        raise BadDocument(f"{kind} {file.stem}: its head must name {', '.join(sorted(_HEAD))}, and nothing else")
    if head["since"] != file.stem or head["asks_again"] not in ("yes", "no"):
        raise BadDocument(f"{kind} {file.stem}: named after another day than it holds from, or asks_again is not yes or no")
    return Document(
        kind=kind,
        version=file.stem,
        language=language,
        title=head["title"],
        summary=head["summary"],
        since=date.fromisoformat(head["since"]),
        changes=head["changes"],
        asks_again=head["asks_again"] == "yes",
        text=parts[2].lstrip("\n"),
    )
