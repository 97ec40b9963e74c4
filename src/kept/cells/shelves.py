"""Shelves: the public read side. A row is put on the home cell's shelf and sent to every other cell in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.cells.cell import Tx
from kept.cells.models import ShelfGone, ShelfRow
from kept.cells.parcels import ShelfPut, ShelfRemove, send
from kept.kit import new_id


async def put_on_shelf(tx: Tx, shelf: type[ShelfRow], values: Mapping[str, Any], *, now: datetime) -> None:
    """Show a public row in this cell now, and in every other a moment later.

    `values` are the columns of `shelf` without `parcel_id`. A row that was taken off never comes back.
    """
    parcel = ShelfPut(shelf, dict(values), parcel_id=new_id())
    await apply(tx, parcel, now=now)
    await send(tx, parcel, now=now)


async def take_off_shelf(tx: Tx, shelf: type[ShelfRow], *, owner_id: UUID, item_id: UUID, now: datetime) -> None:
    """Hide a public row in this cell now, and in every other a moment later, for good."""
    parcel = ShelfRemove(shelf, owner_id, item_id, parcel_id=new_id())
    await apply(tx, parcel, now=now)
    await send(tx, parcel, now=now)


async def apply(tx: Tx, parcel: ShelfPut | ShelfRemove, *, now: datetime) -> None:
    """Do to this cell's shelf what a parcel says. Applying it twice, or out of order, does no harm."""
    if isinstance(parcel, ShelfPut):
        await _put(tx, parcel)
    else:
        await _remove(tx, parcel, now=now)


async def _put(tx: Tx, parcel: ShelfPut) -> None:
    """Write one row; an older parcel than the row's own, or one for a removed item, changes nothing."""
    table = parcel.shelf.__table__
    values = parcel.values | {"parcel_id": parcel.parcel_id}
    gone = sa.exists().where(
        ShelfGone.shelf == parcel.shelf.__tablename__, ShelfGone.item_id == parcel.values["item_id"]
    )
    fresh = sa.select(*(sa.bindparam(f"v_{key}", value, type_=table.c[key].type) for key, value in values.items()))
    statement = insert(parcel.shelf).from_select(list(values), fresh.where(~gone))
    statement = statement.on_conflict_do_update(
        index_elements=["owner_id", "item_id"],
        set_={key: statement.excluded[key] for key in values},
        where=table.c.parcel_id < statement.excluded.parcel_id,
    )
    await tx.run(statement)


async def _remove(tx: Tx, parcel: ShelfRemove, *, now: datetime) -> None:
    """Delete one row and leave its tombstone."""
    name = parcel.shelf.__tablename__
    tombstone = insert(ShelfGone).values(shelf=name, item_id=parcel.item_id, gone_at=now)
    await tx.run(tombstone.on_conflict_do_nothing())
    here = sa.and_(parcel.shelf.owner_id == parcel.owner_id, parcel.shelf.item_id == parcel.item_id)
    await tx.run(sa.delete(parcel.shelf).where(here))
