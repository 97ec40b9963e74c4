"""Shelves: the public read side. A row is put on the home cell's shelf and sent to every other cell in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.catalog import CellRow
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


async def take_off_all_shelves(tx: Tx, source: str, *, owner_id: UUID, source_id: UUID, now: datetime) -> None:
    """Hide everything that is drawn from one row of the table `source`, also what another cell is about to draw."""
    cells = (tx.cell.name, *tx.cell.neighbours)
    for shelf in ShelfRow.__subclasses__():
        if shelf.__tablename__ in CellRow.metadata.tables and shelf.law.source == source:
            for item_id in shelf.items_of(source_id, cells):
                await take_off_shelf(tx, shelf, owner_id=owner_id, item_id=item_id, now=now)


async def apply(tx: Tx, parcel: ShelfPut | ShelfRemove, *, now: datetime) -> None:
    """Do to this cell's shelf what a parcel says. Applying it twice, or out of order, does no harm."""
    if isinstance(parcel, ShelfPut):
        await _put(tx, parcel)
    else:
        await _remove(tx, parcel, now=now)


async def put_all(tx: Tx, parcels: Sequence[ShelfPut]) -> None:
    """Apply many of a kind: one statement for all rows of a shelf that have the same columns."""
    alike: dict[tuple[type[ShelfRow], tuple[str, ...]], dict[tuple[Any, Any], ShelfPut]] = {}
    for parcel in parcels:
        newest = alike.setdefault((parcel.shelf, tuple(sorted(parcel.values))), {})
        item = (parcel.values["owner_id"], parcel.values["item_id"])
        if item not in newest or newest[item].parcel_id < parcel.parcel_id:
            newest[item] = parcel
    for (shelf, names), newest in alike.items():
        if len(newest) == 1 or any(isinstance(shelf.__table__.c[name].type, sa.LargeBinary) for name in names):
            for parcel in newest.values():
                await _put(tx, parcel)
        else:
            rows = [parcel.values | {"parcel_id": parcel.parcel_id} for parcel in newest.values()]
            told = {"rows": msgspec.json.encode(rows).decode(), "shelf": shelf.__tablename__}
            await tx.run(sa.text(_many(shelf.__tablename__, names)), told)


@cache
def _many(shelf: str, names: tuple[str, ...]) -> str:
    """As `_put`, for rows that come as one JSON text; each item stands there once. Names are the catalogue's."""
    columns = ", ".join(f'"{name}"' for name in (*names, "parcel_id"))
    fresh = ", ".join(f'"{name}" = excluded."{name}"' for name in (*names, "parcel_id"))
    return f"""
        INSERT INTO "{shelf}" ({columns})
        SELECT {columns} FROM json_populate_recordset(NULL::"{shelf}", CAST(:rows AS json)) r
        WHERE NOT EXISTS (SELECT FROM shelf_gone g WHERE g.shelf = :shelf AND g.item_id = r.item_id)
        ON CONFLICT (owner_id, item_id) DO UPDATE SET {fresh} WHERE "{shelf}".parcel_id < excluded.parcel_id
    """  # noqa: S608


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
