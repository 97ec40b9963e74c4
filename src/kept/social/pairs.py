"""One member's side of a pair in their own cell: loaded and stored whole, while nobody else changes anything between them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.cells import Tx
from kept.social.models import Block, BlockedBy, Follow, Follower, Tie
from kept.social.profiles import figures_changed
from kept.social.registers import Answer, FollowState, Said, Side, Wish, state_of
from kept.social.registers import Block as Barrier

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:pair, 0))")
_SIDE = sa.text("""
SELECT f.turn AS my_turn, f.wants AS i_want, f.answer_to AS their_answer_to, f.accepted AS they_accepted,
    g.turn AS their_turn, g.wants AS they_want, g.answer_to AS my_answer_to, g.accepted AS i_accepted,
    b.turn AS my_block, b.owner_id IS NOT NULL AND b.ended_at IS NULL AS i_block,
    d.turn AS their_block, d.owner_id IS NOT NULL AND d.ended_at IS NULL AS they_block
FROM (SELECT CAST(:owner AS uuid) AS owner_id, CAST(:other AS uuid) AS other_id) AS p
LEFT JOIN follow f USING (owner_id, other_id) LEFT JOIN follower g USING (owner_id, other_id)
LEFT JOIN block b USING (owner_id, other_id) LEFT JOIN blocked_by d USING (owner_id, other_id)
""")


async def lock_pair(tx: Tx, one: UUID, other: UUID) -> None:
    """Keep everybody else from changing anything between the two in this cell until the transaction ends."""
    await tx.run(_LOCK, {"pair": "|".join(sorted((one.hex, other.hex)))})


async def side_of(tx: Tx, owner_id: UUID, other_id: UUID) -> Side:
    """How it stands between the two, as the owner's cell knows it."""
    row = (await tx.run(_SIDE, {"owner": owner_id, "other": other_id})).one()
    mine = Said(
        Wish(row.my_turn or 0, bool(row.i_want)),
        Answer(row.my_answer_to or 0, bool(row.i_accepted)),
        Barrier(row.my_block or 0, row.i_block),
    )
    theirs = Said(
        Wish(row.their_turn or 0, bool(row.they_want)),
        Answer(row.their_answer_to or 0, bool(row.they_accepted)),
        Barrier(row.their_block or 0, row.they_block),
    )
    return Side(mine, theirs)


async def store_side(tx: Tx, owner_id: UUID, other_id: UUID, before: Side, after: Side, *, now: datetime) -> None:
    """Store what has changed of the owner's side, and note whether their public figures have."""
    for table, was, values in (
        (Follow, _wished(before.mine, before.theirs), _wished(after.mine, after.theirs)),
        (Follower, _wished(before.theirs, before.mine), _wished(after.theirs, after.mine)),
        (Block, _blocked(before.mine), _blocked(after.mine)),
        (BlockedBy, _blocked(before.theirs), _blocked(after.theirs)),
    ):
        if values != was:
            ended = now if values.pop("ended") else None
            pair = {"owner_id": owner_id, "other_id": other_id, "since": now, "ended_at": ended}
            await _put(tx, table, pair | values)
    ways = {(before.follows, after.follows), (before.followed, after.followed)}
    if any(FollowState.FOLLOWING in way and way[0] is not way[1] for way in ways):
        await figures_changed(tx, owner_id, now=now)


def _wished(by: Said, answered: Said) -> dict[str, Any]:
    """The columns of a wish and the answer to it."""
    wish, answer = by.wish, answered.answer
    state = state_of(wish, answer)
    said = {"turn": wish.turn, "wants": wish.wants, "answer_to": answer.to, "accepted": answer.accepted}
    return said | {"state": state, "ended": state is FollowState.ENDED}


def _blocked(by: Said) -> dict[str, Any]:
    """The columns of a block."""
    return {"turn": by.block.turn, "ended": not by.block.stands}


async def _put(tx: Tx, table: type[Tie], values: dict[str, Any]) -> None:
    put = insert(table).values(values)
    fresh = {name: put.excluded[name] for name in values if name not in ("owner_id", "other_id")}
    await tx.run(put.on_conflict_do_update(index_elements=["owner_id", "other_id"], set_=fresh))
