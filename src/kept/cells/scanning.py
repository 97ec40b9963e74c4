"""Scans of a cell: everything that is stored there is its own members', is named by a row, or is public and still so.

Four kinds of offender: a private row, or an object, whose owner's home is elsewhere; an object that no row names; a row on
a shelf whose source doesn't live any more. Tables, owners and the columns that name objects are the catalogue's; nothing is
taken from foreign keys or from `resident`, which are what is being checked. Reads in batches: memory stays the same.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import CellRow, Nature
from kept.cells.cell import Cell
from kept.cells.models import ShelfRow
from kept.cells.registry import Cells
from kept.cells.residency import strangers

BATCH = 1_000
SETTLES = 3.0
"""Seconds after which a doubtful shelf row or object is looked at again: what is on its way has arrived then."""
_NOBODY = UUID(int=0)

Progress = Callable[[str, int], None]
"""Told what is looked at, and how much of it was."""


class Kind(StrEnum):
    """What is wrong."""

    ROW = "row"
    """A private row whose owner's home is elsewhere."""
    OBJECT = "object"
    """An object whose owner's home is elsewhere."""
    UNNAMED = "unnamed"
    """An object that no row names."""
    SHELF = "shelf"
    """A public row whose source is gone, or doesn't live any more."""


@dataclass(frozen=True, slots=True)
class Offender:
    """What a scan found."""

    kind: Kind
    cell: str
    where: str
    """Its table or, for an object, its store."""
    which: str
    """The owner's opaque id, the object's key, or the item on the shelf."""
    count: int = 1


async def scan(cell: Cell, cells: Cells, *, progress: Progress = lambda _what, _done: None) -> AsyncIterator[Offender]:
    """Everything that is wrong in a cell."""
    progress("records", 0)
    async for stranger in strangers(cell, cells.directory):
        yield Offender(Kind.ROW, cell.name, stranger.table, str(stranger.owner), stranger.rows)
    async for offender in objects_astray(cell, cells, progress=progress):
        yield offender
    async for offender in shelves_astray(cell, cells, progress=progress):
        yield offender


async def objects_astray(cell: Cell, cells: Cells, *, progress: Progress) -> AsyncIterator[Offender]:
    """Objects that no row names, or whose row is somebody's who lives elsewhere.

    Keys are listed first and rows asked afterwards: a row names an object before its first byte is written.
    """
    done, batch = 0, list[str]()
    async for key in cell.objects.keys():
        batch.append(key)
        if len(batch) == BATCH:
            for offender in await _objects_of(cell, cells, batch):
                yield offender
            done += len(batch)
            progress("objects", done)
            batch = []
    for offender in await _objects_of(cell, cells, batch):
        yield offender
    progress("objects", done + len(batch))


async def shelves_astray(cell: Cell, cells: Cells, *, progress: Progress) -> AsyncIterator[Offender]:
    """Rows on shelves whose source doesn't live. Sources in regions that others serve are theirs to look at."""
    for shelf in ShelfRow.__subclasses__():
        if shelf.__table__ not in CellRow.metadata.sorted_tables:
            continue
        done, after = 0, (_NOBODY, _NOBODY)
        while rows := await _shelf_page(cell, shelf, after):
            doubtful = await _lifeless(cells, shelf, rows)
            if doubtful:
                await asyncio.sleep(SETTLES)
                there = set(await _still_there(cell, shelf, doubtful))
                doubtful = [row for row in await _lifeless(cells, shelf, doubtful) if row in there]
            for _, item_id in doubtful:
                yield Offender(Kind.SHELF, cell.name, shelf.__tablename__, str(item_id))
            after, done = rows[-1], done + len(rows)
            progress(shelf.__tablename__, done)


async def _objects_of(cell: Cell, cells: Cells, keys: list[str]) -> list[Offender]:
    """What is wrong with some objects."""
    named = await _owners_of(cell, keys)
    homes = await cells.directory.homes([owner for owner in set(named.values()) if owner is not None])
    store = cell.objects.address
    found = []
    for key in keys:
        if key not in named:
            found.append(Offender(Kind.UNNAMED, cell.name, store, key))
        elif (owner := named[key]) is not None and homes.get(owner) != cell.name:
            found.append(Offender(Kind.OBJECT, cell.name, store, key))
    return found


async def _owners_of(cell: Cell, keys: list[str]) -> dict[str, UUID | None]:
    """Whose the objects are that rows name; None where the row is nobody's."""
    owners: dict[str, UUID | None] = {}
    for table in CellRow.metadata.sorted_tables if keys else ():
        law = table.info["law"]
        owner = f'"{law.owner.split(".")[0]}"' if law.nature is Nature.RECORD else "NULL::uuid"
        for column in table.c:
            if column.info["rule"].names_object or column.name == "object_key":
                sql = f'SELECT "{column.name}" AS key, {owner} AS owner FROM "{table.name}" WHERE "{column.name}" = ANY($1)'  # noqa: S608
                owners.update({row["key"]: row["owner"] for row in await cell.database.fetch(sql, keys)})
    return owners


_Item = tuple[UUID, UUID]
"""Owner and item."""


async def _shelf_page(cell: Cell, shelf: type[ShelfRow], after: _Item) -> list[_Item]:
    table = shelf.__table__
    source = table.c[shelf.source_item]
    place = sa.tuple_(table.c.owner_id, source)
    page = sa.select(table.c.owner_id, source).distinct().where(place > sa.tuple_(*map(sa.literal, after)))
    return await _items(cell, page.order_by(table.c.owner_id, source).limit(BATCH))


async def _still_there(cell: Cell, shelf: type[ShelfRow], items: Sequence[_Item]) -> list[_Item]:
    table = shelf.__table__
    source = table.c[shelf.source_item]
    there = sa.select(table.c.owner_id, source).distinct()
    return await _items(cell, there.where(sa.tuple_(table.c.owner_id, source).in_(items)))


async def _lifeless(cells: Cells, shelf: type[ShelfRow], items: Sequence[_Item]) -> list[_Item]:
    """Those whose source doesn't live, as far as it would be in a cell of this process; and those of nobody."""
    homes = await cells.directory.homes(list({owner for owner, _ in items}))
    by_home: dict[str | None, list[_Item]] = {}
    for item in items:
        by_home.setdefault(homes.get(item[0]), []).append(item)
    found = by_home.pop(None, [])
    for home, there in by_home.items():
        if home not in cells.remote:
            living = set(await _living(cells.named(str(home)), shelf, there))
            found += [item for item in there if item not in living]
    return found


async def _living(home: Cell, shelf: type[ShelfRow], items: Sequence[_Item]) -> list[_Item]:
    source = CellRow.metadata.tables[str(shelf.law.source)]
    owner, item, *_ = source.primary_key.columns
    lives = sa.select(owner, item).where(sa.tuple_(owner, item).in_(items), sa.text(shelf.living))
    return await _items(home, lives)


async def _items(cell: Cell, select: "sa.Select[Any]") -> list[_Item]:
    async with cell.database.begin() as connection:
        return [(row[0], row[1]) for row in await connection.execute(select)]
