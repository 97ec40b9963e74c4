"""terms: the documents that people read and agree to: terms, privacy notices, community guidelines.

Owns their texts, versions and rendering, and what is said about data: the part of the notice, the record of processing and
the list of how long everything is kept, all made from the catalogue. Never stores who agreed
to what (accounts does), and never says anything about data by hand that the catalogue can say.
Start reading at `documents.py`, then `describing.py`; `data_part.py`, `record.py` and `schedule.py` are drawn from it.
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
from kept.terms.describing import Described, Fate
from kept.terms.documents import (
    ENGLISH,
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
from kept.terms.record import Chapter, Group, about_nobody, as_csv, record
from kept.terms.rendering import Facts, Rendered, Section, as_markdown, render
from kept.terms.schedule import EndedBy, Line, schedule
from kept.terms.vocabulary import Subject, Words
from kept.terms.words import words_in

__all__ = [
    "ENGLISH",
    "KINDS",
    "BadDocument",
    "Chapter",
    "Described",
    "Document",
    "DocumentKind",
    "EndedBy",
    "Facts",
    "Fate",
    "Group",
    "Guideline",
    "Line",
    "NotCurrentTerms",
    "Rendered",
    "Section",
    "Subject",
    "UnknownDocument",
    "Words",
    "about_nobody",
    "agreed",
    "all_versions",
    "as_csv",
    "as_markdown",
    "current",
    "digest_of",
    "generated_part",
    "generated_part_is_current",
    "guidelines",
    "outdated_parts",
    "part_of",
    "privacy_kind",
    "record",
    "render",
    "required_for",
    "schedule",
    "still_good",
    "stored_part",
    "version_of",
    "words_in",
    "write_parts",
]
