"""What is past its time, as the catalogue says: one rule for each table whose rows have a clock.

What is kept until an account is closed has no clock of its own: it is not past its time while the account is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kept.catalog import Law, Nature
from kept.catalog.law import Since
from kept.catalog.tables import STORES

SLACK = timedelta(hours=1)
"""How long after its time a row may still be there: the sweeper comes every few minutes, and may be down for a while."""
SWEPT_STORES = ("cell", "directory", "keys")
"""The log is append-only: nothing sweeps it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One table's rule, as SQL needs it."""

    store: str
    table: str
    clock: str
    time: timedelta
    waiting: str
    """SQL: whether a row is still to be worked on."""
    owner: str | None
    """The column that names whose a row is, if a hold can be on it."""
    items: tuple[str, ...] = ()
    """The columns that a hold on one thing may mean."""

    def cutoff(self, now: datetime) -> datetime:
        """Rows whose clock stands before this moment are past their time."""
        return now - self.time

    @property
    def past(self) -> str:
        """SQL: whether a row `r` is past its time; `$1` is the cutoff. Without a moment in its clock, a row is in use."""
        return f'(r."{self.clock}" < $1::timestamptz AND NOT ({self.waiting}))'

    @property
    def held(self) -> str:
        """SQL: whether a row `r` is held; `$2` is now."""
        if self.owner is None:
            return "($2::timestamptz IS NULL)"  # never; the same parameters for every table
        which = "".join(f' OR h.item_id = r."{item}"' for item in self.items)
        return (
            f'EXISTS (SELECT FROM legal_hold h WHERE h.owner_id = r."{self.owner}" AND h.lifted_at IS NULL'
            f" AND h.ends_at > $2::timestamptz AND (h.item_id IS NULL{which}))"
        )


def rules(store: str) -> Sequence[Rule]:
    """The rules of a kind of store: `cell`, `directory` or `keys`, what refers to something before what it refers to."""
    tables = reversed(STORES[store].metadata.sorted_tables) if store in SWEPT_STORES else ()
    return [rule for table in tables if (rule := _rule_of(store, table)) is not None]


def _rule_of(store: str, table: sa.Table) -> Rule | None:
    law: Law = table.info["law"]
    keep = law.keep
    if keep is None or keep.clock is None:
        return None
    if store == "keys" and keep.since is Since.WITHDRAWAL:
        return None  # the vault deletes a retired key when nothing hangs on it any more, and not a day later
    owner = _owner_of(table, law) if store == "cell" else None
    items = tuple(
        column.name
        for column in table.primary_key.columns
        if owner is not None and column.name != owner and isinstance(column.type, sa.Uuid)
    )
    return Rule(store, table.name, keep.clock, keep.time, keep.waiting, owner, items)


def _owner_of(table: sa.Table, law: Law) -> str | None:
    """Whose a row is: a record's owner, or the member for whom a row of the cell's own is there."""
    if law.nature is Nature.RECORD and law.owner is not None:
        return law.owner.split(".")[0]
    return "owner_id" if "owner_id" in table.c else None
