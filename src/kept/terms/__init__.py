"""terms: the documents that people read and agree to: terms, privacy notices, community guidelines.

Owns their texts, versions and rendering, and the part about data that is made from the catalogue. Never stores who agreed
to what (accounts does), and never says anything about data by hand that the catalogue can say.
Start reading at `documents.py`, then `data_part.py`.
"""

from kept.terms.data_part import (
    digest_of,
    generated_part,
    generated_part_is_current,
    outdated_parts,
    part_of,
    stored_part,
    write_parts,
)
from kept.terms.documents import (
    KINDS,
    BadDocument,
    Document,
    DocumentKind,
    Guideline,
    NotCurrentTerms,
    UnknownDocument,
    agreed,
    all_versions,
    current,
    guidelines,
    privacy_kind,
    required_for,
    still_good,
    version_of,
)
from kept.terms.rendering import Facts, Rendered, Section, as_markdown, render

__all__ = [
    "KINDS",
    "BadDocument",
    "Document",
    "DocumentKind",
    "Facts",
    "Guideline",
    "NotCurrentTerms",
    "Rendered",
    "Section",
    "UnknownDocument",
    "agreed",
    "all_versions",
    "as_markdown",
    "current",
    "digest_of",
    "generated_part",
    "generated_part_is_current",
    "guidelines",
    "outdated_parts",
    "part_of",
    "privacy_kind",
    "render",
    "required_for",
    "still_good",
    "stored_part",
    "version_of",
    "write_parts",
]
