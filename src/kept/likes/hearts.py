"""Counting what members like, a cell its own: of clips here, of whatever else can be liked on the floors above.

A liked thing stands on a shelf; who likes it is a record of theirs with the column `key`; how many of a cell do stands on a
second shelf, one row a cell. Verbs note what has changed, and the worker counts a moment later, many at once, so that what
thousands like in the same second is counted once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.catalog import CellRow
from kept.cells import Cell, ShelfRow, Tx, put_on_shelf, take_off_shelf

MOST = 200
"""Things that are counted in one transaction."""

_DUE = """
DELETE FROM {due} WHERE {key} IN (
    SELECT {key} FROM {due} ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED
) RETURNING {key}
"""
_COUNT = """
SELECT c.owner_id, c.item_id AS {key}{also}, (SELECT count(*) FROM {liked} l WHERE l.{key} = c.item_id) AS likes
FROM {thing} c WHERE c.item_id = ANY(:items)
"""
_GONE = "DELETE FROM {liked} USING shelf_gone g WHERE g.shelf = '{thing}' AND g.item_id = {liked}.{key} RETURNING {key}"
_STRAY = """
SELECT owner_id, item_id FROM {shelf} s WHERE cell = :cell
    AND EXISTS (SELECT FROM shelf_gone g WHERE g.shelf = '{thing}' AND g.item_id = s.{key})
"""
_DRIFTED = """
INSERT INTO {due} ({key}, due_at)
SELECT {key}, :now FROM (SELECT {key}, likes FROM {shelf} WHERE cell = :cell) s
FULL JOIN (SELECT {key}, count(*) AS n FROM {liked} GROUP BY 1) l USING ({key})
WHERE coalesce(s.likes, 0) <> coalesce(l.n, 0)
ON CONFLICT DO NOTHING RETURNING {key}
"""


class Counted(Protocol):
    """Hears that something of somebody's was counted in this cell, in the transaction that put the figure on the shelf.

    `item` names the thing by the columns that the figures have: `clip_id`, and what else there is.
    """

    async def __call__(self, tx: Tx, owner_id: UUID, item: Mapping[str, UUID], *, now: datetime) -> None: ...


async def nobody_hears(tx: Tx, owner_id: UUID, item: Mapping[str, UUID], *, now: datetime) -> None:
    """Where nothing is to be done about it."""


class Hearts:
    """Of one kind of thing: where it is shown (`thing`), who likes it, what is due, and where the figures go.

    `also` are columns that the figures have in common with the thing.
    """

    def __init__(
        self,
        thing: type[ShelfRow],
        *,
        liked: type[CellRow],
        due: type[CellRow],
        shelf: type[ShelfRow],
        key: str,
        also: tuple[str, ...] = (),
    ) -> None:
        self._due, self._shelf, self._key = due, shelf, key
        self._named = (key, *also)
        names = {"thing": thing, "liked": liked, "due": due, "shelf": shelf}
        told = {name: table.__tablename__ for name, table in names.items()}
        told |= {"key": key, "also": "".join(f", c.{name}" for name in also)}
        self._take, self._count = sa.text(_DUE.format(**told)), sa.text(_COUNT.format(**told))
        self._gone, self._stray = sa.text(_GONE.format(**told)), sa.text(_STRAY.format(**told))
        self._drifted = sa.text(_DRIFTED.format(**told))

    async def changed(self, tx: Tx, item_id: UUID, *, now: datetime) -> None:
        """Note that the likes of something are to be counted again."""
        values: dict[str, Any] = {self._key: item_id, "due_at": now}
        await tx.run(insert(self._due).values(values).on_conflict_do_nothing())

    async def count_due(self, cell: Cell, *, now: datetime, counted: Counted = nobody_hears) -> int:
        """Count what is due; how much that was. For the worker, every second."""
        async with cell.begin() as tx:
            due = list((await tx.run(self._take, {"most": MOST})).scalars())
            for row in (await tx.run(self._count, {"items": due})).mappings().all() if due else ():
                place = {"item_id": item_of(row[self._key], cell.name), "cell": cell.name}
                await put_on_shelf(tx, self._shelf, dict(row) | place, now=now)
                await counted(tx, row["owner_id"], {name: row[name] for name in self._named}, now=now)
        return len(due)

    async def mend(self, cell: Cell, *, now: datetime) -> int:
        """Drop likes of what is gone, have counted again what differs (somebody was erased, or moved); how many."""
        async with cell.begin() as tx:
            mended = len((await tx.run(self._gone)).all())
            stray = (await tx.run(self._stray, {"cell": cell.name})).all()
            for row in stray:
                await take_off_shelf(tx, self._shelf, owner_id=row.owner_id, item_id=row.item_id, now=now)
            drifted = (await tx.run(self._drifted, {"cell": cell.name, "now": now})).all()
            return mended + len(stray) + len(drifted)


def item_of(thing_id: UUID, cell: str) -> UUID:
    """By what the shelf knows the likes of one cell's members for something."""
    return uuid5(thing_id, cell)
