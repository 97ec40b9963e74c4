"""The vocabulary that tables and columns are annotated with."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Self


class Level(IntEnum):
    """How sensitive a field is, and so how many must approve before staff may read it; ordered."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    RESTRICTED = 3
    SECRET = 4


class Purpose(StrEnum):
    """What a field may be used for: keys of fideslang `data_use`."""

    SERVICE = "essential.service"
    AUTHENTICATION = "essential.service.authentication"
    NOTIFICATIONS = "essential.service.notifications"
    OPERATIONS = "essential.service.operations"
    SUPPORT = "essential.service.operations.support"
    SECURITY = "essential.service.security"
    FRAUD = "essential.fraud_detection"
    LEGAL = "essential.legal_obligation"
    IMPROVE = "functional.service.improve"
    STORAGE = "functional.storage"
    PERSONALIZE = "personalize.content.profiled"
    REPORTING = "analytics.reporting"


class Basis(StrEnum):
    """What allows it: the grounds of GDPR Art. 6(1) that we rely on without asking."""

    CONTRACT = "contract"
    """(b): it is what the member wants of us."""
    OBLIGATION = "legal obligation"
    """(c)."""
    INTEREST = "legitimate interests"
    """(f)."""


BASES: dict[Purpose, Basis] = {
    Purpose.SERVICE: Basis.CONTRACT,
    Purpose.AUTHENTICATION: Basis.CONTRACT,
    Purpose.NOTIFICATIONS: Basis.CONTRACT,
    Purpose.SUPPORT: Basis.CONTRACT,
    Purpose.STORAGE: Basis.CONTRACT,
    Purpose.PERSONALIZE: Basis.CONTRACT,
    Purpose.LEGAL: Basis.OBLIGATION,
    Purpose.OPERATIONS: Basis.INTEREST,
    Purpose.SECURITY: Basis.INTEREST,
    Purpose.FRAUD: Basis.INTEREST,
    Purpose.IMPROVE: Basis.INTEREST,
    Purpose.REPORTING: Basis.INTEREST,
}
"""What allows each purpose; the privacy notice says the same in its own words."""


def may_object(purpose: Purpose) -> bool:
    """Whether a member may have their data kept out of a use: one that rests on our interest, and is not essential."""
    return BASES[purpose] is Basis.INTEREST and not purpose.startswith("essential.")


class Crossing(StrEnum):
    """Whether a field may leave its region, and why."""

    NEVER = "never"
    PUBLIC = "public"
    ADDRESSED = "addressed"
    AGGREGATE = "aggregate"


class Erasure(StrEnum):
    """What erasure does to a row of the table."""

    DELETE = "delete"
    ANONYMISE = "anonymise"
    SHRED = "shred"


class Nature(StrEnum):
    """Whose rows a table holds."""

    RECORD = "record"
    """A member's own rows, in the member's home cell and nowhere else."""
    SHELF = "shelf"
    """Public rows, replicated to every cell; tombstoned when their source goes."""
    INDEX = "index"
    """The directory's look-ups: somebody's row, found by its own key (a handle, a keyed hash), for all cells to share."""
    CASE = "case"
    """What is kept about a request or a case, whoever it is about and whether or not they are members: its own id is its
    owner, so that it has a key of its own, and ends by its own time."""
    SYSTEM = "system"
    """Nobody's rows: opaque ids, counters, configuration."""


class Since(StrEnum):
    """The moment that a retention time is counted from."""

    CREATION = "creation"
    LAST_USE = "last use"
    CLOSURE = "closure"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class Keep:
    """How long rows are kept: `time` counted from the moment in the timestamp column `clock`, for the reason `basis`.

    A row whose `clock` is null is in use. `CLOSURE` counts from the closing of the account and needs no column.
    """

    since: Since
    time: timedelta
    basis: str
    clock: str | None
    waiting: str = "false"
    """SQL: whether a row is still to be worked on. Such a row is in use, however old it is."""

    @classmethod
    def after_creation(cls, clock: str, basis: str, **time: float) -> Self:
        """Kept for `time` (as for timedelta) after the row was made."""
        return cls(Since.CREATION, timedelta(**time), basis, clock)

    @classmethod
    def after_last_use(cls, clock: str, basis: str, **time: float) -> Self:
        """Kept for `time` after it was last used."""
        return cls(Since.LAST_USE, timedelta(**time), basis, clock)

    @classmethod
    def after_closure(cls, basis: str, **time: float) -> Self:
        """Kept while the account is open, and for `time` after it closed."""
        return cls(Since.CLOSURE, timedelta(**time), basis, None)

    @classmethod
    def after_withdrawal(cls, clock: str, basis: str, **time: float) -> Self:
        """Kept until withdrawn, and for `time` after that."""
        return cls(Since.WITHDRAWAL, timedelta(**time), basis, clock)

    def unless(self, waiting: str) -> Self:
        """The same rule, but for rows that are still to be worked on, told by an SQL condition over their columns."""
        return replace(self, waiting=waiting)


@dataclass(frozen=True, slots=True)
class Law:
    """What a table is. `owner` is the path to the person: a column, or foreign-key columns joined by dots."""

    nature: Nature
    about: str
    keep: Keep | None
    owner: str | None = None
    erasure: Erasure = Erasure.DELETE
    source: str | None = None
    """For a shelf: the record table that its rows are drawn from."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a column is."""

    category: str
    level: Level
    purposes: frozenset[Purpose]
    about: str
    crossing: Crossing = Crossing.NEVER
    derived_from: tuple[str, ...] = ()
    names_other: bool = False
    """The value is another person's id: anonymised when that person is erased, redacted when the owner asks for a copy."""
    goes_with_other: bool = False
    """The row says nothing without that other person: it is deleted with them, instead of naming nobody (a follow, a block)."""
    names_object: bool = False
    """The value is the key of an object in the cell's store, which is there for this row and goes where the row goes."""
