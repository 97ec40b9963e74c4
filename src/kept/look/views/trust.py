"""The trust centre: every promise, its state, and the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kept.look.views.page import Link, Shell


class PromiseState(StrEnum):
    """The four states, in the order in which they are counted."""

    KEPT = "kept"
    BROKEN = "broken"
    UNPROVEN = "unproven"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The number that shows it: as text, already in the reader's language, and its unit ('rows elsewhere')."""

    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPoint:
    """One measurement of the past; `value` is there when the figure is a number."""

    at: datetime
    state: PromiseState
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """One promise. `finding` is one sentence that says why it is in its state; it stands in the row where no figure does.
    The history is oldest first.

    `code` is the path in the repository that enforces it. `measured_at` is None when it never was.
    """

    id: str
    state: PromiseState
    statement: str
    finding: str
    enforcement: str
    evidence: str
    refused: str = ""
    figure: Figure | None = None
    measured_at: datetime | None = None
    history: tuple[HistoryPoint, ...] = ()
    proofs: tuple[Link, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseGroup:
    """Promises that belong together. `key` is the anchor; the title is in the reader's language."""

    key: str
    title: str
    rows: tuple[PromiseRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustView:
    """The whole page. `measured_at` is the newest measurement; `operator` is who runs this place, `links` are the ledger's."""

    shell: Shell
    groups: tuple[PromiseGroup, ...]
    measured_at: datetime | None
    operator: str
    links: tuple[Link, ...] = ()

    @property
    def counts(self) -> Mapping[PromiseState, int]:
        """How many promises are in each state."""
        states = [row.state for group in self.groups for row in group.rows]
        return {state: states.count(state) for state in PromiseState}
