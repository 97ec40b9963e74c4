"""What may cross a border, as types: a parcel can't be made of a field that is not public, and an envelope is sealed.

Promise `residency.crossing`: what crosses is public, or was sent by the member to somebody there, or is an aggregate.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.catalog import Category, Crossing
from kept.cells.cell import Tx
from kept.cells.crossing import ParcelRow
from kept.cells.models import ShelfRow
from kept.kit import Fatal, KeptError, Kind

CHANNEL = "parcel"
"""The PostgreSQL channel on which a cell says that a parcel waits."""
LARGEST_ENVELOPE = 64 * 1024
"""Bytes."""


class NotPublic(Fatal):
    """A field that may not cross was about to: stop rather than leak."""


class NoSuchNeighbour(KeptError):
    code = "no_such_neighbour"
    kind = Kind.BUG
    message = "There is no way from here to the cell {cell}."


class EnvelopeTooLarge(KeptError):
    code = "envelope_too_large"
    kind = Kind.TOO_LARGE
    message = f"What is sent to somebody in another region can't be longer than {LARGEST_ENVELOPE:,} bytes, sealed."


class UnknownParcel(KeptError):
    """A parcel of a kind, or for a shelf, that this program doesn't know: the other region's is newer."""

    code = "unknown_parcel"
    kind = Kind.INVALID
    message = "This region doesn't know what to do with “{what}”."


@dataclass(frozen=True, slots=True)
class ShelfPut:
    """A public row on its way to a shelf. Raises NotPublic when any of its fields is not public."""

    kind: ClassVar[str] = "put"
    crossing: ClassVar[Crossing] = Crossing.PUBLIC
    shelf: type[ShelfRow]
    values: dict[str, Any]
    parcel_id: UUID

    def __post_init__(self) -> None:
        columns = self.shelf.__table__.c
        for name in self.values:
            if name not in columns or columns[name].info["rule"].crossing is not Crossing.PUBLIC:
                raise NotPublic(f"{self.shelf.__tablename__}.{name} may not cross a border")

    def row(self) -> dict[str, Any]:
        """What a stored parcel holds of it: the fields as JSON types."""
        return {"what": self.shelf.__tablename__, "content": msgspec.to_builtins(self.values)}

    def categories(self) -> Iterator[str]:
        """The category of each field that crosses."""
        for name in self.values:
            yield self.shelf.__table__.c[name].info["rule"].category


@dataclass(frozen=True, slots=True)
class ShelfRemove:
    """A row to be taken off a shelf: opaque ids only."""

    kind: ClassVar[str] = "remove"
    crossing: ClassVar[Crossing] = Crossing.PUBLIC
    shelf: type[ShelfRow]
    owner_id: UUID
    item_id: UUID
    parcel_id: UUID

    def row(self) -> dict[str, Any]:
        """What a stored parcel holds of it: the ids as JSON types."""
        ids = {"owner_id": str(self.owner_id), "item_id": str(self.item_id)}
        return {"what": self.shelf.__tablename__, "content": ids}

    def categories(self) -> Iterator[str]:
        """The category of what crosses."""
        yield self.shelf.__table__.c.item_id.info["rule"].category


@dataclass(frozen=True, slots=True)
class Addressed:
    """Something that a member sent to somebody whose home is another cell: an envelope sealed to that cell's public key.

    `what` names the handler that applies it there. Raises EnvelopeTooLarge.
    """

    kind: ClassVar[str] = "addressed"
    crossing: ClassVar[Crossing] = Crossing.ADDRESSED
    what: str
    to_cell: str
    to_member: UUID
    content: bytes
    parcel_id: UUID

    def __post_init__(self) -> None:
        if len(self.content) > LARGEST_ENVELOPE:
            raise EnvelopeTooLarge

    def row(self) -> dict[str, Any]:
        """What a stored parcel holds of it."""
        return {"what": self.what, "to_member": self.to_member, "envelope": self.content}

    def categories(self) -> Iterator[str]:
        """The category of what crosses."""
        yield Category.ID
        yield Category.PRIVATE_CONTENT


AnyParcel = ShelfPut | ShelfRemove | Addressed


async def send(tx: Tx, parcel: ShelfPut | ShelfRemove, *, now: datetime) -> None:
    """Leave a parcel for every other cell, in the act's own transaction."""
    await _leave(tx, parcel, tx.cell.neighbours, now=now)


async def send_addressed(tx: Tx, parcel: Addressed, *, now: datetime) -> None:
    """Leave a parcel for the one cell that it is addressed to, in the act's own transaction.

    Raises:
        NoSuchNeighbour: that cell is this one, or unknown.
    """
    if parcel.to_cell not in tx.cell.neighbours:
        raise NoSuchNeighbour(cell=parcel.to_cell)
    await _leave(tx, parcel, (parcel.to_cell,), now=now)


async def _leave(tx: Tx, parcel: AnyParcel, cells: tuple[str, ...], *, now: datetime) -> None:
    if cells:
        row = {"parcel_id": parcel.parcel_id, "kind": parcel.kind, "made_at": now} | parcel.row()
        sent = sa.insert(ParcelRow).values([row | {"to_cell": cell} for cell in cells]).cte("sent")
        await tx.run(sa.select(sa.func.pg_notify(CHANNEL, "")).add_cte(sent))


def unpack(row: Any) -> AnyParcel:
    """The parcel in a stored row; checked again, for what crosses is checked where it leaves.

    Raises:
        NotPublic: it holds a field that may not cross.
        UnknownParcel: it is of a kind, or for a shelf, that is not known here.
    """
    if row.kind == Addressed.kind:
        return Addressed(row.what, row.to_cell, row.to_member, row.envelope, row.parcel_id)
    return shelf_parcel(row.kind, row.what, row.content, row.parcel_id)


def shelf_parcel(kind: str, what: str, content: Mapping[str, Any], parcel_id: UUID) -> ShelfPut | ShelfRemove:
    """The parcel of which `content` is the row. Raises NotPublic, UnknownParcel."""
    shelf = next((shelf for shelf in ShelfRow.__subclasses__() if shelf.__tablename__ == what), None)
    if shelf is None or kind not in (ShelfPut.kind, ShelfRemove.kind):
        raise UnknownParcel(what=what)
    try:
        if kind == ShelfRemove.kind:
            return ShelfRemove(shelf, UUID(content["owner_id"]), UUID(content["item_id"]), parcel_id)
        columns = shelf.__table__.c
        values = {name: _typed(value, columns, name) for name, value in content.items()}
    except (KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
        raise UnknownParcel(what=what) from error
    return ShelfPut(shelf, values, parcel_id)


def _typed(value: Any, columns: Any, name: str) -> Any:
    if value is None or name not in columns:
        return value
    return msgspec.convert(value, columns[name].type.python_type, strict=False)
