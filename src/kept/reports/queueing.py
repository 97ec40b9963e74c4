"""Putting what is reported into the queue, in the home cell of whose it is: in the same transaction, or by an envelope.

What crosses says what, why and how soon; for the reporter stands a pseudonym that only their own cell can make. Counted is how
many different people reported a thing, however often and in whatever order it arrives.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from kept.cells import Addressed, Tx
from kept.reports.opening import Reports

WHAT = "report"
"""`Addressed.what` of what is below."""

_RESIDENT = "SELECT 1 FROM resident WHERE member_id = $1 FOR KEY SHARE"
_ITEM = """
INSERT INTO reported_item (owner_id, item_id, kind, clip_id, severity, child_safety, reporters, state, first_at, last_at,
    changed_at)
VALUES ($1, $2, $3, $4, $5, $6, 0, 'waiting', $7, $7, $7)
ON CONFLICT (owner_id, item_id) DO UPDATE SET changed_at = greatest(reported_item.changed_at, $7)
"""
_BY = """
INSERT INTO reported_by (owner_id, item_id, reporter, report_id, from_cell, reason, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING 1
"""
_COUNT = """
UPDATE reported_item SET severity = greatest(severity, $3), child_safety = child_safety OR $4,
    last_at = greatest(last_at, $5),
    reporters = (SELECT count(*) FROM reported_by b WHERE b.owner_id = $1 AND b.item_id = $2)
WHERE owner_id = $1 AND item_id = $2
"""


class Told(msgspec.Struct, tag="reported", frozen=True):
    """Somebody reported something of the one it is addressed to."""

    report_id: UUID
    kind: str
    item_id: UUID
    clip_id: UUID | None
    reason: str
    severity: int
    child_safety: bool
    reporter: bytes
    from_cell: str


_decode = msgspec.msgpack.Decoder(Told).decode


async def pass_on(reports: Reports, tx: Tx, about_id: UUID, told: Told, *, now: datetime) -> bool:
    """Into the queue of whose it is; False when their account is gone. Raises NoWayThere."""
    home = await reports.directory.home(about_id)
    if home == tx.cell.name:
        return await _take(tx, about_id, told, now=now)
    if home is not None:
        await reports.post.send(tx, WHAT, home, about_id, msgspec.msgpack.encode(told), now=now)
    return home is not None


async def deliver(reports: Reports, tx: Tx, parcel: Addressed, *, now: datetime) -> None:
    """Apply what came from another cell. Raises EnvelopeRefused, NoWayThere."""
    opened = await reports.post.opened(tx, parcel, now=now)
    if opened is not None:
        await _take(tx, parcel.to_member, _decode(opened), now=now)


async def _take(tx: Tx, owner_id: UUID, told: Told, *, now: datetime) -> bool:
    run = tx.connection.exec_driver_sql
    if (await run(_RESIDENT, (owner_id,))).first() is None:
        return False
    item = (owner_id, told.item_id, told.kind, told.clip_id, told.severity, told.child_safety, now)
    await run(_ITEM, item)  # locks the row, so that two who report at once are both counted
    by = (owner_id, told.item_id, told.reporter, told.report_id, told.from_cell, told.reason, now)
    if (await run(_BY, by)).first() is not None:
        await run(_COUNT, (owner_id, told.item_id, told.severity, told.child_safety, now))
    return True
