"""What one language has to have words for: whatever the catalogue can say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kept.catalog import Basis, Crossing, Level, Purpose
from kept.catalog.law import Since


class Subject(StrEnum):
    """Whom a field is about."""

    MEMBER = "member"
    OTHER = "other"
    """Somebody whom a member's row names."""
    ASKER = "asker"
    """Whoever a request or a case is about, also when they are no member any more."""
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words."""

    heading: str
    introduction: str
    short_introduction: str
    why: str
    how_long: str
    who: str
    where: str
    nobody_heading: str
    nobody: str
    categories: dict[str, str]
    purposes: dict[Purpose, str]
    bases: dict[Basis, str]
    subjects: dict[Subject, str]
    levels: dict[Level, str]
    crossings: dict[Crossing, str]
    shared: str
    """Where the directory is."""
    since: dict[Since, str]
    until_closed: str
    days: str
    one_day: str
    hours: str
    sentences: Mapping[str, str] = field(default_factory=dict)
    """What the annotations say in English, in this language."""

    def say(self, annotation: str) -> str:
        """What an annotation says, in this language; in English where there is no other."""
        return self.sentences.get(annotation.strip(), annotation.strip())

    def sentence(self, annotation: str) -> str:
        """The same, with a full stop."""
        text = self.say(annotation)
        return text if text.endswith((".", "!", "?")) else text + "."
