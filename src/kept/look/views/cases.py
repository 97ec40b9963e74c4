"""A case at the console: what an authority asked, how it stands, and what may be done."""

from dataclasses import dataclass
from datetime import datetime

from kept.look.views.console import AtDesk, CaseLine, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSaid:
    """What is sealed in a case, once somebody opened it: as it was asked, and what counsel left."""

    authority: str
    basis: str
    identifiers: tuple[str, ...]
    classes: tuple[str, ...]
    narrowed: bool
    accounts: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    finding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView(AtDesk):
    """A case. `acts` are those that there are now; `confirm` is the one that waits for its second step, with `given`."""

    line: CaseLine
    action: str
    listed: bool
    steps: tuple[Step, ...]
    preserved_until: datetime | None
    recipient: str
    fingerprint: str
    key_by: str
    confirmed_by: str
    access: str
    access_status: str
    size: int
    sha256: str
    there_until: datetime | None
    days: int
    outcomes: tuple[tuple[str, str, int], ...]
    accounts: int
    acts: tuple[str, ...]
    grounds: tuple[str, ...]
    said: CaseSaid | None = None
    confirm: str = ""
    given: tuple[tuple[str, str], ...] = ()
    error: str = ""

    def filled(self, name: str) -> str:
        """What was filled in."""
        return dict(self.given).get(name, "")

    def chosen(self, name: str, value: str) -> bool:
        """Whether a box was ticked."""
        return (name, value) in self.given
