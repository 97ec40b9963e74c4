"""What is kept: the start page, the data map, and how long everything is kept. Texts are in the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from kept.look.views.page import Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class DataView:
    """The start page. `fields` and `tables` count what is about people."""

    shell: Shell
    fields: int
    tables: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MapField:
    """A column: its name, what it holds, and whether it is encrypted under its owner's key."""

    name: str
    about: str
    sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MapGroup:
    """Fields of one table that share everything else. `level` is the name of a `catalog.Level`, in lower case."""

    table: str
    holds: str
    level: str
    why: str
    basis: str
    how_long: str
    because: str
    who: str
    where: str
    fields: tuple[MapField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapChapter:
    """One category of data about one kind of person. `key` is the anchor, `size` the number of its fields."""

    key: str
    title: str
    size: int
    groups: tuple[MapGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSubject:
    """A kind of person, and what is kept about them."""

    key: str
    title: str
    chapters: tuple[MapChapter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRegion:
    """A region as people call it, and who runs its machines."""

    name: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """The data map. With `wanted`, only what fits it, and opened; `nobody` are the tables that are about nobody."""

    shell: Shell
    operator: str
    contact: str
    subjects: tuple[MapSubject, ...]
    nobody: tuple[str, ...]
    regions: tuple[MapRegion, ...]
    wanted: str = ""

    @property
    def found(self) -> int:
        """How many fields are shown."""
        return sum(chapter.size for subject in self.subjects for chapter in subject.chapters)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionLine:
    """One table's rule. `ended_by` is `sweep`, `erasure` or `work`."""

    table: str
    holds: str
    how_long: str
    because: str
    ended_by: str
    while_in_use: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPart:
    """The rules that count from the same moment: `creation`, `last_use`, `closure` or `withdrawal`."""

    counted: str
    lines: tuple[RetentionLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepLine:
    """The last sweep of a cell; without a moment, there was none."""

    cell: str
    at: datetime | None = None
    gone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanView:
    """What the last scan found, as the promise of that name was measured. `state` is one of the four of the trust centre."""

    promise: str
    state: str
    figure: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionView:
    """How long everything is kept, and when that was looked at."""

    shell: Shell
    parts: tuple[RetentionPart, ...]
    sweeps: tuple[SweepLine, ...]
    scan: ScanView
