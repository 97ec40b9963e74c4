"""What gateways say to each other: the whole vocabulary. There is no way to write down anything else.

A batch holds public rows for shelves, opaque ids of rows that go, and sealed envelopes: each becomes the very parcel that
the types of `parcels.py` allow, or is refused. MessagePack, compressed.
"""

import zlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from kept.cells.parcels import Addressed, AnyParcel, NotPublic, ShelfPut, ShelfRemove, UnknownParcel, shelf_parcel
from kept.kit import KeptError, Kind

PATH = "/gateway/v1/parcels"
MEDIA_TYPE, ENCODING = "application/msgpack", "gzip"
MOST_PARCELS = 1_024
LARGEST_BODY, LARGEST_BATCH = 4 * 1024 * 1024, 16 * 1024 * 1024
"""Bytes, compressed and not."""
_GZIP = 16 + zlib.MAX_WBITS


class BadBatch(KeptError):
    code = "bad_batch"
    kind = Kind.MALFORMED
    message = "This is not a batch of parcels: {why}"


class BatchTooLarge(KeptError):
    code = "batch_too_large"
    kind = Kind.TOO_LARGE
    message = f"That is more than a gateway takes at once ({LARGEST_BODY:,} bytes, {MOST_PARCELS:,} parcels)."


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of what may be said."""


class Put(_Said, frozen=True, tag="put"):
    """A public row for a shelf."""

    parcel_id: UUID
    shelf: str
    fields: dict[str, Any]


class Remove(_Said, frozen=True, tag="remove"):
    """A row goes from a shelf."""

    parcel_id: UUID
    shelf: str
    owner_id: UUID
    item_id: UUID


class Envelope(_Said, frozen=True, tag="addressed"):
    """A sealed envelope for somebody."""

    parcel_id: UUID
    what: str
    to_member: UUID
    sealed: bytes


class Batch(_Said, frozen=True):
    """What one request brings, in order."""

    parcels: list[Put | Remove | Envelope]


class Outcome(_Said, frozen=True):
    """What became of a batch: those that were refused, with the error's code; all others are applied for good."""

    refused: dict[str, str]
    already: bool = False
    """The very request was applied before."""


def write_batch(parcels: Sequence[AnyParcel]) -> bytes:
    """The body of a request. Raises NotPublic."""
    packed = msgspec.msgpack.encode(Batch([_said(parcel) for parcel in parcels]))
    pack = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
    return pack.compress(packed) + pack.flush()


def read_batch(body: bytes, to_cell: str) -> tuple[list[AnyParcel], dict[UUID, str]]:
    """The parcels of a request, and those that can't be (another version's, or fields that may not cross).

    Raises:
        BadBatch, BatchTooLarge.
    """
    unpack = zlib.decompressobj(_GZIP)
    try:
        plain = unpack.decompress(body, LARGEST_BATCH)
        if unpack.unconsumed_tail:
            raise BatchTooLarge
        if not unpack.eof or unpack.unused_data:
            raise BadBatch(why="it is cut off, or more than one")
        batch = msgspec.msgpack.decode(plain, type=Batch)
    except (zlib.error, msgspec.DecodeError) as error:
        raise BadBatch(why="it can't be read") from error
    if len(batch.parcels) > MOST_PARCELS:
        raise BatchTooLarge
    parcels: list[AnyParcel] = []
    refused = {}
    for one in batch.parcels:
        try:
            parcels.append(_parcel(one, to_cell))
        except NotPublic:
            refused[one.parcel_id] = "not_public"
        except KeptError as error:
            refused[one.parcel_id] = error.code
    return parcels, refused


def _said(parcel: AnyParcel) -> Put | Remove | Envelope:
    match parcel:
        case ShelfPut():
            return Put(parcel.parcel_id, parcel.shelf.__tablename__, msgspec.to_builtins(parcel.values))
        case ShelfRemove():
            return Remove(parcel.parcel_id, parcel.shelf.__tablename__, parcel.owner_id, parcel.item_id)
        case Addressed():
            return Envelope(parcel.parcel_id, parcel.what, parcel.to_member, parcel.content)


def _parcel(said: Put | Remove | Envelope, to_cell: str) -> AnyParcel:
    match said:
        case Put():
            if not {"owner_id", "item_id"} <= said.fields.keys():
                raise UnknownParcel(what=said.shelf)
            return shelf_parcel(ShelfPut.kind, said.shelf, said.fields, said.parcel_id)
        case Remove():
            ids = {"owner_id": str(said.owner_id), "item_id": str(said.item_id)}
            return shelf_parcel(ShelfRemove.kind, said.shelf, ids, said.parcel_id)
        case Envelope():
            return Addressed(said.what, to_cell, said.to_member, said.sealed, said.parcel_id)
