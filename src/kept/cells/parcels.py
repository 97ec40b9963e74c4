"""What may cross a border, as types: a parcel can't be made of a field that is not public.

Promise `residency.crossing`: what crosses is public, or was sent by the member to somebody there, or is an aggregate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.catalog import Crossing
from kept.cells.cell import Tx
from kept.cells.models import Parcel, ShelfRow
from kept.kit import Fatal

CHANNEL = "parcel"
"""The PostgreSQL channel on which a cell says that a parcel waits."""


class NotPublic(Fatal):
    """A field that may not cross was about to: stop rather than leak."""


@dataclass(frozen=True, slots=True)
class ShelfPut:
    """A public row on its way to a shelf. Raises NotPublic when any of its fields is not public."""

    kind: ClassVar[str] = "put"
    shelf: type[ShelfRow]
    values: dict[str, Any]
    parcel_id: UUID

    def __post_init__(self) -> None:
        columns = self.shelf.__table__.c
        for name in self.values:
            if columns[name].info["rule"].crossing is not Crossing.PUBLIC:
                raise NotPublic(f"{self.shelf.__tablename__}.{name} may not cross a border")

    def content(self) -> dict[str, Any]:
        """The fields as JSON types."""
        plain: dict[str, Any] = msgspec.to_builtins(self.values)
        return plain

    def categories(self) -> Iterator[str]:
        """The category of each field that crosses."""
        for name in self.values:
            yield self.shelf.__table__.c[name].info["rule"].category


@dataclass(frozen=True, slots=True)
class ShelfRemove:
    """A row to be taken off a shelf: opaque ids only."""

    kind: ClassVar[str] = "remove"
    shelf: type[ShelfRow]
    owner_id: UUID
    item_id: UUID
    parcel_id: UUID

    def content(self) -> dict[str, Any]:
        """The ids as JSON types."""
        return {"owner_id": str(self.owner_id), "item_id": str(self.item_id)}

    def categories(self) -> Iterator[str]:
        """The category of what crosses."""
        yield self.shelf.__table__.c.item_id.info["rule"].category


AnyParcel = ShelfPut | ShelfRemove


async def send(tx: Tx, parcel: AnyParcel, *, now: datetime) -> None:
    """Leave a parcel for every other cell, in the act's own transaction."""
    rows = [
        {
            "parcel_id": parcel.parcel_id,
            "to_cell": cell,
            "kind": parcel.kind,
            "shelf": parcel.shelf.__tablename__,
            "content": parcel.content(),
            "made_at": now,
        }
        for cell in tx.cell.neighbours
    ]
    if rows:
        sent = sa.insert(Parcel).values(rows).cte("sent")
        await tx.run(sa.select(sa.func.pg_notify(CHANNEL, "")).add_cte(sent))


def unpack(row: sa.Row[Any]) -> AnyParcel:
    """The parcel in a stored row; checked again, for what crosses is checked where it leaves."""
    shelf = _shelf_named(row.shelf)
    if row.kind == ShelfRemove.kind:
        return ShelfRemove(shelf, UUID(row.content["owner_id"]), UUID(row.content["item_id"]), row.parcel_id)
    columns = shelf.__table__.c
    values = {key: _typed(value, columns[key].type.python_type) for key, value in row.content.items()}
    return ShelfPut(shelf, values, row.parcel_id)


def _typed(value: Any, kind: type) -> Any:
    return value if value is None else msgspec.convert(value, kind, strict=False)


def _shelf_named(name: str) -> type[ShelfRow]:
    return next(shelf for shelf in ShelfRow.__subclasses__() if shelf.__tablename__ == name)
