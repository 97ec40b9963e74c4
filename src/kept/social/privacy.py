"""How close a member lets others come: whether the account is private (whoever wants to follow asks, and only followers see
its clips), whether it is left out when somebody searches for people, and what is shown of likes."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Cell, Tx
from kept.policy import Account, Action, require
from kept.social.deciding import require_self
from kept.social.models import Circle
from kept.social.profiles import PRIVATE_AT_FIRST, draw_again

_CHOSEN = f"""
SELECT coalesce(c.private, a.band = '{PRIVATE_AT_FIRST.value}') AS private, coalesce(c.unlisted, false) AS unlisted,
    coalesce(c.hides_likes, false) AS hides_likes, coalesce(c.sees_no_likes, false) AS sees_no_likes
FROM account a LEFT JOIN circle c ON c.owner_id = a.owner_id WHERE a.owner_id = :member
"""  # noqa: S608  our own word


@dataclass(frozen=True, slots=True)
class Privacy:
    """What a member has chosen; of somebody new, what it will be. `unlisted` is left out of the search for people.

    `hides_likes`: nobody else sees how many like their clips; `sees_no_likes`: they are shown no numbers of likes at all.
    """

    private: bool = False
    unlisted: bool = False
    hides_likes: bool = False
    sees_no_likes: bool = False


async def privacy_of(cell: Cell, member_id: UUID) -> Privacy:
    """What a member at home in `cell` has chosen."""
    async with cell.begin() as tx:
        return await _chosen(tx, member_id)


async def set_privacy(
    tx: Tx,
    by: Session,
    *,
    private: bool | None = None,
    unlisted: bool | None = None,
    hides_likes: bool | None = None,
    sees_no_likes: bool | None = None,
    now: datetime,
) -> Privacy:
    """Choose anew; None leaves a choice as it is. Who follows goes on following, and who has asked still waits.

    Raises Refused.
    """
    require(by.actor, Action.CHANGE_SETTINGS, Account(undoes_guardian=False))
    require_self(by.actor, Action.ANSWER_FOLLOW_REQUEST)
    before = await _chosen(tx, by.member_id)
    said = {"private": private, "unlisted": unlisted, "hides_likes": hides_likes, "sees_no_likes": sees_no_likes}
    chosen = replace(before, **{name: value for name, value in said.items() if value is not None})
    fresh = asdict(chosen) | {"changed_at": now}
    row = insert(Circle).values(owner_id=by.member_id, **fresh)
    await tx.run(row.on_conflict_do_update(index_elements=["owner_id"], set_=fresh))
    await draw_again(tx, by.member_id, now=now)
    return chosen


async def _chosen(tx: Tx, member_id: UUID) -> Privacy:
    row = (await tx.run(sa.text(_CHOSEN), {"member": member_id})).one_or_none()
    return Privacy() if row is None else Privacy(**row._mapping)
