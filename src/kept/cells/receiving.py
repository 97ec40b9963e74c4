"""The receiving side of the gateway between regions: whose request it is, whether it was here before, then apply it.

The number of the last request of each sender is kept with what it did, in one transaction: a request that comes a second
time changes nothing and gets the answer that it got, and an older one is refused.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.cells.applying import Handlers, apply_all
from kept.cells.cell import Cell, Tx
from kept.cells.crossing import LinkIn
from kept.cells.exchange import Answer, Told, check_body, check_request, read_told, sign_answer
from kept.cells.parcels import Addressed, AnyParcel, ShelfPut
from kept.cells.registry import Cells, RemoteCell
from kept.cells.signatures import Message
from kept.cells.wire import LARGEST_BODY, BatchTooLarge, Outcome, read_batch
from kept.kit import KeptError, Kind
from kept.ledger import Signer

Read = Callable[[], Awaitable[bytes]]
"""Reads the body of a request."""
AT_ONCE = 4
"""Batches that a process applies at the same time; members come first."""


class NotANeighbour(KeptError):
    code = "not_a_neighbour"
    kind = Kind.FORBIDDEN
    message = "This gateway has no link from {sender} to {receiver}."


class GatewayBusy(KeptError):
    code = "gateway_busy"
    kind = Kind.BUSY
    message = "This gateway has enough to do. Try again in {retry_after} seconds."


class LinkBusy(KeptError):
    code = "link_busy"
    kind = Kind.TOO_MANY
    message = "Another request of {sender} is being applied. Try again in {retry_after} seconds."


class Behind(msgspec.Struct, frozen=True):
    """The answer (409) to a number that was used before: the highest that was seen."""

    number: int


class Receiver:
    """Takes in what other regions' gateways send to the cells of this process."""

    def __init__(self, cells: Cells, handlers: Handlers, key: Signer) -> None:
        self._cells = cells
        self._handlers = handlers
        self._key = key
        self._places = asyncio.Semaphore(AT_ONCE)

    async def receive(self, request: Message, read: Read, *, now: datetime) -> Answer:
        """Apply a request, and answer it. Its body is read once its fields are known to be a neighbour's.

        Raises:
            BadSignature, BadField, NotANeighbour, ClockSkew: not, or not now, from a gateway that we know.
            BadBatch, BatchTooLarge: from one, but not understood.
            GatewayBusy, LinkBusy: come again.
        """
        told = read_told(request)
        sender = self._cells.remote.get(told.sender)
        cell = next((cell for cell in self._cells if cell.name == told.receiver), None)
        if sender is None or cell is None:
            raise NotANeighbour(sender=told.sender[:64], receiver=told.receiver[:64])
        check_request(request, sender.key, now=now)
        if self._places.locked():
            raise GatewayBusy(retry_after=1)
        async with self._places:
            body = await read()
            if len(body) > LARGEST_BODY:
                raise BatchTooLarge
            check_body(request, body)
            return await self._taken(cell, sender, told, request, body, now=now)

    async def _taken(
        self, cell: Cell, sender: RemoteCell, told: Told, request: Message, body: bytes, *, now: datetime
    ) -> Answer:
        async with cell.begin() as tx:
            if not (await tx.run(sa.select(_lock(told.sender)))).scalar_one():
                raise LinkBusy(sender=told.sender, retry_after=1)
            known = (await tx.run(sa.select(LinkIn.__table__).where(LinkIn.from_cell == told.sender))).first()
            digest = sha256(body).digest()
            if known is not None and told.number <= known.number:
                return self._seen_before(known, told, digest, request, now=now)
            outcome = await self._applied(tx, sender, body, now=now)
            answer = msgspec.msgpack.encode(outcome)
            await _note(tx, told, digest, answer, now=now)
        return sign_answer(200, answer, request, self._key, now=now)

    def _seen_before(
        self, known: sa.Row[Any], told: Told, digest: bytes, request: Message, *, now: datetime
    ) -> Answer:
        """The answer that the last request got, to the same one; to any older one how far we have come."""
        if told.number == known.number and digest == known.digest:
            outcome = msgspec.msgpack.decode(known.answer, type=Outcome)
            again = msgspec.msgpack.encode(msgspec.structs.replace(outcome, already=True))
            return sign_answer(200, again, request, self._key, now=now)
        return sign_answer(409, msgspec.msgpack.encode(Behind(known.number)), request, self._key, now=now)

    async def _applied(self, tx: Tx, sender: RemoteCell, body: bytes, *, now: datetime) -> Outcome:
        parcels, refused = read_batch(body, tx.cell.name)
        refused |= await self._not_theirs(parcels, sender)
        fine = [parcel for parcel in parcels if parcel.parcel_id not in refused]
        refused |= await apply_all(tx, fine, self._handlers, now=now)
        return Outcome({str(parcel_id): code for parcel_id, code in refused.items()})

    async def _not_theirs(self, parcels: Sequence[AnyParcel], sender: RemoteCell) -> dict[UUID, str]:
        """Public rows of people who are not at home in the sender's region: a region speaks for its own members only."""
        owners = {
            parcel.parcel_id: parcel.values["owner_id"] if isinstance(parcel, ShelfPut) else parcel.owner_id
            for parcel in parcels
            if not isinstance(parcel, Addressed)
        }
        homes = await self._cells.directory.homes(list(set(owners.values()))) if owners else {}
        refused = {}
        for parcel in parcels:
            owner = owners.get(parcel.parcel_id)
            home = self._cells.remote.get(homes.get(owner, "")) if owner else None
            if owner in homes and (home is None or home.region != sender.region):
                refused[parcel.parcel_id] = "owner_elsewhere"
            elif owner and owner not in homes and isinstance(parcel, ShelfPut):
                refused[parcel.parcel_id] = "unknown_owner"
        return refused


def _lock(sender: str) -> sa.Function[Any]:
    """One request of a sender at a time, until the transaction ends."""
    return sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(f"link in {sender}", 0))


async def _note(tx: Tx, told: Told, digest: bytes, answer: bytes, *, now: datetime) -> None:
    values = {"number": told.number, "digest": digest, "answer": answer, "accepted_at": now}
    statement = insert(LinkIn).values(from_cell=told.sender, **values)
    await tx.run(statement.on_conflict_do_update(index_elements=["from_cell"], set_=values))


