"""Why something may be opened: the reasons, and for each the places it is good for.

A place is a column, and the catalogue says what it is (level, purposes, crossing): no second list of columns here. A
reason that lets staff or authorities read opens nothing by itself: it needs a proof that the authorisation is on public
record (`authorising.py`), before any key is touched.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa

from kept.catalog import Crossing, Law, Level, Nature, Purpose
from kept.catalog.law import Rule
from kept.vault.errors import UnknownPlace


class Reason(StrEnum):
    """Why a sealed value is opened. `vault.open` takes one each time; there is no default."""

    slot: int
    """Position among the reasons, for tables that the hot path indexes."""

    OWNER = "owner"
    """Shown to the member whose it is."""
    DELIVERY = "delivery"
    """Brought to whom the member addressed it, or used to reach the member: a message, an address to write to."""
    SECURITY_LOGIN = "security_login"
    """Needed to tell whether somebody who signs in is the member, or to warn the member."""
    SERVICE = "service"
    """Reckoned with by the program, seen by no person: the age band on a birthday."""
    PROCESSING = "processing"
    """Worked on by a job that the member ordered, seen by no person: a draft that becomes a clip."""
    EXPORT = "export"
    """Put into the copy of their data that the member asked for."""
    CASE = "case"
    """What a case itself says, read by the team whose case it is: who asked, for what. Nothing of a member's own."""
    LEGAL_PROCESS = "legal_process"
    """Disclosed under valid legal process."""
    ENFORCEMENT = "enforcement"
    """Read by authorised staff to enforce the guidelines."""
    STAFF = "staff_access"
    """Read by staff under a grant that others approved."""


for _slot, _reason in enumerate(Reason):
    _reason.slot = _slot


_NO_CASE = frozenset(Nature) - {Nature.CASE}


@dataclass(frozen=True, slots=True)
class Allowance:
    """Fields up to a level, used for one of `purposes` (None: any), crossing in one of `crossings`, in `natures` of tables."""

    up_to: Level
    purposes: frozenset[Purpose] | None = None
    crossings: frozenset[Crossing] = frozenset(Crossing)
    natures: frozenset[Nature] = _NO_CASE

    def covers(self, rule: Rule, nature: Nature) -> bool:
        """Whether a field of such a table is one of them."""
        wanted = self.purposes is None or bool(self.purposes & rule.purposes)
        return rule.level <= self.up_to and wanted and rule.crossing in self.crossings and nature in self.natures


_NOT_ADDRESSED = frozenset(Crossing) - {Crossing.ADDRESSED}
"""Nothing between members: what they wrote to each other is no matter for a job."""

ALLOWANCES: dict[Reason, tuple[Allowance, ...]] = {
    Reason.OWNER: (Allowance(Level.RESTRICTED),),
    Reason.DELIVERY: (
        Allowance(Level.RESTRICTED, crossings=frozenset({Crossing.ADDRESSED})),
        Allowance(Level.CONFIDENTIAL, frozenset({Purpose.NOTIFICATIONS}), _NOT_ADDRESSED),
    ),
    Reason.SECURITY_LOGIN: (
        Allowance(Level.SECRET, frozenset({Purpose.AUTHENTICATION, Purpose.SECURITY}), _NOT_ADDRESSED),
    ),
    Reason.SERVICE: (Allowance(Level.CONFIDENTIAL, frozenset({Purpose.SERVICE}), _NOT_ADDRESSED),),
    Reason.PROCESSING: (Allowance(Level.RESTRICTED, frozenset({Purpose.SERVICE}), _NOT_ADDRESSED),),
    Reason.EXPORT: (Allowance(Level.RESTRICTED),),
    Reason.CASE: (Allowance(Level.CONFIDENTIAL, natures=frozenset({Nature.CASE})),),
    Reason.LEGAL_PROCESS: (),
    Reason.ENFORCEMENT: (),
    Reason.STAFF: (),
}
"""What a reason opens without a proof: any of its allowances is enough. The last three open nothing without one."""

AUTHORISED = Allowance(Level.RESTRICTED)
"""What the last three open with a proof that names the column. Passwords, passkeys and keys are nobody's to read."""


def allowed_for(rule: Rule, nature: Nature) -> tuple[bool, ...]:
    """For each reason, by `slot`: whether it opens a field of this kind, in a table of this nature."""
    return tuple(any(one.covers(rule, nature) for one in ALLOWANCES[reason]) for reason in Reason)


@dataclass(frozen=True, slots=True)
class Place:
    """A column that holds sealed values, and which reasons open it."""

    table: str
    column: str
    allowed: tuple[bool, ...]
    with_proof: bool = False


class Places:
    """The columns of a schema, found by `table.column`."""

    def __init__(self, metadata: sa.MetaData) -> None:
        self._metadata = metadata
        self._known: dict[str, Place] = {}

    def __getitem__(self, place: str) -> Place:
        """Raises UnknownPlace: no such column, or one without annotation."""
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = self._look_up(place)
        return known

    def _look_up(self, place: str) -> Place:
        name, _, column = place.partition(".")
        table = self._metadata.tables.get(name)
        rule = None if table is None or column not in table.c else table.c[column].info.get("rule")
        if table is None or not isinstance(rule, Rule):
            raise UnknownPlace(place=place)
        law = table.info.get("law")
        nature = law.nature if isinstance(law, Law) else Nature.RECORD
        return Place(name, column, allowed_for(rule, nature), AUTHORISED.covers(rule, nature))


@dataclass(slots=True)
class Opens:
    """Values opened and refused since the last `take`, by reason: evidence of promise `access.encrypted`."""

    opened: list[int] = field(default_factory=lambda: [0] * len(Reason))
    refused: Counter[str] = field(default_factory=Counter)

    def take(self) -> dict[str, int]:
        """The counts as `vault.opened:<reason>` and `vault.refused:<reason>`, and begin again at nought."""
        counts = {f"vault.opened:{reason}": self.opened[reason.slot] for reason in Reason if self.opened[reason.slot]}
        counts.update({f"vault.refused:{reason}": count for reason, count in self.refused.items()})
        self.opened[:] = [0] * len(Reason)
        self.refused.clear()
        return counts
