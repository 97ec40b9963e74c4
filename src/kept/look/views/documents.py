"""Terms, notices and guidelines: versioned documents, on paper."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from kept.look.views.page import Link, Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLink:
    """A document in a list. `summary` is one plain sentence; `accepted_at` is when this member said yes to `version`."""

    title: str
    href: str
    version: str
    summary: str = ""
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """One version of a document. `body` is HTML that the terms floor made (headings start at h2), safe as it stands.

    `sections` are the ids of its headings, for the contents beside it. `versions` are the other versions, newest first.
    """

    shell: Shell
    title: str
    version: str
    in_force_from: datetime
    body: Markup
    summary: str = ""
    sections: tuple[Link, ...] = ()
    versions: tuple[Link, ...] = ()
    others: tuple[Link, ...] = ()
