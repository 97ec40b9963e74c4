"""What is switched off for a member, and how long their feeds are open a day: what of it is in force, as pure data; and kept.

Guardians' limits are written by `youth`; here they only take effect, because every request asks for them. They end by the
clock on the eighteenth birthday. What a member chose for themselves comes on top, and never loosens what a guardian set.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts.days import day_of
from kept.accounts.limit_models import LimitsRow
from kept.cells import Tx
from kept.policy import AgeBand, Limit

DEFAULT_MINUTES = 60
"""A day, for whoever is under 18 and nobody chose anything else."""
MOST_MINUTES = 24 * 60
SWITCHES = tuple(limit for limit in Limit if limit is not Limit.SCREEN_TIME)
"""What can be switched off; screen time is set in minutes."""

_ALLOW = """
INSERT INTO screen_time AS t (owner_id, day, minutes, more, counted_at) VALUES (:owner, :day, 0, :more, :now)
ON CONFLICT (owner_id) DO UPDATE SET day = :day, minutes = CASE WHEN t.day = :day THEN t.minutes ELSE 0 END,
    more = CASE WHEN t.day = :day THEN t.more ELSE 0 END + :more
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is set. Minutes are a day's; None where nothing is set, and as a member's own choice 0 stands for no limit."""

    guarded: frozenset[Limit] = frozenset()
    guarded_minutes: int | None = None
    chosen: frozenset[Limit] = frozenset()
    chosen_minutes: int | None = None

    def in_force(self, band: AgeBand, today: "Today") -> frozenset[Limit]:
        """What the policy is told: what is off, and whether the day is used up."""
        return self.switched_off(band) | ({Limit.SCREEN_TIME} if today.is_over else frozenset())

    def switched_off(self, band: AgeBand) -> frozenset[Limit]:
        """What is off for somebody of that age."""
        return self.chosen if band is AgeBand.ADULT else self.chosen | self.guarded

    def guardians_minutes(self, band: AgeBand) -> int | None:
        """What guardians allow a day."""
        return None if band is AgeBand.ADULT else self.guarded_minutes

    def minutes(self, band: AgeBand) -> int | None:
        """How long feeds are open a day: the least of what guardians and the member set, or else what holds at that age."""
        theirs = self.guardians_minutes(band)
        own = self.chosen_minutes or None
        if theirs is not None:
            return theirs if own is None else min(theirs, own)
        if band is AgeBand.ADULT or (self.chosen_minutes is not None and band is not AgeBand.UNDER_13):
            return own
        return DEFAULT_MINUTES if own is None else min(DEFAULT_MINUTES, own)


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Today:
    """A member's day: how many minutes feeds are open (None: as long as they like), and how many are used up."""

    allowed: int | None = None
    used: int = 0
    guarded: bool = False
    """A guardian set it, so nobody but a guardian gives more."""
    counted_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether feeds are closed until tomorrow."""
        return self.allowed is not None and self.used >= self.allowed

    @property
    def left(self) -> int | None:
        """Minutes that are left."""
        return None if self.allowed is None else max(0, self.allowed - self.used)


NO_DAY = Today()


def limits_in(row: Mapping[str, Any]) -> Limits:
    """The limits in a row that may have come without any (a left join)."""
    if row["guarded"] is None:
        return NO_LIMITS
    return Limits(named(row["guarded"]), row["guarded_minutes"], named(row["chosen"]), row["chosen_minutes"])


def named(names: Collection[str]) -> frozenset[Limit]:
    """Limits by their names; what this program doesn't know (a newer one's) is left out."""
    known = {limit.value for limit in SWITCHES}
    return frozenset(Limit(name) for name in names if name in known)


def today_in(row: Mapping[str, Any], limits: Limits, band: AgeBand, *, now: datetime) -> Today:
    """The member's day, in a row that may have come without a count."""
    allowed = limits.minutes(band)
    if allowed is None:
        return NO_DAY
    guarded = limits.guardians_minutes(band) is not None
    if row["screen_day"] is None or row["screen_day"] != day_of(row["country"], now):
        return Today(allowed, guarded=guarded)
    return Today(allowed + row["more"], row["minutes"], guarded, row["counted_at"])


async def limits_of(tx: Tx, member_id: UUID) -> Limits:
    """What is set for a member at home in the cell."""
    wanted = sa.select(LimitsRow.__table__).where(LimitsRow.owner_id == member_id)
    row = (await tx.run(wanted)).mappings().first()
    return NO_LIMITS if row is None else limits_in(dict(row))


async def put_limits(tx: Tx, member_id: UUID, limits: Limits, *, now: datetime) -> None:
    """Set a member's limits; whoever calls has asked the policy."""
    values = {
        "guarded": sorted(limits.guarded),
        "guarded_minutes": limits.guarded_minutes,
        "chosen": sorted(limits.chosen),
        "chosen_minutes": limits.chosen_minutes,
        "changed_at": now,
    }
    put = insert(LimitsRow).values(owner_id=member_id, news=False, **values)
    await tx.run(put.on_conflict_do_update(index_elements=["owner_id"], set_=values))


async def note_news(tx: Tx, member_id: UUID, news: bool, *, now: datetime) -> None:
    """Have the member's pages say that there is news about their family, or no longer."""
    put = insert(LimitsRow).values(
        owner_id=member_id, guarded=[], guarded_minutes=None, chosen=[], chosen_minutes=None, news=news, changed_at=now
    )
    await tx.run(put.on_conflict_do_update(index_elements=["owner_id"], set_={"news": news}))


async def allow_more(tx: Tx, member_id: UUID, country: str, minutes: int, *, now: datetime) -> None:
    """Open a member's feeds for so many minutes more, on this day only."""
    values = {"owner": member_id, "day": day_of(country, now), "more": minutes, "now": now}
    await tx.run(sa.text(_ALLOW), values)
