"""A document as HTML: placeholders filled in, Markdown rendered, nothing in it that could run.

Raw HTML in a document is shown as text, links lead to web pages, mail addresses and our own pages only.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kept.kit import Settings
from kept.terms.data_part import part_of
from kept.terms.documents import BadDocument, Document

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_ANCHOR = re.compile(r"^(?P<title>.+?) \{(?P<id>[a-z.-]+)\}$")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!])")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document says about this installation."""

    site: str
    operator: str
    contact: str
    not_offered: tuple[str, ...] = ()
    """Names of the countries in which the service is not offered."""
    refused_governments: tuple[str, ...] = ()
    """Names of the countries to whose authorities nothing is disclosed."""

    @classmethod
    def of(cls, settings: Settings, names: dict[str, str] | None = None) -> "Facts":
        """From the settings; `names` gives countries' names by code."""
        known = names or {}
        return cls(
            site=settings.site.name,
            operator=settings.site.operator,
            contact=settings.site.contact,
            not_offered=tuple(known.get(code, code) for code in settings.availability.refused_countries),
            refused_governments=tuple(known.get(code, code) for code in settings.availability.refused_governments),
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, for the contents."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document as people see it. `html` begins with headings of the second degree; it is safe as it stands."""

    html: str
    sections: tuple[Section, ...]


def render(document: Document, facts: Facts) -> Rendered:
    """The document as HTML.

    Raises:
        BadDocument: a placeholder that nothing fills.
    """
    tokens = _MARKDOWN.parse(_filled(document, facts))
    sections = tuple(_anchored(tokens))
    return Rendered(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}), sections)


def as_markdown(document: Document, facts: Facts) -> str:
    """The document as text, placeholders filled in; for a copy to keep."""
    return f"# {document.title}\n\n{_filled(document, facts)}"


def _filled(document: Document, facts: Facts) -> str:
    data = part_of(document) if "{data" in document.text else ""
    values = {
        "site": _plain(facts.site),
        "operator": _plain(facts.operator),
        "contact": _plain(facts.contact),
        "not_offered": _listed("The service is not offered in: {}.", facts.not_offered),
        "refused_governments": _listed(
            "Whatever it demands, nothing is given to authorities of: {}.", facts.refused_governments
        ),
        "data": data,
        "data_short": data,
    }

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise BadDocument(f"{document.kind} {document.version}: nothing fills {match[0]}")
        return values[match[1]]

    return "\n".join(line if _ANCHOR.match(line) else _PLACEHOLDER.sub(fill, line) for line in document.text.split("\n"))


def _listed(sentence: str, names: Sequence[str]) -> str:
    return sentence.format(", ".join(_plain(name) for name in sorted(names))) if names else ""


def _plain(value: str) -> str:
    """A value that Markdown takes as it stands."""
    return _SPECIAL.sub(r"\\\1", value.replace("\n", " "))


def _anchored(tokens: list[Token]) -> Iterator[Section]:
    """Give every heading an id, taken from its words or from the name that a guideline has; yields those of degree two."""
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        named = _ANCHOR.match(inline.content)
        title = named["title"] if named else inline.content
        if named and inline.children:
            inline.children[-1].content = inline.children[-1].content.removesuffix(f" {{{named['id']}}}")
        anchor = named["id"] if named else re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
        opening.attrSet("id", anchor)
        if opening.tag == "h2":
            yield Section(anchor, title)
