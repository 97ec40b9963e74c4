"""What a member sees of their family: guardians, young people, what is in force, and the news. Nothing that anybody wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kept.accounts import Session, named, note_news
from kept.cells import Tx
from kept.policy import Action, AgeBand, Limit, require
from kept.policy import Family as Ties
from kept.youth.opening import Youth
from kept.youth.registers import InForce, PairState

_GUARDIANS = """
SELECT other_id, state, since FROM guardian WHERE owner_id = $1 AND ended_at IS NULL ORDER BY since
"""
_WARDS = "SELECT * FROM ward WHERE owner_id = $1 AND ended_at IS NULL ORDER BY since"
_NEWS = "SELECT * FROM family_news WHERE owner_id = $1 ORDER BY at DESC, news_id DESC LIMIT $2"
MOST_NEWS = 20


@dataclass(frozen=True, slots=True)
class GuardianLine:
    """Somebody who is a young person's guardian, or is to be."""

    handle: str
    state: PairState
    since: datetime


@dataclass(frozen=True, slots=True)
class WardLine:
    """A young person of a guardian's: what the guardian has set, and what is in force by all guardians together.

    `left` are former pairings whose limits still hold; `arrived`: the guardian's last change is in force.
    """

    handle: str
    state: PairState
    since: datetime
    band: AgeBand
    mine: InForce
    force: InForce
    left: frozenset[int]
    arrived: bool


@dataclass(frozen=True, slots=True)
class NewsLine:
    """Something that happened: `what` is one of `News`."""

    what: str
    handle: str
    at: datetime
    off: frozenset[Limit]
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Family:
    """All of it, seen by one of them."""

    guardians: Sequence[GuardianLine]
    wards: Sequence[WardLine]
    news: Sequence[NewsLine]


async def family_of(youth: Youth, by: Session) -> Family:
    """The family of whoever is signed in. Raises Refused."""
    require(by.actor, Action.SEE_LIMITS, Ties(paired=True))
    database = by.cell.database
    guardians = await database.fetch(_GUARDIANS, by.member_id)
    wards = await database.fetch(_WARDS, by.member_id)
    news = await database.fetch(_NEWS, by.member_id, MOST_NEWS)
    people = {row["other_id"] for row in (*guardians, *wards, *news)}
    names = await youth.directory.handles(list(people)) if people else {}
    return Family(
        guardians=[
            GuardianLine(names[row["other_id"]], PairState(row["state"]), row["since"])
            for row in guardians
            if row["other_id"] in names
        ],
        wards=[_ward(row, names[row["other_id"]]) for row in wards if row["other_id"] in names],
        news=[
            NewsLine(row["what"], names[row["other_id"]], row["at"], named(row["switched_off"]), row["minutes"])
            for row in news
            if row["other_id"] in names
        ],
    )


async def seen(tx: Tx, by: Session, *, now: datetime) -> None:
    """The news was shown."""
    if by.news:
        await note_news(tx, by.member_id, False, now=now)


def _ward(row: Mapping[str, Any], handle: str) -> WardLine:
    return WardLine(
        handle=handle,
        state=PairState(row["state"]),
        since=row["since"],
        band=AgeBand(row["band"]),
        mine=InForce(named(row["switched_off"]), row["minutes"]),
        force=InForce(named(row["now_off"]), row["now_minutes"]),
        left=frozenset(int(one) for one in row["left_over"]),
        arrived=row["applied"] == row["set_turn"],
    )
